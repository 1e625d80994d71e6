package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/parity/source"
	"github.com/maquette/maquette/provision"
)

// planParity is how a plan was judged.
type planParity struct {
	report  *parity.Report
	failing int          // findings at or above fail_on
	gaps    []parity.Gap // of the model: what it runs is not known whole
}

// code is the exit code that the plan asks for; nil where nothing stops it.
func (j *planParity) code() error {
	switch {
	case j == nil:
		return nil
	case len(j.gaps) > 0:
		return exitCode(exitIncomplete)
	case j.failing > 0:
		return exitCode(exitFindings)
	}
	return nil
}

// judgePlan compares what is planned with the environment that it is to be a model of. It is nil where there is nothing to
// compare: of throwaway environments, which are no models whole; where nothing would change; and where the model is
// declared alone, and neither observed nor made here.
func (o *opened) judgePlan(ctx context.Context, defs *provision.Definitions, bp *provision.Blueprint, plan provision.Planned) (*planParity, error) {
	model, ok := defs.Model(bp.Environment)
	if !ok || bp.Lifetime != nil || len(plan.Changes) == 0 {
		return nil, nil
	}
	base := defs.Environments[model]
	if base.Throwaway != nil {
		return nil, nil
	}
	if len(base.Observe) == 0 {
		switch _, err := o.registry.Instance(ctx, model); {
		case errors.Is(err, provision.ErrNotFound):
			fmt.Fprintf(o.err, "note: the plan of %s is not compared with %s, which was not made here and has no observe block\n", bp.Instance, model)
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("looking for %s in the registry: %w", model, err)
		}
	}
	data, err := plan.JSON()
	if err != nil {
		return nil, err
	}
	failed := func(err error) error {
		return fmt.Errorf("comparing the plan of %s with %s: %w\n  Nothing was changed. To go on without: --allow-findings", bp.Instance, model, err)
	}
	baseline, candidate := named{model, model, model}, named{bp.Instance, bp.Environment, bp.Instance}
	obs := &observer{project: o.project, defs: defs}
	after, err := source.Read("the plan of "+bp.Instance, bytes.NewReader(data))
	if err != nil {
		return nil, failed(err)
	}
	after.Environment = bp.Instance
	if err := obs.layDocuments(ctx, defs.Environments[bp.Environment], after); err != nil {
		return nil, failed(err)
	}
	rep, err := obs.modelReport(ctx, baseline, candidate, after)
	if err != nil {
		return nil, failed(err)
	}
	j := &planParity{report: rep}
	for _, gap := range rep.Incomplete {
		if slices.Contains(rep.Baseline.Sources, gap.Source) {
			j.gaps = append(j.gaps, gap)
		}
	}
	for _, f := range j.report.Findings {
		if f.Waiver == nil && f.Severity >= j.report.FailOn {
			j.failing++
		}
	}
	return j, ctx.Err()
}

// modelReport compares what is known of an environment with what it models, by its definition alone.
func (o *observer) modelReport(ctx context.Context, baseline, candidate named, after *parity.Snapshot) (*parity.Report, error) {
	before, err := o.environment(ctx, baseline)
	if err != nil {
		return nil, err
	}
	cat, err := loadCatalog(nil, o.project.err)
	if err != nil {
		return nil, err
	}
	opt := parity.DefaultOptions()
	opt.Today = time.Now()
	unchanged := func(string) bool { return false }
	o.declared(&opt, unchanged, baseline, candidate)
	if err := o.project.judgeBy(o.defs.Environments[candidate.environment].Parity, &opt, unchanged); err != nil {
		return nil, err
	}
	o.tellNotes()
	return unlessStopped(ctx, func() *parity.Report { return parity.Compare(before, after, cat, opt) })
}

// print shows what the plan would come to.
func (j *planParity) print(w io.Writer) error {
	return report.Text(w, j.report, report.Style{Colour: colours(w)})
}

// unlikeError says that a plan was not applied, as the environment would be no model of the other one.
type unlikeError struct {
	instance, model string
	*planParity
}

func (e *unlikeError) Error() string {
	if len(e.gaps) > 0 {
		return fmt.Sprintf("whether %s would be a model of %s cannot be told, as not all of that one could be read: nothing was changed", e.instance, e.model)
	}
	fail := "fail"
	if e.failing == 1 {
		fail = "fails"
	}
	return fmt.Sprintf("as planned, %s would differ from %s in %s that %s: nothing was changed", e.instance, e.model, plural.Count(e.failing, "way"), fail)
}

func (*unlikeError) Unwrap() error { return provision.ErrDeclined }

// hold is the decision on a plan by its parity: an error where it has findings that fail. allow lets it pass, and says
// despite what.
func (o *opened) hold(ctx context.Context, defs *provision.Definitions, bp *provision.Blueprint, plan provision.Planned, allow bool) (despite string, err error) {
	j, err := o.judgePlan(ctx, defs, bp, plan)
	switch {
	case err != nil && allow && ctx.Err() == nil:
		fmt.Fprintf(o.err, "note: %v\n", err)
		return "a plan that could not be compared", nil
	case err != nil || j == nil:
		return "", err
	}
	if unknown := j.report.Unknown + len(j.report.Incomplete); unknown > 0 {
		fmt.Fprintf(o.err, "note: what is planned for %s is compared with %s as far as it is known: %s only once it is applied. Then: maquette parity %s\n",
			bp.Instance, j.report.Baseline.Name, plural.Count(unknown, "fact"), bp.Instance)
	}
	if j.code() == nil {
		return "", nil
	}
	if err := j.print(o.err); err != nil {
		return "", err
	}
	if !allow {
		return "", &unlikeError{bp.Instance, j.report.Baseline.Name, j}
	}
	if len(j.gaps) > 0 {
		return "missing evidence, and " + plural.Count(j.failing, "finding") + " of its plan", nil
	}
	return plural.Count(j.failing, "finding") + " of its plan", nil
}
