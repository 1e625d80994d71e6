package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
)

// Many that end at the same time lose no run of each other's, and make no line that cannot be read.
func TestManyWriters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "history")
	const writers, each = 8, 5
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				r := &parity.Report{
					Baseline: parity.Side{Name: "production"}, Candidate: parity.Side{Name: "staging"}, Verdict: parity.Pass,
					Findings: []parity.Finding{{ID: fmt.Sprint(w, "-", i), Rule: "version/engine"}},
				}
				assert.NoError(t, record(t.Context(), dir, r, parity.Options{}, io.Discard))
			}
		})
	}
	all.Wait()
	runs, problems, err := readHistory(dir)
	require.NoError(t, err)
	assert.Empty(t, problems)
	ids := map[string]bool{}
	for _, r := range runs {
		ids[r.Findings[0].ID] = true
	}
	assert.Len(t, ids, writers*each)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "the file and what git is told: no lock is left")
}

// full is a file on a disk that has room for some bytes more.
type full struct {
	*os.File
	room int
}

func (f full) Write(p []byte) (int, error) {
	n, err := f.File.Write(p[:min(len(p), f.room)])
	return n, errors.Join(err, errors.New("no space left on device"))
}

func TestFullDisk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(name, []byte("before\n"), 0o600))
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND, 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = appendLine(full{f, 3}, []byte("after\n"))
	assert.ErrorContains(t, err, "no space left")
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "before\n", string(data), "half a line is taken back")
}

func TestAppendLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	require.NoError(t, err)
	defer f.Close()
	for _, step := range []struct {
		tail string
		torn bool
		want string
	}{{"", false, "1\n"}, {"cut sh", true, "1\ncut sh\n1\n"}, {"", false, "1\ncut sh\n1\n1\n"}} {
		_, err := f.WriteString(step.tail)
		require.NoError(t, err)
		torn, err := appendLine(f, []byte("1\n"))
		require.NoError(t, err)
		assert.Equal(t, step.torn, torn)
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Equal(t, step.want, string(data))
	}
}

func TestCurrentCommit(t *testing.T) {
	for _, name := range commitVariables {
		t.Setenv(name, "")
	}
	t.Chdir(t.TempDir())
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(os.Getenv("PWD")))
	assert.Empty(t, currentCommit(t.Context()), "there is no repository")
	t.Setenv("GITHUB_SHA", "$(touch x)")
	t.Setenv("CI_COMMIT_SHA", "0123456789abcdef0123456789abcdef01234567")
	assert.Equal(t, "0123456789abcdef0123456789abcdef01234567", currentCommit(t.Context()))
}

func TestSinceTime(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": {}, "30d": now.AddDate(0, 0, -30), "12h": now.Add(-12 * time.Hour), "2026-01-31": time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
	} {
		got, err := sinceTime(text, now)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"yesterday", "-3d", "2026-13-01", "0s"} {
		_, err := sinceTime(text, now)
		assert.ErrorContains(t, err, text)
	}
}

// The same history gives the same bytes, in whichever order its lines are.
func TestTrendSameBytes(t *testing.T) {
	dir := t.TempDir()
	for i, findings := range []string{`{"id":"a","rule":"version/engine","severity":"error","subject":"db"}`, "", `{"id":"b","rule":"config/setting","severity":"info","subject":"db"}`} {
		line := fmt.Sprintf(`{"schema":"maquette/history/v1","at":"2026-03-0%dT00:00:00Z","baseline":"p","candidate":"s","verdict":"pass","score":1,"dimensions":{"versions":1,"topology":0.5},"summary":{"error":0,"warning":0,"info":0,"waived":0},"findings":[%s]}`, i+1, findings)
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(9-i, ".jsonl")), []byte(line), 0o600))
	}
	for _, format := range report.TrendFormats() {
		var first string
		for i := range 5 {
			var out, errOut bytes.Buffer
			require.Equal(t, exitOK, run(t.Context(), []string{"trend", "--history", dir, "--format", format}, nil, &out, &errOut), errOut.String())
			if i == 0 {
				first = out.String()
			}
			require.Equal(t, first, out.String())
		}
	}
}
