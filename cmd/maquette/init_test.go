package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// Of every pair of fixtures init writes definitions that validate, and parity by them finds what it finds without. All
// that is more than an info can be waived by what is proposed there.
func TestInitOfFixtures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var pairs [][2]string
	shop := filepath.Join("..", "..", "testdata", "shop")
	for _, staging := range []string{"staging-model.tfstate", "staging-onebox.tfstate", "staging-drift.tfstate", "staging-onebox.plan.json"} {
		pairs = append(pairs, [2]string{filepath.Join(shop, "production.tfstate"), filepath.Join(shop, staging)})
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "stacks", "*", "staging-*.tfstate.gz"))
	require.NoError(t, err)
	for _, file := range files {
		production := unzipped(t, dir, filepath.Join(filepath.Dir(file), "production.tfstate.gz"))
		pairs = append(pairs, [2]string{production, unzipped(t, dir, file)})
	}
	require.Greater(t, len(pairs), 15)
	for _, pair := range pairs {
		name := filepath.Base(filepath.Dir(pair[1])) + "-" + filepath.Base(pair[1])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definitions := filepath.Join(t.TempDir(), "environments")
			var made initiated
			require.NoError(t, json.Unmarshal(maquetteRuns(t, 0, "init", pair[0], pair[1], "--dir", definitions, "--json"), &made))
			require.Len(t, made.Environments, 2)
			candidate := strings.TrimSuffix(filepath.Base(made.Files[1].File), ".hcl")
			assert.Contains(t, made.Environments, candidate)
			maquetteRuns(t, 0, "validate", "--dir", definitions)

			without := findingsOf(t, "parity", pair[0], pair[1], "--format", "json")
			with := findingsOf(t, "parity", candidate, "--dir", definitions, "--format", "json")
			assert.Equal(t, judged(without), judged(with))

			file := filepath.Join(definitions, candidate+".hcl")
			proposed, err := os.ReadFile(file)
			require.NoError(t, err)
			if !bytes.Contains(proposed, []byte("# waive ")) {
				return
			}
			taken := uncommented(string(proposed))
			require.NoError(t, os.WriteFile(file, []byte(taken), 0o600))
			maquetteRuns(t, 1, "validate", "--dir", definitions) // nothing was filled in
			taken = strings.NewReplacer(`reason  = ""`, `reason = "r"`, `owner   = ""`, `owner = "o"`, `expires = ""`, `expires = "9999-12-31"`).Replace(taken)
			require.NoError(t, os.WriteFile(file, []byte(taken), 0o600))
			maquetteRuns(t, 0, "validate", "--dir", definitions)
			waived := findingsOf(t, "parity", candidate, "--dir", definitions, "--format", "json")
			for _, f := range waived {
				assert.True(t, f.Waiver != nil || f.Severity == parity.Info, "%s %s", f.Rule, f.Message)
			}
		})
	}
}

// judged is what two reports of the same judgement have in common.
func judged(findings []parity.Finding) []parity.Finding {
	for i := range findings {
		findings[i].Location, findings[i].Remedy = nil, nil // in the definition, or in the files beside the state
	}
	return findings
}

func findingsOf(t *testing.T, args ...string) []parity.Finding {
	t.Helper()
	var rep parity.Report
	require.NoError(t, json.Unmarshal(maquetteRuns(t, -1, args...), &rep))
	return rep.Findings
}

// maquetteRuns runs a command in this process, and wants an exit code; -1 is any.
func maquetteRuns(t *testing.T, code int, args ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	got := run(t.Context(), args, strings.NewReader(""), &out, &complaints)
	if code >= 0 {
		require.Equal(t, code, got, "%s%s", out.String(), complaints.String())
	}
	return out.Bytes()
}

// uncommented takes the # away before each waive block.
func uncommented(definition string) string {
	var out strings.Builder
	inside := false
	for line := range strings.Lines(definition) {
		text := strings.TrimSpace(line)
		inside = inside || strings.HasPrefix(text, "# waive ")
		if inside {
			line = strings.Replace(line, "# ", "", 1)
		}
		inside = inside && text != "# }"
		out.WriteString(line)
	}
	return out.String()
}

func unzipped(t *testing.T, dir, file string) string {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	r, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	name := filepath.Join(dir, filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".gz"))
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(t, os.WriteFile(name, data, 0o600))
	return name
}
