package parity_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// ofPolicy are the findings of the policy itself.
func ofPolicy(r *parity.Report) []string {
	var out []string
	for _, f := range r.Findings {
		if !parity.Acceptable(f.Rule) {
			out = append(out, f.Rule+": "+f.Message)
		}
	}
	return out
}

func withoutPolicy(r *parity.Report) []parity.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f parity.Finding) bool { return !parity.Acceptable(f.Rule) })
}

// oneBox compares the one-box staging of the shop with its production, under a policy.
func oneBox(t *testing.T, change func(*parity.Options)) *parity.Report {
	opt := parity.DefaultOptions()
	change(&opt)
	base := readState(t, productionFile, "production").snapshot()
	cand := readState(t, "../testdata/shop/staging-onebox.tfstate", "staging").snapshot()
	return parity.Compare(base, cand, loadCatalog(t), opt)
}

// The one-box staging of the shop has findings of many rules; each policy takes out what it names and nothing else.
func TestPolicy(t *testing.T) {
	compare := func(change func(*parity.Options)) *parity.Report { return oneBox(t, change) }
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
		assert.Equal(t, plain.Findings, withoutPolicy(rep))
	})
	t.Run("ignore", func(t *testing.T) {
		subject := plain.Findings[0].Subject.Baseline
		require.NotEmpty(t, subject)
		for _, ig := range []parity.Ignore{
			{Address: subject, Reason: "known"},
			{Address: "*" + subject[3:], Rule: "*/*", Reason: "known"},
		} {
			rep := compare(func(o *parity.Options) { o.Ignore = []parity.Ignore{ig} })
			require.Less(t, len(rep.Findings), len(plain.Findings))
			for _, f := range rep.Findings {
				assert.NotEqual(t, subject, f.Subject.Baseline)
			}
			require.Len(t, rep.Ignored, 1, "what is taken out is told")
			assert.Equal(t, len(plain.Findings)-len(rep.Findings), rep.Ignored[0].Findings)
			assert.Equal(t, "known", rep.Ignored[0].Reason)
		}
	})
	t.Run("ignore a rule", func(t *testing.T) {
		rep := compare(func(o *parity.Options) { o.Ignore = []parity.Ignore{{Rule: "one-box", Type: "aws_db_*"}} })
		require.Len(t, rep.Ignored, 1)
		for _, f := range plain.Findings {
			gone := f.Rule[:7] == "one-box" && strings.HasPrefix(f.Subject.Baseline, "aws_db_")
			assert.Equal(t, !gone, slices.ContainsFunc(rep.Findings, func(g parity.Finding) bool { return g.ID == f.ID }), f.Subject.Baseline)
		}
	})
	t.Run("ignore nothing that there is", func(t *testing.T) {
		rep := compare(func(o *parity.Options) {
			o.Ignore = []parity.Ignore{{Type: "aws_route53_record", Attribute: "ttl"}, {Attribute: "member"}}
		})
		assert.Equal(t, plain.Findings, withoutPolicy(rep))
		assert.Empty(t, rep.Ignored)
		assert.Equal(t, []string{
			"management/ignore-unused: there is no difference to ignore, of attribute member",
			"management/ignore-unused: there is no difference to ignore, of type aws_route53_record, attribute ttl",
		}, ofPolicy(rep))
	})
	t.Run("severity", func(t *testing.T) {
		rep := compare(func(o *parity.Options) {
			o.Severity = []parity.RuleSeverity{
				{Rule: "*/*", Level: parity.Error}, {Rule: "one-box", Level: parity.Warning}, {Rule: "one-box/no-replica", Level: parity.Info},
			}
		})
		require.Len(t, rep.Findings, len(plain.Findings))
		byID := map[string]parity.Severity{}
		for _, f := range rep.Findings {
			byID[f.ID] = f.Severity
		}
		milder := 0
		for _, f := range plain.Findings {
			rule, _ := parity.RuleFor(f.Rule)
			want := parity.Error
			switch {
			case f.Rule == "one-box/no-replica":
				want = parity.Info
			case strings.HasPrefix(f.Rule, "one-box"):
				want = parity.Warning
			case f.Severity < rule.Severity: // within the tolerance
				milder++
				want = f.Severity
			}
			assert.Equal(t, want, byID[f.ID], f.Message)
		}
		assert.Positive(t, milder, "the fixture has one")
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

func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	return d
}

// A waiver that has ended, or that covers nothing, is told, and cannot be waived away.
func TestWaiversAreJudged(t *testing.T) {
	at := &parity.Location{File: "environments/staging.hcl", Line: 12, Column: 5}
	replica := func(expires string) parity.Waive {
		return parity.Waive{Rule: "one-box/no-replica", Tier: "cache", Location: at, Waiver: parity.Waiver{Reason: "r", Owner: "data", Expires: expires}}
	}
	other := replica("2099-01-01")
	other.Tier = "no such tier"
	gone := other
	gone.Waiver.Expires = "2026-01-31"
	all := parity.Waive{Rule: "*/*", Path: "none", Waiver: parity.Waiver{Owner: "ops", Expires: "2099-01-01"}}
	const expired = "management/waiver-expired: the waiver of one-box/no-replica (tier cache), owned by data, expired on 2026-06-30, and 1 finding would still need it"
	const unused = "management/waiver-unused: the waiver of one-box/no-replica (tier no such tier), owned by data, until 2099-01-01, covers nothing"
	for _, c := range []struct {
		name   string
		opt    parity.Options
		today  string
		waived int
		want   []string
	}{
		{"holds", parity.Options{Waive: []parity.Waive{replica("2026-06-30")}}, "2026-01-01", 1, nil},
		{"no clock", parity.Options{Waive: []parity.Waive{replica("2026-06-30")}}, "", 1, nil},
		{"fifteen days before", parity.Options{Waive: []parity.Waive{replica("2026-06-30")}}, "2026-06-15", 1, nil},
		{"fourteen days before", parity.Options{Waive: []parity.Waive{replica("2026-06-30")}}, "2026-06-16", 1, []string{
			"management/waiver-expiring: the waiver of one-box/no-replica (tier cache), owned by data, expires on 2026-06-30",
		}},
		{"on the day", parity.Options{Waive: []parity.Waive{replica("2026-06-30")}}, "2026-06-30", 1, []string{
			"management/waiver-expiring: the waiver of one-box/no-replica (tier cache), owned by data, expires on 2026-06-30",
		}},
		{"the day after", parity.Options{Waive: []parity.Waive{replica("2026-06-30")}}, "2026-07-01", 0, []string{expired}},
		{"another covers it", parity.Options{Waive: []parity.Waive{replica("2026-06-30"), replica("2099-01-01")}}, "2026-07-01", 1, []string{expired}},
		{"unused", parity.Options{Waive: []parity.Waive{other}}, "2026-07-01", 0, []string{unused}},
		{"unused and expired", parity.Options{Waive: []parity.Waive{gone}}, "2026-07-01", 0, []string{
			"management/waiver-expired: the waiver of one-box/no-replica (tier no such tier), owned by data, expired on 2026-01-31, and nothing needs it",
		}},
		{"a rule that is skipped", parity.Options{Waive: []parity.Waive{other}, Skip: []string{"one-box"}}, "2026-07-01", 0, nil},
		{"some of its rules are skipped", parity.Options{Waive: []parity.Waive{all}, Skip: []string{"one-box/collapsed"}}, "2026-07-01", 0, nil},
		{"not asked for", parity.Options{Waive: []parity.Waive{other}, Only: []string{"topology"}}, "2026-07-01", 0, nil},
		{"policy cannot be ignored", parity.Options{
			Waive:  []parity.Waive{replica("2026-06-30"), {Rule: "management", Waiver: parity.Waiver{Owner: "ops"}}},
			Ignore: []parity.Ignore{{Rule: "management"}},
		}, "2026-07-01", 0, []string{
			expired,
			"management/waiver-unused: the waiver of management, owned by ops, until , covers nothing",
			"management/ignore-unused: there is no difference to ignore, of rule management",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rep := oneBox(t, func(o *parity.Options) {
				o.Waive, o.Ignore, o.Only, o.Skip = c.opt.Waive, c.opt.Ignore, c.opt.Only, c.opt.Skip
				if c.today != "" {
					o.Today = day(t, c.today)
				}
			})
			assert.Equal(t, c.want, ofPolicy(rep))
			assert.Equal(t, c.waived, rep.Summary.Waived)
			for _, f := range rep.Findings {
				if f.Rule == "management/waiver-expired" {
					assert.Equal(t, at, f.Location)
					assert.Equal(t, parity.Warning, f.Severity)
				}
			}
		})
	}
	before, after := oneBox(t, func(*parity.Options) {}), oneBox(t, func(o *parity.Options) {
		o.Waive, o.Today = []parity.Waive{gone}, day(t, "2026-07-01")
	})
	assert.Equal(t, before.Score, after.Score, "the score is of the environments")
}

// Where evidence is missing, nothing is said to be unused.
func TestUnusedTakesAllEvidence(t *testing.T) {
	base := readState(t, productionFile, "production").snapshot()
	cand := readState(t, "../testdata/shop/staging-onebox.tfstate", "staging").snapshot()
	cand.Incomplete = append(cand.Incomplete, parity.Gap{Source: "x", Reason: "denied"})
	opt := parity.DefaultOptions()
	opt.Today = day(t, "2026-07-01")
	opt.Ignore = []parity.Ignore{{Type: "none"}}
	opt.Waive = []parity.Waive{
		{Rule: "*/*", Tier: "none", Waiver: parity.Waiver{Owner: "data", Expires: "2099-01-01"}},
		{Rule: "*/*", Tier: "none", Waiver: parity.Waiver{Owner: "data", Expires: "2026-01-01"}},
	}
	rep := parity.Compare(base, cand, loadCatalog(t), opt)
	assert.Len(t, ofPolicy(rep), 1, "that one has expired is seen all the same")
	assert.Contains(t, ofPolicy(rep)[0], "expired on 2026-01-01")
	assert.NotContains(t, ofPolicy(rep)[0], "nothing needs it")
}

// A waiver is as narrow as the finding that it is made for.
func TestFindingWaive(t *testing.T) {
	compared := 0
	for _, pair := range fixturePairs(t) {
		for _, f := range pair.Findings {
			compared++
			covered := pair.Waives(f.Waive())
			if assert.Len(t, covered, 1, "%s: %s", f.Message, f.Waive()) {
				assert.Equal(t, f.ID, covered[0].ID)
			}
		}
	}
	assert.Greater(t, compared, 100)
}

// fixturePairs are the reports of all fixtures.
func fixturePairs(t *testing.T) []*parity.Report {
	t.Helper()
	var reports []*parity.Report
	for _, staging := range []string{"staging-onebox", "staging-drift", "staging-model"} {
		base := readState(t, productionFile, "production").snapshot()
		cand := readState(t, "../testdata/shop/"+staging+".tfstate", "staging").snapshot()
		reports = append(reports, parity.Compare(base, cand, loadCatalog(t), parity.DefaultOptions()))
	}
	files, err := filepath.Glob("../testdata/stacks/*/staging-*.tfstate.gz")
	require.NoError(t, err)
	for _, file := range files {
		base := readGzip(t, filepath.Join(filepath.Dir(file), "production.tfstate.gz"))
		reports = append(reports, parity.Compare(base, readGzip(t, file), loadCatalog(t), parity.DefaultOptions()))
	}
	return reports
}
