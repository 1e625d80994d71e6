package awsstandin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/source"
)

// An environment of many, and a scale model of it, that a real Terraform has written with the real provider's schema.
func TestStatesOfHundreds(t *testing.T) {
	if testing.Short() {
		t.Skip("Terraform makes hundreds of resources")
	}
	state := func(environment, workers string) *parity.Snapshot {
		w := newWorkspace(t)
		w.write("main.tf", strings.Replace(small, `Environment = "test"`, `Environment = "`+environment+`"`, 1))
		w.run("init")
		w.run("apply", "-auto-approve", "-parallelism=50", "-var", "workers="+workers)
		data, err := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
		require.NoError(t, err)
		snap, err := source.Read(environment+".tfstate", strings.NewReader(string(data)))
		require.NoError(t, err)
		return snap
	}
	production, staging := state("production", "150"), state("staging", "50")
	assert.Greater(t, len(production.Resources), 150)
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors())
	rep := parity.Compare(production, staging, cat, parity.DefaultOptions())
	assert.Equal(t, parity.Pass, rep.Verdict)
	assert.InDelta(t, 1.0/3, rep.Scale.Observed, 0.001)
	for _, f := range rep.Findings {
		assert.Equal(t, parity.Info, f.Severity, "%+v", f)
	}
}
