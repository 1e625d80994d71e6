package terraform

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/tftest"
)

// userDir is a working directory that the user's own Terraform is run in.
type userDir struct {
	t      *testing.T
	path   string
	binary string
}

// newUserDir writes files, by path, to a new directory.
func newUserDir(t *testing.T, files map[string]string) userDir {
	t.Helper()
	w := userDir{t: t, path: filepath.Join(t.TempDir(), "infra"), binary: tftest.Require(t)}
	require.NoError(t, os.Mkdir(w.path, 0o755))
	for name, content := range files {
		w.write(name, content)
	}
	return w
}

func (w userDir) write(name, content string) {
	w.t.Helper()
	path := filepath.Join(w.path, name)
	require.NoError(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(w.t, os.WriteFile(path, []byte(content), 0o644))
}

// run runs Terraform as the user would, whatever Terraform settings the tests themselves were started with.
func (w userDir) run(args ...string) string {
	w.t.Helper()
	cmd := exec.Command(w.binary, args...)
	cmd.Dir = w.path
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "TF_") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(cmd.Env, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%s %s: %s", w.binary, args, out)
	return string(out)
}

func (w userDir) initAndApply() {
	w.t.Helper()
	w.run("init")
	w.run("apply", "-auto-approve")
}

// listing tells of everything below the directory's parent: names, modes, times and contents.
func (w userDir) listing() []string {
	w.t.Helper()
	var all []string
	require.NoError(w.t, filepath.WalkDir(filepath.Dir(w.path), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var content []byte
		if info.Mode().IsRegular() {
			if content, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		all = append(all, fmt.Sprintf("%s %s %s %q", path, info.Mode(), info.ModTime(), content))
		return nil
	}))
	return all
}

// script writes an executable that stands in for Terraform.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terraform")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755))
	return path
}

// tempDirs makes temporary directories go where the test can see that none is left.
func tempDirs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	return dir
}
