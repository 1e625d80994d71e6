package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

// A secret that is not to be had is not rolled back to as an empty one.
func TestRollbackWantsItsSecrets(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "stack"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stack", "main.tf"), []byte("variable \"password\" {\n  sensitive = true\n}\n"), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "environments"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "environments", "staging.hcl"), []byte(`
environment "staging" {
  terraform {
    source    = "../stack"
    variables = { password = secret("MAQUETTE_TEST_UNSET") }
  }
}
`), 0o600))
	home := filepath.Join(dir, "home")
	var out, errs bytes.Buffer
	p := &project{streams: &streams{in: &bytes.Buffer{}, out: &out, err: &errs}, home: home}
	o, err := p.open(t.Context())
	require.NoError(t, err)
	now := time.Now()
	require.NoError(t, o.registry.Create(t.Context(), provision.Instance{
		Name: "staging", ID: "a", Environment: "staging", Status: provision.Ready, CreatedAt: now, UpdatedAt: now,
	}, provision.Quota{}))
	require.NoError(t, o.registry.Close())

	code := run(t.Context(), []string{"rollback", "staging", "--auto-approve", "--home", home, "--dir", filepath.Join(dir, "environments")}, &bytes.Buffer{}, &out, &errs)
	assert.Equal(t, exitError, code)
	assert.Contains(t, errs.String(), "there is no MAQUETTE_TEST_UNSET: nothing was changed")
}
