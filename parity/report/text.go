package report

import (
	"fmt"
	"io"

	"github.com/maquette/maquette/parity"
)

// Text writes the report for people at a terminal.
func Text(w io.Writer, r *parity.Report, s Style) error {
	for _, f := range r.Findings {
		fmt.Fprintln(w, f.Severity, f.Rule, f.Subject.Baseline, "|", f.Subject.Candidate, "|", f.Path, "|", f.Baseline, "->", f.Candidate, "|", f.Tier, "|", f.Message)
	}
	for _, t := range r.Tiers {
		fmt.Fprintln(w, t.Name, t.Kind, t.Baseline, t.Candidate, t.Expected, t.Status)
	}
	fmt.Fprintln(w, r.Verdict, r.Score, r.Scale, r.Summary, r.Incomplete, r.Uncompared, r.Unresolved, r.Unknown)
	return nil
}
