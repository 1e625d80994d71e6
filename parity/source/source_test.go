package source_test

import (
	"bytes"
	"encoding/json"
	"io"
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

const shop = "../../testdata/shop/"

// The fixtures under testdata/any were written by Terraform from any/main.tf.
const canary = "c4nary-Any-v4lue"

func loadCatalog(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors(), diags.Error())
	return cat
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func read(t testing.TB, text string) *parity.Snapshot {
	t.Helper()
	s, err := source.Read("test", strings.NewReader(text))
	require.NoError(t, err)
	return s
}

func open(t testing.TB, path string) *parity.Snapshot {
	t.Helper()
	s, err := source.Read(filepath.Base(path), bytes.NewReader(readFile(t, path)))
	require.NoError(t, err)
	return s
}

// stateOf is a state of the given resources, in JSON.
func stateOf(resources ...string) string {
	return `{"version": 4, "terraform_version": "1.11.4", "resources": [` + strings.Join(resources, ",") + `]}`
}

func addresses(s *parity.Snapshot) []string {
	out := []string{}
	for i := range s.Resources {
		out = append(out, s.Resources[i].Address())
	}
	return out
}

// text is a value as JSON, with secrets in clear: what is hidden must be seen.
func text(v parity.Value) string {
	switch v.Kind {
	case parity.Secret:
		return "SECRET"
	case parity.Unknown:
		return "UNKNOWN"
	case parity.List, parity.Object:
		parts := []string{}
		for i, it := range v.Items() {
			part := text(it)
			if v.Kind == parity.Object {
				part = v.Keys()[i] + ":" + part
			}
			parts = append(parts, part)
		}
		if v.Kind == parity.List {
			return "[" + strings.Join(parts, " ") + "]"
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	return v.Text
}

func TestStateInstances(t *testing.T) {
	const head = `{"mode":"managed","type":"aws_instance","name":"web","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",`
	tests := []struct {
		name, resource string
		addresses      []string
		want           []parity.Resource
	}{
		{
			"single", head + `"instances":[{"schema_version":1,"attributes":{"id":"i-1"}}]}`,
			[]string{"aws_instance.web"},
			[]parity.Resource{{Declaration: &parity.Declaration{Schema: 1}}},
		},
		{
			"count", head + `"instances":[{"index_key":0,"attributes":{}},{"index_key":10,"attributes":{}}]}`,
			[]string{"aws_instance.web[0]", "aws_instance.web[10]"},
			[]parity.Resource{
				{Place: &parity.Place{KeyKind: parity.CountKey, Key: "0"}},
				{Place: &parity.Place{KeyKind: parity.CountKey, Key: "10"}},
			},
		},
		{
			"for_each", head + `"instances":[{"index_key":"a b","attributes":{}},{"index_key":"q\"\\","attributes":{}},{"index_key":"ünï😀","attributes":{}},{"index_key":"","attributes":{}}]}`,
			[]string{`aws_instance.web["a b"]`, `aws_instance.web["q\"\\"]`, `aws_instance.web["ünï😀"]`, `aws_instance.web[""]`},
			[]parity.Resource{
				{Place: &parity.Place{KeyKind: parity.ForEachKey, Key: "a b"}},
				{Place: &parity.Place{KeyKind: parity.ForEachKey, Key: `q"\`}},
				{Place: &parity.Place{KeyKind: parity.ForEachKey, Key: "ünï😀"}},
				{Place: &parity.Place{KeyKind: parity.ForEachKey, Key: ""}},
			},
		},
		{
			"module", `{"module":"module.a[\"x.y\"].module.b[0]",` + head[1:] + `"instances":[{"attributes":{}}]}`,
			[]string{`module.a["x.y"].module.b[0].aws_instance.web`},
			[]parity.Resource{{Place: &parity.Place{Module: `module.a["x.y"].module.b[0]`}}},
		},
		{
			"tainted and deposed", head + `"instances":[{"status":"tainted","attributes":{}},{"deposed":"0a1b2c3d","attributes":{}}]}`,
			[]string{"aws_instance.web", "aws_instance.web"},
			[]parity.Resource{{Tainted: true}, {Deposed: true}},
		},
		{"no instances", head + `"instances":[]}`, []string{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, stateOf(tt.resource))
			assert.Equal(t, tt.addresses, addresses(s))
			require.Len(t, s.Resources, len(tt.want))
			for i, want := range tt.want {
				got := s.Resources[i]
				got.Attributes = parity.Attributes{}
				of := parity.Declaration{Type: "aws_instance", Name: "web", Provider: "registry.terraform.io/hashicorp/aws"}
				if want.Declaration != nil {
					of.Schema = want.Schema
				}
				want.Declaration = &of
				if want.Place == nil {
					want.Place = &parity.Place{}
				}
				assert.Equal(t, want, got)
			}
		})
	}
}

func TestStateKeepsDataSourcesAsExternalsOnly(t *testing.T) {
	s := read(t, stateOf(
		`{"module":"module.net","mode":"data","type":"aws_vpc","name":"shared","instances":[{"attributes":{"id":"vpc-0a1","arn":"arn:aws:ec2:x","cidr_block":"10.0.0.0/16"}}]}`,
		`{"mode":"data","type":"aws_region","name":"current","instances":[{"attributes":{"name":"us-east-1"}}]}`,
	))
	assert.Empty(t, s.Resources)
	assert.Equal(t, []parity.External{{Address: "module.net.data.aws_vpc.shared", Names: []string{"vpc-0a1", "arn:aws:ec2:x"}}}, s.Externals)
	assert.Equal(t, []parity.Gap{{Source: "test", Reason: "it holds no managed resource"}}, s.Incomplete)
}

func TestStateSensitiveAttributes(t *testing.T) {
	const attributes = `{"password":"p","number":7,"flag":true,"block":[{"token":"t","port":1},{"token":"u","port":2}],` +
		`"map":{"a.b":"x","c":"y"},"set":["m","n"],"any":{"type":["object",{"k":"string","l":"string"}],"value":{"k":"v","l":"w"}}}`
	tests := []struct{ name, paths, want string }{
		{"none", `[]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:x c:y} number:7 password:p set:[m n]}"},
		{"attribute", `[[{"type":"get_attr","value":"password"}]]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:x c:y} number:7 password:SECRET set:[m n]}"},
		{"number, not boolean", `[[{"type":"get_attr","value":"number"}],[{"type":"get_attr","value":"flag"}]]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:x c:y} number:SECRET password:p set:[m n]}"},
		{"index of a block", `[[{"type":"get_attr","value":"block"},{"type":"index","value":{"value":1,"type":"number"}},{"type":"get_attr","value":"token"}]]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:SECRET}] flag:true map:{a.b:x c:y} number:7 password:p set:[m n]}"},
		{"key of a map", `[[{"type":"get_attr","value":"map"},{"type":"index","value":{"value":"a.b","type":"string"}}]]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:SECRET c:y} number:7 password:p set:[m n]}"},
		{"element of a set", `[[{"type":"get_attr","value":"set"},{"type":"index","value":{"value":"m","type":"string"}}]]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:x c:y} number:7 password:p set:[SECRET SECRET]}"},
		{"within an attribute of any type", `[[{"type":"get_attr","value":"any"},{"type":"get_attr","value":"k"}]]`, "{any:{k:SECRET l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:x c:y} number:7 password:p set:[m n]}"},
		{"a whole block", `[[{"type":"get_attr","value":"block"}]]`, "{any:{k:v l:w} block:[{port:SECRET token:SECRET} {port:SECRET token:SECRET}] flag:true map:{a.b:x c:y} number:7 password:p set:[m n]}"},
		{"leads nowhere", `[[{"type":"get_attr","value":"nothing"},{"type":"get_attr","value":"x"}]]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:x c:y} number:7 password:p set:[m n]}"},
		{"unreadable step hides all below", `[[{"type":"get_attr","value":"map"},{"type":"wonder"}]]`, "{any:{k:v l:w} block:[{port:1 token:t} {port:2 token:u}] flag:true map:{a.b:SECRET c:SECRET} number:7 password:p set:[m n]}"},
		{"unreadable path hides all", `["password"]`, "{any:{k:SECRET l:SECRET} block:[{port:SECRET token:SECRET} {port:SECRET token:SECRET}] flag:true map:{a.b:SECRET c:SECRET} number:SECRET password:SECRET set:[SECRET SECRET]}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes":`+attributes+`,"sensitive_attributes":`+tt.paths+`}]}`))
			require.Len(t, s.Resources, 1)
			assert.Equal(t, tt.want, text(s.Resources[0].Attributes.Value()))
		})
	}
}

// A wrapped value looks like a map with the keys type and value; only what
// Terraform can have written is unwrapped.
func TestStateAttributesOfAnyType(t *testing.T) {
	tests := []struct{ wrapped, want string }{
		{`{"type":"string","value":"x"}`, "x"},
		{`{"type":["object",{"a":"string"}],"value":{"a":"x"}}`, "{a:x}"},
		{`{"type":["tuple",["string"]],"value":["x"]}`, "[x]"},
		{`{"type":"string","value":null}`, ""},
		{`{"type":"String","value":"x"}`, "{type:String value:x}"},
		{`{"type":"string","value":7}`, "{type:string value:7}"},
		{`{"type":"string","value":"x","more":1}`, "{more:1 type:string value:x}"},
		{`[{"type":"string","value":"x"}]`, "[{type:string value:x}]"},
	}
	for _, tt := range tests {
		s := read(t, stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes":{"a":`+tt.wrapped+`}}]}`))
		assert.Equal(t, tt.want, text(s.Resources[0].Attributes.Get("a")), tt.wrapped)
	}
}

func TestShownSensitiveValues(t *testing.T) {
	s := read(t, `{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[
		{"address":"a_b.c","mode":"managed","type":"a_b","name":"c","provider_name":"p","tainted":true,
		 "values":{"password":"p","block":[{"token":"t","port":1}],"map":{"x":"y"},"list":["a","b"],"null":null},
		 "sensitive_values":{"password":true,"block":[{"token":true}],"map":true,"list":[false,true],"null":true}}],
		"child_modules":[{"address":"module.m[\"k\"]","resources":[
		{"address":"module.m[\"k\"].a_b.c[1]","mode":"managed","type":"a_b","name":"c","index":1,"values":{"id":"x"},"sensitive_values":{}},
		{"address":"module.m[\"k\"].a_b.c[1]","mode":"managed","type":"a_b","name":"c","index":1,"deposed_key":"00112233","values":{"id":"y"}},
		{"address":"module.m[\"k\"].data.a_d.e","mode":"data","type":"a_d","name":"e","values":{"id":"ext-1"}}]}]}}}`)
	assert.Equal(t, []string{"a_b.c", `module.m["k"].a_b.c[1]`, `module.m["k"].a_b.c[1]`}, addresses(s))
	assert.Equal(t, "{block:[{port:1 token:SECRET}] list:[a SECRET] map:{x:SECRET} password:SECRET}", text(s.Resources[0].Attributes.Value()))
	assert.True(t, s.Resources[0].Tainted)
	assert.True(t, s.Resources[2].Deposed)
	assert.Equal(t, []parity.External{{Address: `module.m["k"].data.a_d.e`, Names: []string{"ext-1"}}}, s.Externals)
	assert.Equal(t, "1.11.4", s.Terraform)
}

// What Terraform calls a resource in its own JSON is what we make of a state.
func TestStateAndShownStateAreOne(t *testing.T) {
	for _, pair := range [][2]string{
		{"testdata/any.tfstate", "testdata/any.show.json"},
		{shop + "production.tfstate", shop + "production.show.json"},
	} {
		t.Run(filepath.Base(pair[0]), func(t *testing.T) {
			cat := loadCatalog(t)
			state, shown := open(t, pair[0]), open(t, pair[1])
			written := shownAddresses(t, pair[1])
			for _, a := range addresses(state) {
				assert.Contains(t, written, a)
			}
			state.Seal(cat)
			shown.Seal(cat)
			require.Equal(t, addresses(state), addresses(shown))
			for i := range state.Resources {
				a, b := state.Resources[i], shown.Resources[i]
				assert.Equal(t, text(a.Attributes.Value()), text(b.Attributes.Value()), a.Address())
				a.Declaration = &parity.Declaration{Type: a.Type, Name: a.Name, Provider: a.Provider} // the schema is not shown
				a.Attributes, b.Attributes = parity.Attributes{}, parity.Attributes{}
				assert.Equal(t, a, b)
			}
			assert.Equal(t, state.Externals, shown.Externals)
		})
	}
}

// shownAddresses returns the addresses that Terraform wrote itself.
func shownAddresses(t *testing.T, path string) []string {
	type module struct {
		Resources []struct{ Address string }
		Children  []module `json:"child_modules"`
	}
	var doc struct {
		Values, Planned struct {
			Root module `json:"root_module"`
		}
	}
	require.NoError(t, json.Unmarshal(readFile(t, path), &doc))
	var all []string
	var walk func(m module)
	walk = func(m module) {
		for _, r := range m.Resources {
			all = append(all, r.Address)
		}
		for _, c := range m.Children {
			walk(c)
		}
	}
	walk(doc.Values.Root)
	return all
}

func TestNoSecretOfAnAttributeOfAnyTypeIsKept(t *testing.T) {
	for _, file := range []string{"any.tfstate", "any.show.json", "any.plan.json"} {
		// One resource at a time: a secret that is known from one place is
		// hidden in all, and that must not be what saves it here.
		for _, keep := range []string{"parts", "in", ""} {
			s := open(t, "testdata/"+file)
			kept := s.Resources[:0]
			for _, r := range s.Resources {
				// An output repeats the input, and the state does not mark it.
				if r.Name == keep || keep == "" {
					kept = append(kept, r)
				}
			}
			s.Resources = kept
			s.Seal(loadCatalog(t))
			var out bytes.Buffer
			require.NoError(t, source.Write(&out, s))
			assert.NotContains(t, out.String(), canary, "%s: %s", file, keep)
		}
	}
}

func TestPlan(t *testing.T) {
	s := open(t, "testdata/any.plan.json")
	at := map[string]parity.Resource{}
	for _, r := range s.Resources {
		at[r.Address()] = r
		assert.True(t, r.Planned, r.Address())
	}
	assert.Equal(t, "UNKNOWN", text(at["terraform_data.whole"].Attributes.Get("id")))
	assert.Equal(t, "SECRET", text(at["terraform_data.whole"].Attributes.Get("input")))
	assert.Equal(t, "{a:SECRET b:[1 SECRET plain] c:{deep:[{x:SECRET} {x:y}] k.e\"y:SECRET plain:x}}", text(at["terraform_data.parts"].Attributes.Get("input")))
	assert.Equal(t, parity.ReferenceTo("terraform_data.count"), at["terraform_data.ref"].Attributes.Get("input").Str())
	// What a plan does not know is found by address: also where the key is odd.
	for _, key := range []string{`"$${tpl}"`, `"%%{tpl}"`, `"back\\slash"`, `"quo\"te"`, `"new\nline"`, `"zero\u200bwidth"`, `"emoji 😀"`, `"dot.ted[0]"`, `""`, `"ünï"`} {
		r, ok := at["terraform_data.each["+key+"]"]
		if assert.True(t, ok, key) {
			assert.Equal(t, "UNKNOWN", text(r.Attributes.Get("id")), key)
		}
	}
	in := at[`module.mod["c\"d"].terraform_data.in`]
	assert.Equal(t, "{secret:SECRET shown:true}", text(in.Attributes.Get("input")))
	after := at[`module.mod["c\"d"].terraform_data.after`]
	assert.Equal(t, parity.ReferenceTo(`module.mod["c\"d"].terraform_data.in`), after.Attributes.Get("input").Str())
	assert.Equal(t, map[string]parity.Module{"module.mod": {Source: "./m"}, "module.counted": {Source: "./m"}}, s.Modules)
	assert.Empty(t, s.Incomplete)
}

func TestPlanForms(t *testing.T) {
	const planned = `"planned_values":{"root_module":{"resources":[{"address":"a_b.c","mode":"managed","type":"a_b","name":"c","values":{"name":"n"}}]}}`
	change := func(rest string) string {
		return `"resource_changes":[{"address":"a_b.c","change":{` + rest + `}}]`
	}
	tests := []struct {
		name, members, want string
		planned             bool
		incomplete          string
	}{
		{"create", change(`"actions":["create"],"after_unknown":{"id":true,"block":[{"x":true}]}`), "{block:[{x:UNKNOWN}] id:UNKNOWN name:n}", true, ""},
		{"update", change(`"actions":["update"],"after_unknown":{"etag":true}`), "{etag:UNKNOWN name:n}", false, ""},
		{"replace", change(`"actions":["delete","create"],"after_unknown":{"id":true}`), "{id:UNKNOWN name:n}", false, ""},
		{"no-op", change(`"actions":["no-op"],"after_unknown":{}`), "{name:n}", false, ""},
		{"all unknown", change(`"actions":["create"],"after_unknown":true`), "UNKNOWN", true, ""},
		{"all sensitive", change(`"actions":["create"],"after_sensitive":true`), "{name:SECRET}", true, ""},
		{"errored", `"errored":true`, "{name:n}", false, "the plan ended with an error: it does not hold everything"},
		{"partial", `"complete":false`, "{name:n}", false, "the plan is partial (targets or deferred changes): it does not hold everything"},
		{"whole", `"complete":true,"errored":false`, "{name:n}", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, `{"format_version":"1.2",`+planned+`,`+tt.members+`}`)
			require.Len(t, s.Resources, 1)
			assert.Equal(t, tt.want, text(s.Resources[0].Attributes.Value()))
			assert.Equal(t, tt.planned, s.Resources[0].Planned)
			if tt.incomplete == "" {
				assert.Empty(t, s.Incomplete)
			} else {
				assert.Equal(t, []parity.Gap{{Source: "test", Reason: tt.incomplete}}, s.Incomplete)
			}
		})
	}
}

func TestPlanReferences(t *testing.T) {
	plan := func(expression string) string {
		return `{"format_version":"1.2","planned_values":{"root_module":{"child_modules":[{"address":"module.m[0]","resources":[
			{"address":"module.m[0].a_b.c[\"k\"]","mode":"managed","type":"a_b","name":"c","index":"k","values":{}}]}]}},
			"resource_changes":[{"address":"module.m[0].a_b.c[\"k\"]","change":{"actions":["create"],"after_unknown":{"x":true}}}],
			"configuration":{"provider_config":{"aws":{"full_name":"registry.terraform.io/hashicorp/aws","version_constraint":"5.45.0"},"b":{"full_name":"b","version_constraint":"~> 5.0"}},
			"root_module":{"module_calls":{"m":{"source":"./m","version_constraint":"1.2.3","module":{"resources":[{"address":"a_b.c","expressions":{"x":` + expression + `}}]}}}}}}`
	}
	tests := []struct{ expression, want string }{
		{`{"references":["a_d.e.id","a_d.e"]}`, "${module.m[0].a_d.e}"},
		{`{"references":["a_d.e[0].id","a_d.e[0]","a_d.e"]}`, "${module.m[0].a_d.e}"},
		{`{"references":["a_d.e","each.key"]}`, "${module.m[0].a_d.e}"},
		{`{"references":["a_d.e.id","a_d.f.id"]}`, "UNKNOWN"},
		{`{"references":["var.x","local.y","data.a_d.e.id"]}`, "UNKNOWN"},
		{`{"constant_value":1}`, "UNKNOWN"},
		{`"nonsense"`, "UNKNOWN"},
	}
	for _, tt := range tests {
		s := read(t, plan(tt.expression))
		assert.Equal(t, tt.want, text(s.Resources[0].Attributes.Get("x")), tt.expression)
		assert.Equal(t, map[string]string{"registry.terraform.io/hashicorp/aws": "5.45.0"}, s.Providers)
		assert.Equal(t, map[string]parity.Module{"module.m": {Source: "./m", Version: "1.2.3"}}, s.Modules)
	}
}

func TestPlanKnowsDataSourcesOfThePriorState(t *testing.T) {
	s := read(t, `{"format_version":"1.2","planned_values":{"root_module":{}},"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[
		{"mode":"managed","type":"a_b","name":"old","values":{"id":"gone"}},{"mode":"data","type":"aws_vpc","name":"shared","values":{"id":"vpc-1"}}]}}}}`)
	assert.Empty(t, s.Resources)
	assert.Equal(t, []parity.External{{Address: "data.aws_vpc.shared", Names: []string{"vpc-1"}}}, s.Externals)
}

func TestNothingWasApplied(t *testing.T) {
	s := read(t, `{"format_version":"1.0"}`)
	assert.Equal(t, []parity.Gap{{Source: "test", Reason: "Terraform shows no state: nothing was ever applied here"}}, s.Incomplete)
	s = read(t, `{"version":4,"resources":[]}`)
	assert.Equal(t, []parity.Gap{{Source: "test", Reason: "it holds no managed resource"}}, s.Incomplete)
}

func TestWriteWantsASealedSnapshot(t *testing.T) {
	assert.ErrorContains(t, source.Write(&bytes.Buffer{}, &parity.Snapshot{}), "not sealed")
}

func TestWriteEscapesAsPackageJSONDoes(t *testing.T) {
	for _, text := range []string{"plain", "<", "a>b", "&", "\u2028", "\u2029", "\u20ac", "é😀", "\x7f", "\b\f\n\r\t\x1b\"\\/", "\xff"} {
		attributes := parity.ObjectOf([]string{"list" + text, "plain"}, []parity.Value{parity.ListOf([]parity.Value{parity.Text(text)}), parity.Text(text)})
		s := &parity.Snapshot{Sealed: true, Resources: []parity.Resource{
			parity.NewResource(parity.Declaration{Type: text, Name: text}, parity.Place{Module: text, KeyKind: parity.ForEachKey, Key: text}, attributes),
			parity.NewResource(parity.Declaration{Type: text, Name: "n"}, parity.Place{KeyKind: parity.CountKey, Key: "7"}, parity.NewPacker().Pack(attributes)),
		}}
		var out bytes.Buffer
		require.NoError(t, source.Write(&out, s))
		lines := strings.Split(out.String(), "\n")
		inner, err := json.Marshal(attributes)
		require.NoError(t, err)
		quoted := string(mustJSON(t, text))
		assert.Equal(t, `{"module":`+quoted+`,"type":`+quoted+`,"name":`+quoted+`,"key":`+quoted+`,"attributes":`+string(inner)+`},`, lines[2], "%q", text)
		assert.Equal(t, `{"type":`+quoted+`,"name":"n","key":7,"attributes":`+string(inner)+`}`, lines[3], "%q", text)
	}
}

func TestWriteRefusesWhatIsNoJSON(t *testing.T) {
	attributes := parity.ObjectOf([]string{"x"}, []parity.Value{{Kind: parity.Number, Text: "NaN"}})
	s := &parity.Snapshot{Sealed: true, Resources: []parity.Resource{parity.NewResource(parity.Declaration{Type: "a_b", Name: "c"}, parity.Place{}, attributes)}}
	assert.EqualError(t, source.Write(io.Discard, s), "the attributes of a_b.c cannot be written as JSON")
}

// saved writes a snapshot and reads it again.
func saved(t testing.TB, s *parity.Snapshot) *parity.Snapshot {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, source.Write(&out, s))
	got, err := source.Read("saved", bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	require.Equal(t, []string{"saved"}, got.Sources)
	got.Sources = s.Sources
	var again bytes.Buffer
	require.NoError(t, source.Write(&again, got))
	require.True(t, out.String() == again.String(), "a snapshot that is read and written again is the same")
	return got
}

func TestSnapshotKeepsEverythingButSecrets(t *testing.T) {
	for _, file := range []string{
		"testdata/any.tfstate", "testdata/any.plan.json", shop + "production.tfstate",
		shop + "production.show.json", shop + "staging-onebox.plan.json",
	} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := open(t, file)
			s.Environment, s.Providers = "some-name", map[string]string{"p": "1.2.3"}
			s.Incomplete = append(s.Incomplete, parity.Gap{Source: "s", Reason: "r"})
			s.Externals = append(s.Externals, parity.External{Address: "data.x.y", Names: []string{"n"}})
			s.Seal(loadCatalog(t))
			got := saved(t, s)
			assert.True(t, got.Sealed)
			assert.Equal(t, s.Environment, got.Environment)
			assert.Equal(t, s.Terraform, got.Terraform)
			assert.Equal(t, s.ObservedAt, got.ObservedAt)
			assert.Equal(t, s.Providers, got.Providers)
			assert.Equal(t, s.Modules, got.Modules)
			assert.Equal(t, s.Externals, got.Externals)
			assert.Equal(t, s.Incomplete, got.Incomplete)
			require.Equal(t, addresses(s), addresses(got))
			for i := range s.Resources {
				a, b := s.Resources[i], got.Resources[i]
				wantJSON, err := json.Marshal(a.Attributes.Value())
				require.NoError(t, err)
				gotJSON, err := json.Marshal(b.Attributes.Value())
				require.NoError(t, err)
				assert.JSONEq(t, string(wantJSON), string(gotJSON), a.Address)
				a.Attributes, b.Attributes = parity.Attributes{}, parity.Attributes{}
				assert.Equal(t, a, b)
			}
		})
	}
}

func TestSnapshotGivesTheSameFindings(t *testing.T) {
	pairs := [][2]string{
		{"production.tfstate", "staging-model.tfstate"},
		{"production.tfstate", "staging-onebox.tfstate"},
		{"production.tfstate", "staging-drift.tfstate"},
		{"production.show.json", "staging-onebox.plan.json"},
	}
	cat := loadCatalog(t)
	opt := parity.DefaultOptions()
	for _, p := range pairs {
		t.Run(p[1], func(t *testing.T) {
			want := parity.Compare(open(t, shop+p[0]), open(t, shop+p[1]), cat, opt)
			b, c := open(t, shop+p[0]), open(t, shop+p[1])
			b.Seal(cat)
			c.Seal(cat)
			got := parity.Compare(saved(t, b), saved(t, c), cat, opt)
			// What the source masks is not saved, so it cannot be found to
			// differ; then the report has to say that it was not compared.
			lost := 0
			wanted := []string{}
			for _, f := range want.Findings {
				if f.Baseline == any(parity.Hidden) && f.Candidate == any(parity.Hidden) {
					lost++
					continue
				}
				wanted = append(wanted, f.Rule+" "+f.Message)
			}
			gotten := []string{}
			for _, f := range got.Findings {
				gotten = append(gotten, f.Rule+" "+f.Message)
			}
			assert.Equal(t, wanted, gotten)
			assert.GreaterOrEqual(t, got.Unknown, want.Unknown+lost, "what is not compared is counted")
		})
	}
}
