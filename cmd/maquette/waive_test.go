package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/glob"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

// What is written for a finding covers that one and no other, once it is read back.
func TestWaiverOfEachFinding(t *testing.T) {
	shop := filepath.Join("..", "..", "testdata", "shop")
	seen := 0
	for _, staging := range []string{"staging-onebox", "staging-drift"} {
		var out, errOut bytes.Buffer
		args := []string{"parity", filepath.Join(shop, "production.tfstate"), filepath.Join(shop, staging+".tfstate"), "--format", "json"}
		require.Equal(t, exitFindings, run(t.Context(), args, nil, &out, &errOut), errOut.String())
		rep, err := parity.ReadReport(out.Bytes())
		require.NoError(t, err)
		for _, f := range rep.Findings {
			seen++
			narrow := f.Waive()
			w := provision.Waive{
				Rule: narrow.Rule, Tier: narrow.Tier, Address: narrow.Address, Path: narrow.Path,
				Reason: "r", Owner: "o", Expires: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
			}
			policy, diags := provision.ParsePolicy(provision.File{Name: "parity.hcl", Data: []byte(w.Block())})
			require.False(t, diags.HasErrors(), "%v\n%s", diags, w.Block())
			require.Len(t, policy.Waive, 1)
			read := policy.Waive[0]
			covered := rep.Waives(parity.Waive{Rule: read.Rule, Tier: read.Tier, Address: read.Address, Path: read.Path})
			if assert.Len(t, covered, 1, w.Block()) {
				assert.Equal(t, f.ID, covered[0].ID)
			}
		}
	}
	assert.Greater(t, seen, 30)
}

// A file that is read holds no more than it says: what comes from a report is text, also where it looks like HCL.
func TestWaiverOfAHostileReport(t *testing.T) {
	dir := t.TempDir()
	shop := filepath.Join("..", "..", "testdata", "shop")
	var out, errOut bytes.Buffer
	args := []string{"parity", filepath.Join(shop, "production.tfstate"), filepath.Join(shop, "staging-drift.tfstate"), "--format", "json"}
	require.Equal(t, exitFindings, run(t.Context(), args, nil, &out, &errOut), errOut.String())
	rep, err := parity.ReadReport(out.Bytes())
	require.NoError(t, err)
	evil := "a\"\n}\nwaive \"*/*\" {\n  reason = \"${file(\"x\")}%{ if true }"
	rep.Findings[0].Subject, rep.Findings[0].Path = parity.Subject{Baseline: evil}, evil
	data, err := json.Marshal(rep)
	require.NoError(t, err)
	report, policy := filepath.Join(dir, "r.json"), filepath.Join(dir, "parity.hcl")
	require.NoError(t, os.WriteFile(report, data, 0o600))
	out.Reset()
	args = []string{"waive", rep.Findings[0].ID, "--report", report, "--policy", policy, "--reason", evil, "--owner", "ada", "--expires", "2027-01-31", "--today", "2026-07-01", "--json"}
	require.Equal(t, exitOK, run(t.Context(), args, nil, &out, &errOut), errOut.String())
	var result waived
	require.NoError(t, json.Unmarshal(out.Bytes(), &result))
	written, diags := provision.ParsePolicy(provision.File{Name: policy, Data: []byte(result.Block)})
	require.False(t, diags.HasErrors(), "%v\n%s", diags, result.Block)
	require.Len(t, written.Waive, 1)
	assert.Equal(t, glob.Escape(evil), written.Waive[0].Address)
	assert.Equal(t, evil, written.Waive[0].Reason)
	assert.Equal(t, []string{rep.Findings[0].ID}, result.Covers)
}
