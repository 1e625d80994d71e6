package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

// waiveOptions are the flags of `maquette waive`, beside those of a comparison.
type waiveOptions struct {
	parityOptions
	reason, owner string
	expires       date
	report        string // file; "": compare
	dryRun, json  bool
}

func newWaive(s *streams) *cobra.Command {
	p := &project{streams: s}
	var o waiveOptions
	cmd := &cobra.Command{
		Use:   "waive FINDING [BASELINE] [CANDIDATE]",
		Short: "Accept a finding until a day: write its waiver into the definition",
		Long: `Write a waive block for a finding into the parity block of the candidate's definition, or
into the policy file that --policy names, which is made if it is not there. The waiver is
as narrow as the finding: its rule, tier, address and path. Everything else in the file
stays as it is.

FINDING is the id of a finding, or at least its first 6 digits: maquette parity --show all
and --format json have them. The findings are those of a comparison of BASELINE and CANDIDATE, as
maquette parity makes it, or of the report that --report names.`,
		Example: `  # Into the definition of staging
  maquette waive 3f1c9a staging --reason "sessions may be lost" --owner data --expires 2027-01-31

  # Of a report that CI has kept
  maquette waive 3f1c9a --report parity.json --reason "ordered" --owner ops --expires 2027-01-31

  # For states without definitions
  maquette waive 3f1c9a prod.tfstate stag.tfstate --policy parity.hcl \
    --reason "ordered" --owner ops --expires 2027-01-31`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usage(cmd, "a finding is wanted, by its id")
			case o.report != "" && len(args) > 2, o.report == "" && (len(args) < 2 || len(args) > 3):
				return usage(cmd, "a finding is wanted, and what to compare: an environment, or two sources; or --report FILE. %d arguments given", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 { // an id, which only a comparison knows
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			names, _ := p.environments(cmd, nil, word)
			return names, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runWaive(cmd.Context(), p, cmd, &o, args[0], args[1:])
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.reason, "reason", "", "why the finding is accepted (required)")
	f.StringVar(&o.owner, "owner", "", "who answers for it (required)")
	f.Var(&o.expires, "expires", "last `day` that it is accepted, as 2027-01-31 (required)")
	f.StringVar(&o.report, "report", "", "take the finding from the JSON report in `FILE`, instead of comparing")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the block, and write nothing")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	o.flags(cmd, p)
	return cmd
}

// waived is the result of `maquette waive` as data.
type waived struct {
	Finding string   `json:"finding"`
	Rule    string   `json:"rule"`
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Block   string   `json:"block"`
	Covers  []string `json:"covers"` // ids of the findings that it covers
	Written bool     `json:"written"`
}

func runWaive(ctx context.Context, p *project, cmd *cobra.Command, o *waiveOptions, id string, sources []string) error {
	if !findingID.MatchString(id) { // before anything is compared
		return usage(cmd, "%q is no id of a finding: 12 hexadecimal digits, or at least the first 6. maquette parity --show all has them", id)
	}
	w, err := o.waiver(cmd)
	if err != nil {
		return err
	}
	policy := ""
	if len(o.policies) > 0 {
		policy = o.policies[len(o.policies)-1]
	}
	// A policy file that is yet to be made holds nothing to compare by.
	if _, err := os.Stat(policy); policy != "" && errors.Is(err, fs.ErrNotExist) {
		o.policies = o.policies[:len(o.policies)-1]
	}
	rep, environment, err := o.findings(ctx, p, cmd, sources)
	if err != nil {
		return err
	}
	finding, err := findFinding(rep, id)
	if err != nil {
		return err
	}
	narrow := finding.Waive()
	w.Rule, w.Tier, w.Address, w.Path = narrow.Rule, narrow.Tier, narrow.Address, narrow.Path
	result := waived{Finding: finding.ID, Rule: finding.Rule, Block: w.Block(), Written: !o.dryRun}
	for _, f := range rep.Waives(narrow) {
		result.Covers = append(result.Covers, f.ID)
	}
	var file *waivedFile
	if policy != "" {
		file, err = p.waivedPolicy(policy, w)
	} else {
		file, err = p.waivedDefinition(cmd, environment, w)
	}
	if err != nil {
		return err
	}
	result.File, result.Line = p.shown(file.name), file.line
	if !file.covers(rep, finding) {
		return fmt.Errorf("the waiver would not cover %s as it is read back from %s, which is left as it is. This is a defect of maquette: please report it with the block\n%s", finding.ID, result.File, result.Block)
	}
	if !o.dryRun {
		if err := writeBytes(file.name, file.data); err != nil {
			return err
		}
	}
	if o.json {
		return printJSON(p.out, result)
	}
	_, err = io.WriteString(p.out, result.Block)
	if err != nil {
		return fmt.Errorf("printing the waiver: %w", err)
	}
	if n := len(result.Covers) - 1; n > 0 {
		fmt.Fprintf(p.err, "It covers %s more, of the same rule at the same place: %s\n", plural.Count(n, "finding"), oneOf(others(result.Covers, finding.ID)))
	}
	if o.dryRun {
		fmt.Fprintf(p.err, "Not written: it would stand in %s, line %d.\n", result.File, result.Line)
		return nil
	}
	again := ""
	if len(sources) > 0 {
		again = ". See: maquette parity " + strings.Join(sources, " ")
		if policy != "" {
			again += " --policy " + policy
		}
	}
	fmt.Fprintf(p.err, "Written to %s, line %d%s\n", result.File, result.Line, again)
	return nil
}

// waiver is what the flags say of it.
func (o *waiveOptions) waiver(cmd *cobra.Command) (provision.Waive, error) {
	w := provision.Waive{Reason: o.reason, Owner: o.owner, Expires: time.Time(o.expires)}
	today := o.today.orNow()
	switch {
	case strings.TrimSpace(w.Reason) == "":
		return w, usage(cmd, "--reason is wanted: why the finding is accepted")
	case strings.TrimSpace(w.Owner) == "":
		return w, usage(cmd, "--owner is wanted: who answers for it")
	case w.Expires.IsZero():
		return w, usage(cmd, "--expires is wanted: the last day that the finding is accepted, as %s", today.AddDate(0, 3, 0).Format(time.DateOnly))
	case w.Expires.Format(time.DateOnly) < today.Format(time.DateOnly):
		return w, usage(cmd, "--expires %s is in the past", w.Expires.Format(time.DateOnly))
	}
	return w, nil
}

// findings returns the report that the finding is in, and the environment that the candidate is; "" where it is none.
func (o *waiveOptions) findings(ctx context.Context, p *project, cmd *cobra.Command, sources []string) (*parity.Report, string, error) {
	if o.report == "" {
		compared, err := compare(ctx, p, cmd, &o.parityOptions, sources)
		if err != nil {
			return nil, "", err
		}
		return compared.report, compared.candidate.environment, nil
	}
	rep, err := readReport(o.report)
	if err != nil {
		return nil, "", err
	}
	if len(sources) == 1 {
		return rep, sources[0], nil
	}
	return rep, rep.Candidate.Name, nil
}

var findingID = lazyregexp.New(`^[0-9a-f]{6,12}$`)

// findFinding returns the one finding that an id, or the beginning of one, names.
func findFinding(rep *parity.Report, id string) (parity.Finding, error) {
	var found, all []string
	var finding parity.Finding
	for _, f := range rep.Findings {
		line := fmt.Sprintf("%s  %s  %s", f.ID, f.Rule, strings.Join(strings.Fields(f.Subject.Candidate+" "+f.Path), "  "))
		if strings.HasPrefix(f.ID, id) {
			finding, found = f, append(found, line)
		}
		if f.Waiver == nil {
			all = append(all, line)
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		return levenshtein.Distance(all[i][:12], id, nil) < levenshtein.Distance(all[j][:12], id, nil)
	})
	list := func(lines []string) string {
		text := ""
		for i, line := range lines {
			if i == 5 {
				return text + fmt.Sprintf("\n  and %d more", len(lines)-i)
			}
			text += "\n  " + line
		}
		return text
	}
	switch {
	case len(found) == 0 && len(all) == 0:
		return finding, fmt.Errorf("there is no finding %s, nor any other to waive: the environments are compared anew. Was it waived or mended?", id)
	case len(found) == 0:
		return finding, fmt.Errorf("there is no finding %s; there are:%s\nmaquette parity --show all lists all", id, list(all))
	case len(found) > 1:
		return finding, fmt.Errorf("several findings begin with %s: give more of the id:%s", id, list(found))
	case finding.Waiver != nil:
		return finding, fmt.Errorf("%s is waived already, until %s: %s", finding.ID, finding.Waiver.Expires, finding.Waiver.Reason)
	case !parity.Acceptable(finding.Rule):
		return finding, fmt.Errorf("%s is about the policy itself, and cannot be waived: mend the policy", finding.Rule)
	}
	return finding, nil
}

// waivedFile is a file with one more waiver, the line of that one, and the policy that comes of it when it is read back.
type waivedFile struct {
	name   string
	data   []byte
	line   int
	policy *provision.ParityPolicy
}

// covers reports whether the waiver covers a finding.
func (f *waivedFile) covers(rep *parity.Report, finding parity.Finding) bool {
	return f.policy != nil && slices.ContainsFunc(f.policy.Waive, func(w provision.Waive) bool {
		return w.Range.Start.Line == f.line && slices.ContainsFunc(rep.Waives(waiveOf(w)), func(f parity.Finding) bool { return f.ID == finding.ID })
	})
}

// waivedPolicy adds a waiver to a policy file.
func (p *project) waivedPolicy(name string, w provision.Waive) (*waivedFile, error) {
	data, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the policy %s: %w", name, reason(err))
	}
	policy, err := p.readPolicy(provision.File{Name: name, Data: data})
	if err == nil {
		err = p.once(policy, w)
	}
	if err != nil {
		return nil, err
	}
	data, line, err := provision.AddWaiver(provision.File{Name: name, Data: data}, "", w)
	if err != nil {
		return nil, err
	}
	policy, err = p.readPolicy(provision.File{Name: name, Data: data})
	return &waivedFile{name, data, line, policy}, err
}

// waivedDefinition adds a waiver to the file that defines an environment. The definitions are parsed as a whole before
// anything is written.
func (p *project) waivedDefinition(cmd *cobra.Command, environment string, w provision.Waive) (*waivedFile, error) {
	defs, err := p.definitions()
	if err != nil {
		return nil, err
	}
	env := defs.Environments[environment]
	if env == nil {
		return nil, usage(cmd, "there is no definition of %q to write the waiver into; there are %s. For sources without a definition, name a file with --policy",
			environment, oneOf(sortedKeys(defs.Environments)))
	}
	if err := p.once(env.Parity, w); err != nil {
		return nil, err
	}
	files := slices.Clone(defs.Files)
	i := slices.IndexFunc(files, func(f provision.File) bool { return f.Name == env.Range.Filename })
	data, line, err := provision.AddWaiver(files[i], environment, w)
	if err != nil {
		return nil, fmt.Errorf("writing the waiver into %s: %w", p.shown(files[i].Name), err)
	}
	files[i].Data = data
	parsed, diags := provision.Parse(files)
	if err := p.complain(parsed, diags); err != nil {
		return nil, fmt.Errorf("%s would be broken by the waiver, and is left as it is: %w", p.shown(files[i].Name), err)
	}
	return &waivedFile{filepath.Clean(files[i].Name), data, line, parsed.Environments[environment].Parity}, nil
}

// once refuses a waiver of what is waived already, though it may be no more.
func (p *project) once(policy *provision.ParityPolicy, w provision.Waive) error {
	if policy == nil {
		return nil
	}
	for _, old := range policy.Waive {
		if old.Rule == w.Rule && old.Tier == w.Tier && old.Address == w.Address && old.Path == w.Path {
			return fmt.Errorf("there is a waiver of it at %s:%d, of %s, until %s: change that one instead",
				p.shown(old.Range.Filename), old.Range.Start.Line, old.Owner, old.Expires.Format(time.DateOnly))
		}
	}
	return nil
}

func others(ids []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
}
