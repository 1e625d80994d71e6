package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/provision"
)

// onlyAll refuses what cannot be asked of all environments at once.
func onlyAll(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(cmd, "--all compares every environment that models another: name none")
	}
	for _, flag := range []string{"document", "baseline-report", "ratio", "env-name"} {
		if cmd.Flags().Changed(flag) {
			return usage(cmd, "--%s is of one comparison, and --all makes several", flag)
		}
	}
	return nil
}

// sharedSources reads each environment once, however many are compared with it.
type sharedSources struct {
	cat  *catalog.Catalog
	defs *provision.Definitions

	mu   sync.Mutex
	read map[string]func() (*parity.Snapshot, error)
	uses map[string]int
}

func (s *sharedSources) catalog() *catalog.Catalog {
	if s == nil {
		return nil
	}
	return s.cat
}

// observer is that of one comparison.
func (s *sharedSources) observer(p *project, sources []string) (*observer, error) {
	if s == nil {
		return newObserver(p, sources...)
	}
	return &observer{project: p, defs: s.defs}, nil
}

// observe returns both environments. Those that are used once more are copies.
func (s *sharedSources) observe(ctx context.Context, o *observer, baseline, candidate named) (base, cand *parity.Snapshot, err error) {
	var baseErr error
	var wg sync.WaitGroup
	wg.Go(func() { base, baseErr = s.one(ctx, o, baseline) })
	cand, err = s.one(ctx, o, candidate)
	wg.Wait()
	if baseErr != nil {
		err = baseErr
	}
	return base, cand, err
}

func (s *sharedSources) one(ctx context.Context, o *observer, n named) (*parity.Snapshot, error) {
	s.mu.Lock()
	read := s.read[n.source]
	if read == nil {
		read = sync.OnceValues(func() (*parity.Snapshot, error) {
			snap, err := o.observe(ctx, n)
			if err == nil {
				snap.Seal(s.cat)
			}
			return snap, err
		})
		s.read[n.source] = read
	}
	s.mu.Unlock()
	snap, err := read()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uses[n.source]--; s.uses[n.source] > 0 {
		return snap.Clone(), nil
	}
	delete(s.read, n.source)
	return snap, nil
}

func runParityAll(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions) error {
	outs, err := targets(cmd, o.format, o.outputs, report.ManyFormats(), report.ForMany)
	if err != nil {
		return err
	}
	defs, err := p.definitions()
	if err != nil {
		return err
	}
	cat, err := loadCatalog(o.catalogs, p.err)
	if err != nil {
		return err
	}
	o.shared = &sharedSources{cat: cat, defs: defs, read: map[string]func() (*parity.Snapshot, error){}, uses: map[string]int{}}
	var names []string
	for _, name := range sortedKeys(defs.Environments) {
		if model, ok := defs.Model(name); ok && defs.Environments[name].Throwaway == nil {
			names = append(names, name)
			o.shared.uses[name]++
			o.shared.uses[model]++
		}
	}
	if len(names) == 0 {
		return errors.New("no environment of the definitions models another\n  Write model_of in one, or name two sources to compare")
	}
	done := progress(p.err, "comparing "+plural.Count(len(names), "environment"))
	compared, err := unlessStopped(ctx, func() []attempt { return compareAll(ctx, p, cmd, o, names) })
	done()
	if err != nil {
		return err
	}
	return tellAll(ctx, p, o, outs, names, compared)
}

// attempt is what came of comparing one of several environments.
type attempt struct {
	*comparison
	err error
}

func compareAll(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions, names []string) []attempt {
	attempts := make([]attempt, len(names))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		wg.Go(func() {
			for i := range next {
				attempts[i].comparison, attempts[i].err = compare(ctx, p, cmd, o, names[i:i+1])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()
	return attempts
}

func tellAll(ctx context.Context, p *project, o *parityOptions, outs []output[report.ManyRenderer], names []string, attempts []attempt) error {
	var reports []*parity.Report
	var failed error
	for i, a := range attempts {
		if a.err != nil {
			failed = exitCode(exitError)
			fmt.Fprintf(p.err, "maquette: comparing %s: %v\n", names[i], a.err)
			continue
		}
		reports = append(reports, a.report)
	}
	err := writeAll(p.streams, outs, func(w io.Writer, render report.ManyRenderer, colour bool) error {
		return render(w, reports, report.Style{Colour: colour, All: o.show == "all"})
	})
	if err != nil {
		return err
	}
	if o.history != "" {
		for _, a := range attempts {
			if a.err != nil {
				continue
			}
			if err := record(ctx, o.history, a.report, a.options, p.err); err != nil {
				return err
			}
		}
	}
	if failed != nil {
		return failed
	}
	return verdictCode(report.Worst(reports))
}
