package report_test

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
)

// hostile are texts that somebody may put into a name or a value.
var hostile = []string{
	"", " ", "x\x1b[2J\x1b]0;title\x07\r\nPASS  forged\u202e\u2066<b>&\"'\xff\x00 ::error::", "::error::forged", " ::stop-commands::x", "##[add-mask]x", "###[error]x",
	"a\n::error file=x::y", "a%0A::error::b", "</details><script>alert(1)</script>", "--><img src=x onerror=alert(1)>", "`", "``` `", "`<b>`", "\\`<b>\\`", "|", "\\|", "a | b\n|---|\n", "![x](http://e.vil/x.png)", "[x](javascript:alert(1))",
	"https://e.vil www.e.vil mail@e.vil", "@everyone #1 GH-1 acme/shop#2", "]]>", "]]><x/>", "&amp;&#0;&lt;", "\ufffe\uffff\u0085\u2028", "$x$ :smile: ~~s~~ **b** __u__", "# head\n\n- item\n\n1. one", "[^1]: note", "[a]: http://e.vil", "<!-- maquette parity x -->",
	strings.Repeat("very long ", 500), strings.Repeat("`", 300), strings.Repeat("|", 300), strings.Repeat("@a", 300), strings.Repeat("\u202e", 500), "%", "{0} {", "../../etc/passwd", ".//etc/passwd", "./", "0)", "1. x", "- x", "+ x", "> x", "===", "---", "//host/share", "c:\\x", "-1e999",
}

// planted is a report with a text wherever it holds other people's.
func planted(of *parity.Report, text string) *parity.Report {
	r := new(parity.Report)
	*r = *of
	r.Findings, r.Mended, r.Tiers, r.Incomplete = slices.Clone(r.Findings), slices.Clone(r.Mended), slices.Clone(r.Tiers), slices.Clone(r.Incomplete)
	subject := parity.Subject{Baseline: text, Candidate: text}
	for _, fs := range [][]parity.Finding{r.Findings, r.Mended} {
		for i := range fs {
			f := &fs[i]
			f.Subject, f.Path, f.Message, f.Help, f.Baseline, f.Candidate, f.Tier = subject, text, text, text, text, text, &text
			f.Location = &parity.Location{File: text, Line: i, Column: -1}
			switch i % 3 {
			case 0:
				f.Rule = "custom/" + text
			case 1:
				f.Location = nil
			}
			if f.Waiver != nil {
				f.Waiver = &parity.Waiver{Reason: text, Owner: text, Expires: text}
			}
		}
	}
	for i := range r.Tiers {
		x := &r.Tiers[i]
		x.Name, x.Kind = text, text
		for _, side := range []**parity.TierSide{&x.Baseline, &x.Candidate} {
			if *side != nil {
				*side = &parity.TierSide{Members: (*side).Members, Zones: (*side).Zones, Address: text, Size: text}
			}
		}
	}
	for _, side := range []*parity.Side{&r.Baseline, &r.Candidate} {
		side.Name, side.Sources, side.ObservedAt = text, []string{text}, &text
	}
	r.Scale.Declared = &text
	r.Incomplete = append(r.Incomplete, parity.Gap{Source: text, Reason: text})
	r.Uncompared = map[string]int{text: 1}
	r.Custom = []parity.CustomResult{{Rule: text}}
	return r
}

// checkAll holds a report in every format against whoever reads it.
func checkAll(t testing.TB, c checks, r *parity.Report) {
	t.Helper()
	for _, all := range []bool{false, true} {
		text := render(t, "text", r, report.Style{All: all})
		require.True(t, utf8.Valid(text))
		require.Empty(t, commands(text))
		for _, x := range string(text) {
			require.True(t, x == '\n' || unicode.IsGraphic(x) && !unicode.Is(unicode.Bidi_Control, x), "%U", x)
		}
		require.NotContains(t, string(text), "##")
		require.Equal(t, 1, strings.Count("\n"+string(text), "\nINCOMPLETE  "))
		require.NotContains(t, string(text), "\nPASS")
	}
	data := render(t, "json", r, report.Style{})
	require.NotContains(t, string(data), "##")
	var whole struct{ Findings []struct{ Path string } }
	require.NoError(t, json.Unmarshal(data, &whole))
	require.Equal(t, string([]rune(r.Findings[0].Path)), whole.Findings[0].Path)

	run := checkSARIF(t, c.sarif, render(t, "sarif", r, report.Style{})).Runs[0]
	require.Len(t, run.Results, len(r.Findings)-r.Summary.Waived+len(r.Mended))

	data = render(t, "junit", r, report.Style{})
	require.NoError(t, c.junit.validate(data))
	var doc junitDoc
	require.NoError(t, xml.Unmarshal(data, &doc))
	cases := 0
	for _, suite := range doc.Suites {
		cases += len(suite.Cases)
	}
	require.Equal(t, c.cases, cases)

	page := checkMarkdown(t, render(t, "markdown", r, report.Style{}))
	require.Len(t, texts(page, "h3"), 1)
	require.Len(t, texts(page, "table"), 1)
	require.Len(t, texts(page, "td"), c.cells)

	out := render(t, "github", r, report.Style{})
	require.NotContains(t, string(out), "##")
	lines := commands(out)
	require.Len(t, lines, c.annotations)
	for _, line := range lines {
		require.Regexp(t, command, line)
	}
	checkGitLab(t, c.gitlab, render(t, "gitlab", r, report.Style{}))
	checkHTML(t, render(t, "html", r, report.Style{}))
}

// checks are what outputs are held against, and how much is in each whatever
// texts say.
type checks struct {
	sarif, gitlab             *jsonschema.Schema
	junit                     *xsd
	cases, cells, annotations int
}

func newChecks(t testing.TB) checks {
	r := planted(eventful(t), "harmless")
	c := checks{sarif: schemaOf(t, "sarif-schema-2.1.0.json"), gitlab: schemaOf(t, "gitlab-codeclimate.json"), junit: loadXSD(t, junitXSD)}
	var doc junitDoc
	require.NoError(t, xml.Unmarshal(render(t, "junit", r, report.Style{}), &doc))
	for _, suite := range doc.Suites {
		c.cases += len(suite.Cases)
	}
	c.cells = len(texts(checkMarkdown(t, render(t, "markdown", r, report.Style{})), "td"))
	c.annotations = len(commands(render(t, "github", r, report.Style{})))
	require.NotZero(t, c.cases*c.cells*c.annotations)
	return c
}

// Names and values are other people's: whatever they say, no format is broken
// by it, and none says more than it should.
func FuzzFormats(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	c, r := newChecks(f), eventful(f)
	f.Fuzz(func(t *testing.T, text string) { checkAll(t, c, planted(r, text)) })
}
