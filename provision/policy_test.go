package provision

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

const policyText = `
fail_on   = "warning"
size_step = 1

severity "config/*" {
  level  = "error"
  reason = "this one is about settings"
}

ignore {
  rule   = "config/tag"
  reason = "another team's"
}

waive "one-box/no-replica" {
  tier    = "cache*"
  path    = "replicas"
  reason  = "sessions may be lost in staging"
  owner   = "data"
  expires = "2027-01-31"
}
`

func mustParsePolicy(t *testing.T, text string) *ParityPolicy {
	t.Helper()
	file := File{Name: "policy.hcl", Data: []byte(text)}
	policy, diags := ParsePolicy(file)
	require.Empty(t, policyMessages(file, diags))
	return policy
}

func policyMessages(file File, diags hcl.Diagnostics) string {
	var b strings.Builder
	if err := file.WriteDiagnostics(&b, diags, 100, false); err != nil {
		return err.Error()
	}
	return b.String()
}

// A file is read as the block is.
func TestPolicyFileIsAParityBlock(t *testing.T) {
	fromFile := mustParsePolicy(t, policyText)
	fromBlock := mustParse(t, "environment \"staging\" {\n parity {\n"+policyText+"}\n}\n").Environments["staging"].Parity
	require.Len(t, fromFile.Waive, 1)
	assert.Equal(t, 15, fromFile.Waive[0].Range.Start.Line)
	forget := func(p *ParityPolicy) *ParityPolicy {
		p.Range = hcl.Range{}
		p.Severity[0].Range, p.Ignore[0].Range, p.Waive[0].Range = hcl.Range{}, hcl.Range{}, hcl.Range{}
		return p
	}
	assert.Equal(t, forget(fromBlock), forget(fromFile))
}

func TestBadPolicies(t *testing.T) {
	for _, file := range fixtures(t, filepath.Join("bad", "policy")) {
		t.Run(file.Name, func(t *testing.T) {
			policy, diags := ParsePolicy(file)
			require.NotNil(t, policy)
			require.True(t, diags.HasErrors())
			for _, diag := range diags {
				assert.Equal(t, file.Name, diag.Subject.Filename)
			}
			golden(t, filepath.Join("testdata", "bad", "policy", strings.TrimSuffix(file.Name, ".hcl")+".txt"), policyMessages(file, diags))
		})
	}
}

func TestPolicyOver(t *testing.T) {
	under := mustParsePolicy(t, policyText)
	over := mustParsePolicy(t, `
tolerance = 0.5
size_step = 0
severity "config/order" {
  level  = "info"
  reason = "order does not matter here"
}
ignore {
  attribute = "ttl"
  reason    = "short by design"
}
waive "one-box/*" {
  reason  = "a demo"
  owner   = "ada"
  expires = "2026-12-31"
}
`)
	laid := over.Over(under)
	assert.Equal(t, "warning", laid.FailOn)
	assert.InDelta(t, 0.5, *laid.Tolerance, 0)
	assert.InDelta(t, 0, *laid.SizeStep, 0, "nothing is a number as well")
	require.Len(t, laid.Severity, 2)
	assert.Equal(t, parity.Info, laid.Severity[1].Level, "what is laid over comes last")
	assert.Equal(t, []string{"another team's", "short by design"}, []string{laid.Ignore[0].Reason, laid.Ignore[1].Reason})
	assert.Equal(t, []string{"data", "ada"}, []string{laid.Waive[0].Owner, laid.Waive[1].Owner})
	assert.Len(t, under.Waive, 1, "neither is changed")
	assert.Len(t, over.Waive, 1)

	var none *ParityPolicy
	assert.Same(t, under, none.Over(under))
	assert.Same(t, under, under.Over(none))
	assert.Nil(t, none.Over(none))
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(policyText))
	for _, file := range fixtures(f, filepath.Join("bad", "policy")) {
		f.Add(file.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 16<<10 {
			return
		}
		file := File{Name: "policy.hcl", Data: data}
		policy, diags := ParsePolicy(file)
		if policy == nil || diags.HasErrors() != (policyMessages(file, diags) != "") {
			t.Fatalf("%v, %v", policy, diags)
		}
		if diags.HasErrors() {
			return
		}
		for _, w := range policy.Waive {
			if w.Reason == "" || w.Owner == "" || w.Expires.IsZero() || !parity.KnownPattern(w.Rule) {
				t.Fatalf("a waiver that says too little: %+v", w)
			}
		}
	})
}
