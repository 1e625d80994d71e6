package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/history"
)

// How much of a trend the text shows unless all is asked for.
const (
	maxSpark = 60 // runs
	maxRuns  = 10
	maxTrack = 20 // findings
)

// TrendText writes trends for people at a terminal: how the scores went, the latest runs, and the lives of findings.
func TrendText(w io.Writer, trends history.Trends, s Style) error {
	var buf bytes.Buffer
	for i, series := range trends.Series {
		if i > 0 {
			buf.WriteByte('\n')
		}
		t := trendText{text{w: &buf, s: s}, series, trends.Since}
		t.head()
		if len(series.Runs) > 0 {
			t.sparklines()
			t.runs()
		}
		t.findings()
	}
	_, err := w.Write(buf.Bytes())
	return err
}

type trendText struct {
	text
	series history.Series
	since  *time.Time
}

// minute and day are how times are written, always in UTC: the same history gives the same text everywhere.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
func day(t time.Time) string    { return t.UTC().Format("2006-01-02") }

// limits says what runs were limited to; "" for those that judged everything.
func limits(s history.Series) string {
	out := ""
	if len(s.Only) > 0 {
		out += ", only " + clean(strings.Join(s.Only, ","))
	}
	if len(s.Skip) > 0 {
		out += ", without " + clean(strings.Join(s.Skip, ","))
	}
	return out
}

func (t *trendText) head() {
	runs := t.series.Runs
	title := fmt.Sprintf("%s against %s%s", clean(t.series.Candidate), clean(t.series.Baseline), limits(t.series))
	if len(runs) == 0 {
		t.line("%s: no run since %s", t.paint(title, color.Bold), minute(*t.since))
		return
	}
	last := runs[len(runs)-1]
	t.line("%s  %s", t.verdictWord(last.Verdict), t.paint(title, color.Bold))
	span := "on " + day(last.At)
	if from := day(runs[0].At); from != day(last.At) {
		span = "from " + from + " to " + day(last.At)
	}
	t.line("      %s %s (UTC)", plural.Count(len(runs), "run"), span)
}

func (t *trendText) verdictWord(v parity.Verdict) string {
	switch v {
	case parity.Pass:
		return t.paint("PASS", color.FgGreen, color.Bold)
	case parity.Fail:
		return t.paint("FAIL", color.FgRed, color.Bold)
	}
	return t.paint("INCOMPLETE", color.FgYellow, color.Bold)
}

// lines are the scores of each dimension over the runs; nil where nothing was judged.
func lines(runs []history.Point) (names []string, scores [][]*float64) {
	row := func(name string, of func(history.Point) *float64) {
		var all []*float64
		known := false
		for _, r := range runs {
			score := of(r)
			known = known || score != nil
			all = append(all, score)
		}
		if known || name == "score" {
			names, scores = append(names, name), append(scores, all)
		}
	}
	row("score", func(p history.Point) *float64 { return p.Score })
	for _, d := range parity.Dimensions {
		row(d, func(p history.Point) *float64 {
			score, ok := p.Dimensions[d]
			if !ok {
				return nil
			}
			return &score
		})
	}
	return names, scores
}

var bars = []rune("▁▂▃▄▅▆▇█")

// sparklines draws all scores on one scale, from the lowest of them to 1.
func (t *trendText) sparklines() {
	runs := t.series.Runs
	if !t.s.All {
		runs = runs[max(0, len(runs)-maxSpark):]
	}
	names, scores := lines(runs)
	lowest, gaps := 1.0, false
	for _, row := range scores {
		for _, score := range row {
			if score == nil {
				gaps = true
			} else {
				lowest = min(lowest, *score)
			}
		}
	}
	t.line("")
	for i, name := range names {
		spark, last := "", "–"
		for _, score := range scores[i] {
			if score == nil {
				spark += "·"
				continue
			}
			step := len(bars) - 1
			if lowest < 1 {
				step = int((*score - lowest) / (1 - lowest) * float64(len(bars)-1))
			}
			spark += string(bars[step])
			last = strconv.FormatFloat(*score, 'f', 2, 64)
		}
		t.line("  %-13s  %s  %s", name, spark, last)
	}
	notes := []string{"█ 1.00"}
	if lowest < 1 {
		notes = append([]string{fmt.Sprintf("▁ %.2f", lowest)}, notes...)
	}
	if gaps {
		notes = append(notes, "· not judged")
	}
	if n := len(t.series.Runs) - len(runs); n > 0 {
		notes = append(notes, fmt.Sprintf("%s before not shown: --show all", plural.Count(n, "run")))
	}
	t.line("  %s", t.paint(strings.Join(notes, "   "), color.Faint))
}

// runColumns are the numbers of a run.
var runColumns = []string{"score", "errors", "warnings", "infos", "waived"}

func (t *trendText) runs() {
	runs := t.series.Runs
	if !t.s.All {
		runs = runs[max(0, len(runs)-maxRuns):]
	}
	title := "Runs, latest first"
	if n := len(t.series.Runs) - len(runs); n > 0 {
		title = fmt.Sprintf("Latest %d of %d runs", len(runs), len(t.series.Runs))
	}
	t.line("\n%s", t.paint(title, color.Bold))
	t.line("  %s", t.paint(pad("", 28)+"  "+strings.Join(runColumns, "  ")+"  commit", color.Faint))
	for i := len(runs) - 1; i >= 0; i-- {
		r := runs[i]
		attr := color.FgGreen
		cells := []string{"–", "–", "–", "–", "–"} // of what is incomplete, nothing is claimed
		if r.Score != nil {
			cells = []string{strconv.FormatFloat(*r.Score, 'f', 2, 64), strconv.Itoa(r.Summary.Error), strconv.Itoa(r.Summary.Warning), strconv.Itoa(r.Summary.Info), strconv.Itoa(r.Summary.Waived)}
		}
		switch r.Verdict {
		case parity.Fail:
			attr = color.FgRed
		case parity.Incomplete:
			attr = color.FgYellow
		}
		line := "  " + minute(r.At) + "  " + t.paint(pad(string(r.Verdict), 10), attr)
		for i, cell := range cells {
			line += "  " + strings.Repeat(" ", max(0, len(runColumns[i])-utf8.RuneCountInString(cell))) + cell
		}
		t.line("%s  %s", line, shortCommit(r.Commit))
	}
}

func shortCommit(commit string) string { return clean(commit[:min(len(commit), 10)]) }

// findings lists the lives of findings above info, unless all are asked for.
func (t *trendText) findings() {
	var standing, mended []history.Track
	infos := 0
	for _, f := range t.series.Findings {
		switch {
		case f.Severity == parity.Info && !t.s.All:
			if f.Standing {
				infos++
			}
		case f.Standing:
			standing = append(standing, f)
		default:
			mended = append(mended, f)
		}
	}
	t.tracks("Standing", standing)
	t.tracks("Mended", mended)
	if infos > 0 {
		t.line("\n  %s", t.paint(plural.Count(infos, "standing info")+" not shown: --show all", color.Faint))
	}
}

func (t *trendText) tracks(title string, all []history.Track) {
	if len(all) == 0 {
		return
	}
	shown := all
	if !t.s.All {
		shown = all[:min(len(all), maxTrack)]
	}
	t.line("\n%s", t.paint(title, color.Bold))
	width := 0
	for _, f := range shown {
		width = max(width, utf8.RuneCountInString(clean(f.Rule)))
	}
	for _, f := range shown {
		mark, attr := "·", color.FgBlue
		switch {
		case !f.Standing:
			mark, attr = "✓", color.FgGreen
		case f.Waived:
			mark, attr = "~", color.Faint
		case f.Severity == parity.Error:
			mark, attr = "✗", color.FgRed
		case f.Severity == parity.Warning:
			mark, attr = "!", color.FgYellow
		}
		when, stood := life(f)
		place := clean(f.Subject)
		if f.Path != "" {
			place += "  " + clean(f.Path)
		}
		t.line("  %s %s  %-17s %4s  %s  %s", t.paint(mark, attr, color.Bold), pad(clean(f.Rule), width), when, stood, place, t.paint(remarks(f), color.Faint))
	}
	if n := len(all) - len(shown); n > 0 {
		t.line("  %s", t.paint(fmt.Sprintf("… and %d more; --show all shows them", n), color.Faint))
	}
}

// life says since when a finding stands, or when it was mended, and how long it has stood since it last came.
func life(f history.Track) (when, stood string) {
	span := f.Spans[len(f.Spans)-1]
	switch {
	case f.New:
		return "new " + day(span.Appeared), ""
	case f.Standing:
		return "since " + day(span.Appeared), days(span.Seen.Sub(span.Appeared))
	}
	return "mended " + day(*span.Mended), days(span.Mended.Sub(span.Appeared))
}

// remarks says what else there is to a finding: that it is accepted, and that it came back.
func remarks(f history.Track) string {
	var says []string
	if f.Waived && f.Standing {
		says = append(says, "waived")
	}
	if n := len(f.Spans); n > 1 {
		times := fmt.Sprintf("came %d times since %s, %s in all", n, day(f.Spans[0].Appeared), days(time.Duration(f.Stood)*time.Second))
		if f.Flapping() {
			times = "flapping: " + times
		}
		says = append(says, times)
	}
	return strings.Join(says, ", ")
}

// days is a time in its largest unit.
func days(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + "d"
}
