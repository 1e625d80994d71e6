package parity_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// The one-box staging of the shop has findings of many rules; each policy takes out what it names and nothing else.
func TestPolicy(t *testing.T) {
	compare := func(change func(*parity.Options)) *parity.Report {
		opt := parity.DefaultOptions()
		change(&opt)
		base := readState(t, productionFile, "production").snapshot()
		cand := readState(t, "../testdata/shop/staging-onebox.tfstate", "staging").snapshot()
		cat := loadCatalog(t)
		return parity.Compare(base, cand, cat, opt)
	}
	plain := compare(func(*parity.Options) {})
	require.NotEmpty(t, plain.Findings)

	t.Run("waive", func(t *testing.T) {
		waiver := parity.Waiver{Reason: "sessions may be lost", Owner: "data", Expires: "2099-01-01"}
		rep := compare(func(o *parity.Options) {
			o.Waive = []parity.Waive{{Rule: "one-box/no-replica", Waiver: waiver}}
		})
		require.Len(t, rep.Findings, len(plain.Findings), "what is waived is still shown")
		waived := 0
		for i, f := range rep.Findings {
			assert.Equal(t, plain.Findings[i].ID, f.ID)
			if f.Rule == "one-box/no-replica" {
				waived++
				assert.Equal(t, &waiver, f.Waiver)
			} else {
				assert.Nil(t, f.Waiver, f.Rule)
			}
		}
		require.Positive(t, waived)
		assert.Equal(t, waived, rep.Summary.Waived)
		assert.Equal(t, plain.Summary.Error-waived, rep.Summary.Error)
	})
	t.Run("waive all", func(t *testing.T) {
		rep := compare(func(o *parity.Options) { o.Waive = []parity.Waive{{Rule: "*/*"}} })
		assert.Equal(t, parity.Pass, rep.Verdict)
		assert.Equal(t, len(plain.Findings), rep.Summary.Waived)
	})
	t.Run("waive another tier", func(t *testing.T) {
		rep := compare(func(o *parity.Options) { o.Waive = []parity.Waive{{Rule: "*/*", Tier: "no such tier"}} })
		assert.Equal(t, plain.Findings, rep.Findings)
	})
	t.Run("ignore", func(t *testing.T) {
		subject := plain.Findings[0].Subject.Baseline
		require.NotEmpty(t, subject)
		rep := compare(func(o *parity.Options) { o.Ignore = []parity.Ignore{{Address: subject}} })
		require.Less(t, len(rep.Findings), len(plain.Findings))
		for _, f := range rep.Findings {
			assert.NotEqual(t, subject, f.Subject.Baseline)
		}
	})
	t.Run("ignore nothing that there is", func(t *testing.T) {
		rep := compare(func(o *parity.Options) {
			o.Ignore = []parity.Ignore{{Type: "aws_route53_record", Attribute: "ttl"}, {Attribute: "member"}}
		})
		assert.Equal(t, plain.Findings, rep.Findings)
	})
	t.Run("declared members", func(t *testing.T) {
		rep := compare(func(o *parity.Options) { o.Members = map[string]int{"web": 7} })
		found := false
		for _, tier := range rep.Tiers {
			if tier.Name == "web" {
				found = true
				assert.Equal(t, 7, tier.Expected.Members)
			}
		}
		assert.True(t, found, "%+v", rep.Tiers)
	})
}
