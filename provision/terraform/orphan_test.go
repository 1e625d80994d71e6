package terraform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

// An instance whose module somebody has removed can still be taken away.
func TestDestroyWithoutTheSource(t *testing.T) {
	w := newUserDir(t, map[string]string{
		"stack/main.tf":       noted + "\nmodule \"m\" {\n  source = \"../module\"\n}\n",
		"module/main.tf":      "resource \"terraform_data\" \"it\" {}\n",
		"elsewhere/readme.md": "",
	})
	d := newDriver(t)
	j, said := job(filepath.Join(w.path, "stack"), "try-a", map[string]cty.Value{"text": cty.StringVal("hello")})
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	require.NoError(t, os.RemoveAll(filepath.Join(w.path, "stack")))
	require.NoError(t, os.RemoveAll(filepath.Join(w.path, "module")))
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)

	_, err = d.Apply(t.Context(), j)
	require.ErrorContains(t, err, "there is no directory", "to make something of it, it is needed")
	j, said = job(j.Stack.Source, "try-a", j.Stack.Variables)
	require.NoError(t, d.Destroy(t.Context(), j), said.String())
	assert.Contains(t, said.String(), "is no more: what the state knows is destroyed without it")
	resources, err := d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Empty(t, resources)
	require.NoError(t, d.Remove(t.Context(), "try-a"))
	left, err := filepath.Glob(filepath.Join(temp, "maquette-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}
