package parity_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/document"
	"github.com/maquette/maquette/parity/source"
)

// files is a snapshot of documents alone, given as NAME.FORMAT and text. Secrets are patterns for all of them.
func files(t *testing.T, environment string, secrets []string, namesAndTexts ...string) *parity.Snapshot {
	t.Helper()
	s := &parity.Snapshot{Environment: environment, Sources: []string{environment}}
	for i := 0; i < len(namesAndTexts); i += 2 {
		name, format, _ := strings.Cut(namesAndTexts[i], ".")
		v, err := document.Parse(name, format, []byte(namesAndTexts[i+1]))
		require.NoError(t, err)
		v, _ = document.Hide(v, secrets)
		d := parity.Document{Name: name, Format: format, Tier: "web", Untyped: document.Untyped(format), Content: v}
		s.Resources = append(s.Resources, d.Resource())
	}
	return s
}

func said(r *parity.Report) []string {
	out := []string{}
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s %s %v/%v: %s", f.Severity, f.Rule, f.Baseline, f.Candidate, f.Message))
	}
	return out
}

func TestDocuments(t *testing.T) {
	for name, test := range map[string]struct {
		format, base string // "yaml"
		other, cand  string
		want         []string
	}{
		"equal in another format": {"yaml", "a: {on: true, n: 1.0, hosts: [x, y]}\n", "json", `{"a": {"hosts": ["x", "y"], "n": 1, "on": true}}`, nil},
		"missing keys": {
			"yaml", "off: false\nempty: ''\nzero: 0\nnone: []\nmap: {}\nboth: {a: 1, b: 2}\n", "yaml", "both: {a: 1, c: 3}\n",
			[]string{
				"error config/missing-key 2/<nil>: both.b is missing in the candidate", "error config/missing-key <nil>/3: both.c is not in the baseline",
				"error config/missing-key /<nil>: empty is missing in the candidate", "error config/missing-key {}/<nil>: map is missing in the candidate",
				"error config/missing-key []/<nil>: none is missing in the candidate", "error config/missing-key false/<nil>: off is missing in the candidate",
				"error config/missing-key 0/<nil>: zero is missing in the candidate",
			},
		},
		"values": {
			"yaml", "on: true\nn: 9007199254740993\nv: '1.10'\ntext: a\n", "yaml", "on: false\nn: 9007199254740992\nv: '1.1'\ntext: b\n",
			[]string{
				"warning config/setting 9007199254740993/9007199254740992: n differs", "warning config/setting true/false: on differs",
				"warning config/setting a/b: text differs", "warning config/setting 1.10/1.1: v differs",
			},
		},
		"types": {
			"yaml", "on: true\nport: 8080\none: x\nm: {a: 1}\nports: [1, 2]\njson: '{\"a\": 1}'\n", "yaml", "on: 'true'\nport: '8080'\none: [x]\nm: [a]\nports: ['1', '2']\njson: {a: 1}\n",
			[]string{
				`warning config/type "{\"a\":1}"/{"a":1}: json is a text in the baseline, and a map in the candidate`,
				`warning config/type {"a":1}/["a"]: m is a map in the baseline, and a list of texts in the candidate`,
				`warning config/type true/"true": on is a switch (true or false) in the baseline, and a text in the candidate`,
				`warning config/type "x"/["x"]: one is a text in the baseline, and a list of texts in the candidate`,
				`warning config/type 8080/"8080": port is a number in the baseline, and a text in the candidate`,
				`warning config/type [1,2]/["1","2"]: ports is a list of numbers in the baseline, and a list of texts in the candidate`,
			},
		},
		"no policy of a provider's": {
			"yaml", "ids: [{id: 1, value: a}, {id: 2, value: b}]\ns: {Principal: '*'}\n", "yaml", "ids: [{id: '1', value: a}, {id: 2, value: b}]\ns: {Principal: {AWS: '*'}}\n",
			[]string{
				`warning config/type 1/"1": ids["1"].id is a number in the baseline, and a text in the candidate`,
				`warning config/type "*"/{"AWS":"*"}: s.Principal is a text in the baseline, and a map in the candidate`,
			},
		},
		"formats without types": {
			"properties", "db.pool: 8080\non=true\nv=1.10\nx=1\n", "json", `{"db.pool": 8080, "on": true, "v": "1.1", "x": 2}`,
			[]string{"warning config/setting 1.10/1.1: v differs", "warning config/setting 1/2: x differs"},
		},
		"names of keys with dots": {"properties", "db.pool=1\n", "properties", "db.pool=2\n", []string{"warning config/setting 1/2: db.pool differs"}},
		"one path twice":          {"yaml", "a.b: 1\na: {b: 1}\n", "yaml", "a.b: 2\na: {b: 3}\n", []string{"warning config/setting 1/3: a.b differs", "warning config/setting 1/2: a.b differs"}},
		"lists": {
			"yaml", "order: [a, b, c]\nset: [a, b]\nflags: [{name: x, on: true, p: 1}, {name: y, on: true}]\nrules: [[1], [2]]\n", "yaml", "order: [a, c, b]\nset: [a, c, d]\nflags: [{name: x, on: false, p: 1}]\nrules: [[1], [3]]\n",
			[]string{
				`error config/missing-key {"name":"y","on":true}/<nil>: flags["y"] is missing in the candidate`,
				`warning config/setting true/false: flags["x"].on differs`,
				"warning config/setting 2/3: rules[1] differs",
				`warning config/setting b/["c","d"]: set differs`,
				`warning config/order ["a","b","c"]/["a","c","b"]: order has the same elements in another order`,
			},
		},
		"a list": {"json", `["a", "b"]`, "json", `["b", "a"]`, []string{`warning config/order ["a","b"]/["b","a"]: content has the same elements in another order`}},
		"the environment's own": {
			"yaml", "env: production\nurl: https://api.production.example.com\nhosts: [a.production.example.com]\nproduction: {x: 1}\n", "yaml", "env: staging\nurl: https://api.staging.example.com\nhosts: [a.staging.example.com]\nstaging: {x: 1}\n", nil,
		},
		"the baseline's": {
			"yaml", "url: https://api.production.example.com\nhosts: [a, b.production.example.com]\n", "yaml", "url: https://api.production.example.com\nhosts: [a, b.production.example.com]\n",
			[]string{
				"warning config/foreign-reference b.production.example.com/b.production.example.com: hosts points to what belongs to the baseline",
				"warning config/foreign-reference https://api.production.example.com/https://api.production.example.com: url points to what belongs to the baseline",
			},
		},
		"secrets": {
			"yaml", "db: {password: one-secret-1}\nsame: {api_key: shared-secret-1}\nmine: {pin: 1234}\ngone_token: xxxxxxx1\n", "yaml", "db: {password: other-secret-2}\nsame: {api_key: shared-secret-1}\nmine: {pin: 4321}\n",
			[]string{
				"error config/missing-key (secret)/<nil>: secret gone_token is missing in the candidate",
				"info config/shared-secret (secret)/(secret): same.api_key is the same secret in both",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			base, cand := files(t, "production", []string{"mine.*"}, "flags."+test.format, test.base), files(t, "staging", []string{"mine.*"}, "flags."+test.other, test.cand)
			rep := parity.Compare(base, cand, loadCatalog(t), parity.DefaultOptions())
			want := test.want
			if want == nil {
				want = []string{}
			}
			assert.Equal(t, want, said(rep))
			assert.Positive(t, rep.Dimensions["configuration"].Compared)
			for _, f := range rep.Findings {
				require.NotNil(t, f.Tier)
				assert.Equal(t, "web", *f.Tier)
				assert.Equal(t, parity.Subject{Baseline: "document.flags", Candidate: "document.flags"}, f.Subject)
			}
			if len(want) == 0 {
				assert.Equal(t, parity.Pass, rep.Verdict)
			}
		})
	}
}

// Documents are paired by name, and by nothing else, however alike they are.
func TestDocumentsAlone(t *testing.T) {
	base := files(t, "production", nil, "web-flags.yaml", "a: 1\n", "both-production.yaml", "b: 1\n")
	cand := files(t, "staging", nil, "web-settings.yaml", "a: 1\n", "both-staging.yaml", "b: 1\n")
	rep := parity.Compare(base, cand, loadCatalog(t), parity.DefaultOptions())
	assert.Equal(t, []string{
		"error config/missing-resource present/<nil>: document.web-flags is missing in the candidate",
		"error config/missing-resource <nil>/present: document.web-settings is not in the baseline",
	}, said(rep))
}

// What names a resource of the environment's own in a document stands for it, as it does everywhere.
func TestDocumentsReferToResources(t *testing.T) {
	base, cand := shop(t)
	b, c := base.snapshot(), cand.snapshot()
	endpoint := func(s *parity.Snapshot) string {
		for _, r := range s.Resources {
			if e := r.Attributes.Get("primary_endpoint_address").Str(); e != "" {
				return e
			}
		}
		return ""
	}
	require.NotEmpty(t, endpoint(b))
	require.NotEqual(t, endpoint(b), endpoint(c))
	for _, s := range []*parity.Snapshot{b, c} {
		require.NoError(t, s.Merge(files(t, "", nil, "app.toml", fmt.Sprintf("cache = \"redis://%s:6379/0\"\n", endpoint(s)))))
	}
	rep := parity.Compare(b, c, loadCatalog(t), parity.DefaultOptions())
	for _, f := range rep.Findings {
		assert.NotEqual(t, "document.app", f.Subject.Baseline, f.Message)
	}

	b, c = base.snapshot(), cand.snapshot()
	for _, s := range []*parity.Snapshot{b, c} {
		require.NoError(t, s.Merge(files(t, "", nil, "app.toml", fmt.Sprintf("cache = \"redis://%s:6379/0\"\n", endpoint(b)))))
	}
	rep = parity.Compare(b, c, loadCatalog(t), parity.DefaultOptions())
	assert.Contains(t, strings.Join(said(rep), "\n"), "config/foreign-reference")
}

// A saved snapshot holds documents without their secrets, and is compared as they were. One that is merged with what is
// not sealed yet keeps its secrets sealed, and so does the other.
func TestDocumentsSaved(t *testing.T) {
	const canary = "canary-3d81e7"
	text := "a: {'$secret': 1, b: [1, x, true]}\nn: 1.50\npassword: " + canary + "\nown: {pin: " + canary + "2}\nurl: postgres://u:" + canary + "3@h/db\n"
	saved := func(s *parity.Snapshot) *parity.Snapshot {
		s.Seal(loadCatalog(t))
		var out bytes.Buffer
		require.NoError(t, source.Write(&out, s))
		assert.NotContains(t, out.String(), canary)
		again, err := source.Read("saved", &out)
		require.NoError(t, err)
		return again
	}
	one := func() *parity.Snapshot { return files(t, "production", []string{"pin"}, "app.yaml", text) }
	rep := parity.Compare(saved(one()), one(), loadCatalog(t), parity.DefaultOptions())
	assert.Empty(t, said(rep))
	assert.Equal(t, parity.Pass, rep.Verdict)

	merged := saved(one())
	require.NoError(t, merged.Merge(files(t, "", []string{"pin"}, "more.yaml", text)))
	both := saved(merged)
	require.Len(t, both.Resources, 2)
	for _, r := range both.Resources {
		assert.Equal(t, parity.Secret, r.Attributes.At("content.password").Kind, r.Address())
		assert.Equal(t, parity.Secret, r.Attributes.At("content.own.pin").Kind, r.Address())
	}
	other := files(t, "", []string{"pin"}, "more.yaml", text)
	require.NoError(t, other.Merge(saved(one())))
	require.Len(t, saved(other).Resources, 2)
}

func TestDocumentPolicy(t *testing.T) {
	base := files(t, "production", nil, "app.yaml", "a: {b: 1, c: 1}\n")
	cand := files(t, "staging", nil, "app.yaml", "a: {b: 2, c: 2}\n")
	opt := parity.DefaultOptions()
	opt.Ignore = []parity.Ignore{{Type: "document", Attribute: "a.b"}}
	opt.Waive = []parity.Waive{{Rule: "config/setting", Address: "document.app", Tier: "web"}}
	rep := parity.Compare(base, cand, loadCatalog(t), opt)
	assert.Equal(t, []string{"warning config/setting 1/2: a.c differs"}, said(rep))
	assert.Equal(t, 1, rep.Summary.Waived)
}
