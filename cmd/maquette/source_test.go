package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file keeps its permissions; a new one has those that the umask leaves.
func TestWriteFilePermissions(t *testing.T) {
	const named = "MAQUETTE_TEST_WRITE"
	write := func(name string) error {
		return writeFile(name, func(w io.Writer) error {
			_, err := io.WriteString(w, "new")
			return err
		})
	}
	if name := os.Getenv(named); name != "" { // as below
		require.NoError(t, write(name))
		return
	}
	dir := t.TempDir()
	kept, made := filepath.Join(dir, "kept"), filepath.Join(dir, "made")
	require.NoError(t, os.WriteFile(kept, []byte("old"), 0o600))
	require.NoError(t, os.Chmod(kept, 0o604))
	require.NoError(t, write(kept))
	// The umask is the process's, and so that of the tests beside this one.
	cmd := exec.Command("sh", "-c", `umask 077 && exec "$0" -test.run '^TestWriteFilePermissions$'`, os.Args[0])
	cmd.Env = append(os.Environ(), named+"="+made)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for name, mode := range map[string]os.FileMode{kept: 0o604, made: 0o600} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), name)
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Equal(t, "new", string(text))
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 2)
}
