package report

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/maquette/maquette/parity"
)

// What GitHub code scanning keeps of a run; it refuses more than five times
// as many results.
const (
	maxResults = 5000
	maxMessage = 1000 // runes
)

// SARIF writes the report as SARIF 2.1.0, as GitHub code scanning takes it: a
// run for the pair, a result for each finding that is not waived, its
// fingerprint made of the finding's id.
func SARIF(w io.Writer, r *parity.Report, _ Style) error {
	log, err := sarif.New(sarif.Version210)
	if err != nil {
		return err
	}
	run := sarif.NewRunWithInformationURI("Maquette", "https://github.com/maquette/maquette")
	run.AutomationDetails = sarif.NewRunAutomationDetails().WithID("maquette/" + pair(r) + "/")
	run.ColumnKind = "unicodeCodePoints"
	invocation := sarif.NewInvocation().WithExecutionSuccess(len(r.Incomplete) == 0)
	notify := func(level, text string) {
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications,
			sarif.NewNotification().WithLevel(level).WithTextMessage(text))
	}
	for _, g := range r.Incomplete {
		notify("error", "Missing evidence: "+clean(g.Source)+": "+clean(g.Reason))
	}
	for _, note := range unjudged(r) {
		notify("note", shorten(capital(note), maxMessage))
	}

	held := changes(r) != ""
	var results []*sarif.Result
	for _, f := range r.Findings {
		if f.Waiver != nil {
			continue
		}
		result := sarifResult(r, f)
		switch {
		case f.Known:
			result.WithBaselineState("unchanged")
		case held:
			result.WithBaselineState("new")
		}
		results = append(results, result)
	}
	for _, f := range r.Mended {
		results = append(results, sarifResult(r, f).WithKind("pass").WithLevel("none").WithBaselineState("absent"))
	}
	// Findings are in order of severity.
	if n := len(results) - maxResults; n > 0 {
		notify("warning", fmt.Sprintf("%d results are left out, the least severe of %d: code scanning keeps %d", n, len(results), maxResults))
		results = results[:maxResults]
	}
	byID := map[string]parity.Finding{}
	for _, f := range append(r.Findings[:len(r.Findings):len(r.Findings)], r.Mended...) {
		byID[clean(f.Rule)] = f
	}
	described := map[string]bool{}
	for _, result := range results {
		if id := *result.RuleID; !described[id] {
			described[id] = true
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule(ruleOf(byID[id])))
		}
		run.AddResult(result)
	}
	run.AddInvocations(invocation)
	log.AddRun(run)
	return writeJSON(w, log)
}

var sarifLevels = map[parity.Severity]string{parity.Error: "error", parity.Warning: "warning", parity.Info: "note"}

func sarifResult(r *parity.Report, f parity.Finding) *sarif.Result {
	at := location(r, f)
	region := sarif.NewRegion().WithStartLine(at.Line).WithStartColumn(at.Column)
	// Paths are relative to the top of the repository, which is what this base stands for.
	file := sarif.NewSimpleArtifactLocation((&url.URL{Path: at.File}).String()).WithUriBaseId("%SRCROOT%")
	where := sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(file).WithRegion(region))
	properties := sarif.Properties{"dimension": clean(f.Dimension)}
	if f.Tier != nil {
		properties["tier"] = clean(*f.Tier)
	}
	if f.Path != "" {
		properties["path"] = clean(f.Path)
	}
	for _, address := range []string{f.Subject.Candidate, f.Subject.Baseline} {
		if address != "" {
			where.LogicalLocations = append(where.LogicalLocations,
				sarif.NewLogicalLocation().WithFullyQualifiedName(clean(address)).WithKind("resource"))
			break
		}
	}
	result := sarif.NewRuleResult(clean(f.Rule)).
		WithLevel(sarifLevels[f.Severity]).
		WithMessage(sarif.NewTextMessage(plain(f))).
		WithPartialFingerPrints(map[string]interface{}{"primaryLocationLineHash": clean(f.ID) + ":1"})
	result.Properties = properties
	result.AddLocation(where)
	return result
}

// plain is a finding's message. What looks like a link in it would be one.
func plain(f parity.Finding) string {
	text := shorten(told(f), maxMessage)
	return strings.ReplaceAll(text, "](", "] (")
}

func sarifRule(rule parity.Rule) *sarif.ReportingDescriptor {
	id := clean(rule.ID)
	why := sentence(cmp.Or(rule.Why, rule.Fires))
	help := shorten(clean(rule.Help), maxMessage)
	return sarif.NewRule(id).WithName(id).
		WithDescription(sentence(rule.Fires)).
		WithFullDescription(sarif.NewMultiformatMessageString(why)).
		WithHelp(sarif.NewMultiformatMessageString(why + "\n\n" + help).
			WithMarkdown("**Why it matters:** " + prose(why) + "\n\n**What to do:** " + prose(help))).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevels[rule.Severity])).
		WithProperties(sarif.Properties{
			"tags":             []string{rule.Dimension()},
			"problem.severity": map[parity.Severity]string{parity.Error: "error", parity.Warning: "warning", parity.Info: "recommendation"}[rule.Severity],
			"precision":        "high",
		})
}
