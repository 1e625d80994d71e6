package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

func newRemedy(s *streams) *cobra.Command {
	p := &project{streams: s}
	var o parityOptions
	var findings []string
	var dryRun, asJSON bool
	cmd := &cobra.Command{
		Use:   "remedy [BASELINE] CANDIDATE",
		Short: "Write into the files what is certain to mend findings",
		Long: `Compare as maquette parity does, and write the remedies of its findings into the candidate's
definition, its files of Terraform variables, or the defaults of its variables: as many
members as the scale gives, the version and the settings that the baseline has.

A finding has a remedy where exactly one written value stands behind it and is as it was
observed. All else is left to you. Nothing but those values is changed, all of them or
none; what is production's is never touched.`,
		Example: `  # What would be changed, as a patch
  maquette remedy staging --dry-run

  # The versions alone, then look at the plan
  maquette remedy staging --only versions
  maquette plan staging

  # One finding of two states beside their Terraform files
  maquette remedy prod.tfstate staging/terraform.tfstate --finding 3f1c9a`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return usage(cmd, "what to mend is wanted: an environment that models another, or two sources; %d arguments given", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
			names, _ := p.environments(cmd, nil, word)
			return names, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRemedy(cmd.Context(), p, cmd, &o, args, findings, dryRun, asJSON)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringSliceVar(&o.only, "only", nil, "only these `rules` or dimensions, as versions or one-box/*")
	f.StringSliceVar(&findings, "finding", nil, "only these findings, by `id` or its first 6 digits")
	f.BoolVar(&dryRun, "dry-run", false, "print the changes as a patch, and write nothing")
	f.BoolVar(&asJSON, "json", false, "print the result as JSON")
	o.flags(cmd, p)
	return cmd
}

// remedied is the result of `maquette remedy` as data.
type remedied struct {
	Remedies []remedyJSON `json:"remedies"`
	Written  bool         `json:"written"`
	// Without counts the findings above info that have none.
	Without int `json:"without"`
}

type remedyJSON struct {
	Findings []string `json:"findings"` // ids
	parity.Remedy
}

func runRemedy(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions, sources, wanted []string, dryRun, asJSON bool) error {
	for _, id := range wanted {
		if !findingID.MatchString(id) {
			return usage(cmd, "--finding: %q is no id of a finding: 12 hexadecimal digits, or at least the first 6", id)
		}
	}
	compared, err := compare(ctx, p, cmd, o, sources)
	if err != nil {
		return err
	}
	for _, id := range wanted {
		if _, err := findFinding(compared.report, id); err != nil {
			return err
		}
	}
	result := remedied{Remedies: []remedyJSON{}, Written: !dryRun}
	var edits []edit
	for _, f := range compared.report.Findings {
		if len(wanted) > 0 && !slices.ContainsFunc(wanted, func(id string) bool { return strings.HasPrefix(f.ID, id) }) {
			continue
		}
		e, ok := compared.edits[f.ID]
		if !ok {
			if f.Waiver == nil && f.Severity > parity.Info {
				result.Without++
			}
			continue
		}
		if i := slices.IndexFunc(edits, func(other edit) bool { return other.file == e.file && other.start == e.start }); i >= 0 {
			result.Remedies[i].Findings = append(result.Remedies[i].Findings, f.ID)
			continue
		}
		edits = append(edits, e)
		result.Remedies = append(result.Remedies, remedyJSON{[]string{f.ID}, e.Remedy})
	}
	changed, err := p.edited(compared.observer.defs, edits)
	if err != nil {
		return err
	}
	if !dryRun {
		if err := writeAllOrNone(changed); err != nil {
			return err
		}
	}
	if asJSON {
		return printJSON(p.out, result)
	}
	if dryRun {
		err = printPatch(p.out, result.Remedies, changed, edits)
	} else {
		err = printRemedies(p.out, result.Remedies)
	}
	if err != nil {
		return err
	}
	p.tellRemedied(compared, result, dryRun)
	return nil
}

// tellRemedied says what is left, and what comes next.
func (p *project) tellRemedied(compared *comparison, result remedied, dryRun bool) {
	switch {
	case len(result.Remedies) == 0 && result.Without == 0:
		fmt.Fprintln(p.err, "There is nothing to mend.")
	case len(result.Remedies) == 0:
		fmt.Fprintf(p.err, "No finding has a remedy that is certain; %s for you to mend: maquette parity shows where.\n", plural.Count(result.Without, "finding"))
		return
	case result.Without > 0:
		fmt.Fprintf(p.err, "%s without a remedy that is certain: maquette parity shows where.\n", plural.Count(result.Without, "finding"))
	}
	if len(result.Remedies) == 0 || dryRun {
		return
	}
	next := "look at the changes (git diff), then terraform plan"
	if name := compared.candidate.environment; name != "" && compared.observer.defs.Builds(name) {
		next = "look at the changes (git diff), then maquette plan " + name
	}
	fmt.Fprintln(p.err, "Next: "+next)
}

// rewritten is a file as it is to be.
type rewritten struct {
	file        string
	before, now []byte
}

// edited makes all edits, and reads what comes of them back: the definitions as a whole, and each new value.
func (p *project) edited(defs *provision.Definitions, edits []edit) ([]rewritten, error) {
	byFile := map[string][]edit{}
	for _, e := range edits {
		byFile[e.file] = append(byFile[e.file], e)
	}
	var all []rewritten
	for _, file := range sortedKeys(byFile) {
		before, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("mending %s: %w", p.shown(file), reason(err))
		}
		list := byFile[file]
		slices.SortFunc(list, func(a, b edit) int { return b.start - a.start }) // from the end on
		now := before
		for _, e := range list {
			if e.end > len(before) || string(before[e.start:e.end]) != e.From {
				return nil, fmt.Errorf("mending %s: it has changed meanwhile; nothing was written. Try again", p.shown(file))
			}
			now = slices.Concat(now[:e.start], []byte(e.To), now[e.end:])
		}
		if _, diags := hclsyntax.ParseConfig(now, file, hcl.InitialPos); diags.HasErrors() {
			return nil, fmt.Errorf("mending %s would break it, and nothing was written: %w", p.shown(file), diags)
		}
		all = append(all, rewritten{file, before, now})
	}
	if defs == nil {
		return all, nil
	}
	files := slices.Clone(defs.Files)
	for i := range files {
		for _, r := range all {
			if resolved(files[i].Name) == resolved(r.file) {
				files[i].Data = r.now
			}
		}
	}
	parsed, diags := provision.Parse(files)
	if err := p.complain(parsed, diags); err != nil {
		return nil, fmt.Errorf("the definitions would be broken by the remedies, and nothing was written: %w", err)
	}
	return all, nil
}

// writeAllOrNone writes files; where one of them cannot be written, those before it are put back.
func writeAllOrNone(all []rewritten) error {
	for i, r := range all {
		err := writeBytes(r.file, r.now)
		if err == nil {
			continue
		}
		for _, done := range all[:i] {
			err = errors.Join(err, writeBytes(done.file, done.before))
		}
		return err
	}
	return nil
}

func printRemedies(w io.Writer, remedies []remedyJSON) error {
	t := newTable(w)
	for _, r := range remedies {
		t.row(fmt.Sprintf("%s:%d", r.File, r.Line), r.String(), "was "+r.From)
	}
	return t.flush()
}

// printPatch prints the changes as a patch without context: each is of a value within one line.
func printPatch(w io.Writer, remedies []remedyJSON, changed []rewritten, edits []edit) error {
	for _, c := range changed {
		before, now := bytes.Split(c.before, []byte("\n")), bytes.Split(c.now, []byte("\n"))
		name := ""
		for i, e := range edits {
			if e.file == c.file {
				name = remedies[i].File
			}
		}
		fmt.Fprintf(w, "--- a/%s\n+++ b/%s\n", name, name)
		for i := range before {
			if !bytes.Equal(before[i], now[i]) {
				fmt.Fprintf(w, "@@ -%d +%d @@\n-%s\n+%s\n", i+1, i+1, before[i], now[i])
			}
		}
	}
	return nil
}
