package provision

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A path means the same to an environment that inherits the variable, and defines nothing but that.
func TestAbspathIsRelativeToItsFile(t *testing.T) {
	d, diags := Parse([]File{
		{Name: "/project/environments/production.hcl", Data: []byte(`
environment "production" {
  terraform {
    source = "../elsewhere"
    variables = {
      app   = abspath("../app")
      other = abspath("/srv/./app")
    }
  }
}`)},
		{Name: "/project/environments/more/staging.hcl", Data: []byte(`
environment "staging" {
  model_of = "production"
}`)},
	})
	require.False(t, diags.HasErrors(), diags.Error())
	bp, diags := d.Instantiate("staging", Inputs{})
	require.False(t, diags.HasErrors(), diags.Error())
	assert.Equal(t, "/project/app", bp.Stack.Variables["app"].AsString())
	assert.Equal(t, "/srv/app", bp.Stack.Variables["other"].AsString())
}
