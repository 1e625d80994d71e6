package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
)

func newReap(s *streams) *cobra.Command {
	p := &project{streams: s}
	var dry, asJSON bool
	cmd := &cobra.Command{
		Use:   "reap",
		Short: "Take away what has expired, and what could not be destroyed before",
		Long: `Take away all instances whose time is over, and try again those that could not be
destroyed before. Run it from cron or CI. It exits 1 when something is left.`,
		Example: `  maquette reap --dry-run
  */10 * * * *  cd /srv/shop && maquette reap    # in a crontab`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := p.exists()
			if err != nil {
				return err
			}
			var o *opened
			var due []provision.Reaping
			if found {
				if o, err = p.open(cmd.Context()); err != nil {
					return err
				}
				defer o.registry.Close()
				if due, err = o.lifecycle.Due(cmd.Context()); err != nil {
					return err
				}
			}
			switch {
			case dry && asJSON:
				names := []map[string]string{}
				for _, r := range due {
					names = append(names, map[string]string{"name": r.Instance.Name, "why": r.Why})
				}
				return printJSON(s.out, map[string]any{"due": names})
			case len(due) == 0 && asJSON:
				return printJSON(s.out, map[string]any{"instances": []goneJSON{}})
			case len(due) == 0:
				_, err := fmt.Fprintln(s.err, "Nothing is due.")
				return err
			case dry:
				t := newTable(s.out)
				for _, r := range due {
					t.row(r.Instance.Name, r.Why, dash(r.Instance.Owner))
				}
				return t.flush()
			}
			return o.reap(cmd, len(due), asJSON)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&dry, "dry-run", false, "say what is due, and take nothing away")
	f.BoolVar(&asJSON, "json", false, "print the result as JSON")
	p.runFlags(f)
	return cmd
}

func (o *opened) reap(cmd *cobra.Command, many int, asJSON bool) error {
	defs := o.known()
	screen := newScreen(cmd.Context(), o.err)
	start := time.Now()
	reaped, err := o.lifecycle.Reap(cmd.Context(), o.parallel, func(in provision.Instance) provision.DownRequest {
		return o.downRequest(cmd.Context(), defs, in, screen.instance(in.Name, many > 1), false)
	})
	screen.close()
	if err != nil {
		return err
	}
	instances := make([]provision.Instance, len(reaped))
	errs := make([]error, len(reaped))
	took := make([]time.Duration, len(reaped))
	for i, r := range reaped {
		instances[i], errs[i], took[i] = r.Instance, r.Err, time.Since(start)
	}
	return o.printGone(defs, instances, errs, took, asJSON)
}
