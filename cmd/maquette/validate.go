package main

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/terraform"
)

func newValidate(s *streams) *cobra.Command {
	p := &project{streams: s}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check the definitions, and show every problem at once",
		Example: `  maquette validate
  maquette validate --dir deploy/environments --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			defs, diags, err := p.parse()
			if err != nil {
				return err
			}
			diags = append(diags, defs.Validate(&terraform.Driver{}, provided()...)...)
			if asJSON {
				if err := printJSON(s.out, p.validationJSON(defs, diags)); err != nil {
					return err
				}
				if diags.HasErrors() {
					return exitCode(exitError)
				}
				return nil
			}
			if err := p.complain(defs, diags); err != nil {
				return err
			}
			t := newTable(s.out)
			for _, name := range sortedKeys(defs.Environments) {
				model, tiers := "", ""
				if of, ok := defs.Model(name); ok {
					model = "models " + of
				}
				if all := defs.Tiers(name); len(all) > 0 {
					tiers = tierText(all)
				}
				t.row(good(s.out, "ok"), name, model, tiers)
			}
			return t.flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the problems as JSON")
	p.flags(cmd.Flags())
	return cmd
}

// validationJSON is in the form of `terraform validate -json`, which editors read.
func (p *project) validationJSON(defs *provision.Definitions, diags hcl.Diagnostics) map[string]any {
	all := []map[string]any{}
	for _, d := range diags {
		entry := map[string]any{"severity": severity(d), "summary": p.shown(d.Summary), "detail": p.shown(d.Detail)}
		if r := d.Subject; r != nil {
			entry["range"] = map[string]any{
				"filename": p.shown(r.Filename),
				"start":    map[string]int{"line": r.Start.Line, "column": r.Start.Column, "byte": r.Start.Byte},
				"end":      map[string]int{"line": r.End.Line, "column": r.End.Column, "byte": r.End.Byte},
			}
		}
		all = append(all, entry)
	}
	return map[string]any{"valid": !diags.HasErrors(), "environments": orEmpty(sortedKeys(defs.Environments)), "diagnostics": all}
}

func severity(d *hcl.Diagnostic) string {
	if d.Severity == hcl.DiagError {
		return "error"
	}
	return "warning"
}
