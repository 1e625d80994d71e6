package history

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/maquette/maquette/parity"
)

// TrendSchema names the form of Trends as JSON.
const TrendSchema = "maquette/trend/v1"

// Trends is what became of environments over time.
type Trends struct {
	Schema string     `json:"schema"`
	Since  *time.Time `json:"since"` // nil: from the first run on
	Series []Series   `json:"series"`
	// Skipped are lines of the history that could not be read.
	Skipped []Problem `json:"skipped"`
}

// Series is runs that can be compared: of one pair, judged for the same.
type Series struct {
	Baseline  string   `json:"baseline"`
	Candidate string   `json:"candidate"`
	Only      []string `json:"only"`
	Skip      []string `json:"skip"`
	// Runs are those of the time that is asked for, oldest first.
	Runs []Point `json:"runs"`
	// Findings are those that stand, most severe and longest first and waived ones last, then those that were mended in the time that is asked
	// for, latest first.
	Findings []Track `json:"findings"`
}

// Point is a run, without its findings.
type Point struct {
	At      time.Time      `json:"at"`
	Commit  string         `json:"commit"` // "": not known
	Verdict parity.Verdict `json:"verdict"`
	// Score is nil where evidence was missing: nothing is claimed then. Dimensions is empty in that case, and has no
	// dimension in which nothing was compared.
	Score      *float64           `json:"score"`
	Dimensions map[string]float64 `json:"dimensions"`
	Summary    parity.Summary     `json:"summary"`
}

// Track is the life of a finding. Runs whose evidence was incomplete, or whose report did not list all that it counted,
// count neither for it nor against it.
type Track struct {
	Finding
	Standing bool `json:"standing"` // in the latest complete run
	// New: it stands, and the complete run before did not have it.
	New bool `json:"new"`
	// Spans are the times that it stood, oldest first, from the whole history. More than one: it came back.
	Spans []Span `json:"spans"`
	// Stood is how long it stood altogether, in seconds.
	Stood int64 `json:"stood_seconds"`
}

// Span is a time that a finding stood.
type Span struct {
	Appeared time.Time  `json:"appeared"` // the first run that had it
	Seen     time.Time  `json:"seen"`     // the last run that had it
	Mended   *time.Time `json:"mended"`   // the first run that had it no more; nil while it stands
}

// flaps is how often a finding has to have come to be called flapping.
const flaps = 3

// Flapping reports whether the finding comes and goes.
func (t Track) Flapping() bool { return len(t.Spans) >= flaps }

// Since is when the finding appeared, the last time.
func (t Track) Since() time.Time { return t.Spans[len(t.Spans)-1].Appeared }

// Mended is when the finding was mended, the last time; nil while it stands.
func (t Track) Mended() *time.Time { return t.Spans[len(t.Spans)-1].Mended }

// Sort brings runs in the order of time; after a merge they are not.
func Sort(runs []Run) { slices.SortStableFunc(runs, func(a, b Run) int { return a.At.Compare(b.At) }) }

// Compute tells what became of each pair since a time; the zero time means from the first run on. When findings
// appeared is told from all of their runs.
func Compute(runs []Run, since time.Time) Trends {
	runs = slices.Clone(runs)
	Sort(runs)
	trends := Trends{Schema: TrendSchema, Series: []Series{}, Skipped: []Problem{}}
	if !since.IsZero() {
		since = since.UTC()
		trends.Since = &since
	}
	groups := map[string][]Run{}
	for _, r := range runs {
		key := strings.Join([]string{r.Candidate, r.Baseline, strings.Join(sorted(r.Only), ","), strings.Join(sorted(r.Skip), ",")}, "\x00")
		groups[key] = append(groups[key], r)
	}
	for _, group := range groups {
		trends.Series = append(trends.Series, seriesOf(group, since))
	}
	slices.SortFunc(trends.Series, func(a, b Series) int {
		return cmp.Or(
			strings.Compare(a.Candidate, b.Candidate), strings.Compare(a.Baseline, b.Baseline),
			slices.Compare(a.Only, b.Only), slices.Compare(a.Skip, b.Skip),
		)
	})
	return trends
}

func seriesOf(runs []Run, since time.Time) Series {
	first := runs[0]
	s := Series{Baseline: first.Baseline, Candidate: first.Candidate, Only: orEmpty(sorted(first.Only)), Skip: orEmpty(sorted(first.Skip)), Runs: []Point{}}
	var complete []Run
	for _, r := range runs {
		p := Point{At: r.At, Commit: r.Commit, Verdict: r.Verdict, Dimensions: map[string]float64{}, Summary: r.Summary}
		if r.Verdict != parity.Incomplete && !r.Cut {
			complete = append(complete, r)
			p.Score, p.Dimensions = &r.Score, r.Dimensions
		}
		if !r.At.Before(since) {
			s.Runs = append(s.Runs, p)
		}
	}
	s.Findings = tracks(complete, since)
	return s
}

func orEmpty(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}

// tracks follows each finding through complete runs, oldest first.
func tracks(runs []Run, since time.Time) []Track {
	all := map[string]*Track{}
	standing := map[string]bool{}
	for i, r := range runs {
		here := map[string]bool{}
		for _, f := range r.Findings {
			t := all[f.ID]
			if t == nil {
				t = &Track{}
				all[f.ID] = t
			}
			if !standing[f.ID] && !here[f.ID] {
				t.Spans = append(t.Spans, Span{Appeared: r.At})
			}
			t.Finding = f
			t.Spans[len(t.Spans)-1].Seen = r.At
			here[f.ID] = true
		}
		for id := range standing {
			if spans := all[id].Spans; !here[id] {
				spans[len(spans)-1].Mended = &runs[i].At
			}
		}
		standing = here
	}
	found := []Track{}
	for id, t := range all {
		t.Standing = standing[id]
		t.New = t.Standing && len(runs) > 1 && t.Since().Equal(runs[len(runs)-1].At)
		for _, span := range t.Spans {
			end := span.Seen
			if span.Mended != nil {
				end = *span.Mended
			}
			t.Stood += int64(end.Sub(span.Appeared) / time.Second)
		}
		if t.Standing || !t.Mended().Before(since) {
			found = append(found, *t)
		}
	}
	slices.SortFunc(found, func(a, b Track) int {
		var latest int
		if !a.Standing && !b.Standing {
			latest = b.Mended().Compare(*a.Mended())
		}
		return cmp.Or(
			cmp.Compare(a.rank(), b.rank()), latest, cmp.Compare(b.Severity, a.Severity), a.Since().Compare(b.Since()),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Path, b.Path), strings.Compare(a.ID, b.ID),
		)
	})
	return found
}

// rank brings what stands before what is accepted, and that before what is mended.
func (t Track) rank() int {
	switch {
	case !t.Standing:
		return 2
	case t.Waived:
		return 1
	}
	return 0
}
