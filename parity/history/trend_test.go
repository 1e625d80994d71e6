package history_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/history"
)

const day = 24 * time.Hour

// on is a run of staging on a day, with errors of these ids.
func on(n int, verdict parity.Verdict, ids ...string) history.Run {
	r := history.Run{
		Schema: history.Schema, At: noon.Add(time.Duration(n) * day), Baseline: "production", Candidate: "staging",
		Verdict: verdict, Score: 0.5, Dimensions: map[string]float64{"versions": 0.5},
	}
	for _, id := range ids {
		r.Findings = append(r.Findings, history.Finding{ID: id, Rule: "version/engine", Severity: parity.Error, Subject: "db." + id})
	}
	return r
}

func track(t *testing.T, trends history.Trends, id string) history.Track {
	t.Helper()
	i := slices.IndexFunc(trends.Series[0].Findings, func(f history.Track) bool { return f.ID == id })
	require.GreaterOrEqual(t, i, 0, id)
	return trends.Series[0].Findings[i]
}

func at(n int) time.Time { return noon.Add(time.Duration(n) * day) }

func TestLives(t *testing.T) {
	trends := history.Compute([]history.Run{
		on(0, parity.Fail, "old", "flap"),
		on(1, parity.Fail, "old"),
		on(2, parity.Fail, "old", "flap", "flap"),
		on(3, parity.Fail, "mended", "old"),
		on(4, parity.Incomplete), // nothing is mended by what nobody has seen
		on(5, parity.Incomplete, "never"),
		on(6, parity.Fail, "old", "flap", "new"),
	}, time.Time{})
	require.Len(t, trends.Series, 1)
	require.Len(t, trends.Series[0].Findings, 4)

	old := track(t, trends, "old")
	assert.True(t, old.Standing)
	assert.False(t, old.New)
	assert.Equal(t, []history.Span{{Appeared: at(0), Seen: at(6)}}, old.Spans)
	assert.Equal(t, int64(6*day/time.Second), old.Stood)

	flap := track(t, trends, "flap")
	assert.True(t, flap.Standing)
	assert.True(t, flap.New)
	assert.True(t, flap.Flapping())
	assert.False(t, old.Flapping())
	mended := at(1)
	assert.Equal(t, history.Span{Appeared: at(0), Seen: at(0), Mended: &mended}, flap.Spans[0])
	assert.Equal(t, at(3), *flap.Spans[1].Mended)
	assert.Equal(t, at(6), flap.Since())
	assert.Equal(t, int64(2*day/time.Second), flap.Stood)

	gone := track(t, trends, "mended")
	assert.False(t, gone.Standing)
	assert.Equal(t, at(6), *gone.Mended(), "the incomplete runs say nothing of it")
	assert.True(t, track(t, trends, "new").New)

	ids := []string{}
	for _, f := range trends.Series[0].Findings {
		ids = append(ids, f.ID)
	}
	assert.Equal(t, []string{"old", "flap", "new", "mended"}, ids)
}

func TestIncompleteHasNoScore(t *testing.T) {
	runs := history.Compute([]history.Run{on(0, parity.Fail), on(1, parity.Incomplete)}, time.Time{}).Series[0].Runs
	require.Len(t, runs, 2)
	assert.Equal(t, 0.5, *runs[0].Score)
	assert.Nil(t, runs[1].Score)
	assert.Empty(t, runs[1].Dimensions)
}

// What appeared before the time that is asked for still has its age; what was mended before is left out.
func TestSince(t *testing.T) {
	runs := []history.Run{on(0, parity.Fail, "a", "b"), on(2, parity.Fail, "a", "c"), on(4, parity.Fail, "a")}
	trends := history.Compute(runs, at(3))
	assert.Len(t, trends.Series[0].Runs, 1)
	require.Len(t, trends.Series[0].Findings, 2)
	assert.Equal(t, at(0), track(t, trends, "a").Since())
	assert.Equal(t, at(4), *track(t, trends, "c").Mended())
	assert.Empty(t, history.Compute(runs, at(5)).Series[0].Runs)
}

func TestOrderAndPairs(t *testing.T) {
	limited, other := on(1, parity.Pass), on(1, parity.Fail)
	limited.Only = []string{"versions"}
	other.Candidate = "dev"
	runs := []history.Run{on(2, parity.Pass), limited, other, on(0, parity.Fail, "a")} // as a merge may leave them
	trends := history.Compute(runs, time.Time{})
	require.Len(t, trends.Series, 3)
	assert.Equal(t, "dev", trends.Series[0].Candidate)
	assert.Equal(t, []string{}, trends.Series[1].Only)
	assert.Equal(t, []string{"versions"}, trends.Series[2].Only)
	assert.Equal(t, at(0), trends.Series[1].Runs[0].At)
	assert.False(t, trends.Series[1].Findings[0].Standing)
	assert.Equal(t, at(2), runs[0].At, "what was given is not changed")
	assert.Empty(t, history.Compute(nil, noon).Series)
}

// What is accepted comes after what is not, and the latest run says what is.
func TestWaivedLast(t *testing.T) {
	first, last := on(0, parity.Fail, "a", "b"), on(1, parity.Pass, "a", "b")
	last.Findings[0].Waived = true
	last.Findings[1].Severity = parity.Warning
	found := history.Compute([]history.Run{first, last}, time.Time{}).Series[0].Findings
	assert.Equal(t, "b", found[0].ID)
	assert.Equal(t, parity.Warning, found[0].Severity)
	assert.True(t, found[1].Waived)
}
