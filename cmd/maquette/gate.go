package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/fatih/color"
	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/probe"
)

// gateSchema names the form of what `maquette gate --json` prints.
const gateSchema = "maquette/gate/v1"

func newGate(s *streams) *cobra.Command {
	p := &project{streams: s}
	var o parityOptions
	var reportFile string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "gate ENVIRONMENT",
		Short: "Say whether an environment's gates hold: conditions over parity and checks",
		Long: `Compare an environment with the one that it models, as maquette parity does, run those of
its checks that its gate blocks refer to, and say of each condition whether it holds, with
the values that it refers to. An environment without gate blocks has one gate: parity's
own verdict.

Exit codes: 0 all gates hold, 1 could not run, 2 a gate does not hold, 3 evidence was
missing.`,
		Example: `  # Before a release
  maquette gate staging

  # In CI: compare once, keep the report, gate on it
  maquette parity staging --format json > parity.json || true
  maquette gate staging --report parity.json

  # The result as data, and the report for code scanning
  maquette gate staging --json --output sarif=parity.sarif`,
		Args:              exactArgs(1, "an environment"),
		ValidArgsFunction: p.environments,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runGate(cmd.Context(), p, cmd, &o, args[0], reportFile, asJSON)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&reportFile, "report", "", "gate on the report in `FILE`, of maquette parity --format json, instead of comparing")
	f.BoolVar(&asJSON, "json", false, "print the result as JSON")
	o.outputFlag(cmd)
	o.flags(cmd, p)
	return cmd
}

// gateJSON is the result of a gate as data: docs/gate.schema.json.
type gateJSON struct {
	Schema      string                  `json:"schema"`
	Environment string                  `json:"environment"`
	Baseline    string                  `json:"baseline"`
	Verdict     parity.Verdict          `json:"verdict"` // incomplete: a gate is unknown, and none fails
	Gates       []provision.GateResult  `json:"gates"`
	Checks      []provision.CheckResult `json:"checks"`
	Parity      gateParity              `json:"parity"`
}

// gateParity is what the gates saw of parity.
type gateParity struct {
	Verdict    parity.Verdict `json:"verdict"`
	Score      float64        `json:"score"`
	Summary    parity.Summary `json:"summary"`
	Incomplete []parity.Gap   `json:"incomplete"`
}

func runGate(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions, name, reportFile string, asJSON bool) error {
	outs, err := targets(cmd, "text", o.outputs, report.Formats(), report.For)
	if err != nil {
		return err
	}
	outs = outs[1:] // the report goes to files alone
	var compared *comparison
	if reportFile != "" {
		compared, err = storedComparison(ctx, p, cmd, name, reportFile)
	} else {
		compared, err = compare(ctx, p, cmd, o, []string{name})
	}
	if err != nil {
		return err
	}
	rep := compared.report
	err = writeAll(p.streams, outs, func(w io.Writer, render report.Renderer, colour bool) error {
		return render(w, rep, report.Style{Colour: colour})
	})
	if err != nil {
		return err
	}
	result := gateJSON{
		Schema: gateSchema, Environment: name, Baseline: compared.baseline.source, Verdict: parity.Pass, Checks: []provision.CheckResult{},
		Parity: gateParity{rep.Verdict, rep.Score, rep.Summary, rep.Incomplete},
	}
	env := compared.observer.defs.Environments[compared.candidate.environment]
	gates := env.Gates
	if len(gates) == 0 {
		gates = []provision.Gate{provision.ParityGate()}
	}
	if result.Checks, err = p.runChecks(ctx, compared, checkKinds(env, gates)); err != nil {
		return err
	}
	for _, gate := range gates {
		judged := gate.Judge(rep, result.Checks)
		if judged.Location != nil {
			judged.Location.File = p.shown(judged.Location.File)
		}
		result.Gates = append(result.Gates, judged)
		switch {
		case judged.Outcome == provision.GateFail:
			result.Verdict = parity.Fail
		case judged.Outcome == provision.GateUnknown && result.Verdict == parity.Pass:
			result.Verdict = parity.Incomplete
		}
	}
	if rep.Verdict == parity.Incomplete && result.Verdict == parity.Pass {
		result.Verdict = parity.Incomplete // also where no gate refers to parity
	}
	if asJSON {
		err = printJSON(p.out, result)
	} else {
		err = printGate(p.out, result)
	}
	if err != nil {
		return err
	}
	return verdictCode(result.Verdict)
}

// storedComparison takes the report of an earlier run in place of a comparison.
func storedComparison(ctx context.Context, p *project, cmd *cobra.Command, name, file string) (*comparison, error) {
	for _, flag := range []string{"fail-on", "ratio", "minimum", "tolerance", "size-step", "env-name", "catalog", "policy", "baseline-report", "today"} {
		if cmd.Flags().Changed(flag) {
			return nil, usage(cmd, "--%s says how to compare, and with --report nothing is compared: give it to maquette parity", flag)
		}
	}
	rep, err := readReport(file)
	if err != nil {
		return nil, err
	}
	obs, err := newObserver(p, name)
	if err != nil {
		return nil, err
	}
	baseline, candidate, err := obs.sides(ctx, cmd, []string{name})
	if err != nil {
		return nil, err
	}
	if of := rep.Candidate.Name; of != candidate.instance && of != candidate.environment {
		return nil, fmt.Errorf("the report %s is of %q, and not of %s", file, of, name)
	}
	return &comparison{report: rep, observer: obs, baseline: baseline, candidate: candidate}, nil
}

// checkKinds are the kinds of checks that gates refer to.
func checkKinds(env *provision.Environment, gates []provision.Gate) []string {
	var all, kinds []string
	for _, check := range env.Checks {
		all = append(all, check.Kind)
	}
	for _, gate := range gates {
		kinds = append(kinds, gate.CheckKinds(all)...)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// runChecks runs the environment's checks of some kinds, as up does. What a check needs and cannot have makes it unknown.
func (p *project) runChecks(ctx context.Context, c *comparison, kinds []string) ([]provision.CheckResult, error) {
	results := make([]provision.CheckResult, len(kinds))
	if len(kinds) == 0 {
		return results, nil
	}
	var missing []string
	bp, outputs, err := p.built(ctx, c, secretOrEmpty(&missing))
	done := progress(p.err, "checking "+c.candidate.source)
	defer done()
	var wg sync.WaitGroup
	for i, kind := range kinds {
		result := &results[i]
		result.Kind = kind
		if err != nil {
			result.Reason = firstLine(err)
			continue
		}
		missing = nil // what only variables or others need is no matter here
		checks, diags := bp.ChecksOf(kind, outputs)
		switch {
		case diags.HasErrors() && outputs == nil:
			result.Reason = p.shown(diagnosticLine(diags)) + " (" + c.candidate.instance + " was not made here)"
			continue
		case diags.HasErrors():
			result.Reason = p.shown(diagnosticLine(diags))
			continue
		case len(missing) > 0:
			result.Reason = "it takes secrets from the environment, where there is no " + strings.Join(missing, ", ")
			continue
		}
		result.Known = true
		wg.Go(func() {
			err := cmp.Or(provision.Hold(ctx, probe.Prober{}, checks, io.Discard)...) // of the first that does not hold
			result.Holds = err == nil
			if err != nil {
				result.Reason = firstLine(err)
			}
		})
	}
	wg.Wait()
	return results, ctx.Err()
}

func diagnosticLine(diags hcl.Diagnostics) string {
	d := diags.Errs()[0].(*hcl.Diagnostic)
	if d.Subject == nil {
		return d.Summary + ": " + d.Detail
	}
	return fmt.Sprintf("%s:%d: %s: %s", d.Subject.Filename, d.Subject.Start.Line, d.Summary, d.Detail)
}

// built is the blueprint of the candidate and the outputs of its stack: none where it was not built here.
func (p *project) built(ctx context.Context, c *comparison, secret func(string) (string, bool)) (*provision.Blueprint, map[string]provision.OutputValue, error) {
	defs := c.observer.defs
	elsewhere := func() (*provision.Blueprint, map[string]provision.OutputValue, error) {
		bp, diags := defs.Observed(c.candidate.environment, provision.Inputs{Secret: secret})
		if diags.HasErrors() {
			return nil, nil, errors.New(p.shown(diagnosticLine(diags)))
		}
		return bp, nil, nil
	}
	if found, err := p.exists(); err != nil || !found {
		if err != nil {
			return nil, nil, err
		}
		return elsewhere()
	}
	o, err := p.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer o.registry.Close()
	in, err := o.registry.Instance(ctx, c.candidate.instance)
	if errors.Is(err, provision.ErrNotFound) {
		return elsewhere()
	}
	if err != nil {
		return nil, nil, err
	}
	bp, diags := o.instantiate(defs, in, secret)
	if diags.HasErrors() {
		return nil, nil, errors.New(p.shown(diagnosticLine(diags)))
	}
	stack, err := o.lifecycle.LastStack(ctx, in.Name)
	if err != nil || stack == nil {
		return bp, nil, err
	}
	outputs, err := o.driver.Outputs(ctx, provision.Job{Instance: in.Name, ID: in.ID, Stack: *stack})
	return bp, outputs, err
}

// printGate prints each condition with its outcome and its values.
func printGate(w io.Writer, r gateJSON) error {
	var b strings.Builder
	head := map[parity.Verdict]string{
		parity.Pass: "every gate holds", parity.Fail: "a gate does not hold", parity.Incomplete: "evidence is missing: nothing is claimed",
	}[r.Verdict]
	words := map[string]string{
		provision.GatePass: paint(w, color.FgGreen, "pass"), provision.GateFail: paint(w, color.FgRed, "FAIL"), provision.GateUnknown: paint(w, color.FgYellow, "unknown"),
	}
	marks := map[string]string{
		provision.GatePass: paint(w, color.FgGreen, "✓"), provision.GateFail: paint(w, color.FgRed, "✗"), provision.GateUnknown: paint(w, color.FgYellow, "?"),
	}
	fmt.Fprintf(&b, "%s: %s\n", bold(w, report.Clean(r.Environment+" against "+r.Baseline)), head)
	referred := false
	for _, g := range r.Gates {
		at := ""
		if g.Location != nil {
			at = fmt.Sprintf("  %s:%d", report.Clean(g.Location.File), g.Location.Line)
		}
		fmt.Fprintf(&b, "\n%s  %s%s\n", words[g.Outcome], bold(w, report.Clean(g.Name)), paint(w, color.Faint, at))
		for _, t := range g.Terms {
			fmt.Fprintf(&b, "  %s %s\n", marks[t.Outcome], report.Clean(termText(t)))
			referred = referred || t.Outcome != provision.GatePass && strings.Contains(t.Text, "parity.")
		}
		if g.Message != "" {
			fmt.Fprintf(&b, "    → %s\n", report.Clean(g.Message))
		}
	}
	for _, c := range r.Checks {
		if c.Known && !c.Holds {
			fmt.Fprintf(&b, "\ncheck %s: %s\n", c.Kind, report.Clean(c.Reason))
		}
	}
	for i, gap := range r.Parity.Incomplete {
		if i == 0 {
			fmt.Fprintf(&b, "\nMissing evidence\n")
		}
		fmt.Fprintf(&b, "  ? %s: %s\n", report.Clean(gap.Source), report.Clean(gap.Reason))
	}
	if referred {
		fmt.Fprintf(&b, "\nWhat differs: maquette parity %s\n", report.Clean(r.Environment))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// termText is one part of a condition with its values: parity.score = 0.93, wanted >= 0.95
func termText(t provision.Term) string {
	var values []string
	for _, v := range t.Values {
		values = append(values, v.Name+" = "+v.Text)
	}
	text := strings.Join(values, ", ")
	switch {
	case t.Wanted != "" && len(values) == 1:
		text += ", wanted " + t.Wanted
	case text == "":
		text = t.Text
	default:
		text = t.Text + "  (" + text + ")"
	}
	if t.Reason != "" {
		text += ": " + t.Reason
	}
	return text
}
