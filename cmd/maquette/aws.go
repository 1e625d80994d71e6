package main

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live/wire"
)

// awsScheme is what live sources begin with.
const awsScheme = "aws://"

// awsLimits are how hard AWS is asked.
type awsLimits struct {
	maxCalls int
	rate     float64
}

func (l *awsLimits) flags(f *pflag.FlagSet) {
	f.IntVar(&l.maxCalls, "max-calls", 0, "`calls` that reading one live source may make (default: no bound)")
	f.Float64Var(&l.rate, "rate", 0, "`calls` a second to one AWS service in one region (default: what each bears)")
}

// awsReader finds the program that reads AWS.
func awsReader() (string, error) { return companion("maquette-aws", "reads it") }

// observeAWS reads a live source.
func (p *project) observeAWS(ctx context.Context, name string) (*parity.Snapshot, error) {
	return p.readAWS(ctx, name, nil)
}

// readAWS reads a live source, held against the environment's own state, if there is
// one: the one that the source names, else state. It also returns the types of which
// live sources show resources.
func (p *project) readAWS(ctx context.Context, name string, state *parity.Snapshot) (*parity.Snapshot, error) {
	if p.limits.maxCalls < 0 || p.limits.rate < 0 {
		return nil, fmt.Errorf("reading %s: --max-calls and --rate cannot be negative", name)
	}
	req := wire.Request{Source: name, MaxCalls: p.limits.maxCalls, Rate: p.limits.rate}
	if u, err := url.Parse(name); err == nil {
		if of := u.Query().Get("tfstate"); strings.HasPrefix(of, awsScheme) {
			return nil, fmt.Errorf("reading %s: tfstate names a live source; a Terraform state is wanted", name)
		} else if of != "" {
			if state, err = p.observe(ctx, of); err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
		}
	}
	if state != nil {
		req.Known = wire.Addresses(state)
	}
	result, err := p.askAWS(ctx, req)
	if err != nil {
		return nil, err
	}
	snap := result.Snapshot.Unpack()
	snap.ObservedAt = time.Now().UTC().Format(time.RFC3339)
	return snap, nil
}

// liveOver lays what is live over an environment's state, nil where it has none: what
// live sources show is as they show it, and the rest as the state says. Of several
// live sources, as of several accounts, one that has a thing is enough.
type liveOver struct {
	state, whole *parity.Snapshot
	gone         map[string]int
	sources      int
}

func (l *liveOver) add(snap *parity.Snapshot) error {
	l.sources++
	for _, address := range snap.Gone {
		l.gone[address]++
	}
	snap.Gone = nil
	if l.whole == nil {
		l.whole = &parity.Snapshot{ObservedAt: snap.ObservedAt, Shows: []string{}}
		if l.state != nil {
			rest := *l.state
			rest.Resources = slices.DeleteFunc(slices.Clone(l.state.Resources), func(r parity.Resource) bool { return slices.Contains(snap.Shows, r.Type) })
			rest.ObservedAt = snap.ObservedAt
			l.whole = &rest
		}
	}
	if err := l.whole.Merge(snap); err != nil {
		return err
	}
	l.whole.Gone = nil
	for _, address := range sortedKeys(l.gone) {
		if l.gone[address] == l.sources {
			l.whole.Gone = append(l.whole.Gone, address)
		}
	}
	return nil
}

// askAWS has the program that reads AWS answer a request.
func (p *project) askAWS(ctx context.Context, req wire.Request) (*wire.Result, error) {
	failed := func(err error) error { return fmt.Errorf("reading %s: %w", req.Source, err) }
	reader, err := awsReader()
	if err != nil {
		return nil, failed(err)
	}
	var in, complaints bytes.Buffer
	if err := gob.NewEncoder(&in).Encode(req); err != nil {
		return nil, failed(err)
	}
	cmd := exec.CommandContext(ctx, reader, "read")
	cmd.Stdin, cmd.Stderr = &in, &complaints
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 2 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, failed(err)
	}
	if err := cmd.Start(); err != nil {
		return nil, failed(err)
	}
	var last wire.Message
	dec := gob.NewDecoder(out)
	for last.Result == nil && last.Error == "" {
		last = wire.Message{}
		if err = dec.Decode(&last); err != nil {
			break
		}
		if last.Progress != nil {
			p.live.Store(last.Progress)
		}
	}
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case last.Error != "":
		return nil, errors.New(last.Error)
	case last.Result == nil:
		line, _, _ := strings.Cut(strings.TrimSpace(complaints.String()), "\n")
		return nil, failed(fmt.Errorf("maquette-aws said nothing that can be read: %w\n  %s", errors.Join(err, ended), line))
	}
	return last.Result, nil
}

// reading is how far reading live AWS has come, "" where that is not being done.
func (p *project) reading() string {
	at := p.live.Load()
	if at == nil {
		return ""
	}
	text := fmt.Sprintf("  %d of %d services, %d calls", at.Done, at.Of, at.Calls)
	if at.Throttles > 0 {
		text += fmt.Sprintf(", %d throttled", at.Throttles)
	}
	return text
}
