package history_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/history"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// canary stands for what must not get into a history: the values of a finding and what is said of them.
const canary = "c4nary"

func someReport() *parity.Report {
	return &parity.Report{
		Baseline: parity.Side{Name: "production"}, Candidate: parity.Side{Sources: []string{"/home/me/infra/staging.tfstate"}},
		Verdict: parity.Fail, Score: 0.75, Summary: parity.Summary{Error: 1, Waived: 1},
		Dimensions: map[string]*parity.Dimension{"versions": {Compared: 4, Different: 2, Score: 0.5}, "topology": {Compared: 3, Score: 1}, "monitoring": {Score: 1}},
		Findings: []parity.Finding{
			{ID: "aa", Rule: "version/engine", Severity: parity.Error, Subject: parity.Subject{Baseline: "db.main", Candidate: "db.model"}, Path: "engine_version", Baseline: canary, Candidate: canary, Message: canary, Help: canary},
			{ID: "bb", Rule: "one-box/missing-tier", Severity: parity.Warning, Subject: parity.Subject{Baseline: "cache.main"}, Waiver: &parity.Waiver{Reason: canary}},
		},
	}
}

func TestLine(t *testing.T) {
	local := noon.Add(123 * time.Millisecond).In(time.FixedZone("", 3600))
	line, err := history.Of(someReport(), local, "0a1b2c3", []string{"versions", "topology", "versions"}, nil).Line()
	require.NoError(t, err)
	assert.Equal(t, `{"schema":"maquette/history/v1","at":"2026-03-01T12:00:00.123Z","baseline":"production","candidate":"staging.tfstate","commit":"0a1b2c3",`+
		`"only":["topology","versions"],"verdict":"fail","score":0.75,"dimensions":{"topology":1,"versions":0.5},"summary":{"error":1,"warning":0,"info":0,"waived":1},`+
		`"findings":[{"id":"aa","rule":"version/engine","severity":"error","subject":"db.model","path":"engine_version"},`+
		`{"id":"bb","rule":"one-box/missing-tier","severity":"warning","subject":"cache.main","waived":true}]}`+"\n", string(line))
}

func TestReadBack(t *testing.T) {
	report := someReport()
	report.Findings[0].Subject.Candidate = "db[\"\xff\n\x1b<&>\"]"
	run := history.Of(report, noon, "", nil, nil)
	line, err := run.Line()
	require.NoError(t, err)
	assert.Equal(t, 1, bytes.Count(line, []byte("\n")))
	runs, problems, err := history.Read("f", iotest.OneByteReader(bytes.NewReader(line)))
	require.NoError(t, err)
	assert.Empty(t, problems)
	run.Findings[0].Subject = strings.ToValidUTF8(run.Findings[0].Subject, "\ufffd")
	assert.Equal(t, []history.Run{run}, runs)
}

func lineAt(t *testing.T, at time.Time) string {
	line, err := history.Of(someReport(), at, "", nil, nil).Line()
	require.NoError(t, err)
	return string(line)
}

// Whatever happens to a file, each line that is whole is read, and each other one is told.
func TestBrokenLines(t *testing.T) {
	good := lineAt(t, noon)
	for name, c := range map[string]struct {
		line, reason string
	}{
		"cut short":      {good[:200], "f:2: no run: jsontext: unexpected EOF"},
		"no JSON":        {"hello", "no run"},
		"an array":       {"[]", "no run"},
		"a newer form":   {`{"schema":"maquette/history/v9"}`, `"maquette/history/v9", which this maquette does not read`},
		"a conflict":     {"<<<<<<< HEAD", "merge conflict"},
		"no time":        {strings.Replace(good, `"at":"2026-03-01T12:00:00Z",`, "", 1), "no time"},
		"no pair":        {strings.Replace(good, `"baseline":"production",`, "", 1), "what was compared"},
		"a verdict":      {strings.Replace(good, `"fail"`, `"maybe"`, 1), `"maybe" is no verdict`},
		"a score":        {strings.Replace(good, `0.75`, `75`, 1), "the score 75 is not from 0 to 1"},
		"a dimension":    {strings.Replace(good, `"topology":1`, `"topology":-1`, 1), `the score -1 of "topology"`},
		"a severity":     {strings.Replace(good, `"severity":"error"`, `"severity":"fatal"`, 1), "fatal"},
		"no id":          {strings.Replace(good, `"aa"`, `""`, 1), "no id"},
		"a member twice": {strings.Replace(good, `"score":`, `"score":1,"score":`, 1), "duplicate"},
		"too long":       {strings.Repeat("x", history.MaxLine+1), "f:2: longer than"},
		"endlessly deep": {strings.Repeat("[", 100_000), "no run"},
	} {
		t.Run(name, func(t *testing.T) {
			file := good + strings.TrimSuffix(c.line, "\n") + "\n\r\n" + lineAt(t, noon.Add(time.Hour))
			runs, problems, err := history.Read("f", strings.NewReader(file))
			require.NoError(t, err)
			assert.Len(t, runs, 2)
			require.Len(t, problems, 1)
			assert.Equal(t, 2, problems[0].Line)
			assert.Contains(t, problems[0].String(), c.reason)
			assert.Less(t, len(problems[0].Reason), 400)
		})
	}
}

func TestLastLine(t *testing.T) {
	good := lineAt(t, noon)
	runs, problems, err := history.Read("f", strings.NewReader(good+good[:100]))
	require.NoError(t, err)
	assert.Len(t, runs, 1)
	assert.Equal(t, []history.Problem{{File: "f", Line: 2, Reason: "cut short, as by a crash or a full disk"}}, problems)

	// It is whole, only its end is missing, as editors leave it.
	runs, problems, err = history.Read("f", strings.NewReader(strings.TrimSuffix(good, "\n")))
	require.NoError(t, err)
	assert.Len(t, runs, 1)
	assert.Empty(t, problems)
}

// A merge that takes the lines of both sides may take one twice, and Windows' line ends are no other line.
func TestLineTwice(t *testing.T) {
	good := lineAt(t, noon)
	runs, problems, err := history.Read("f", strings.NewReader(good+strings.ReplaceAll(good, "\n", "\r\n")+good))
	require.NoError(t, err)
	assert.Len(t, runs, 1)
	assert.Empty(t, problems)
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("the disk is broken")
	_, _, err := history.Read("f", io.MultiReader(strings.NewReader(lineAt(t, noon)), iotest.ErrReader(broken)))
	assert.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, "reading f")
}

func TestNoLine(t *testing.T) {
	_, err := history.Run{Score: math.NaN()}.Line()
	assert.Error(t, err)
	_, err = history.Run{Findings: slices.Repeat([]history.Finding{{Subject: strings.Repeat("x", 100)}}, 200_000)}.Line()
	assert.ErrorContains(t, err, "200000 findings")
}

func TestFileName(t *testing.T) {
	assert.Equal(t, "production--staging.jsonl", history.FileName("production", "staging"))
	seen := map[string]bool{}
	for _, pair := range [][2]string{
		{"production", "staging"},
		{"Production", "staging"},
		{"a--b", "c"},
		{"a", "b--c"},
		{"", "x"},
		{"../../etc", "x"},
		{"..", "x"},
		{"a/b", "x"},
		{`a\b`, "x"},
		{"ä", "x"},
		{strings.Repeat("a", 300), "x"},
		{strings.Repeat("a", 301), "x"},
	} {
		name := history.FileName(pair[0], pair[1])
		assert.Regexp(t, `^[a-z0-9_~][a-z0-9_~.-]*\.jsonl$`, name)
		assert.Less(t, len(name), 200)
		assert.False(t, seen[name], name)
		seen[name] = true
	}
}

func FuzzRead(f *testing.F) {
	line, err := history.Of(someReport(), noon, "0a1b2c3", nil, []string{"management"}).Line()
	require.NoError(f, err)
	f.Add(string(line) + string(line[:50]))
	f.Add("<<<<<<< HEAD\n{}\n\r\n\x00\xff")
	f.Add(strings.ReplaceAll(string(line), "2026-03-01", "9999-12-31"))
	f.Fuzz(func(t *testing.T, file string) {
		runs, problems, err := history.Read("f", strings.NewReader(file))
		require.NoError(t, err)
		assert.LessOrEqual(t, len(runs)+len(problems), strings.Count(file, "\n")+1)
		history.Compute(runs, noon)
		// What was read can be written, and is read as the same.
		for _, run := range runs {
			line, err := run.Line()
			require.NoError(t, err)
			again, problems, err := history.Read("f", bytes.NewReader(line))
			require.NoError(t, err)
			require.Empty(t, problems)
			require.Len(t, again, 1)
			second, err := again[0].Line()
			require.NoError(t, err)
			assert.Equal(t, string(line), string(second))
		}
	})
}
