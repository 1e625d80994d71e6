package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Of several files all are written or none.
func TestWriteAllOrNone(t *testing.T) {
	dir := t.TempDir()
	first := filepath.Join(dir, "a")
	require.NoError(t, os.WriteFile(first, []byte("old"), 0o640))
	missing := filepath.Join(dir, "none", "b")
	require.Error(t, writeAllOrNone([]rewritten{{first, []byte("old"), []byte("new")}, {missing, nil, []byte("new")}}))
	data, err := os.ReadFile(first)
	require.NoError(t, err)
	assert.Equal(t, "old", string(data))

	require.NoError(t, writeAllOrNone([]rewritten{{first, []byte("old"), []byte("new")}}))
	data, err = os.ReadFile(first)
	require.NoError(t, err)
	assert.Equal(t, "new", string(data))
}

// What stands for production is never changed.
func TestSacred(t *testing.T) {
	for name, want := range map[string]bool{"production": true, "Prod": true, "live": true, "staging": false, "preprod": false, "": false} {
		assert.Equal(t, want, sacred(name, nil), name)
	}
}

func TestSteps(t *testing.T) {
	assert.Equal(t, []string{"a", "b.c", "d"}, steps(`a["b.c"].d`))
	assert.Equal(t, []string{"count"}, steps("count"))
	assert.Empty(t, steps(""))
}
