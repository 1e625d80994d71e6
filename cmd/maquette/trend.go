package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity/history"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/provision"
)

// trendOptions are the flags of `maquette trend`.
type trendOptions struct {
	history string
	since   string
	format  string
	outputs []string
	show    string
}

func newTrend(s *streams) *cobra.Command {
	p := &project{streams: s}
	var o trendOptions
	cmd := &cobra.Command{
		Use:   "trend [CANDIDATE]",
		Short: "Show how scores and findings went over time, from a history",
		Long: `Show how scores and findings went over time: a sparkline for each dimension, the
latest runs, and of each finding when it appeared, how long it stood, and whether
it comes and goes.

The runs are those that ` + "`maquette parity … --history DIR`" + ` has appended. Runs whose
evidence was incomplete are gaps; runs that were limited with --only or --skip are
shown apart. A line that cannot be read is told and costs no other one.`,
		Example: `  maquette parity staging --history .maquette/history
  maquette trend staging

  # The last month, from a history that is committed beside the definitions
  maquette trend staging --history parity-history --since 30d

  # A page with charts, in one file
  maquette trend --history parity-history --output html=trend.html`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTrend(cmd.Context(), p, cmd, &o, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.history, "history", "", "`directory` of the history (default: history/ in the home)")
	f.StringVar(&o.since, "since", "", "only runs since a `time`: 30d and 12h ago, or a day, as 2026-01-31")
	f.StringVarP(&o.format, "format", "f", "text", "what to print: "+oneOf(report.TrendFormats()))
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write `FORMAT=FILE`; may be repeated")
	f.StringVar(&o.show, "show", "", "in the text: all, with every run, every finding and every info")
	p.flags(f)
	complete(cmd, map[string][]string{"format": report.TrendFormats(), "show": {"all"}})
	return cmd
}

func runTrend(ctx context.Context, p *project, cmd *cobra.Command, o *trendOptions, args []string) error {
	if o.show != "" && o.show != "all" {
		return usage(cmd, "--show: %q is not known; all is", o.show)
	}
	since, err := sinceTime(o.since, time.Now())
	if err != nil {
		return usage(cmd, "--since: %v", err)
	}
	outs, err := targets(cmd, o.format, o.outputs, report.TrendFormats(), report.TrendFor)
	if err != nil {
		return err
	}
	dir := o.history
	if dir == "" {
		home, err := p.homeDir()
		if err != nil {
			return err
		}
		dir = filepath.Join(home, "history")
	}
	runs, problems, err := readHistory(dir)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		fmt.Fprintf(p.err, "maquette: %s; it is left out\n", problem)
	}
	if len(args) == 1 {
		if runs, err = ofCandidate(runs, args[0], dir); err != nil {
			return err
		}
	}
	if len(runs) == 0 {
		return fmt.Errorf("the history %s has no run\n  `maquette parity … --history %s` appends one", dir, dir)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	trends := history.Compute(runs, since)
	trends.Skipped = append(trends.Skipped, problems...)
	return writeAll(p.streams, outs, func(w io.Writer, render report.TrendRenderer, colour bool) error {
		return render(w, trends, report.Style{Colour: colour, All: o.show == "all"})
	})
}

// ofCandidate keeps the runs that judged one environment.
func ofCandidate(runs []history.Run, name, dir string) ([]history.Run, error) {
	var kept []history.Run
	var names []string
	for _, r := range runs {
		if r.Candidate == name {
			kept = append(kept, r)
		}
		names = append(names, r.Candidate)
	}
	if len(kept) == 0 && len(runs) > 0 {
		slices.Sort(names)
		return nil, fmt.Errorf("the history %s has no run of %q; of: %s", dir, name, oneOf(slices.Compact(names)))
	}
	return kept, nil
}

// sinceTime reads how long ago, or which day in UTC; "" is the zero time.
func sinceTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, nil
	}
	ago, err := provision.ParseDuration(strings.TrimSpace(text))
	if err != nil {
		return time.Time{}, fmt.Errorf(`%q is neither a day, as 2026-01-31, nor a time ago, as 30d or 12h`, text)
	}
	return now.Add(-ago), nil
}
