package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// GitHub throws a summary away that is larger than it takes, with what others wrote into it.
func TestStepSummaryIsFull(t *testing.T) {
	name := filepath.Join(t.TempDir(), "summary")
	t.Setenv("GITHUB_STEP_SUMMARY", name)
	rep := &parity.Report{Dimensions: map[string]*parity.Dimension{}}
	var said bytes.Buffer
	require.NoError(t, stepSummary(rep, &said))
	one, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NotEmpty(t, one)
	require.NoError(t, stepSummary(rep, &said))
	two, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(one)+string(one), string(two), "it is appended to")
	assert.Empty(t, said.String())

	full := bytes.Repeat([]byte("x"), maxSummary-len(one)+1)
	require.NoError(t, os.WriteFile(name, full, 0o644))
	require.NoError(t, stepSummary(rep, &said))
	still, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, full, still)
	assert.Contains(t, said.String(), "no room")
}
