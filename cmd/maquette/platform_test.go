package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Without the program that runs Terraform nothing is begun, and what needs none works.
func TestWithoutTheOtherProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	dir := t.TempDir()
	definitions, home := filepath.Join(dir, "environments"), filepath.Join(dir, "home")
	require.NoError(t, os.MkdirAll(definitions, 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "stack"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stack", "main.tf"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(definitions, "box.hcl"), []byte("environment \"box\" {\n  terraform {\n    source = \"../stack\"\n  }\n}\n"), 0o600))
	try := func(args ...string) (code int, said string) {
		var out, errs bytes.Buffer
		code = run(t.Context(), append(args, "--dir", definitions, "--home", home), &bytes.Buffer{}, &out, &errs)
		return code, errs.String()
	}
	const missing = "maquette-terraform, which runs Terraform and keeps services running, is neither beside maquette nor on PATH"
	code, said := try("up", "box", "--auto-approve")
	assert.Equal(t, exitError, code)
	assert.Contains(t, said, missing)
	assert.Contains(t, said, "go build -o bin/ ./cmd/...")
	assert.NoDirExists(t, home)

	o, err := (&project{streams: &streams{}, home: home}).open(t.Context())
	require.NoError(t, err)
	require.NoError(t, o.registry.Close())
	code, said = try("doctor")
	assert.Equal(t, exitError, code)
	assert.Contains(t, said, missing)
	code, said = try("ls")
	assert.Equal(t, exitOK, code, said)
}

func TestTheOtherProgramSaysNothing(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	require.NoError(t, os.WriteFile(filepath.Join(bin, "maquette-terraform"), []byte("#!/bin/sh\necho out of luck >&2\nexit 3\n"), 0o700))
	_, _, err := platform{t.TempDir()}.Sweep(t.Context(), "box", "id")
	require.ErrorContains(t, err, "maquette-terraform said nothing that can be read: exit status 3")
	assert.ErrorContains(t, err, "out of luck")
}
