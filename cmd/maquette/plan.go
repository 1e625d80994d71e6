package main

import (
	"context"
	"fmt"
	"io"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

func newPlan(s *streams) *cobra.Command {
	p := &project{streams: s}
	var w wanted
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "plan ENVIRONMENT",
		Short: "Show what up would change, and change nothing",
		Long: `Show what up would change, and change nothing. Where a lasting environment models another,
what is planned is compared with that one: findings that would stop up are shown, and the
exit code is 2.`,
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
				plan, err := o.plan(cmd.Context(), defs, bp, len(blueprints) > 1)
				if err != nil {
					return err
				}
				plans = append(plans, plan)
			}
			var stopped error
			for _, plan := range plans {
				if err := plan.judged.code(); err != nil {
					stopped = err
				}
				if asJSON {
					continue
				}
				if err := plan.print(s); err != nil {
					return err
				}
			}
			if asJSON {
				if err := printJSON(s.out, map[string]any{"plans": plans}); err != nil {
					return err
				}
			}
			return stopped
		},
	}
	w.flags(cmd)
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&asJSON, "json", false, "print the plan as JSON")
	p.runFlags(f)
	return cmd
}

// plan says what up would change of an instance, and how that compares with what it is a model of.
func (o *opened) plan(ctx context.Context, defs *provision.Definitions, bp *provision.Blueprint, named bool) (planJSON, error) {
	screen := newScreen(ctx, o.err)
	show := screen.instance(bp.Instance, named)
	plan := planJSON{Instance: bp.Instance, Environment: bp.Environment, Tiers: bp.Tiers}
	var look func(provision.Planned) error
	if _, models := defs.Model(bp.Environment); models && bp.Lifetime == nil {
		look = func(planned provision.Planned) error {
			show.pause()
			j, err := o.judgePlan(ctx, defs, bp, planned)
			if err == nil && j != nil {
				plan.Parity, plan.judged = j.report, j
			}
			return err
		}
	}
	changes, err := o.lifecycle.Plan(ctx, bp, show.quiet, look)
	show.done()
	screen.close()
	plan.Changes = orEmpty(changes)
	if err != nil {
		return plan, o.tell(defs, err)
	}
	return plan, nil
}

// planJSON is what would change of one instance.
type planJSON struct {
	Instance    string                `json:"instance"`
	Environment string                `json:"environment"`
	Tiers       []provision.TierScale `json:"tiers"`
	Changes     []provision.Change    `json:"changes"`
	// Parity is how what is planned compares with the environment that it is a model of; nil where it was not compared.
	Parity *parity.Report `json:"parity,omitempty"`

	judged *planParity
}

func (plan planJSON) print(s *streams) error {
	w := s.out
	fmt.Fprintf(w, "%s", bold(w, plan.Instance))
	if len(plan.Tiers) > 0 {
		fmt.Fprintf(w, ": %s", tierText(plan.Tiers))
	}
	if len(plan.Changes) == 0 {
		_, err := fmt.Fprintln(w, "\n  nothing to change")
		return err
	}
	fmt.Fprintln(w)
	if err := printChanges(w, plan.Changes); err != nil || plan.judged.code() == nil {
		return err
	}
	fmt.Fprintln(w)
	return plan.judged.print(w)
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
