package live_test

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/live"
	"github.com/maquette/maquette/parity/source"
)

var update = flag.Bool("update", false, "write golden files anew")

func builtIn(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors(), diags.Error())
	return cat
}

func stateOf(t testing.TB, name string) *parity.Snapshot {
	t.Helper()
	f, err := os.Open("../../testdata/shop/" + name + ".tfstate")
	require.NoError(t, err)
	defer f.Close()
	snap, err := source.Read(name, f)
	require.NoError(t, err)
	return snap
}

// environments are the recorded ones, with the value of their tag Environment.
var environments = map[string]string{"production": "production", "staging-model": "staging", "staging-onebox": "staging", "staging-drift": "staging"}

func liveOf(t testing.TB, name string) *parity.Snapshot {
	t.Helper()
	return observe(t, "aws://us-east-1?tag.Environment="+environments[name], recorded(t, name))
}

func compare(t testing.TB, base, cand *parity.Snapshot) *parity.Report {
	t.Helper()
	return parity.Compare(base, cand, builtIn(t), parity.DefaultOptions())
}

// findings are a report's, without the names of things: severity, rule, the type
// of what it is about, path and values.
func findings(r *parity.Report) []string {
	var out []string
	for _, f := range r.Findings {
		address := f.Subject.Baseline
		if address == "" {
			address = f.Subject.Candidate
		}
		typ, _, _ := strings.Cut(address, ".")
		out = append(out, fmt.Sprintf("%s %s %s %s: %v, %v", f.Severity, f.Rule, typ, f.Path, f.Baseline, f.Candidate))
	}
	slices.Sort(out)
	return out
}

func TestTrueScaleModelPasses(t *testing.T) {
	r := compare(t, liveOf(t, "production"), liveOf(t, "staging-model"))
	assert.Equal(t, parity.Pass, r.Verdict)
	assert.Empty(t, r.Incomplete)
	for _, f := range r.Findings {
		assert.Equal(t, parity.Info, f.Severity, f.Message)
	}
	assert.InDelta(t, 1./3, r.Scale.Observed, 0.001)
	assert.Equal(t, len(stateOf(t, "production").Resources), r.Baseline.Resources, "all that Terraform made, and nothing else")
	assert.Equal(t, len(stateOf(t, "staging-model").Resources), r.Candidate.Resources)
}

func TestLiveFindsWhatStatesTell(t *testing.T) {
	for _, name := range []string{"staging-onebox", "staging-drift"} {
		t.Run(name, func(t *testing.T) {
			want := findings(compare(t, stateOf(t, "production"), stateOf(t, name)))
			got := findings(compare(t, liveOf(t, "production"), liveOf(t, name)))
			// A report's values are the same but for what names the environment.
			assert.Equal(t, want, got)
		})
	}
}

// outdated are differences between a recorded environment and its state, with the
// reason: what the state holds is older, or the emulator told the provider
// something else than it tells now.
var outdated = map[string]string{
	"aws_elasticache_replication_group at_rest_encryption_enabled": "the emulator told the provider false while the group was being made",
	"aws_eip network_interface":                                    "the address was read before its NAT gateway was made",
}

func TestLiveAgainstItsOwnState(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(environments)) {
		t.Run(name, func(t *testing.T) {
			r := compare(t, stateOf(t, name), liveOf(t, name))
			assert.Empty(t, r.Incomplete)
			for _, f := range r.Findings {
				typ, _, _ := strings.Cut(f.Subject.Baseline, ".")
				assert.NotEmpty(t, outdated[typ+" "+f.Path], "%s %s %s: %v, %v: %s", f.Rule, f.Subject, f.Path, f.Baseline, f.Candidate, f.Message)
			}
		})
	}
}

func TestSmallPagesGiveTheSame(t *testing.T) {
	whole, small := liveOf(t, "production"), observe(t, "aws://us-east-1?tag.Environment=production", recorded(t, "production-small-pages"))
	assert.Empty(t, small.Incomplete)
	assert.Equal(t, written(t, whole), written(t, small))
}

func written(t testing.TB, snap *parity.Snapshot) string {
	t.Helper()
	snap.Seal(builtIn(t))
	var b strings.Builder
	require.NoError(t, source.Write(&b, snap))
	return b.String()
}

func TestSameAccountSameSnapshot(t *testing.T) {
	assert.Equal(t, written(t, liveOf(t, "production")), written(t, liveOf(t, "production")))
}

func TestTheStateNamesWhatIsLive(t *testing.T) {
	state := stateOf(t, "production")
	// Something was made by hand, and something of the state is gone.
	kept := slices.DeleteFunc(slices.Clone(state.Resources), func(r parity.Resource) bool {
		return r.Address() == "aws_sns_topic.alerts" || r.Address() == "aws_route_table_association.public[1]"
	})
	gone := state.Resources[slices.IndexFunc(state.Resources, func(r parity.Resource) bool { return r.Type == "aws_sns_topic" })]
	gone.Declaration = &parity.Declaration{Type: gone.Type, Name: "deleted", Provider: gone.Provider}
	gone.Attributes = parity.AttributesOf(parity.ObjectOf([]string{"id"}, []parity.Value{parity.Text("arn:aws:sns:us-east-1:123456789012:deleted")}))
	state.Resources = append(kept, gone)

	s, err := live.Parse("aws://us-east-1?tfstate=shop.tfstate")
	require.NoError(t, err)
	opt := options(recorded(t, "production"))
	_, err = s.Observe(t.Context(), opt)
	require.ErrorContains(t, err, "no way to read the state shop.tfstate")
	opt.Known = state
	snap, err := s.Observe(t.Context(), opt)
	require.NoError(t, err)
	assert.Empty(t, snap.Incomplete)
	assert.Equal(t, []string{"aws_sns_topic.deleted"}, snap.Gone)
	addresses := map[string]bool{}
	for _, r := range snap.Resources {
		addresses[r.Address()] = r.Unmanaged
	}
	assert.Contains(t, addresses, "aws_instance.worker[3]")
	assert.Contains(t, addresses, `aws_ssm_parameter.config["DB_POOL"]`)
	assert.False(t, addresses["aws_instance.worker[3]"])
	unmanaged := []string{}
	for a, is := range addresses {
		if is {
			unmanaged = append(unmanaged, a)
		}
	}
	assert.Equal(t, []string{"aws_route_table_association.shop-production"}, unmanaged, "the topic is not asked for; the association comes with its table")
	r := compare(t, stateOf(t, "staging-model"), snap)
	rules := map[string]string{}
	for _, f := range r.Findings {
		rules[f.Rule] = f.Subject.Candidate
	}
	assert.Equal(t, "aws_sns_topic.deleted", rules["management/ghost"])
	assert.Equal(t, "aws_route_table_association.shop-production", rules["management/unmanaged"])
}

// providerAttributes are the attributes and blocks of the provider's types.
func providerAttributes(t *testing.T) map[string]map[string]bool {
	t.Helper()
	f, err := os.Open("../../testdata/schema/aws-5.45.0.schema.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var schema struct {
		Providers map[string]struct {
			Resources map[string]struct {
				Block struct {
					Attributes map[string]any `json:"attributes"`
					Blocks     map[string]any `json:"block_types"`
				} `json:"block"`
			} `json:"resource_schemas"`
		} `json:"provider_schemas"`
	}
	require.NoError(t, json.NewDecoder(z).Decode(&schema))
	attributes := map[string]map[string]bool{}
	for _, p := range schema.Providers {
		for typ, r := range p.Resources {
			attributes[typ] = map[string]bool{"description": true} // our copy is without descriptions, and so without attributes of that name
			for name := range r.Block.Attributes {
				attributes[typ][name] = true
			}
			for name := range r.Block.Blocks {
				attributes[typ][name] = true
			}
		}
	}
	return attributes
}

func TestAttributesAreTheProviders(t *testing.T) {
	attributes := providerAttributes(t)
	for _, r := range live.Readings() {
		for _, typ := range r.Types {
			assert.Contains(t, attributes, typ)
		}
	}
	for name := range environments {
		for _, r := range liveOf(t, name).Resources {
			for _, attr := range r.Attributes.Keys() {
				assert.True(t, attr == parity.OnlyLive || attributes[r.Type][attr], "%s has no %s", r.Type, attr)
			}
		}
	}
}

// TestAgreementTable holds the table in the documentation: by type, the attributes
// of the recorded environments that live and state give alike, and those that only
// the state holds.
func TestAgreementTable(t *testing.T) {
	agree, only := map[string]map[string]bool{}, map[string]map[string]bool{}
	note := func(m map[string]map[string]bool, typ, attr string) {
		if m[typ] == nil {
			m[typ] = map[string]bool{}
		}
		m[typ][attr] = true
	}
	cat := builtIn(t)
	for name := range environments {
		state := stateOf(t, name)
		s, err := live.Parse("aws://us-east-1?tfstate=" + name)
		require.NoError(t, err)
		opt := options(recorded(t, name))
		opt.Known = state
		snap, err := s.Observe(t.Context(), opt)
		require.NoError(t, err)
		found := map[string]parity.Value{}
		for _, r := range snap.Resources {
			found[r.Address()] = r.Attributes.Value()
		}
		for _, r := range state.Resources {
			typ := cat.Type(r.Type)
			for i, attr := range r.Attributes.Keys() {
				if k := typ.Aspect(attr).Kind; k == catalog.Identity || r.Attributes.Items()[i].Empty() || attr == "tags" {
					continue
				}
				v, ok := found[r.Address()]
				if ok && slices.Contains(v.Keys(), attr) {
					note(agree, r.Type, attr)
				} else {
					note(only, r.Type, attr)
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString("| type | alike in live and state | only in the state |\n|---|---|---|\n")
	for _, typ := range slices.Sorted(maps.Keys(agree)) {
		for _, difference := range slices.Sorted(maps.Keys(outdated)) {
			if of, attr, _ := strings.Cut(difference, " "); of == typ {
				delete(agree[typ], attr)
				note(only, typ, attr+" ("+outdated[difference]+")")
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", typ, strings.Join(slices.Sorted(maps.Keys(agree[typ])), ", "), strings.Join(slices.Sorted(maps.Keys(only[typ])), ", "))
	}
	const file, begin, end = "../../docs/aws.md", "<!-- agreement: go test ./parity/live -run TestAgreementTable -update -->\n", "<!-- /agreement -->"
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(raw), begin)
	require.True(t, ok)
	table, tail, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(head+begin+b.String()+end+tail), 0o644))
		return
	}
	assert.Equal(t, b.String(), table, "go test ./parity/live -run TestAgreementTable -update")
}
