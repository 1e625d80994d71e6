package catalog

import (
	"bytes"
	"io/fs"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

func TestUserFilesWithErrors(t *testing.T) {
	tests := []struct{ name, text, at, says string }{
		{"unknown kind", "resource \"x_y\" {\n  kind = \"databse\"\n}\n", "user.hcl:2,10", `"databse" is no kind; one of:`},
		{"kind missing", "resource \"x_y\" {\n}\n", "user.hcl:1,", ""},
		{"kind a number", "resource \"x_y\" {\n  kind = 7\n}\n", "user.hcl:2,", `"7" is no kind`},
		{"kind a list", "resource \"x_y\" {\n  kind = []\n}\n", "user.hcl:2,", ""},
		{"unknown scale", "resource \"x_y\" {\n  kind = \"cache\"\n  scale = \"linear\"\n}\n", "user.hcl:3,11", `"linear" is no scale`},
		{"unknown aspect", "resource \"x_y\" {\n  kind = \"cache\"\n  aspects = {\n    a = \"versoin/engine\"\n  }\n}\n", "user.hcl:4,9", `"versoin/engine" is no aspect`},
		{"unknown detail", "resource \"x_y\" {\n  kind = \"cache\"\n  aspects = {\n    a = \"size/huge\"\n  }\n}\n", "user.hcl:4,9", `"huge" is no kind of size`},
		{"version of what", "resource \"x_y\" {\n  kind = \"cache\"\n  aspects = {\n    a = \"version\"\n  }\n}\n", "user.hcl:4,9", "says not what of"},
		{"unknown direction", "resource \"x_y\" {\n  kind = \"cache\"\n  aspects = {\n    a = \"monitoring/alarm:up\"\n  }\n}\n", "user.hcl:4,9", `"up" is no direction`},
		{"direction of a setting", "resource \"x_y\" {\n  kind = \"cache\"\n  aspects = {\n    a = \"setting:higher\"\n  }\n}\n", "user.hcl:4,9", "is no direction"},
		{"aspects a string", "resource \"x_y\" {\n  kind = \"cache\"\n  aspects = \"setting\"\n}\n", "user.hcl:3,14", ""},
		{"aspect a variable", "resource \"x_y\" {\n  kind = \"cache\"\n  aspects = {\n    a = var.b\n  }\n}\n", "user.hcl:4,9", ""},
		{"duplicate type", "resource \"x_y\" {\n  kind = \"cache\"\n}\nresource \"x_y\" {\n  kind = \"queue\"\n}\n", "user.hcl:4,1", `"x_y" is already described`},
		{"unknown argument", "resource \"x_y\" {\n  kind = \"cache\"\n  colour = \"red\"\n}\n", "user.hcl:3,3", "colour"},
		{"no label", "resource {\n  kind = \"cache\"\n}\n", "user.hcl:1,", ""},
		{"another block", "data \"x\" {\n}\n", "user.hcl:1,1", "data"},
		{"broken", "resource \"x_y\" {\n  kind = \n", "user.hcl:2,", ""},
		{"not HCL", "\x00\xff{{{", "user.hcl:1,", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parser := hclparse.NewParser()
			cat, diags := Load(parser, File{"user.hcl", []byte(tt.text)})
			assert.Nil(t, cat)
			require.True(t, diags.HasErrors())
			assert.Contains(t, diags.Error(), tt.at)
			var out bytes.Buffer
			require.NoError(t, hcl.NewDiagnosticTextWriter(&out, parser.Files(), 100, false).WriteDiagnostics(diags))
			if tt.says != "" {
				// Without the wrapping.
				assert.Contains(t, string(bytes.Join(bytes.Fields(out.Bytes()), []byte(" "))), tt.says)
			}
		})
	}
}

func TestAllErrorsAreShownAtOnce(t *testing.T) {
	_, diags := Load(hclparse.NewParser(),
		File{"a.hcl", []byte("resource \"x_y\" {\n  kind = \"one\"\n  aspects = {\n    a = \"two\"\n    b = \"three\"\n  }\n}\n")},
		File{"b.hcl", []byte("resource \"x_y\" {\n  kind = \"four\"\n}\n")})
	assert.Len(t, diags.Errs(), 4)
}

func TestUserFileReplacesTheBuiltinType(t *testing.T) {
	builtin := load(t).Type("aws_db_instance")
	require.Equal(t, "database", builtin.Kind)
	require.Equal(t, Aspect{Kind: Version, Detail: "engine"}, builtin.Aspect("engine_version"))

	cat := load(t, File{"user.hcl", []byte(`
resource "aws_db_instance" {
  kind  = "cache"
  scale = "fixed"
  aspects = {
    engine_version = "identity"
  }
}
resource "acme_thing" {
  kind       = "queue"
  scale      = "proportional"
  members    = coalesce(wanted, max(least, 1))
  replica_of = "copy_of"
  host       = "box"
  sets       = ["labels"]
  set_by     = { rules = ["acme_rule"] }
  aspects = {
    release = "version/release"
    block   = "monitoring/alarm:higher"
  }
}
`)})
	own := cat.Type("aws_db_instance")
	assert.Equal(t, "cache", own.Kind)
	assert.Equal(t, Fixed, own.Scale)
	assert.Empty(t, own.ReplicaOf, "a type is replaced, not merged")
	assert.Equal(t, Aspect{Kind: Identity}, own.Aspect("engine_version"))
	assert.Equal(t, Aspect{Kind: Identity}, own.Aspect("arn"), "the schema still speaks")
	assert.Equal(t, Aspect{Kind: Secret}, own.Aspect("password"))

	thing := cat.Type("acme_thing")
	assert.True(t, thing.Listed)
	assert.Equal(t, []string{"block", "box", "copy_of", "labels", "least", "release", "rules", "wanted"}, thing.Paths())
	assert.Equal(t, Aspect{Kind: Monitoring, Detail: "alarm", Stronger: "higher"}, thing.Aspect("block.threshold"), "below a named attribute")
	assert.True(t, thing.IsSet("labels"))
	assert.Equal(t, map[string][]string{"rules": {"acme_rule"}}, thing.SetBy)

	members := func(values map[string]cty.Value) (float64, bool) {
		return thing.MemberCount(func(name string) cty.Value {
			if v, ok := values[name]; ok {
				return v
			}
			return cty.NullVal(cty.DynamicPseudoType)
		})
	}
	n, ok := members(map[string]cty.Value{"wanted": cty.NumberIntVal(3), "least": cty.NumberIntVal(2)})
	assert.True(t, ok)
	assert.Equal(t, 3.0, n)
	n, ok = members(map[string]cty.Value{"least": cty.NumberIntVal(2)})
	assert.True(t, ok)
	assert.Equal(t, 2.0, n)
	_, ok = members(map[string]cty.Value{"wanted": cty.DynamicVal, "least": cty.NumberIntVal(2)})
	assert.False(t, ok, "not known before the plan is applied")
	_, ok = members(map[string]cty.Value{"wanted": cty.EmptyObjectVal})
	assert.False(t, ok)

	assert.Equal(t, "database", load(t).Type("aws_db_instance").Kind, "the built-in catalogue is as it was")
}

func TestTypesThatNoFileNames(t *testing.T) {
	cat := load(t)
	for name, want := range map[string]string{
		"acme_postgres_instance": "database", "acme_redis": "cache", "acme_message_queue": "queue", "acme_bucket": "storage",
		"acme_alarm": "alarm", "acme_dashboard": "dashboard", "acme_widget": "part", "": "part", "random_pet": "utility",
	} {
		got := cat.Type(name)
		require.NotNil(t, got, name)
		assert.Equal(t, want, got.Kind, name)
		assert.Same(t, got, cat.Type(name))
	}
	x := cat.Type("acme_widget")
	assert.False(t, x.Listed)
	for path, want := range map[string]string{
		"engine_version": "version/engine", "image": "version/image", "admin_password": "secret", "arn": "identity",
		"tags": "setting/tag", "vpc_id": "reference", "instance_type": "size/machine", "min_size": "count/bound",
		"retention_in_days": "monitoring/retention:higher-or-zero", "colour": "setting", "health_check.path": "monitoring/health-check",
		"": "setting", "...": "setting",
	} {
		assert.Equal(t, want, x.Aspect(path).String(), path)
	}
}

func TestAspectText(t *testing.T) {
	for _, text := range []string{
		"identity", "reference", "version/engine", "count/members", "size/machine", "placement", "placement/zone", "setting",
		"setting/policy", "secret", "monitoring/alarm", "monitoring/retention:higher-or-zero",
	} {
		a, err := ParseAspect(text)
		require.NoError(t, err, text)
		assert.Equal(t, text, a.String())
	}
	for _, text := range []string{"", "/", ":", "identity/x", "version", "version/", "size", "count/", "monitoring", "monitoring/x", "monitoring/alarm:", "setting/policy:on"} {
		_, err := ParseAspect(text)
		assert.Error(t, err, text)
	}
}

func FuzzCatalog(f *testing.F) {
	names, err := builtin.ReadDir(".")
	if err != nil {
		f.Fatal(err)
	}
	for _, n := range names {
		data, err := builtin.ReadFile(n.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:min(len(data), 3000)])
	}
	f.Add([]byte("resource \"x_y\" {\n  kind    = \"cache\"\n  members = sum([a.b, try(c[0], 1)])\n  set_by  = { a = [\"b\"] }\n}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cat, diags := Load(hclparse.NewParser(), File{"fuzz.hcl", data})
		if diags.HasErrors() != (cat == nil) {
			t.Fatal("a catalogue or errors")
		}
		for _, d := range diags {
			if d.Severity == hcl.DiagError && d.Subject == nil {
				t.Fatalf("an error without a place: %v", d)
			}
		}
		if cat == nil {
			return
		}
		for _, name := range cat.Names() {
			typ := cat.Type(name)
			typ.Paths()
			typ.Aspect("a.b")
			typ.MemberCount(func(string) cty.Value { return cty.NumberIntVal(2) })
			typ.MemberCount(func(string) cty.Value { return cty.DynamicVal })
			typ.MemberCount(func(string) cty.Value { return cty.NullVal(cty.DynamicPseudoType) })
			typ.MemberCount(func(string) cty.Value { return cty.StringVal("x") })
			typ.MemberCount(func(string) cty.Value { return cty.TupleVal([]cty.Value{cty.True}) })
		}
	})
}

// The built-in files are cut into types without being parsed; parsed whole
// they must say the same.
func TestBuiltinTypesAreCutRight(t *testing.T) {
	names, err := fs.Glob(builtin, "*.hcl")
	require.NoError(t, err)
	whole := map[string]*Type{}
	for _, name := range names {
		data, err := builtin.ReadFile(name)
		require.NoError(t, err)
		diags := decode(hclparse.NewParser(), File{name, data}, whole)
		require.False(t, diags.HasErrors(), diags.Error())
	}
	cut := builtinTypes()
	require.Equal(t, len(whole), len(cut))
	for name, want := range whole {
		got, diags := cut[name].decode(name)
		require.False(t, diags.HasErrors(), diags.Error())
		require.NotNil(t, got, name)
		assert.Equal(t, want.aspects, got.aspects, name)
		assert.Equal(t, want.sets, got.sets, name)
		assert.Equal(t, []any{want.Kind, want.Scale, want.Host, want.ReplicaOf, want.SetBy}, []any{got.Kind, got.Scale, got.Host, got.ReplicaOf, got.SetBy}, name)
		assert.Equal(t, want.memberVariables(), got.memberVariables(), name)
	}
}
