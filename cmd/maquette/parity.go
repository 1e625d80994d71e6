package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/report"
)

// parityOptions are the flags of `maquette parity`.
type parityOptions struct {
	format    string
	outputs   []string
	failOn    string
	ratio     string
	minimum   int
	tolerance float64
	sizeStep  float64
	only      []string
	skip      []string
	envNames  []string
	catalogs  []string
	show      string
	history   string

	documentFlags []string
	secrets       []string // patterns of keys of those
}

func newParity(s *streams) *cobra.Command {
	p := &project{streams: s}
	var o parityOptions
	cmd := &cobra.Command{
		Use:   "parity [BASELINE] CANDIDATE",
		Short: "Compare a candidate (staging) with a baseline (production), up to scale",
		Long: `Compare a candidate (usually staging) with a baseline (usually production) and
judge whether it is a true scale model: same versions, same proportions, more
than one box, monitored, with managed configuration.

BASELINE and CANDIDATE are environments or sources. Of a source, the kind is found from
the content:
  NAME            an environment of the definitions, or an instance of one; without
                  BASELINE it is compared with the one that it models, by its own
                  scale and parity block
  FILE            a Terraform state, the output of ` + "`terraform show -json`" + ` of a state
                  or of a plan, or a snapshot
  DIR             a Terraform working directory, read through Terraform
  DIR#WORKSPACE   one of its workspaces
  -               standard input (one of the two)

Exit codes: 0 nothing at or above --fail-on, 1 could not run, 2 findings at or
above --fail-on, 3 evidence was missing.`,
		Example: `  # An environment with the one that it models
  maquette parity staging

  # Two states and no configuration
  maquette parity production.tfstate staging.tfstate

  # Gate a pull request on what its plan would make of staging
  terraform show -json plan.out | maquette parity production.tfstate -

  # Declare the scale, keep a machine-readable report beside the text
  maquette parity --ratio 1/4 --output json=parity.json prod/ staging/

  # In a GitHub workflow: annotations and a summary, and a file for code scanning
  maquette parity staging --format github --output sarif=parity.sarif

  # Feature flags and settings beside the states, or alone
  maquette parity prod.tfstate stag.tfstate --document flags=prod/flags.yaml,staging/flags.yaml

  # Look at versions only, and fail on warnings
  maquette parity --only versions --fail-on warning prod.tfstate stag.tfstate`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 && !(len(args) == 0 && len(o.documentFlags) > 0) {
				return usage(cmd, "two sources are wanted, a baseline and a candidate, or one environment that models another; %d given", len(args))
			}
			if len(args) == 2 && args[0] == "-" && args[1] == "-" {
				return usage(cmd, "only one of the two sources can be standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runParity(cmd.Context(), p, cmd, &o, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&o.format, "format", "f", "text", "what to print: "+oneOf(report.Formats()))
	o.flags(cmd, p)
	f.StringSliceVar(&o.only, "only", nil, "only these `rules` or dimensions, as versions or one-box/*")
	f.StringSliceVar(&o.skip, "skip", nil, "without these `rules` or dimensions")
	f.StringArrayVar(&o.documentFlags, "document", nil, "configuration files of both, to compare as well: `NAME=BASELINE,CANDIDATE`; may be repeated")
	f.StringArrayVar(&o.secrets, "secret", nil, "`keys` of the documents that are secret, as payments.*.key; may be repeated")
	f.StringVar(&o.history, "history", "", "append the run to the history in `DIR`, for maquette trend")
	f.StringVar(&o.show, "show", "", "in the text: all, with every info and every place")
	complete(cmd, map[string][]string{"format": report.Formats(), "show": {"all"}, "only": parity.Dimensions, "skip": parity.Dimensions})
	return cmd
}

// flags adds those of every command that compares.
func (o *parityOptions) flags(cmd *cobra.Command, p *project) {
	d := parity.DefaultOptions()
	f := cmd.Flags()
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write the report as `FORMAT=FILE`; may be repeated")
	f.StringVar(&o.failOn, "fail-on", d.FailOn.String(), "least `severity` that fails: info, warning, error")
	f.StringVar(&o.ratio, "ratio", "", "declared `scale` of the candidate, as 1/4 (default: measured)")
	f.IntVar(&o.minimum, "minimum", d.Minimum, "`members` that no scale goes below")
	f.Float64Var(&o.tolerance, "tolerance", d.Tolerance, "`share` by which members may be off the scale")
	f.Float64Var(&o.sizeStep, "size-step", 0, "published size `steps` within a family that machines may differ by")
	f.StringArrayVar(&o.envNames, "env-name", nil, "`word` that names an environment: WORD, baseline=WORD or candidate=WORD (default: inferred)")
	f.StringArrayVar(&o.catalogs, "catalog", nil, "`file` with more resource types, laid over the built-in catalogue")
	f.StringVar(&p.terraform, "terraform", "", "`binary` that reads directories (default: terraform or tofu on PATH)")
	p.flags(f)
	complete(cmd, map[string][]string{"fail-on": {"error", "warning", "info"}})
}

// complete names the words that flags take.
func complete(cmd *cobra.Command, flags map[string][]string) {
	for flag, words := range flags {
		if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(err) // no such flag
		}
	}
}

// judging turns the flags into options.
func (o *parityOptions) judging(cmd *cobra.Command) (parity.Options, error) {
	opt := parity.DefaultOptions()
	if err := opt.FailOn.UnmarshalText([]byte(o.failOn)); err != nil {
		return opt, usage(cmd, "--fail-on: %v", err)
	}
	if o.ratio != "" {
		k, err := parity.ParseRatio(o.ratio)
		if err != nil {
			return opt, usage(cmd, "--ratio: %v", err)
		}
		opt.Ratio, opt.RatioText = k, o.ratio
	}
	switch {
	case o.minimum < 1:
		return opt, usage(cmd, "--minimum: %d is no number of members; 1 or more", o.minimum)
	case !(o.tolerance >= 0 && o.tolerance <= 10):
		return opt, usage(cmd, "--tolerance: %v is no share; 0.25 allows a quarter more or less", o.tolerance)
	case !(o.sizeStep >= 0 && o.sizeStep <= 20):
		return opt, usage(cmd, "--size-step: %v is no number of steps", o.sizeStep)
	case o.show != "" && o.show != "all":
		return opt, usage(cmd, "--show: %q is not known; all is", o.show)
	}
	opt.Minimum, opt.Tolerance, opt.SizeStep = o.minimum, o.tolerance, o.sizeStep
	opt.Only, opt.Skip = o.only, o.skip
	for _, p := range append(append([]string{}, o.only...), o.skip...) {
		if !parity.KnownPattern(p) {
			return opt, usage(cmd, "--only, --skip: %q is no rule and no dimension (%s); `maquette explain` lists the rules", p, oneOf(parity.Dimensions))
		}
	}
	for _, n := range o.envNames {
		side, word, sided := strings.Cut(n, "=")
		if !sided {
			side, word = "", n
		}
		if strings.TrimSpace(word) == "" || sided && side != "baseline" && side != "candidate" {
			return opt, usage(cmd, "--env-name: %q is not of the form WORD, baseline=WORD or candidate=WORD", n)
		}
		words := strings.Split(word, ",")
		if side != "candidate" {
			opt.BaselineNames = append(opt.BaselineNames, words...)
		}
		if side != "baseline" {
			opt.CandidateNames = append(opt.CandidateNames, words...)
		}
	}
	return opt, nil
}

// knownRules holds that rules of the user's own that flags name are there.
func knownRules(cmd *cobra.Command, opt parity.Options) error {
	var ids []string
	for _, r := range opt.Custom {
		ids = append(ids, r.ID)
	}
	for _, p := range slices.Concat(opt.Only, opt.Skip) {
		found := !strings.HasPrefix(p, parity.CustomGroup) || slices.ContainsFunc(ids, func(id string) bool {
			ok, err := path.Match(p, id)
			return err == nil && ok
		})
		if !found {
			hint := ""
			if near := nearest(p, ids); near != "" {
				hint = "; did you mean " + near + "?"
			}
			return usage(cmd, "--only, --skip: there is no rule %q in the definition or a policy%s", p, hint)
		}
	}
	return nil
}

// loadCatalog reads the user's catalogue files over the built-in ones.
func loadCatalog(files []string, errOut io.Writer) (*catalog.Catalog, error) {
	parser := hclparse.NewParser()
	var users []catalog.File
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading the catalogue %s: %w", name, reason(err))
		}
		users = append(users, catalog.File{Name: name, Data: data})
	}
	cat, diags := catalog.Load(parser, users...)
	if diags.HasErrors() {
		w := hcl.NewDiagnosticTextWriter(errOut, parser.Files(), 100, colours(errOut))
		if err := w.WriteDiagnostics(diags); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("the catalogue cannot be used: %d errors, above", len(diags.Errs()))
	}
	return cat, nil
}

func runParity(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions, args []string) error {
	s := p.streams
	outs, err := targets(cmd, o.format, o.outputs, report.Formats(), report.For)
	if err != nil {
		return err
	}
	compared, err := compare(ctx, p, cmd, o, args)
	if err != nil {
		return err
	}
	rep := compared.report
	err = writeAll(s, outs, func(w io.Writer, render report.Renderer, colour bool) error {
		return render(w, rep, report.Style{Colour: colour, All: o.show == "all"})
	})
	if err != nil {
		return err
	}
	if o.format == "github" || slices.ContainsFunc(o.outputs, func(spec string) bool { return strings.HasPrefix(spec, "github=") }) {
		if err := stepSummary(rep, s.err); err != nil {
			return err
		}
	}
	if o.history != "" {
		if err := record(ctx, o.history, rep, compared.options, s.err); err != nil {
			return err
		}
	}
	return verdictCode(rep.Verdict)
}

// verdictCode is the exit code that a verdict asks for; nil for one that passes.
func verdictCode(v parity.Verdict) error {
	switch v {
	case parity.Incomplete:
		return exitCode(exitIncomplete)
	case parity.Fail:
		return exitCode(exitFindings)
	}
	return nil
}

// comparison is what came of comparing two sources.
type comparison struct {
	report              *parity.Report
	options             parity.Options
	observer            *observer
	baseline, candidate named
}

// compare compares the sources that are named on the command line, by what flags and definitions say.
func compare(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions, args []string) (*comparison, error) {
	opt, err := o.judging(cmd)
	if err != nil {
		return nil, err
	}
	cat, err := loadCatalog(o.catalogs, p.err)
	if err != nil {
		return nil, err
	}
	documents, err := o.documents(cmd)
	if err != nil {
		return nil, err
	}
	obs, err := newObserver(p, args...)
	if err != nil {
		return nil, err
	}
	baseline, candidate, err := obs.sides(ctx, cmd, args)
	if err != nil {
		return nil, err
	}
	if err := obs.policy(&opt, cmd.Flags().Changed, baseline, candidate); err != nil {
		return nil, err
	}
	if err := knownRules(cmd, opt); err != nil {
		return nil, err
	}
	base, cand := sidesOfDocuments(documents)
	if len(args) > 0 {
		if base, cand, err = obs.observeBoth(ctx, baseline, candidate); err != nil {
			return nil, err
		}
	}
	obs.tellNotes()
	if err := o.lay(ctx, documents, base, cand); err != nil {
		return nil, err
	}
	rep := parity.Compare(base, cand, cat, opt)
	if err := obs.locate(rep, candidate, documents); err != nil {
		return nil, err
	}
	return &comparison{rep, opt, obs, baseline, candidate}, ctx.Err()
}

// observeBoth reads both sources side by side. Where both fail, the baseline's
// error is told, whichever came first; but nobody waits for standard input when
// the other source has failed, nor for anything once the user stops it.
func (o *observer) observeBoth(ctx context.Context, baseline, candidate named) (base, cand *parity.Snapshot, err error) {
	done := progress(o.project.err, "reading "+baseline.source+" and "+candidate.source)
	defer done()
	type result struct {
		snap *parity.Snapshot
		err  error
	}
	read := func(n named) <-chan result {
		c := make(chan result, 1)
		go func() {
			snap, err := o.observe(ctx, n)
			c <- result{snap, err}
		}()
		return c
	}
	b, c := read(baseline), read(candidate)
	if baseline.source == "-" {
		b, c = c, b
	}
	var results [2]result
	for i, from := range []<-chan result{b, c} {
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case results[i] = <-from:
		}
		if results[i].err != nil {
			return nil, nil, results[i].err
		}
	}
	if baseline.source == "-" {
		return results[1].snap, results[0].snap, nil
	}
	return results[0].snap, results[1].snap, nil
}
