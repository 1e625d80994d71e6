package main

import (
	"fmt"
	"io"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
)

func newPlan(s *streams) *cobra.Command {
	p := &project{streams: s}
	var w wanted
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "plan ENVIRONMENT",
		Short: "Show what up would change, and change nothing",
		Example: `  maquette plan staging
  maquette plan try --branch feature-x --json`,
		Args:              exactArgs(1, "an environment"),
		ValidArgsFunction: p.environments,
		RunE: func(cmd *cobra.Command, args []string) error {
			defs, blueprints, err := p.blueprints(cmd, args[0], &w)
			if err != nil {
				return err
			}
			o, err := p.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.registry.Close()
			plans := []planJSON{}
			for _, bp := range blueprints {
				screen := newScreen(cmd.Context(), s.err)
				show := screen.instance(bp.Instance, len(blueprints) > 1)
				changes, err := o.lifecycle.Plan(cmd.Context(), bp, show.quiet)
				show.done()
				screen.close()
				if err != nil {
					return o.tell(defs, err)
				}
				plans = append(plans, planJSON{bp.Instance, bp.Environment, bp.Tiers, orEmpty(changes)})
			}
			if asJSON {
				return printJSON(s.out, map[string]any{"plans": plans})
			}
			for _, plan := range plans {
				if err := plan.print(s.out); err != nil {
					return err
				}
			}
			return nil
		},
	}
	w.flags(cmd)
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&asJSON, "json", false, "print the plan as JSON")
	p.runFlags(f)
	return cmd
}

// planJSON is what would change of one instance.
type planJSON struct {
	Instance    string                `json:"instance"`
	Environment string                `json:"environment"`
	Tiers       []provision.TierScale `json:"tiers"`
	Changes     []provision.Change    `json:"changes"`
}

func (plan planJSON) print(w io.Writer) error {
	fmt.Fprintf(w, "%s", bold(w, plan.Instance))
	if len(plan.Tiers) > 0 {
		fmt.Fprintf(w, ": %s", tierText(plan.Tiers))
	}
	if len(plan.Changes) == 0 {
		_, err := fmt.Fprintln(w, "\n  nothing to change")
		return err
	}
	fmt.Fprintln(w)
	return printChanges(w, plan.Changes)
}

// signs show what is done to a resource, as Terraform shows it.
var signs = map[string]struct {
	sign   string
	done   string
	colour color.Attribute
}{
	"create":  {"+", "created", color.FgGreen},
	"update":  {"~", "changed", color.FgYellow},
	"delete":  {"-", "destroyed", color.FgRed},
	"replace": {"±", "replaced", color.FgYellow},
	"read":    {"<", "read", color.FgCyan},
}

func printChanges(w io.Writer, changes []provision.Change) error {
	counts := map[string]int{}
	for _, c := range changes {
		sign := signs[c.Action]
		counts[c.Action]++
		fmt.Fprintf(w, "  %s %s\n", paint(w, sign.colour, sign.sign), c.Address)
	}
	_, err := fmt.Fprintf(w, "  %d to add, %d to change, %d to destroy\n",
		counts["create"]+counts["replace"], counts["update"], counts["delete"]+counts["replace"])
	return err
}

func orEmpty[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
