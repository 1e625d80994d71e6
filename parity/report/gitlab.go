package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/maquette/maquette/parity"
)

// GitLab writes the report as a Code Quality report, which GitLab shows in
// merge requests: an issue for each finding that is not waived, and for each
// gap in the evidence. What is new or mended GitLab finds out by itself.
func GitLab(w io.Writer, r *parity.Report, _ Style) error {
	issues, of := []gitlabIssue{}, pair(r)
	add := func(rule, id, severity, description string, at parity.Location) {
		// GitLab puts the reports of all jobs together: the pair tells them apart.
		sum := sha256.Sum256([]byte(of + "\x00" + rule + "\x00" + id))
		x := gitlabIssue{
			Description: shorten(description, maxMessage), CheckName: clean(rule),
			Fingerprint: hex.EncodeToString(sum[:16]), Severity: severity,
		}
		x.Location.Path, x.Location.Lines.Begin = at.File, at.Line
		issues = append(issues, x)
	}
	for _, g := range r.Incomplete {
		add("incomplete", g.Source+"\x00"+g.Reason, "blocker", "Missing evidence: "+clean(g.Source)+": "+clean(g.Reason), location(r, parity.Finding{}))
	}
	severities := map[parity.Severity]string{parity.Error: "critical", parity.Warning: "minor", parity.Info: "info"}
	for _, f := range r.Findings {
		if f.Waiver != nil {
			continue
		}
		description := told(f)
		if f.Known {
			description = "Known from the earlier report. " + description
		}
		add(f.Rule, f.ID, severities[f.Severity], description, location(r, f))
	}
	if note := leftOut(r); note != "" {
		add("cut", "", "major", capital(note), location(r, parity.Finding{}))
	}
	return writeJSON(w, issues)
}

type gitlabIssue struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}
