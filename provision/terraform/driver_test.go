package terraform

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/maquette/maquette/provision"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

const noted = `
terraform {
  required_providers {
    maquette = { source = "maquette/maquette" }
  }
}

variable "text" {
  type = string
}

resource "maquette_note" "it" {
  text = var.text
}

output "instance" {
  value = maquette_note.it.instance
}

output "secret" {
  value     = { text = var.text }
  sensitive = true
}
`

func TestApplyAndDestroy(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": noted})
	d := newDriver(t)
	before := w.listing()
	j, said := job(w.path, "try-a", map[string]cty.Value{"text": cty.StringVal("hello")})

	outputs, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	assert.Equal(t, "try-a id-try-a "+d.Home, outputs["instance"].Value.AsString())
	assert.False(t, outputs["instance"].Sensitive)
	assert.Equal(t, "hello", outputs["secret"].Value.GetAttr("text").AsString())
	assert.True(t, outputs["secret"].Sensitive)
	assert.Equal(t, []string{"planning", "applying"}, said.of(provision.EventPhase), "no init was run")
	assert.Equal(t, []string{"maquette_note.it create"}, said.of(provision.EventPlanned))
	assert.Len(t, said.of(provision.EventStart), 1)
	assert.Len(t, said.of(provision.EventComplete), 1)
	assert.Contains(t, said.String(), "Apply complete! Resources: 1 added")

	resources, err := d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{"maquette_note.it"}, resources)
	resources, err = d.Resources(t.Context(), provision.Job{Instance: "try-a"})
	require.NoError(t, err)
	assert.Equal(t, []string{"maquette_note.it"}, resources, "of a directory whose definition is not known")

	again, said := job(w.path, "try-a", map[string]cty.Value{"text": cty.StringVal("hello")})
	_, err = d.Apply(t.Context(), again)
	require.NoError(t, err)
	assert.Empty(t, said.of(provision.EventStart))
	assert.Equal(t, []string{"planning"}, said.of(provision.EventPhase))

	outputs, err = d.Outputs(t.Context(), j)
	require.NoError(t, err)
	assert.Len(t, outputs, 2)

	err = d.Remove(t.Context(), "try-a")
	require.ErrorContains(t, err, "its state still knows 1 resource: maquette_note.it")

	// Required variables are not asked for again.
	gone, said := job(w.path, "try-a", nil)
	require.NoError(t, d.Destroy(t.Context(), gone), said.String())
	resources, err = d.Resources(t.Context(), gone)
	require.NoError(t, err)
	assert.Empty(t, resources)

	names, err := d.Instances()
	require.NoError(t, err)
	assert.Equal(t, []string{"try-a"}, names)
	logs := filepath.Join(d.Home, "instances", "try-a", "logs")
	require.NoError(t, os.Mkdir(logs, 0o700))
	require.NoError(t, d.Remove(t.Context(), "try-a"))
	assert.DirExists(t, logs, "it is not ours")
	names, err = d.Instances()
	require.NoError(t, err)
	assert.Empty(t, names)
	require.NoError(t, d.Remove(t.Context(), "try-a"), "once more")
	assert.Equal(t, before, w.listing(), "the user's directory is as it was")
}
