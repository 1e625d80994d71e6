package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/provision"
)

// syncOptions are the flags of `maquette sync`.
type syncOptions struct {
	upOptions
	dryRun bool
	only   string
}

func newSync(s *streams) *cobra.Command {
	p := &project{streams: s}
	var w wanted
	var how syncOptions
	cmd := &cobra.Command{
		Use:   "sync ENVIRONMENT",
		Short: "Let a scale model follow what production runs now",
		Long: `Observe what the environment models, derive it anew, and show which values change and what
in production they follow. Then, as up does: plan, compare the plan with production, ask,
apply, check; and at last compare what runs with production.

What is followed are the expressions of the definition: tier.NAME.members, observed.…,
version(…). A second sync finds nothing to change.`,
		Example: `  # What has moved in production, and what it would change here
  maquette sync staging --dry-run

  # In CI, every night
  maquette sync staging --auto-approve --json

  # New versions alone, as many of each as there are
  maquette sync staging --only versions`,
		Args:              exactArgs(1, "an environment"),
		ValidArgsFunction: p.environments,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch how.only {
			case "", provision.FactVersions, provision.FactTopology:
			default:
				return usage(cmd, "--only: %q is neither versions nor topology", how.only)
			}
			return runSync(cmd, p, args[0], &w, how)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&how.dryRun, "dry-run", false, "show what would change, and change nothing")
	f.BoolVar(&how.approved, "auto-approve", false, "do not ask")
	f.StringVar(&how.only, "only", "", "follow production in this `respect` alone: versions or topology")
	f.BoolVar(&how.allow, "allow-findings", false, "apply also what would be no true model; the record of the operation says so")
	f.StringArrayVar(&w.vars, "var", nil, "`NAME=VALUE` of a Terraform variable, over the definition's; secrets go into TF_VAR_NAME")
	f.StringVar(&w.owner, "owner", "", "`who` it is for (default: $MAQUETTE_OWNER, or your login)")
	f.BoolVar(&how.json, "json", false, "print the result as JSON")
	p.runFlags(f)
	complete(cmd, map[string][]string{"only": {provision.FactVersions, provision.FactTopology}})
	return cmd
}

// synced is the result of `maquette sync` as data.
type synced struct {
	Environment string             `json:"environment"`
	Model       string             `json:"model_of"`
	Moved       []provision.Moved  `json:"moved"`
	Changes     []provision.Change `json:"changes"` // of resources
	Applied     bool               `json:"applied"`
	Parity      *parity.Report     `json:"parity"` // of what is planned or, once it was applied, runs
}

// errFollows says that there is nothing to apply.
var errFollows = fmt.Errorf("nothing to change: %w", provision.ErrDeclined)

func runSync(cmd *cobra.Command, p *project, environment string, w *wanted, how syncOptions) error {
	ctx := cmd.Context()
	defs, blueprints, err := p.blueprints(cmd, environment, w)
	if err != nil {
		return err
	}
	bp := blueprints[0]
	model, models := defs.Model(environment)
	switch {
	case bp.Lifetime != nil:
		return usage(cmd, "instances of %s come and go: each is derived when it is made. To derive one anew: maquette up %s", environment, environment)
	case !models:
		return usage(cmd, "%s models no other environment (model_of), so that there is none to follow", environment)
	case !how.approved && !how.dryRun && !isTerminal(p.in):
		return usage(cmd, "%s is a lasting environment, and there is no terminal to ask on; look with `maquette sync %s --dry-run`, then give --auto-approve", environment, environment)
	}
	o, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer o.registry.Close()
	applied, err := o.registry.Applied(ctx, bp.Instance)
	if err != nil {
		return fmt.Errorf("looking for what was applied to %s: %w", bp.Instance, err)
	}
	var last *provision.Applied
	if len(applied) > 0 {
		last = &applied[len(applied)-1]
	}
	if last == nil && how.only != "" {
		return fmt.Errorf("--only %s: nothing was applied to %s yet that the rest could stay as\n  Make all of it first: maquette sync %s", how.only, bp.Instance, environment)
	}
	result := synced{Environment: environment, Model: model, Changes: []provision.Change{}}
	if result.Moved, err = bp.Moved(last, how.only); err != nil {
		return err
	}
	result.Moved = orEmpty(result.Moved)
	if len(bp.Follows) == 0 {
		fmt.Fprintf(o.err, "note: nothing in the definition of %s follows %s: see docs/definitions.md for tier.NAME.members, observed and version\n", environment, model)
	}
	if !how.json {
		if err := printMoved(o.streams, result, last == nil); err != nil {
			return err
		}
	}
	if how.dryRun {
		return o.drySync(ctx, defs, bp, result, how)
	}
	if err := o.applySync(ctx, defs, bp, &result, how); err != nil {
		return err
	}
	if result.Parity, err = o.compareWithModel(ctx, defs, bp, model); err != nil {
		return err
	}
	if how.json {
		err = printJSON(o.out, result)
	} else {
		err = report.Text(o.out, result.Parity, report.Style{Colour: colours(o.out)})
	}
	if err != nil {
		return err
	}
	return verdictCode(result.Parity.Verdict)
}

// drySync shows what would be done.
func (o *opened) drySync(ctx context.Context, defs *provision.Definitions, bp *provision.Blueprint, result synced, how syncOptions) error {
	plan, err := o.plan(ctx, defs, bp, false)
	if err != nil {
		return err
	}
	result.Changes, result.Parity = plan.Changes, plan.Parity
	if how.json {
		err = printJSON(o.out, result)
	} else {
		err = plan.print(o.streams)
	}
	if err != nil {
		return err
	}
	return plan.judged.code()
}

// applySync plans and applies, if there is anything to apply.
func (o *opened) applySync(ctx context.Context, defs *provision.Definitions, bp *provision.Blueprint, result *synced, how syncOptions) error {
	screen := newScreen(ctx, o.err)
	show := screen.instance(bp.Instance, false)
	start := time.Now()
	up, err := o.lifecycle.Up(ctx, provision.UpRequest{Blueprint: bp, Progress: show.event, Approve: func(ctx context.Context, plan provision.Planned) (string, error) {
		show.pause()
		result.Changes = orEmpty(plan.Changes)
		if len(plan.Changes) == 0 && len(result.Moved) == 0 {
			return "", errFollows
		}
		despite, err := o.hold(ctx, defs, bp, plan, how.allow)
		if err == nil && !how.approved {
			err = o.approveChanges(ctx, bp.Instance, plan.Changes)
		}
		return despite, err
	}})
	show.done()
	screen.close()
	result.Applied = err == nil
	follows := errors.Is(err, errFollows)
	switch {
	case how.json && (follows || result.Applied):
		return nil // printed at last
	case follows:
		_, err = fmt.Fprintf(o.out, "%s follows %s already: nothing to change\n\n", bp.Instance, result.Model)
		return err
	}
	if how.json && errors.Is(err, provision.ErrDeclined) {
		if printErr := printJSON(o.out, result); printErr != nil {
			return printErr
		}
	}
	if printErr := o.printUp(defs, bp, up, time.Since(start), err); printErr != nil {
		return printErr
	}
	var unlike *unlikeError
	switch {
	case errors.As(err, &unlike):
		return unlike.code()
	case err != nil:
		return exitCode(exitError)
	}
	_, err = fmt.Fprintln(o.out)
	return err
}

// compareWithModel compares what runs with what it models.
func (o *opened) compareWithModel(ctx context.Context, defs *provision.Definitions, bp *provision.Blueprint, model string) (*parity.Report, error) {
	obs := &observer{project: o.project, defs: defs}
	candidate := named{bp.Instance, bp.Environment, bp.Instance}
	after, err := obs.environment(ctx, candidate)
	if err != nil {
		return nil, err
	}
	return obs.modelReport(ctx, named{model, model, model}, candidate, after)
}

// printMoved shows what follows production, and why.
func printMoved(s *streams, result synced, fresh bool) error {
	if len(result.Moved) == 0 {
		return nil
	}
	fmt.Fprintf(s.out, "%s follows %s:\n", bold(s.out, result.Environment), result.Model)
	t := newTable(s.out)
	for _, m := range result.Moved {
		change := shorten(textOr(m.New, "(none)"))
		if !fresh {
			change = shorten(textOr(m.Old, "(none)")) + " → " + change
		}
		var why []string
		for _, f := range m.Because[:min(3, len(m.Because))] {
			why = append(why, f.Text+" = "+f.Value)
		}
		reason := strings.Join(why, ", ")
		if n := len(m.Because) - len(why); n > 0 {
			reason += fmt.Sprintf(" and %d more", n)
		}
		if reason == "" {
			reason = "the definition says so"
		}
		t.row("  "+m.Path, change, paint(s.out, color.Faint, reason))
	}
	if err := t.flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out)
	return err
}

func textOr(text *string, none string) string {
	if text == nil {
		return none
	}
	return *text
}
