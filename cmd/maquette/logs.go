package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
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
				files, err = o.serviceLogs(cmd.Context(), in.Name, args[1])
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

func (o *opened) serviceLogs(ctx context.Context, instance, service string) ([]logFile, error) {
	services, err := platform{o.home}.services(ctx, instance)
	if err != nil {
		return nil, fmt.Errorf("looking at the services of %s: %w", instance, err)
	}
	var names []string
	var files []logFile
	for _, s := range services[instance] {
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
	f, size, err := l.open()
	if f == nil {
		return err
	}
	defer f.Close()
	start, err := lastLines(f, size, tail)
	if err != nil {
		return fmt.Errorf("reading the log %s: %w", l.path, reason(err))
	}
	l.offset = start
	return l.copy(w, f, size, true)
}

// open opens the file, and tells how long it is now. It is nil where nothing was printed yet.
func (l *logFile) open() (f *os.File, size int64, err error) {
	f, err = os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("reading the log %s: %w", l.path, reason(err))
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("reading the log %s: %w", l.path, reason(err))
	}
	return f, info.Size(), nil
}

// lastLines returns where the last n lines of so much of a file begin; of all lines where n is not positive.
func lastLines(f io.ReaderAt, size int64, n int) (int64, error) {
	if n <= 0 {
		return 0, nil
	}
	buffer := make([]byte, 64<<10)
	for end := size - 1; end > 0; { // the last byte ends the last line
		part := buffer[:min(int64(len(buffer)), end)]
		if _, err := f.ReadAt(part, end-int64(len(part))); err != nil {
			return 0, err
		}
		for i := len(part) - 1; i >= 0; i-- {
			if part[i] == '\n' {
				if n--; n == 0 {
					return end - int64(len(part)) + int64(i) + 1, nil
				}
			}
		}
		end -= int64(len(part))
	}
	return 0, nil
}

// copy prints the lines from the offset on, each with whose it is, and moves the offset. A last line without an end is
// left for later, unless all is wanted.
func (l *logFile) copy(w io.Writer, f io.ReaderAt, size int64, all bool) error {
	in := bufio.NewReader(io.NewSectionReader(f, l.offset, size-l.offset))
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the log %s: %w", l.path, reason(err))
		}
		ended := err == nil
		if line == "" || !ended && !all {
			return out.Flush()
		}
		l.offset += int64(len(line))
		text := strings.TrimSuffix(line, "\n")
		if l.json {
			err = encoder.Encode(map[string]string{"from": l.from, "line": text})
		} else {
			_, err = fmt.Fprintf(out, "%s%s\n", l.prefix, text)
		}
		if err != nil {
			return err
		}
	}
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
	f, size, err := l.open()
	if f == nil {
		return err
	}
	defer f.Close()
	if size < l.offset {
		l.offset = 0
	}
	return l.copy(w, f, size, false)
}
