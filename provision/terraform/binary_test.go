package terraform

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPinnedVersionIsTheMakefiles(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	assert.Contains(t, string(makefile), "TERRAFORM_VERSION ?= "+PinnedVersion+"\n")
}

func TestInstallIsSaidAndFails(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	d := newDriver(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said string
	_, err := d.binary(ctx, "", func(text string) { said = text })
	require.ErrorContains(t, err, "installing Terraform "+PinnedVersion+", as neither terraform nor tofu is on PATH")
	assert.Contains(t, said, "installing Terraform "+PinnedVersion+" in "+d.Home)
	left, err := os.ReadDir(filepath.Join(d.Home, "bin"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestInstalls(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	d := newDriver(t)
	path, err := d.binary(t.Context(), "", func(string) {})
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(d.Home, "bin", "terraform-"+PinnedVersion, "terraform"), path)
	assert.FileExists(t, path)

	d = newDriver(t)
	d.Program = filepath.Join(t.TempDir(), "maquette-terraform")
	require.NoError(t, os.WriteFile(d.Program, []byte("#!/bin/sh\necho no network >&2\nexit 1\n"), 0o700))
	_, err = d.binary(t.Context(), "", func(string) {})
	assert.ErrorContains(t, err, "neither terraform nor tofu is on PATH: no network\n")
}

// What was installed is found by the next one.
func TestInstalledIsUsed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	d := newDriver(t)
	path := filepath.Join(d.Home, "bin", "terraform-"+PinnedVersion, "terraform")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, nil, 0o700))
	found, err := d.binary(t.Context(), "", func(string) { t.Error("it is there") })
	require.NoError(t, err)
	assert.Equal(t, path, found)
}

func TestIsTofu(t *testing.T) {
	assert.True(t, isTofu("/usr/bin/tofu"))
	assert.True(t, isTofu("/opt/tofu-1.9"))
	assert.False(t, isTofu("/home/tofu/bin/terraform"))
}
