package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
)

const junitXSD = "testdata/schema/junit-10.xsd"

var stagings = []string{"staging-model.tfstate", "staging-onebox.tfstate", "staging-drift.tfstate", "staging-onebox.plan.json"}

// eventful is a report in which there is everything that a report can have.
func eventful(t testing.TB) *parity.Report {
	t.Helper()
	r := compare(t, "staging-onebox.tfstate")
	for i := range r.Findings {
		r.Findings[i].Location = &parity.Location{File: "infra/staging/main.tf", Line: 10 + i, Column: 3}
	}
	r.Findings[1].Known, r.Findings[11].Known = true, true
	r.Findings[5].Waiver = &parity.Waiver{Reason: "reads go to the primary", Owner: "data", Expires: "2030-01-31"}
	r.Summary.Error--
	r.Summary.Waived++
	r.Mended = append(r.Mended, compare(t, "staging-drift.tfstate").Findings[:2]...)
	r.Incomplete = append(r.Incomplete, parity.Gap{Source: "aws://eu-west-1", Reason: "access to CloudWatch was denied"})
	r.Verdict = parity.Incomplete
	// It is of a file and of no resource.
	r.Findings = append(r.Findings, parity.Finding{
		ID: "0123456789ab", Rule: "management/waiver-expired", Severity: parity.Warning, Dimension: "management",
		Message: "the waiver of config/tag, owned by ops, expired on 2026-01-31, and 1 finding would still need it", Help: "Mend what it covered and remove it.",
		Location: &parity.Location{File: "environments/staging.hcl", Line: 31, Column: 5},
	})
	r.Summary.Warning++
	r.Ignored = append(r.Ignored, parity.Ignored{Type: "aws_route53_record", Attribute: "ttl", Reason: "short in staging by design", Findings: 3})
	r.Unresolved, r.Custom = 2, []parity.CustomResult{{Rule: "custom/no-users"}}
	return r
}

// many is a report of n findings, each of a cause of its own.
func many(t testing.TB, n int) *parity.Report {
	t.Helper()
	r := compare(t, "staging-model.tfstate")
	r.Findings, r.Summary, r.Verdict = nil, parity.Summary{}, parity.Fail
	for i := range n {
		f := parity.Finding{
			ID: fmt.Sprintf("%012x", i), Rule: "config/setting", Dimension: "configuration", Severity: parity.Warning,
			Subject: parity.Subject{
				Baseline:  fmt.Sprintf("module.services[%q].aws_ecs_task_definition.service_number_%d", "orders", i),
				Candidate: fmt.Sprintf("module.services[%q].aws_ecs_task_definition.service_number_%d", "orders", i),
			},
			Path: "container_definitions[0].environment.SETTING_" + fmt.Sprint(i), Baseline: strings.Repeat("b", 50), Candidate: strings.Repeat("c", 50),
			Message: fmt.Sprintf("SETTING_%d differs", i), Help: fmt.Sprintf("Set the same value, or waive it with reason %d.", i),
		}
		switch {
		case i < n/3:
			f.Severity, f.Rule = parity.Error, "config/missing-key"
			r.Summary.Error++
		case i < 2*n/3:
			r.Summary.Warning++
		default:
			f.Severity = parity.Info
			r.Summary.Info++
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

var extensions = map[string]string{"text": "txt", "json": "json", "sarif": "sarif", "junit": "junit.xml", "markdown": "md", "github": "github.txt", "gitlab": "gitlab.json", "html": "html"}

func TestGoldenEventful(t *testing.T) {
	r := eventful(t)
	for _, format := range report.Formats() {
		ext := extensions[format]
		if ext == "" {
			continue // it has tests of its own
		}
		golden(t, filepath.Join("testdata", "eventful."+ext), render(t, format, r, report.Style{}))
	}
	golden(t, filepath.Join("testdata", "eventful.all.txt"), render(t, "text", r, report.Style{All: true}))
}

func TestGoldenFormats(t *testing.T) {
	r := compare(t, "staging-model.tfstate")
	for _, format := range []string{"sarif", "junit", "markdown", "github", "gitlab"} {
		golden(t, filepath.Join("testdata", "staging-model."+extensions[format]), render(t, format, r, report.Style{}))
	}
}

// reports are ones that differ in what there is to render.
func reports(t testing.TB) map[string]*parity.Report {
	all := map[string]*parity.Report{"eventful": eventful(t), "many": many(t, 1000), "empty": {Verdict: parity.Incomplete, Dimensions: map[string]*parity.Dimension{}}}
	for _, d := range parity.Dimensions {
		all["empty"].Dimensions[d] = &parity.Dimension{}
	}
	for _, staging := range stagings {
		all[staging] = compare(t, staging)
	}
	return all
}

func schemaOf(t testing.TB, file string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "schema", file))
	require.NoError(t, err)
	return s
}

// sarifLog is of SARIF what GitHub code scanning reads.
type sarifLog struct {
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID, Name                          string
					ShortDescription, FullDescription struct{ Text string }
					Help                              struct{ Text, Markdown string }
					DefaultConfiguration              struct{ Level string }
					Properties                        struct{ Tags []string }
				}
			}
		}
		Invocations []struct {
			ExecutionSuccessful        bool
			ToolExecutionNotifications []struct {
				Level   string
				Message struct{ Text string }
			}
		}
		AutomationDetails struct{ ID string }
		Results           []struct {
			RuleID                     string
			RuleIndex                  int
			Level, Kind, BaselineState string
			Message                    struct{ Text string }
			PartialFingerprints        map[string]string
			Locations                  []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine, StartColumn int }
				}
				LogicalLocations []struct{ FullyQualifiedName string }
			}
		}
	}
}

// checkSARIF holds a log against the schema, and against what GitHub asks for
// beyond it.
func checkSARIF(t testing.TB, schema *jsonschema.Schema, data []byte) sarifLog {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(doc))
	var log sarifLog
	require.NoError(t, json.Unmarshal(data, &log))
	require.Len(t, log.Runs, 1)
	run := log.Runs[0]
	require.Regexp(t, `^maquette/[\w.-]+/$`, run.AutomationDetails.ID)
	require.LessOrEqual(t, len(run.Results), 5000)
	for _, rule := range run.Tool.Driver.Rules {
		require.NotEmpty(t, rule.ShortDescription.Text)
		require.NotEmpty(t, rule.FullDescription.Text)
		require.NotEmpty(t, rule.Help.Text)
		require.NotEmpty(t, rule.Help.Markdown)
		require.LessOrEqual(t, utf8.RuneCountInString(rule.FullDescription.Text), 1024)
		require.LessOrEqual(t, len(rule.Properties.Tags), 10)
	}
	for _, x := range run.Results {
		require.Equal(t, run.Tool.Driver.Rules[x.RuleIndex].ID, x.RuleID)
		require.NotEmpty(t, x.Message.Text)
		require.NotEmpty(t, x.PartialFingerprints["primaryLocationLineHash"])
		require.Len(t, x.Locations, 1)
		require.NotEmpty(t, x.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		require.Positive(t, x.Locations[0].PhysicalLocation.Region.StartLine)
		require.NotContains(t, x.Message.Text, "](", "SARIF takes it for a link")
	}
	return log
}

func TestSARIF(t *testing.T) {
	schema := schemaOf(t, "sarif-schema-2.1.0.json")
	assert.Error(t, schema.Validate(map[string]any{"version": "2.1.0"}), "the schema is no schema")
	for name, r := range reports(t) {
		t.Run(name, func(t *testing.T) {
			log := checkSARIF(t, schema, render(t, "sarif", r, report.Style{}))
			assert.Len(t, log.Runs[0].Results, len(r.Findings)-r.Summary.Waived+len(r.Mended), "waived ones are left out")
			assert.Equal(t, len(r.Incomplete) == 0, log.Runs[0].Invocations[0].ExecutionSuccessful)
			missing := 0
			for _, n := range log.Runs[0].Invocations[0].ToolExecutionNotifications {
				if n.Level == "error" {
					missing++
				}
			}
			assert.Equal(t, len(r.Incomplete), missing)
		})
	}

	r := eventful(t)
	run := checkSARIF(t, schema, render(t, "sarif", r, report.Style{})).Runs[0]
	assert.Equal(t, "maquette/production-staging/", run.AutomationDetails.ID)
	states := map[string]int{}
	for _, x := range run.Results {
		states[x.BaselineState]++
	}
	assert.Equal(t, map[string]int{"new": len(r.Findings) - 3, "unchanged": 2, "absent": 2}, states)
	first := run.Results[0]
	assert.Equal(t, "infra/staging/main.tf", first.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	assert.Equal(t, "aws_autoscaling_group.web", first.Locations[0].LogicalLocations[0].FullyQualifiedName)

	// A fingerprint does not move with the line.
	for i := range r.Findings {
		r.Findings[i].Location = &parity.Location{File: "other.tf", Line: 1000 + i, Column: 1}
	}
	moved := checkSARIF(t, schema, render(t, "sarif", r, report.Style{})).Runs[0]
	for i := range run.Results {
		assert.Equal(t, run.Results[i].PartialFingerprints, moved.Results[i].PartialFingerprints)
	}

	r = many(t, 6000)
	run = checkSARIF(t, schema, render(t, "sarif", r, report.Style{})).Runs[0]
	assert.Len(t, run.Results, 5000)
	assert.Equal(t, "error", run.Results[0].Level)
	said := run.Invocations[0].ToolExecutionNotifications
	require.NotEmpty(t, said)
	assert.Contains(t, said[len(said)-1].Message.Text, "1000 results are left out")
	assert.True(t, run.Invocations[0].ExecutionSuccessful)
}

func TestSARIFPaths(t *testing.T) {
	r := compare(t, "staging-onebox.tfstate")
	for file, uri := range map[string]string{"a b/100%.tf": "a%20b/100%25.tf", "c:d.tf": "./c:d.tf", "ü.tf": "%C3%BC.tf", "../x.tf": "../x.tf", "a?b#c.tf": "a%3Fb%23c.tf"} {
		r.Findings[0].Location = &parity.Location{File: file, Line: 1, Column: 1}
		run := checkSARIF(t, schemaOf(t, "sarif-schema-2.1.0.json"), render(t, "sarif", r, report.Style{})).Runs[0]
		assert.Equal(t, uri, run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI)
	}
}

type junitDoc struct {
	Tests, Failures, Errors int `xml:",attr"`
	Suites                  []struct {
		Name                             string `xml:"name,attr"`
		Tests, Failures, Errors, Skipped int
		Cases                            []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct {
				Message string `xml:"message,attr"`
			} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func TestJUnit(t *testing.T) {
	schema := loadXSD(t, junitXSD)
	for name, r := range reports(t) {
		t.Run(name, func(t *testing.T) {
			data := render(t, "junit", r, report.Style{})
			require.NoError(t, schema.validate(data))
			var doc junitDoc
			require.NoError(t, xml.Unmarshal(data, &doc))
			var failures, errors, skipped int
			for _, suite := range doc.Suites {
				for _, c := range suite.Cases {
					if c.Failure != nil {
						failures++
					}
					if c.Error != nil {
						errors++
					}
					if c.Skipped != nil {
						skipped++
					}
				}
			}
			known := 0
			for _, f := range r.Findings {
				if f.Known {
					known++
				}
			}
			assert.Equal(t, r.Summary.Error+r.Summary.Warning-known, failures, "infos are no failures")
			assert.Equal(t, len(r.Incomplete), errors)
			assert.Equal(t, r.Summary.Waived+known, skipped)
		})
	}
	assert.Contains(t, string(render(t, "junit", eventful(t), report.Style{})),
		`<skipped message="waived: reads go to the primary (data, until 2030-01-31)"></skipped>`)
}

// elements are those that Markdown may be made of.
var elements = []string{"html", "head", "body", "h3", "p", "strong", "code", "ul", "li", "details", "summary", "table", "thead", "tbody", "tr", "th", "td"}

// checkMarkdown renders a comment as GitHub does, with the HTML that is in it,
// and looks whether there is anything that it should not have.
func checkMarkdown(t testing.TB, data []byte) *html.Node {
	t.Helper()
	require.LessOrEqual(t, len(data), 65536)
	require.True(t, utf8.Valid(data))
	var out bytes.Buffer
	require.NoError(t, goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(goldhtml.WithUnsafe())).Convert(data, &out))
	doc, err := html.Parse(&out)
	require.NoError(t, err)
	markers := 0
	for n := range doc.Descendants() {
		switch n.Type {
		case html.CommentNode:
			if regexp.MustCompile(`^ maquette parity [\w.-]+ $`).MatchString(n.Data) {
				markers++
				continue
			}
			require.Equal(t, " ", n.Data)
		case html.ElementNode:
			require.Contains(t, elements, n.Data)
			for _, a := range n.Attr {
				require.Contains(t, []string{"open=", "style=text-align:left", "style=text-align:right"}, a.Key+"="+a.Val)
			}
		case html.TextNode:
			if n.Parent.Data != "code" {
				require.NotRegexp(t, `[@#]\w`, n.Data, "GitHub makes a mention or a reference of it")
			}
		}
	}
	require.Equal(t, 1, markers)
	return doc
}

// texts are those of all elements of a name.
func texts(doc *html.Node, element string) (all []string) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == element {
			text := ""
			for c := range n.Descendants() {
				if c.Type == html.TextNode {
					text += c.Data
				}
			}
			all = append(all, text)
		}
	}
	return all
}

func TestMarkdown(t *testing.T) {
	for name, r := range reports(t) {
		t.Run(name, func(t *testing.T) {
			doc := checkMarkdown(t, render(t, "markdown", r, report.Style{}))
			assert.Len(t, texts(doc, "h3"), 1)
		})
	}
	r := eventful(t)
	doc := checkMarkdown(t, render(t, "markdown", r, report.Style{}))
	assert.Equal(t, []string{"❓ Evidence is missing: nothing is claimed of staging and production"}, texts(doc, "h3"))
	assert.Equal(t, []string{"Tier", "Kind", "production", "staging", ""}, texts(doc, "th"))
	assert.Equal(t, []string{"web", "compute", "12 × m5.2xlarge", "1 × t3.large", "❌ one box, expected 2"}, texts(doc, "td")[:5])
	assert.Equal(t, []string{"Not judged", "❌ 8 errors", "⚠️ 8 warnings", "🕘 2 known from the earlier report", "✅ 2 mended", "🤝 1 waived", "ℹ️ 1 info"}, texts(doc, "summary"))

	// What has no room is the least severe.
	doc = checkMarkdown(t, render(t, "markdown", many(t, 1000), report.Style{}))
	assert.Equal(t, []string{"❌ Staging is not a true scale model of production"}, texts(doc, "h3"))
	assert.Contains(t, texts(doc, "summary")[0], "333 errors")
	all := texts(doc, "p")
	assert.Regexp(t, `^… and \d+ findings more, for which a comment has no room`, all[len(all)-1])
	shown := 0
	for _, item := range texts(doc, "li") {
		if strings.HasPrefix(item, "config/") {
			shown++
		}
	}
	assert.Contains(t, all[len(all)-1], fmt.Sprintf("and %d findings more", 1000-shown))
}

// Names that grow when they are written harmlessly must not crowd out the rest.
func TestMarkdownIsShort(t *testing.T) {
	r := many(t, 1000)
	long := strings.Repeat("@#", 500)
	for i := range 500 {
		side := &parity.TierSide{Members: 2, Size: long}
		r.Tiers = append(r.Tiers, parity.Tier{Name: long, Kind: long, Baseline: side, Candidate: side, Status: "one-box"})
		r.Incomplete = append(r.Incomplete, parity.Gap{Source: long, Reason: long})
		r.Custom = append(r.Custom, parity.CustomResult{Rule: fmt.Sprint("custom/", i, long)})
		r.Findings[i].Help = long
	}
	r.Verdict = parity.Incomplete
	doc := checkMarkdown(t, render(t, "markdown", r, report.Style{}))
	assert.Equal(t, []string{"❓ Evidence is missing: nothing is claimed of staging and production"}, texts(doc, "h3"))
	assert.Contains(t, texts(doc, "summary")[1], "333 errors")
}

// commands are the lines of an output that a GitHub runner takes for commands,
// which are those that begin with two colons, after any space.
func commands(data []byte) (all []string) {
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			all = append(all, line)
		}
	}
	return all
}

var command = regexp.MustCompile(`^::(error|warning|notice) (file=[^:,\r]+,line=\d+,col=\d+,)?title=[^:,\r]+::[^\r]*$`)

func TestGitHub(t *testing.T) {
	for name, r := range reports(t) {
		t.Run(name, func(t *testing.T) {
			kinds := map[string]int{}
			for _, line := range commands(render(t, "github", r, report.Style{})) {
				require.Regexp(t, command, line)
				kinds[command.FindStringSubmatch(line)[1]]++
			}
			known := map[parity.Severity]int{}
			for _, f := range r.Findings {
				if f.Known {
					known[f.Severity]++
				}
			}
			assert.Equal(t, min(10, r.Summary.Error-known[parity.Error]+len(r.Incomplete)), kinds["error"])
			assert.Equal(t, min(10, r.Summary.Warning-known[parity.Warning]), kinds["warning"])
			assert.Equal(t, min(10, r.Summary.Info), kinds["notice"])
		})
	}
	out := string(render(t, "github", many(t, 1000), report.Style{}))
	assert.Contains(t, out, "323 errors, 323 warnings and 324 infos more")

	r := compare(t, "staging-onebox.tfstate")
	r.Findings[0].Location = &parity.Location{File: "a,b:c%.tf", Line: 3, Column: 7}
	r.Findings[0].Message = "50% of it: all"
	assert.Contains(t, string(render(t, "github", r, report.Style{})),
		"\n::error file=a%2Cb%3Ac%25.tf,line=3,col=7,title=one-box/single-member::aws_autoscaling_group.web: 50%25 of it: all (12 → 1). Set 2 members")
}

// Readers that show no more than a message learn from it what it is about: all findings of a state have one line.
func TestMessagesStandAlone(t *testing.T) {
	r := compare(t, "staging-drift.tfstate")
	for _, format := range []string{"sarif", "github", "gitlab"} {
		assert.Contains(t, string(render(t, format, r, report.Style{})),
			"aws_db_instance.main: engine_version differs (15.6 → 14.11). Bring both to the same version, the candidate first.", format)
	}
}

// checkGitLab holds a report against the schema that GitLab reads it with, and
// against what its documentation asks for.
func checkGitLab(t testing.TB, schema *jsonschema.Schema, data []byte) int {
	t.Helper()
	var issues []map[string]any
	require.NoError(t, json.Unmarshal(data, &issues))
	require.NotNil(t, issues, "an array, also where there is nothing")
	seen := map[any]bool{}
	for _, issue := range issues {
		require.NoError(t, schema.Validate(issue))
		require.NotEmpty(t, issue["check_name"])
		require.False(t, seen[issue["fingerprint"]], "a fingerprint is one issue's")
		seen[issue["fingerprint"]] = true
		require.Contains(t, []string{"info", "minor", "major", "critical", "blocker"}, issue["severity"])
		at := issue["location"].(map[string]any)
		require.NotEmpty(t, at["path"])
		require.False(t, strings.HasPrefix(at["path"].(string), "./"))
		require.GreaterOrEqual(t, at["lines"].(map[string]any)["begin"], 1.0)
	}
	return len(issues)
}

func TestGitLab(t *testing.T) {
	schema := schemaOf(t, "gitlab-codeclimate.json")
	for name, r := range reports(t) {
		assert.Equal(t, len(r.Findings)-r.Summary.Waived+len(r.Incomplete), checkGitLab(t, schema, render(t, "gitlab", r, report.Style{})), name)
	}
	// Jobs of one pipeline are put together.
	r := eventful(t)
	one := render(t, "gitlab", r, report.Style{})
	r.Candidate.Name = "other"
	assert.NotEqual(t, one, render(t, "gitlab", r, report.Style{}))
}
