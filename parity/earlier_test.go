package parity_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

func reread(t *testing.T, r *parity.Report) *parity.Report {
	t.Helper()
	data, err := json.Marshal(r)
	require.NoError(t, err)
	read, err := parity.ReadReport(data)
	require.NoError(t, err)
	again, err := json.Marshal(read)
	require.NoError(t, err)
	assert.Equal(t, string(data), string(again))
	return read
}

// What was there before does not fail; what is new does, whatever it is.
func TestAgainst(t *testing.T) {
	opt := parity.DefaultOptions()
	plain := func() *parity.Report { return oneBox(t, func(*parity.Options) {}) }
	for _, r := range fixturePairs(t) {
		reread(t, r)
	}

	now := plain()
	require.NoError(t, now.Against(reread(t, plain()), opt))
	assert.Equal(t, parity.Pass, now.Verdict)
	assert.Equal(t, plain().Summary, now.Summary)
	assert.Empty(t, now.Mended)
	for _, f := range now.Findings {
		assert.True(t, f.Known)
	}

	without := func(from *parity.Report, rule string) *parity.Report {
		from.Findings = slices.DeleteFunc(from.Findings, func(f parity.Finding) bool { return f.Rule == rule })
		return from
	}
	t.Run("new", func(t *testing.T) {
		now := plain()
		require.NoError(t, now.Against(without(plain(), "one-box/single-zone"), opt))
		assert.Equal(t, parity.Fail, now.Verdict)
		for _, f := range now.Findings {
			assert.Equal(t, f.Rule != "one-box/single-zone", f.Known, f.Message)
		}
	})
	t.Run("new and mild", func(t *testing.T) {
		now := plain()
		require.NoError(t, now.Against(without(plain(), "topology/size-family"), opt))
		assert.Equal(t, parity.Pass, now.Verdict, "a warning does not fail")
	})
	t.Run("mended", func(t *testing.T) {
		now := without(plain(), "one-box/single-zone")
		require.NoError(t, now.Against(plain(), opt))
		assert.Equal(t, parity.Pass, now.Verdict)
		require.Len(t, now.Mended, 1)
		assert.Equal(t, "one-box/single-zone", now.Mended[0].Rule)
	})
	t.Run("not looked at is not mended", func(t *testing.T) {
		opt := opt
		opt.Only = []string{"versions"}
		now := oneBox(t, func(o *parity.Options) { o.Only = opt.Only })
		require.NoError(t, now.Against(plain(), opt))
		assert.Empty(t, now.Mended)

		opt = parity.DefaultOptions()
		opt.Ignore = []parity.Ignore{{Type: "aws_instance"}}
		now = oneBox(t, func(o *parity.Options) { o.Ignore = opt.Ignore })
		require.NoError(t, now.Against(plain(), opt))
		assert.Empty(t, now.Mended)

		now = without(plain(), "one-box/single-zone")
		now.Incomplete = []parity.Gap{{Source: "x", Reason: "denied"}}
		require.NoError(t, now.Against(plain(), parity.DefaultOptions()))
		assert.Empty(t, now.Mended)
		assert.Equal(t, parity.Incomplete, now.Verdict)
	})
	t.Run("more severe is new", func(t *testing.T) {
		raise := func(o *parity.Options) {
			o.Severity = []parity.RuleSeverity{{Rule: "topology/size-family", Level: parity.Error}}
		}
		now := oneBox(t, raise)
		require.NoError(t, now.Against(plain(), opt))
		assert.Equal(t, parity.Fail, now.Verdict)
		assert.Empty(t, now.Mended)
		now = plain()
		require.NoError(t, now.Against(oneBox(t, raise), opt))
		assert.Equal(t, parity.Pass, now.Verdict, "milder is known")
	})
	t.Run("a waiver that is gone is new", func(t *testing.T) {
		waived := func(o *parity.Options) { o.Waive = []parity.Waive{{Rule: "one-box/single-zone"}} }
		now := plain()
		require.NoError(t, now.Against(oneBox(t, waived), opt))
		assert.Equal(t, parity.Fail, now.Verdict)
		now = oneBox(t, waived)
		require.NoError(t, now.Against(oneBox(t, waived), opt))
		assert.Equal(t, parity.Pass, now.Verdict)
	})
	t.Run("of others", func(t *testing.T) {
		other := plain()
		other.Candidate.Name = "qa"
		now := plain()
		require.EqualError(t, now.Against(other, opt), "it is of production and qa, and not of production and staging")
		assert.Equal(t, parity.Fail, now.Verdict, "nothing has changed")
	})
}

func TestReadReportRefuses(t *testing.T) {
	good, err := json.Marshal(oneBox(t, func(*parity.Options) {}))
	require.NoError(t, err)
	change := func(old, by string) string {
		require.Contains(t, string(good), old)
		return strings.Replace(string(good), old, by, 1)
	}
	first := oneBox(t, func(*parity.Options) {}).Findings[0].ID
	for name, c := range map[string]struct{ text, says string }{
		"nothing":           {"", "it is no JSON report"},
		"text":              {"FAIL  staging", "it is no JSON report"},
		"a list":            {"[]", "it is no JSON report"},
		"a state":           {`{"version": 4, "resources": []}`, `its schema is "", and not maquette/report/v1: it has to be written with --output json=FILE`},
		"another schema":    {change("report/v1", "report/v2"), `its schema is "maquette/report/v2"`},
		"the schema alone":  {`{"schema": "maquette/report/v1"}`, "findings or tiers are missing"},
		"cut short":         {string(good[:len(good)/2]), "it is no JSON report"},
		"two reports":       {string(good) + string(good), "it is no JSON report"},
		"a member more":     {change(`"verdict"`, `"weather":1,"verdict"`), "weather"},
		"twice the same":    {change(`"verdict"`, `"score":1,"verdict"`), "duplicate"},
		"no such verdict":   {change(`"fail"`, `"failed"`), `"failed" is no verdict`},
		"no such severity":  {change(`"severity":"error"`, `"severity":"fatal"`), `"fatal" is no severity`},
		"no id":             {change(first, "../../etc"), `the id "../../etc", which none has`},
		"an id twice":       {change(oneBox(t, func(*parity.Options) {}).Findings[1].ID, first), "which another has already"},
		"a pattern":         {change(`"rule":"one-box/single-member"`, `"rule":"*/*"`), `the rule "*/*", which none is called`},
		"no dimension":      {change(`"monitoring":{`, `"weather":{`), "the dimension monitoring is missing"},
		"a dimension null":  {`{"schema":"maquette/report/v1","verdict":"pass","findings":[],"tiers":[],"dimensions":{"versions":null}}`, "the dimension versions is missing"},
		"a value in values": {change(`"baseline":6`, `"baseline":{"a":1}`), "no text, number or truth value"},
		"a wrong subject":   {change(`"subject":{`, `"subject":{"x":1,`), "x"},
		"too large":         {string(bytes.Repeat([]byte(" "), parity.MaxReport+1)), "larger than 64 MiB"},
		"nested":            {`{"schema":"maquette/report/v1","findings":` + strings.Repeat("[", 100_000), "it is no JSON report"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parity.ReadReport([]byte(c.text))
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func FuzzReadReport(f *testing.F) {
	f.Add([]byte(`{"schema":"maquette/report/v1","baseline":{"name":"production","sources":[],"resources":1,"observed_at":null},"candidate":{"name":"staging","sources":[],"resources":1,"observed_at":null},"verdict":"fail","score":1,"fail_on":"error","scale":{"declared":null,"observed":0,"minimum":2},"dimensions":{"versions":{"compared":1,"different":0,"score":1},"topology":{"compared":1,"different":0,"score":1},"configuration":{"compared":1,"different":0,"score":1},"monitoring":{"compared":1,"different":0,"score":1},"management":{"compared":1,"different":0,"score":1}},"tiers":[],"findings":[{"id":"3f2a9c1b7e55","rule":"one-box/no-replica","severity":"error","dimension":"topology","tier":null,"subject":{"baseline":"aws_db_instance.main","candidate":null},"path":"","baseline":2,"candidate":null,"message":"m","help":"h","waiver":{"reason":"r","owner":"o","expires":"2027-01-31"}}],"summary":{"error":0,"warning":0,"info":0,"waived":1},"incomplete":[],"uncompared":{},"unresolved":0,"unknown":0}`))
	f.Add([]byte(`{"schema":"maquette/report/v1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parity.ReadReport(data)
		if err != nil {
			if strings.Contains(err.Error(), "panic") {
				t.Fatal(err)
			}
			return
		}
		earlier := *r
		earlier.Findings = slices.Clone(r.Findings)
		if err := r.Against(&earlier, parity.DefaultOptions()); err != nil {
			t.Fatal(err)
		}
		if r.Verdict == parity.Fail {
			t.Fatal("what is known fails")
		}
		for _, f := range r.Findings {
			_ = f.Waive().String()
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
