package terraform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Terraform leaves an empty file when it plans and nothing is applied: nobody is told that a state was cut short.
func TestAnEmptyStateBeforeTheFirstApplyIsNoTrouble(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, stateFile)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	note, err := restoreState(path, filepath.Join(dir, statesDir), true)
	require.NoError(t, err)
	assert.Empty(t, note)
	assert.FileExists(t, path, "only looked")

	note, err = restoreState(path, filepath.Join(dir, statesDir), false)
	require.NoError(t, err)
	assert.Empty(t, note)
	assert.NoFileExists(t, path)

	require.NoError(t, os.WriteFile(path, []byte(`{"version":4,`), 0o600))
	note, err = restoreState(path, filepath.Join(dir, statesDir), false)
	require.NoError(t, err)
	assert.Contains(t, note, "cut short")
	assert.FileExists(t, path+".broken-1")
}

// A module that is gone is a mistake in the definitions; one that Terraform is to fetch cannot be read yet.
func TestReadModuleThatIsNotThere(t *testing.T) {
	d := &Driver{Home: t.TempDir()}
	_, err := d.ReadModule(filepath.Join(t.TempDir(), "gone"))
	require.ErrorContains(t, err, "no such directory")
	module, err := d.ReadModule("git::https://example.com/stack.git")
	require.NoError(t, err)
	assert.Nil(t, module)
}
