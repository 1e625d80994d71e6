package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/local"
)

// followPoll is how often a log is looked at for more.
const followPoll = 200 * time.Millisecond

func newLogs(s *streams) *cobra.Command {
	p := &project{streams: s}
	var follow, all, asJSON bool
	var tail int
	cmd := &cobra.Command{
		Use:   "logs NAME [SERVICE]",
		Short: "Print the log of an instance's last operation, or of one of its services",
		Example: `  maquette logs staging             # what the last up or down did
  maquette logs staging --all       # all operations
  maquette logs staging web -f      # what the web servers print`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usage(cmd, "an instance is wanted, and perhaps one of its services; %d arguments given", len(args))
			}
			return nil
		},
		ValidArgsFunction: p.instances,
		RunE: p.onInstance(func(cmd *cobra.Command, args []string, o *opened, in provision.Instance) error {
			files, err := o.operationLogs(cmd.Context(), in.Name, all)
			if len(args) == 2 {
				files, err = o.serviceLogs(in.Name, args[1])
			}
			if err != nil {
				return err
			}
			for i := range files {
				files[i].json = asJSON
				if err := files[i].print(s.out, tail); err != nil {
					return err
				}
			}
			if !follow {
				return nil
			}
			return followAll(cmd.Context(), s.out, files)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVarP(&follow, "follow", "f", false, "go on printing until Ctrl-C")
	f.IntVarP(&tail, "tail", "n", 0, "only the last `lines` of each (default: all)")
	f.BoolVar(&all, "all", false, "the logs of all operations")
	f.BoolVar(&asJSON, "json", false, "print a JSON object a line: from, and line")
	p.flags(f)
	return cmd
}

// logFile is one file, and how far it was printed.
type logFile struct {
	path   string
	from   string // whose it is: "web.0", or the name of an operation's log
	prefix string // before each line
	json   bool   // each line as JSON
	offset int64
}

func (o *opened) operationLogs(ctx context.Context, instance string, all bool) ([]logFile, error) {
	operations, err := o.registry.Operations(ctx, instance)
	if err != nil {
		return nil, fmt.Errorf("reading the operations of %s: %w", instance, err)
	}
	dir := operationLogs{o.home}.dir(instance)
	var files []logFile
	for _, op := range operations {
		path := filepath.Join(dir, op.Log)
		if _, err := os.Stat(path); op.Log == "" || errors.Is(err, fs.ErrNotExist) {
			continue // of an earlier instance of this name
		}
		files = append(files, logFile{path: path, from: op.Log})
	}
	if !all {
		files = files[max(0, len(files)-1):]
	}
	return files, nil
}

func (o *opened) serviceLogs(instance, service string) ([]logFile, error) {
	services, err := local.Services(o.home, instance)
	if err != nil {
		return nil, fmt.Errorf("looking at the services of %s: %w", instance, err)
	}
	var names []string
	var files []logFile
	for _, s := range services {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
		if s.Name != service {
			continue
		}
		label := s.Name // a balancer may be called as what it stands before
		if s.Kind != "service" {
			label += " " + s.Kind
		}
		for _, m := range s.Members {
			from := fmt.Sprintf("%s.%d", label, m.Member)
			files = append(files, logFile{path: s.MemberLog(m.Member), from: from, prefix: from + " | "})
		}
	}
	if len(files) > 0 {
		return files, nil
	}
	if near := nearest(service, names); near != "" {
		return nil, fmt.Errorf("%s has no service %q; did you mean %s?", instance, service, near)
	}
	return nil, fmt.Errorf("%s has no service %q; it has: %s", instance, service, oneOf(names))
}

// print prints what there is, or the last lines of it.
func (l *logFile) print(w io.Writer, tail int) error {
	data, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was printed yet
	}
	if err != nil {
		return fmt.Errorf("reading the log %s: %w", l.path, reason(err))
	}
	l.offset = int64(len(data))
	return l.write(w, lastLines(data, tail))
}

func lastLines(data []byte, n int) []byte {
	if n <= 0 {
		return data
	}
	for i := len(data) - 2; i >= 0; i-- { // the last byte ends the last line
		if data[i] == '\n' {
			if n--; n == 0 {
				return data[i+1:]
			}
		}
	}
	return data
}

// write writes lines, each with whose it is.
func (l *logFile) write(w io.Writer, data []byte) error {
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for line := range bytes.Lines(data) {
		text := string(bytes.TrimSuffix(line, []byte("\n")))
		if !l.json {
			fmt.Fprintf(out, "%s%s\n", l.prefix, text)
		} else if err := encoder.Encode(map[string]string{"from": l.from, "line": text}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// followAll prints what is added, until the user stops it.
func followAll(ctx context.Context, w io.Writer, files []logFile) error {
	tick := time.NewTicker(followPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for i := range files {
			if err := files[i].more(w); err != nil {
				return err
			}
		}
	}
}

// more prints the whole lines that were added. A file that is shorter than before was begun anew.
func (l *logFile) more(w io.Writer) error {
	f, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the log %s: %w", l.path, reason(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < l.offset {
		l.offset = 0
	}
	data, err := io.ReadAll(io.NewSectionReader(f, l.offset, info.Size()-l.offset))
	if err != nil {
		return fmt.Errorf("reading the log %s: %w", l.path, reason(err))
	}
	end := len(data)
	for end > 0 && data[end-1] != '\n' {
		end--
	}
	l.offset += int64(end)
	return l.write(w, data[:end])
}
