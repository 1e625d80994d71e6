// Command maquette-aws reads live AWS for maquette, which starts it where a source
// is of the form aws://REGION. See parity/live/wire for what they say to each other.
package main

import (
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/maquette/maquette/parity/live"
	"github.com/maquette/maquette/parity/live/wire"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "maquette-aws: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	switch strings.Join(args, " ") {
	case "read":
		return read(ctx, in, out, live.Options{})
	case "sources":
		return readings(out)
	case "sources --json":
		return writeJSON(out, live.Readings())
	case "sources --iam-policy":
		return writeJSON(out, live.MinimalPolicy())
	}
	return errors.New("this is a part of maquette, which starts it: maquette sources aws lists what it reads")
}

// read answers one request. What goes wrong with it is said in a message; an error
// is returned where nothing can be said.
func read(ctx context.Context, in io.Reader, out io.Writer, opt live.Options) error {
	var req wire.Request
	if err := gob.NewDecoder(in).Decode(&req); err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	enc := gob.NewEncoder(out)
	result, err := observe(ctx, req, enc, opt)
	if err != nil {
		return enc.Encode(wire.Message{Error: err.Error()})
	}
	return enc.Encode(wire.Message{Result: result})
}

func observe(ctx context.Context, req wire.Request, enc *gob.Encoder, opt live.Options) (*wire.Result, error) {
	s, err := live.Parse(req.Source)
	if err != nil {
		return nil, err
	}
	if req.MaxCalls > 0 {
		s.MaxCalls = req.MaxCalls
	}
	if req.Rate > 0 {
		s.Rate = req.Rate
	}
	if req.Known != nil {
		opt.Known = req.Known.Unpack()
	}
	var mu sync.Mutex
	var told time.Time
	opt.Progress = func(p live.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(told) > 200*time.Millisecond {
			told = time.Now()
			_ = enc.Encode(wire.Message{Progress: &wire.Progress{Calls: p.Calls, Throttles: p.Throttles, Done: p.Done, Of: p.Of}})
		}
	}
	snap, err := s.Observe(ctx, opt)
	if err != nil {
		return nil, err
	}
	return &wire.Result{Snapshot: wire.Pack(snap)}, nil
}

func readings(out io.Writer) error {
	var b strings.Builder
	for i, r := range live.Readings() {
		if i > 0 {
			b.WriteByte('\n')
		}
		where := ""
		if r.Global {
			where = " (of no region)"
		}
		fmt.Fprintf(&b, "%s%s\n", r.Service, where)
		for _, line := range []struct {
			what  string
			words []string
		}{{"yields", r.Types}, {"calls", r.Calls}, {"needs", r.Permissions}} {
			if len(line.words) > 0 {
				fmt.Fprintf(&b, "  %-7s %s\n", line.what, strings.Join(line.words, ", "))
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
