package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
)

func newDoctor(s *streams) *cobra.Command {
	p := &project{streams: s}
	var dry, asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find what a crash has left, and mend it",
		Long: `Look for what crashes and kills have left: operations without an end, states that were
cut short, processes of instances that are gone, services that no longer run, directories
that nobody knows. What can be mended without losing anything is; for the rest it says
what to do. It destroys no instance. It exits 1 when something is left to do.`,
		Example: `  maquette doctor
  maquette doctor --dry-run --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found := []provision.Trouble{}
			exists, err := p.exists()
			if err != nil {
				return err
			}
			if exists {
				o, err := p.open(cmd.Context())
				if err != nil {
					return err
				}
				defer o.registry.Close()
				troubles, err := o.lifecycle.Doctor(cmd.Context(), dry)
				found = append(found, troubles...)
				if err != nil {
					_ = printTroubles(s.err, found)
					return err
				}
				stopped, err := o.stopped(cmd.Context())
				if err != nil {
					return err
				}
				found = append(found, stopped...)
			}
			if asJSON {
				err = printJSON(s.out, map[string]any{"found": troublesJSON(found)})
			} else {
				err = printTroubles(s.out, found)
			}
			if err != nil {
				return err
			}
			for _, t := range found {
				if !t.Mended {
					return exitCode(exitError)
				}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&dry, "dry-run", false, "only look")
	f.BoolVar(&asJSON, "json", false, "print what was found as JSON")
	p.runFlags(f)
	return cmd
}

// stopped finds ready instances with services that do not run any more, as after the machine was started anew. To start
// them again is for Terraform.
func (o *opened) stopped(ctx context.Context) ([]provision.Trouble, error) {
	views, err := o.lifecycle.Views(ctx)
	if err != nil {
		return nil, err
	}
	views = slices.DeleteFunc(views, func(v provision.View) bool { return v.State != string(provision.Ready) })
	if len(views) == 0 {
		return nil, nil
	}
	var names []string
	for _, v := range views {
		names = append(names, v.Name)
	}
	services, err := platform{o.home}.services(ctx, names...)
	if err != nil {
		return nil, err
	}
	var found []provision.Trouble
	for _, v := range views {
		var dead []string
		for _, service := range services[v.Name] {
			if !service.Running {
				dead = append(dead, service.Kind+" "+service.Name)
			}
		}
		// Somebody may have begun to take it away meanwhile.
		if now, err := o.lifecycle.View(ctx, v.Name); len(dead) == 0 || err != nil || now.State != v.State {
			continue
		}
		found = append(found, provision.Trouble{
			Instance: v.Name, What: "no longer running: " + strings.Join(dead, ", "), Next: "start it again: maquette up, or maquette down " + v.Name,
		})
	}
	return found, nil
}

func printTroubles(w io.Writer, found []provision.Trouble) error {
	if len(found) == 0 {
		_, err := fmt.Fprintln(w, "All is as it should be.")
		return err
	}
	for _, t := range found {
		mark := paint(w, color.FgYellow, "left  ")
		if t.Mended {
			mark = good(w, "mended")
		}
		what := t.What
		if t.Instance != "" {
			what = t.Instance + ": " + what
		}
		if _, err := fmt.Fprintf(w, "%s  %s\n", mark, what); err != nil {
			return err
		}
		if t.Next != "" {
			fmt.Fprintf(w, "        %s\n", t.Next)
		}
	}
	return nil
}

func troublesJSON(found []provision.Trouble) []map[string]any {
	all := []map[string]any{}
	for _, t := range found {
		all = append(all, map[string]any{"instance": t.Instance, "what": t.What, "mended": t.Mended, "next": t.Next})
	}
	return all
}
