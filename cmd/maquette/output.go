package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// output is something to write by a renderer, of a report or of a trend.
type output[R any] struct {
	render R
	file   string // "": standard output
}

// targets are what --format and --output ask for, of the formats that renderer knows.
func targets[R any](cmd *cobra.Command, format string, outputs, formats []string, renderer func(format string) R) ([]output[R], error) {
	var outs []output[R]
	add := func(format, file string) error {
		if !slices.Contains(formats, format) {
			return usage(cmd, "%q is no format; one of: %s", format, oneOf(formats))
		}
		outs = append(outs, output[R]{renderer(format), file})
		return nil
	}
	if err := add(format, ""); err != nil {
		return nil, err
	}
	for _, spec := range outputs {
		format, file, _ := strings.Cut(spec, "=")
		if file == "" {
			return nil, usage(cmd, "--output: %q is not of the form FORMAT=FILE (what is printed is said with --format FORMAT)", spec)
		}
		if err := add(format, file); err != nil {
			return nil, err
		}
	}
	return outs, nil
}

// writeAll writes each output whole or not at all.
func writeAll[R any](s *streams, outs []output[R], write func(w io.Writer, render R, colour bool) error) error {
	for _, out := range outs {
		if out.file != "" {
			if err := writeFile(out.file, func(w io.Writer) error { return write(w, out.render, false) }); err != nil {
				return err
			}
			continue
		}
		var all pieces
		buf := bufio.NewWriterSize(&all, 1<<16)
		if err := write(buf, out.render, colours(s.out)); err != nil {
			return err
		}
		if err := buf.Flush(); err != nil {
			return err
		}
		for _, piece := range all {
			if _, err := s.out.Write(piece); err != nil {
				return fmt.Errorf("printing: %w", err)
			}
		}
	}
	return nil
}

// pieces keep what is written, of which there may be much, and copy it once.
type pieces [][]byte

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, bytes.Clone(b))
	return len(b), nil
}
