package provision

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

func gateReport() *parity.Report {
	web, declared := "web", "1/4"
	r := &parity.Report{
		Verdict: parity.Fail, Score: 0.93,
		Dimensions: map[string]*parity.Dimension{"versions": {Compared: 10, Score: 1}, "topology": {Compared: 4, Different: 1, Score: 0.75}},
		Findings: []parity.Finding{
			{Rule: "one-box/single-member", Severity: parity.Error, Dimension: "topology", Tier: &web},
			{Rule: "one-box/no-replica", Severity: parity.Error, Dimension: "topology", Waiver: &parity.Waiver{}},
			{Rule: "custom/mine", Severity: parity.Warning, Dimension: "configuration"},
			{Rule: "config/setting", Severity: parity.Warning, Dimension: "configuration", Known: true},
		},
		Summary: parity.Summary{Error: 1, Warning: 1, Waived: 1},
		Tiers:   []parity.Tier{{Name: "web", Kind: "compute", Status: "one-box", Baseline: &parity.TierSide{Members: 8}, Candidate: &parity.TierSide{Members: 1}}, {Name: "database", Baseline: &parity.TierSide{Members: -1}}},
		Scale:   parity.ScaleUsed{Declared: &declared, Observed: 0.125, Minimum: 2},
		Custom:  []parity.CustomResult{{Rule: "custom/mine"}, {Rule: "custom/held"}},
	}
	r.Tiers[0].Expected.Members = 2
	return r
}

func gatesOf(t testing.TB, condition, message string) []Gate {
	t.Helper()
	text := "environment \"staging\" {\n check \"http\" {\n url = \"http://x/\"\n}\n check \"tcp\" {\n address = \"x:1\"\n}\n gate \"release\" {\n condition = " + condition + "\n"
	if message != "" {
		text += " message = " + message + "\n"
	}
	return mustParse(t, text+"}\n}\n").Environments["staging"].Gates
}

func TestGates(t *testing.T) {
	checks := []CheckResult{{Kind: "http", Known: true, Holds: true}, {Kind: "tcp", Reason: "no such secret"}}
	for condition, want := range map[string]string{
		`parity.score >= 0.93`:               `pass: parity.score = 0.93, wanted >= 0.93`,
		`parity.score * 100 == 93`:           `pass: parity.score = 0.93`,
		`parity.score >= 0.95 && check.http`: `fail: parity.score = 0.93, wanted >= 0.95 no | check.http = true, wanted true`,
		`(parity.findings.error == 1 && (parity.findings.warning < 2)) && check.http`: `pass: parity.findings.error = 1, wanted == 1 | parity.findings.warning = 1, wanted < 2 | check.http = true, wanted true`,
		`check.tcp`:                        `unknown: check.tcp = not known, wanted true ? no such secret`,
		`check.tcp || check.http`:          `pass: check.tcp = not known, check.http = true`,
		`check.tcp && parity.score > 0.99`: `fail: check.tcp = not known, wanted true ? no such secret | parity.score = 0.93, wanted > 0.99 no`,
		`parity.rules["one-box/*"] == 1 && parity.rules["one-box/no-replica"] == 0`:        `pass: parity.rules["one-box/*"] = 1, wanted == 1 | parity.rules["one-box/no-replica"] = 0, wanted == 0`,
		`parity.rules["custom/mine"] == 0 && parity.rules["custom/held"] == 0`:             `fail: parity.rules["custom/mine"] = 1, wanted == 0 no | parity.rules["custom/held"] = 0, wanted == 0`,
		`parity.rules["custom/mina"] == 0`:                                                 `unknown: wanted == 0 ? no rule "custom/mina" was asked. Did you mean "custom/mine"?`,
		`parity.rules["config/setting"] == 0`:                                              `pass: parity.rules["config/setting"] = 0, wanted == 0`,
		`parity.tiers.web.candidate >= parity.tiers.web.expected`:                          `fail: parity.tiers.web.candidate = 1, parity.tiers.web.expected = 2 no`,
		`parity.tiers.web.error == 1 && parity.tiers["web"].status == "one-box"`:           `pass: parity.tiers.web.error = 1, wanted == 1 | parity.tiers["web"].status = "one-box", wanted == "one-box"`,
		`parity.tiers.wbe.status == "ok"`:                                                  `unknown: wanted == "ok" ? there is no tier "wbe"; there are: database, web. Did you mean "web"?`,
		`parity.tiers.wbe.status == "ok" || true`:                                          `unknown:  ? there is no tier "wbe"; there are: database, web. Did you mean "web"?`,
		`parity.tiers.database.baseline > 1`:                                               `unknown: parity.tiers.database.baseline = not known, wanted > 1`,
		`parity.tiers.database.candidate == null`:                                          `pass: parity.tiers.database.candidate = null, wanted == null`,
		`parity.tiers.database.candidate > 1`:                                              `unknown: parity.tiers.database.candidate = null, wanted > 1 ? Operation failed: Error during operation: argument must not be null.`,
		`parity.dimensions.topology.error == 1 && 0.8 <= parity.dimensions.topology.score`: `fail: parity.dimensions.topology.error = 1, wanted == 1 | parity.dimensions.topology.score = 0.75, wanted >= 0.8 no`,
		`parity.scale.declared == "1/4" && parity.scale.minimum == 2`:                      `pass: parity.scale.declared = "1/4", wanted == "1/4" | parity.scale.minimum = 2, wanted == 2`,
		`length([for name, tier in parity.tiers : name if tier.status == "one-box"]) == 0`: `fail:  no`,
		`parity.verdict != "fail"`:                                                         `fail: parity.verdict = "fail", wanted != "fail" no`,
		`parity.findings.error <= (parity.findings.waived > 0 ? 2 : 0)`:                    `pass: parity.findings.error = 1, parity.findings.waived = 1`,
	} {
		t.Run(condition, func(t *testing.T) {
			result := gatesOf(t, condition, `"score ${parity.score}"`)[0].Judge(gateReport(), checks)
			var terms []string
			for _, term := range result.Terms {
				var said []string
				for _, v := range term.Values {
					said = append(said, v.Name+" = "+v.Text)
				}
				if term.Wanted != "" {
					said = append(said, "wanted "+term.Wanted)
				}
				text := strings.Join(said, ", ")
				if term.Outcome == GateFail {
					text += " no"
				}
				if term.Reason != "" {
					text += " ? " + term.Reason
				}
				terms = append(terms, text)
			}
			assert.Equal(t, want, result.Outcome+": "+strings.Join(terms, " | "))
			assert.Equal(t, result.Outcome != GatePass, result.Message == "score 0.93")
			assert.Equal(t, 8, result.Location.Line)
		})
	}
}

// Nothing that refers to parity is claimed while parity is incomplete, whatever the values.
func TestGatesOfIncompleteParity(t *testing.T) {
	report := gateReport()
	report.Verdict = parity.Incomplete
	checks := []CheckResult{{Kind: "http", Known: true, Holds: true}, {Kind: "tcp", Known: true}}
	outcome := func(condition string) string { return gatesOf(t, condition, "")[0].Judge(report, checks).Outcome }
	assert.Equal(t, GateUnknown, outcome(`parity.score > 0`))
	assert.Equal(t, GateUnknown, outcome(`parity.score > 1 && check.http`))
	assert.Equal(t, GateFail, outcome(`parity.score > 0 && check.tcp`), "that does not depend on it")
	assert.Equal(t, GatePass, outcome(`check.http`))
	assert.Equal(t, GateUnknown, ParityGate().Judge(report, nil).Outcome)
}

// Of what the report does not list, gates know that there is more.
func TestGatesOfReportThatIsCut(t *testing.T) {
	report := gateReport()
	whole := report.Summary
	outcome := func(condition string) string { return gatesOf(t, condition, "")[0].Judge(report, nil).Outcome }
	assert.Equal(t, GatePass, outcome(`parity.rules["config/environment"] == 0`))
	report.Cut = &parity.Summary{Warning: 5}
	report.Summary.Warning += 5
	assert.Equal(t, GateUnknown, outcome(`parity.rules["config/environment"] == 0`))
	assert.Equal(t, GateUnknown, outcome(`parity.dimensions.configuration.warning < 3`))
	assert.Equal(t, GateFail, outcome(`parity.rules["one-box/*"] == 0`), "there is one at least")
	assert.Equal(t, GatePass, outcome(`parity.dimensions.monitoring.error == 0`), "of errors all are listed")
	assert.Equal(t, GatePass, outcome(fmt.Sprintf(`parity.findings.warning == %d`, whole.Warning+5)))
}

func TestParityGate(t *testing.T) {
	report := gateReport()
	assert.Equal(t, GateFail, ParityGate().Judge(report, nil).Outcome)
	report.Verdict = parity.Pass
	result := ParityGate().Judge(report, nil)
	assert.Equal(t, GatePass, result.Outcome)
	assert.Nil(t, result.Location)
}

func TestCheckKinds(t *testing.T) {
	all := []string{"http", "tcp"}
	kinds := func(condition, message string) []string { return gatesOf(t, condition, message)[0].CheckKinds(all) }
	assert.Empty(t, kinds(`parity.score > 0`, ""))
	assert.Equal(t, []string{"tcp"}, kinds(`parity.score > 0 || check.tcp`, ""))
	assert.Equal(t, []string{"http", "tcp"}, kinds(`check.tcp`, `"${check.http}"`))
	assert.Equal(t, all, kinds(`length([for kind, holds in check : kind if !holds]) == 0`, ""))
}

func FuzzGate(f *testing.F) {
	for _, seed := range [][2]string{
		{`parity.score >= 0.95 && parity.findings.error == 0 && check.http`, `"score ${parity.score}"`},
		{`(parity.rules["one-box/*"] < 3 && !check.tcp) || parity.tiers["web"].status == "ok"`, `jsonencode(parity)`},
		{`length([for n, t in parity.tiers : n if t.error > 0]) == 0`, "<<EOT\n%{for d, v in parity.dimensions}${d}: ${v.score}\n%{endfor}\nEOT"},
		{`parity.scale["declared"] != null && "1" == check`, `format("%9999d", parity.incomplete)`},
	} {
		f.Add(seed[0], seed[1])
	}
	checks := []CheckResult{{Kind: "http", Known: true, Holds: true}, {Kind: "tcp"}}
	f.Fuzz(func(t *testing.T, condition, message string) {
		if len(condition)+len(message) > 4<<10 {
			return
		}
		d, diags := Parse([]File{{Name: "a.hcl", Data: []byte("environment \"staging\" {\n gate \"release\" {\n condition = " + condition + "\n message = " + message + "\n}\n}\n")}})
		if _ = messages(d, diags); diags.HasErrors() {
			return
		}
		report := gateReport()
		for _, gate := range d.Environments["staging"].Gates {
			result := gate.Judge(report, checks)
			report.Verdict = parity.Incomplete
			for i, term := range gate.Judge(report, checks).Terms {
				if strings.HasPrefix(term.Text, "parity.") && term.Outcome != GateUnknown {
					t.Fatalf("%s is claimed of incomplete parity", term.Text)
				}
				if term.Text != result.Terms[i].Text {
					t.Fatal("other terms")
				}
			}
			require.NotEmpty(t, fmt.Sprint(result.Terms))
			report.Verdict = parity.Fail
		}
	})
}
