package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/browsertest"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/history"
	"github.com/maquette/maquette/parity/report"
)

// lived is a history of some weeks: what the shop's stagings were found to be, day by day.
func lived(t *testing.T) []history.Run {
	t.Helper()
	reports := map[string]*parity.Report{}
	var runs []history.Run
	for i, staging := range []string{"onebox", "onebox", "drift", "incomplete", "model", "drift", "model", "drift", "drift"} {
		r := reports[staging]
		if r == nil {
			if staging == "incomplete" {
				incomplete := *compare(t, "staging-drift.tfstate")
				incomplete.Verdict = parity.Incomplete
				r = &incomplete
			} else {
				r = compare(t, "staging-"+staging+".tfstate")
			}
			reports[staging] = r
		}
		at := time.Date(2026, 3, 1+2*i, 6, 30, 0, 0, time.UTC)
		runs = append(runs, history.Of(r, at, fmt.Sprintf("%040x", i*0x1234567), nil, nil))
	}
	limited := history.Of(reports["drift"], time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), "", []string{"versions"}, nil)
	return append(runs, limited)
}

func renderTrend(t *testing.T, format string, trends history.Trends, s report.Style) []byte {
	t.Helper()
	var buf bytes.Buffer
	require.NoError(t, report.TrendFor(format)(&buf, trends, s))
	return buf.Bytes()
}

func TestTrendGolden(t *testing.T) {
	trends := history.Compute(lived(t), time.Time{})
	trends.Skipped = append(trends.Skipped, history.Problem{File: "history/production--staging.jsonl", Line: 7, Reason: "cut short"})
	for _, format := range report.TrendFormats() {
		golden(t, filepath.Join("testdata", "trend."+strings.Replace(format, "text", "txt", 1)), renderTrend(t, format, trends, report.Style{}))
	}
	golden(t, filepath.Join("testdata", "trend.since.txt"), renderTrend(t, "text", history.Compute(lived(t), time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)), report.Style{All: true}))
}

func TestTrendSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "trend.schema.json"))
	require.NoError(t, err)
	for _, since := range []time.Time{{}, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)} {
		var doc any
		require.NoError(t, json.Unmarshal(renderTrend(t, "json", history.Compute(lived(t), since), report.Style{}), &doc))
		assert.NoError(t, schema.Validate(doc))
	}
}

// What a history holds is other people's: it was merged from elsewhere, and names of resources are in it.
func TestTrendHostileText(t *testing.T) {
	evil := "x\x1b[2J\x1b]0;title\x07\r\nPASS  forged\u202e\u2066<script>alert(1)</script>&\"'\xff\x00"
	runs := lived(t)
	for i := range runs {
		runs[i].Baseline, runs[i].Candidate, runs[i].Commit, runs[i].Only = evil, evil, evil, []string{evil}
		for j := range runs[i].Findings {
			f := &runs[i].Findings[j]
			f.Rule, f.Subject, f.Path = evil, evil, evil
		}
	}
	trends := history.Compute(runs, time.Time{})
	for _, style := range []report.Style{{}, {All: true}} {
		text := string(renderTrend(t, "text", trends, style))
		for _, bad := range []string{"\x1b", "\x07", "\r", "\x00", "\u202e", "\u2066", "\xff"} {
			assert.NotContains(t, text, bad)
		}
		for line := range strings.Lines(text) {
			assert.False(t, strings.HasPrefix(line, "PASS  forged"), line)
		}
	}
	assert.True(t, json.Valid(renderTrend(t, "json", trends, report.Style{})))

	page := string(renderTrend(t, "html", trends, report.Style{}))
	for _, bad := range []string{"\x1b", "\x07", "\r", "\x00", "\u202e", "\u2066", "\xff", "<script"} {
		assert.NotContains(t, page, bad)
	}
}

// A year of runs an hour is as long a text as ten runs are.
func TestTrendOfMany(t *testing.T) {
	r := compare(t, "staging-drift.tfstate")
	for i := range 30 {
		r.Findings = append(r.Findings, parity.Finding{ID: fmt.Sprint(i), Rule: "config/setting", Severity: parity.Error})
	}
	var runs []history.Run
	for i := range 2000 {
		runs = append(runs, history.Of(r, time.Date(2026, 1, 1, i, 0, 0, 0, time.UTC), "", nil, nil))
	}
	text := string(renderTrend(t, "text", history.Compute(runs, time.Time{}), report.Style{}))
	assert.Less(t, strings.Count(text, "\n"), 60)
	assert.Contains(t, text, "2000 runs")
	assert.Contains(t, text, "1940 runs before not shown")
	assert.Contains(t, text, "Latest 10 of 2000 runs")
	assert.Contains(t, text, "more; --show all shows them")
}

func TestTrendColourOnlyWhenAsked(t *testing.T) {
	trends := history.Compute(lived(t), time.Time{})
	assert.NotContains(t, string(renderTrend(t, "text", trends, report.Style{})), "\x1b[")
	assert.Contains(t, string(renderTrend(t, "text", trends, report.Style{Colour: true})), "\x1b[")
	assert.Nil(t, report.TrendFor("yaml"))
}

// The page is one file: it loads nothing, and its policy forbids all but its own style.
func TestTrendPageIsSelfContained(t *testing.T) {
	page := renderTrend(t, "html", history.Compute(lived(t), time.Time{}), report.Style{})
	assert.Contains(t, string(page), `content="default-src &#39;none&#39;; style-src &#39;sha256-`)
	assert.NotContains(t, string(page), "%!")
	for _, loads := range []string{"src=", "url(", "@import", "<script", "style="} {
		assert.False(t, strings.Contains(string(page), loads), loads)
	}
	assert.Equal(t, 1, strings.Count(string(page), "href="), "the empty icon")
	assert.Equal(t, 14, bytes.Count(page, []byte("<svg")), "seven charts for each of two series")
}

func TestTrendPageInBrowser(t *testing.T) {
	browser, checker := browsertest.Start(t), axe(t)
	page := renderTrend(t, "html", history.Compute(lived(t), time.Time{}), report.Style{})
	for _, view := range []browsertest.View{{Width: 1440, Height: 900}, {Width: 360, Height: 740, Dark: true}} {
		p := browser.Open(t, page, view)
		assert.LessOrEqual(t, browsertest.Eval[int](p, overflow), 0, "it scrolls sideways at %d px", view.Width)
		assert.Empty(t, violations(p, checker), "%d px", view.Width)
		line := browsertest.Eval[string](p, `getComputedStyle(document.querySelector("svg .line")).stroke`)
		assert.Equal(t, view.Dark, line == "rgb(143, 191, 235)", line)
		quiet(t, p)
		p.Close()
	}
}

// Charts of histories that are no line: one run, none that was judged, all the same, none in the time asked for.
func TestTrendPageOfLittle(t *testing.T) {
	run := history.Of(compare(t, "staging-model.tfstate"), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), "", nil, nil)
	incomplete, zero := run, run
	incomplete.Verdict = parity.Incomplete
	zero.Score, zero.Dimensions = 0, map[string]float64{}
	for name, runs := range map[string][]history.Run{
		"one": {run}, "same time": {run, zero}, "incomplete": {incomplete}, "zero": {zero, zero}, "none": nil,
	} {
		page := string(renderTrend(t, "html", history.Compute(runs, time.Time{}), report.Style{}))
		assert.Contains(t, page, "</html>", name)
		assert.NotContains(t, page, "NaN", name)
		assert.Equal(t, len(runs) > 0, strings.Contains(page, `<circle`), name)
	}
	page := string(renderTrend(t, "html", history.Compute([]history.Run{run}, run.At.Add(1)), report.Style{}))
	assert.Contains(t, page, "No run since 2026-03-01 00:00.")
}
