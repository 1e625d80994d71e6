package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/internal/glob"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
)

// date is a flag for a day.
type date time.Time

func (d *date) Set(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%q is no date; write it as 2027-01-31", text)
	}
	*d = date(day)
	return nil
}

func (d *date) Type() string { return "date" }

// orNow is the day, or today where none was given.
func (d date) orNow() time.Time {
	if day := time.Time(d); !day.IsZero() {
		return day
	}
	return time.Now()
}

func (d *date) String() string {
	if time.Time(*d).IsZero() {
		return ""
	}
	return time.Time(*d).Format(time.DateOnly)
}

// outputFlag is that of commands that write reports.
func (o *parityOptions) outputFlag(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&o.outputs, "output", "o", nil, "also write the report as `FORMAT=FILE`; may be repeated")
}

// flags adds those of every command that compares.
func (o *parityOptions) flags(cmd *cobra.Command, p *project) {
	d := parity.DefaultOptions()
	f := cmd.Flags()
	f.StringVar(&o.failOn, "fail-on", d.FailOn.String(), "least `severity` that fails: info, warning, error")
	f.StringVar(&o.ratio, "ratio", "", "declared `scale` of the candidate, as 1/4 (default: measured)")
	f.IntVar(&o.minimum, "minimum", d.Minimum, "`members` that no scale goes below")
	f.Float64Var(&o.tolerance, "tolerance", d.Tolerance, "`share` by which members may be off the scale")
	f.Float64Var(&o.sizeStep, "size-step", 0, "published size `steps` within a family that machines may differ by")
	f.StringArrayVar(&o.policies, "policy", nil, "`file` with what a parity block holds, laid over the definition's; may be repeated")
	f.StringVar(&o.earlier, "baseline-report", "", "JSON report `file` of an earlier run: only what is new since then fails")
	f.Var(&o.today, "today", "`day` by which waivers expire, as 2027-01-31 (default: today)")
	f.StringArrayVar(&o.envNames, "env-name", nil, "`word` that names an environment: WORD, baseline=WORD or candidate=WORD (default: inferred)")
	f.StringArrayVar(&o.catalogs, "catalog", nil, "`file` with more resource types, laid over the built-in catalogue")
	f.StringVar(&p.terraform, "terraform", "", "`binary` that reads directories (default: terraform or tofu on PATH)")
	p.flags(f)
	p.limits.flags(f)
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
	opt.Today = o.today.orNow()
	for _, p := range slices.Concat(o.only, o.skip) {
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
			return glob.Match(p, id)
		})
		if !found {
			return usage(cmd, "--only, --skip: there is no rule %q in the definition or a policy%s", p, didYouMean(p, ids))
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

// comparison is what came of comparing two sources.
type comparison struct {
	report              *parity.Report
	options             parity.Options
	observer            *observer
	baseline, candidate named
	edits               map[string]edit // remedies, by the finding's ID
}

// compare compares the sources that are named on the command line, by what flags and definitions say.
func compare(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions, args []string) (*comparison, error) {
	opt, err := o.judging(cmd)
	if err != nil {
		return nil, err
	}
	earlier, err := readReport(o.earlier)
	if err != nil {
		return nil, err
	}
	cat := o.shared.catalog()
	if cat == nil {
		if cat, err = loadCatalog(o.catalogs, p.err); err != nil {
			return nil, err
		}
	}
	documents, err := o.documents(cmd)
	if err != nil {
		return nil, err
	}
	obs, err := o.shared.observer(p, args)
	if err != nil {
		return nil, err
	}
	baseline, candidate, err := obs.sides(ctx, cmd, args)
	if err != nil {
		return nil, err
	}
	policy, err := obs.policy(o.policies, candidate)
	if err != nil {
		return nil, err
	}
	changed := cmd.Flags().Changed
	obs.declared(&opt, changed, baseline, candidate)
	if err := p.judgeBy(policy, &opt, changed); err != nil {
		return nil, err
	}
	if err := knownRules(cmd, opt); err != nil {
		return nil, err
	}
	base, cand := sidesOfDocuments(documents)
	switch {
	case o.shared != nil:
		base, cand, err = o.shared.observe(ctx, obs, baseline, candidate)
	case len(args) > 0:
		base, cand, err = obs.observeBoth(ctx, baseline, candidate)
	}
	if err != nil {
		return nil, err
	}
	obs.tellNotes()
	if err := o.lay(ctx, documents, base, cand); err != nil {
		return nil, err
	}
	rep, err := unlessStopped(ctx, func() *parity.Report { return parity.Compare(base, cand, cat, opt) })
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		if err := rep.Against(earlier, opt); err != nil {
			return nil, fmt.Errorf("holding the report against the earlier one in %s: %w", o.earlier, err)
		}
	}
	located, err := obs.locate(rep, candidate, documents)
	if err != nil {
		return nil, err
	}
	edits := obs.remedies(located, rep, baseline, candidate)
	return &comparison{rep, opt, obs, baseline, candidate, edits}, ctx.Err()
}

// unlessStopped does what takes long and asks nobody. Who stops the command does not wait for it.
func unlessStopped[T any](ctx context.Context, f func() T) (T, error) {
	done := make(chan T, 1)
	go func() { done <- f() }()
	select {
	case result := <-done:
		return result, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// observeBoth reads both sources side by side. Where both fail, the baseline's
// error is told, whichever came first; but nobody waits for standard input when
// the other source has failed, nor for anything once the user stops it.
func (o *observer) observeBoth(ctx context.Context, baseline, candidate named) (base, cand *parity.Snapshot, err error) {
	done := progress(o.project.err, "reading "+baseline.source+" and "+candidate.source, o.project.reading)
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
