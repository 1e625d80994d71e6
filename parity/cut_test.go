package parity_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/source"
)

// told makes an environment of one function that is told so many settings, of a value.
func told(t testing.TB, name, value string, n int) *parity.Snapshot {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `{"version":4,"resources":[{"mode":"managed","type":"aws_lambda_function","name":"f","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"attributes":{"id":"f-%s","environment":[{"variables":{"LAST":"x"`, name)
	for i := range n {
		fmt.Fprintf(&b, `,"KEY_%05d":%q`, i, value)
	}
	b.WriteString(`}}]}}]}]}`)
	s, err := source.Read(name, strings.NewReader(b.String()))
	require.NoError(t, err)
	s.Environment = name
	return s
}

// TestTooManyFindings: the report lists so many of each severity and counts the rest, and the
// verdict, the score and the policy are of all.
func TestTooManyFindings(t *testing.T) {
	const n, listed = 30_500, 30_000
	compare := func(value string, change func(*parity.Options)) *parity.Report {
		opt := parity.DefaultOptions()
		change(&opt)
		return parity.Compare(told(t, "production", "a", n), told(t, "staging", value, n), loadCatalog(t), opt)
	}
	plain := func(*parity.Options) {}

	whole := compare("a", plain)
	assert.Nil(t, whole.Cut)
	assert.Equal(t, parity.Pass, whole.Verdict)

	r := compare("b", plain)
	require.NotNil(t, r.Cut)
	assert.Equal(t, parity.Summary{Warning: n - listed}, *r.Cut)
	assert.Len(t, r.Findings, listed)
	assert.Equal(t, parity.Summary{Warning: n}, r.Summary)
	assert.Equal(t, n, r.Dimensions["configuration"].Different)
	assert.Equal(t, parity.Pass, r.Verdict, "warnings do not fail")
	again := compare("b", plain)
	assert.Equal(t, r.Findings, again.Findings, "the same are listed each time")

	// What is not listed fails as well.
	waiver := parity.Waiver{Reason: "r", Owner: "o", Expires: "2099-01-01"}
	failing := func(o *parity.Options) { o.FailOn = parity.Warning }
	assert.Equal(t, parity.Fail, compare("b", failing).Verdict)
	waiveListed := func(o *parity.Options) {
		failing(o)
		for _, path := range []string{"*KEY_0*", "*KEY_1*", "*KEY_2*"} {
			o.Waive = append(o.Waive, parity.Waive{Rule: "config/environment", Path: path, Waiver: waiver})
		}
	}
	r = compare("b", waiveListed)
	assert.Equal(t, parity.Summary{Warning: n - listed, Waived: listed}, r.Summary)
	assert.Equal(t, parity.Fail, r.Verdict, "of those that are not waived none is listed")
	r = compare("b", func(o *parity.Options) {
		waiveListed(o)
		o.Ignore = []parity.Ignore{{Attribute: "*KEY_3*", Reason: "r"}}
	})
	assert.Equal(t, parity.Pass, r.Verdict)
	assert.Equal(t, n-listed, r.Ignored[0].Findings)
	assert.Nil(t, r.Cut)
	// A waiver that only covers what is not listed is in use.
	r = compare("b", func(o *parity.Options) {
		o.Waive = []parity.Waive{{Rule: "config/environment", Path: "*KEY_3*", Waiver: waiver}}
	})
	assert.Empty(t, ofPolicy(r))
	assert.Equal(t, parity.Summary{Waived: n - listed}, *r.Cut)

	// Against an earlier report: none is known that is not listed, and none is mended that may be among them.
	earlier := compare("b", plain)
	now := compare("b", failing)
	opt := parity.DefaultOptions()
	failing(&opt)
	require.NoError(t, now.Against(earlier, opt))
	assert.Equal(t, parity.Fail, now.Verdict)
	assert.Empty(t, now.Mended)
}

// BenchmarkMillionKeys judges two objects of a million keys of which all differ.
func BenchmarkMillionKeys(b *testing.B) {
	cat := loadCatalog(b)
	base, cand := told(b, "production", "a", 1_000_000), told(b, "staging", "b", 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		r := parity.Compare(base, cand, cat, parity.DefaultOptions())
		require.Equal(b, 1_000_000, r.Summary.Warning)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/1e6, "heap-MB")
}
