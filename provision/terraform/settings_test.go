package terraform

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestCLISettings(t *testing.T) {
	files, err := filepath.Glob("testdata/cliconfig/*.tfrc")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	d := &Driver{Home: "/home/me/.maquette", ProviderVersion: testVersion}
	for _, file := range append(files, "testdata/cliconfig/missing.tfrc") {
		name := strings.TrimSuffix(filepath.Base(file), ".tfrc")
		t.Run(name, func(t *testing.T) {
			s, err := readCLISettings([]string{file})
			require.NoError(t, err)
			var implied []impliedMirror
			if name == "empty" {
				implied = []impliedMirror{{path: "/usr/share/terraform/plugins", providers: []string{"example.com/a/b"}}}
			}
			got := s.render(d.plugins(), d.addresses(), implied)
			golden := "testdata/cliconfig/" + name + ".golden"
			if *update {
				require.NoError(t, os.WriteFile(golden, got, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
			assert.NotContains(t, string(got), "c4nary", "no token goes into a file of ours")
			if name == "mirrors" || name == "json" {
				assert.Equal(t, map[string]string{"TF_TOKEN_app_example_com": "c4nary"}, s.tokens)
			}
		})
	}
}

// Terraform itself takes what we write.
func TestCLISettingsAreUnderstood(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": rootWithBackendAndNote})
	config, err := filepath.Abs("testdata/cliconfig/mirrors.tfrc")
	require.NoError(t, err)
	t.Setenv("TF_CLI_CONFIG_FILE", config)
	d := newDriver(t)
	j, said := job(w.path, "try", nil)
	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	assert.Contains(t, said.String(), "Installed maquette/maquette v"+testVersion)

	// A maquette that was built anew is still the same provider.
	lock, err := os.ReadFile(filepath.Join(d.instances(), "try", rootDir, lockName))
	require.NoError(t, err)
	assert.NotContains(t, string(lock), "h1:")
}

const rootWithBackendAndNote = `
terraform {
  backend "local" {}
  required_providers {
    maquette = { source = "maquette/maquette" }
  }
}
resource "maquette_note" "it" {
  text = "hello"
}
`

func TestCLISettingsShowNoToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken.tfrc")
	require.NoError(t, os.WriteFile(path, []byte("credentials \"a\" {\n  token = \"c4nary\n}\n"), 0o600))
	_, err := readCLISettings([]string{path})
	require.ErrorContains(t, err, "broken.tfrc")
	assert.NotContains(t, err.Error(), "c4nary")
}

func TestCLIFiles(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{".terraformrc", ".terraform.d/more.tfrc", ".terraform.d/credentials.tfrc.json"} {
		path := filepath.Join(home, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	usual := []string{filepath.Join(home, ".terraformrc"), filepath.Join(home, ".terraform.d/more.tfrc")}
	assert.Equal(t, usual, cliFiles(map[string]string{"HOME": home}, false))
	assert.Equal(t, usual, cliFiles(map[string]string{"HOME": home}, true), "OpenTofu reads Terraform's where it has none")
	assert.Equal(t, []string{"/x"}, cliFiles(map[string]string{"HOME": home, "TF_CLI_CONFIG_FILE": "/x"}, false))
	assert.Equal(t, []string{"/y"}, cliFiles(map[string]string{"HOME": home, "TERRAFORM_CONFIG": "/y"}, false))
	require.NoError(t, os.WriteFile(filepath.Join(home, ".tofurc"), nil, 0o600))
	assert.Equal(t, filepath.Join(home, ".tofurc"), cliFiles(map[string]string{"HOME": home}, true)[0])
}

func TestImpliedMirrors(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".terraform.d/plugins/example.com/a/b/1.0.0"), 0o700))
	found := impliedMirrors(map[string]string{"HOME": home, "XDG_DATA_DIRS": home}, false)
	assert.Equal(t, []impliedMirror{{path: filepath.Join(home, ".terraform.d/plugins"), providers: []string{"example.com/a/b"}}}, found)
}

func TestTokenVariable(t *testing.T) {
	assert.Equal(t, "TF_TOKEN_my__app_example_com", tokenVariable("My-App.example.com"))
}

func TestDriverEnviron(t *testing.T) {
	d := &Driver{Home: "/home"}
	w := &workdir{driver: d, instance: "/home/instances/try", cliPath: "/ours.tfrc", tool: tool{path: "/bin/terraform"}}
	w.job.Instance, w.job.ID = "try", "id"
	w.cli = &cliSettings{tokens: map[string]string{"TF_TOKEN_a": "of the file", "TF_TOKEN_b": "of the file"}}
	env, variables := d.driverEnviron([]string{
		"PATH=/bin", "HOME=/me", "HTTPS_PROXY=proxy", "AWS_PROFILE=x", "TF_TOKEN_a=of the caller", "TF_VAR_x=y=z", "PLUGIN_ACCESS_KEY=of the CI's",
		"TF_CLI_ARGS=-lock=false", "TF_CLI_ARGS_apply=-lock=false", "TF_REATTACH_PROVIDERS={}", "TF_DATA_DIR=/d", "TF_PLUGIN_CACHE_DIR=/c",
		"TF_WORKSPACE=w", "TF_INPUT=1", "TF_LOG=TRACE", "TF_PLUGIN_MAGIC_COOKIE=x", "PLUGIN_CLIENT_CERT=x", "PLUGIN_PROTOCOL_VERSIONS=5",
		"TF_CLI_CONFIG_FILE=/theirs", "TERRAFORM_CONFIG=/theirs", "CHECKPOINT_DISABLE=", "MAQUETTE_ROLE=x", "MAQUETTE_MARK=x", "MAQUETTE_TERRAFORM_STATE=x",
		"TMPDIR=/" + strings.Repeat("long", 30),
	}, w)
	assert.Equal(t, map[string]string{"TF_VAR_x": "y=z"}, variables)
	assert.Equal(t, map[string]string{
		"PATH": "/bin", "HOME": "/me", "HTTPS_PROXY": "proxy", "AWS_PROFILE": "x", "PLUGIN_ACCESS_KEY": "of the CI's",
		"TF_TOKEN_a": "of the caller", "TF_TOKEN_b": "of the file",
		"TF_CLI_CONFIG_FILE": "/ours.tfrc", "CHECKPOINT_DISABLE": "1", "TMPDIR": "/tmp",
		"MAQUETTE_HOME": "/home", "MAQUETTE_INSTANCE": "try", "MAQUETTE_INSTANCE_ID": "id", "MAQUETTE_ROLE": "terraform",
		"MAQUETTE_TERRAFORM_EXEC": "/bin/terraform", "MAQUETTE_TERRAFORM_DIR": "/home/instances/try", "MAQUETTE_TERRAFORM_CACHE": "/home/cache",
	}, env)
}

// What Terraform, and what it starts, gets to see of ours.
func TestTerraformsEnvironment(t *testing.T) {
	out := filepath.Join(t.TempDir(), "env")
	w := newUserDir(t, map[string]string{"main.tf": `
variable "out" {}
variable "given" {}
resource "terraform_data" "env" {
  provisioner "local-exec" {
    command = "env > ${var.out}; echo given=${var.given} >> ${var.out}"
  }
}
`})
	t.Setenv("TF_VAR_given", "by the caller")
	t.Setenv("TF_CLI_ARGS_apply", "-parallelism=0")
	t.Setenv("TF_WORKSPACE", "elsewhere")
	d := newDriver(t)
	j, said := job(w.path, "try", stringsOf(map[string]string{"out": out}))
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	content, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Contains(t, string(content), "given=by the caller")
	assert.Contains(t, string(content), "MAQUETTE_INSTANCE=try\n")
	for _, name := range []string{envRole + "=", shimPrefix, "TF_CLI_ARGS", "TF_WORKSPACE", "TF_PLUGIN_MAGIC_COOKIE"} {
		assert.NotContains(t, string(content), name)
	}
}

func TestVariablesRoundTrip(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": `
variable "text" { type = string }
variable "untyped" {}
variable "number" { type = number }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "map" { type = map(number) }
variable "object" {
  type = object({ name = string, more = optional(string, "default"), deep = list(object({ x = any })) })
}
variable "any" { type = any }
variable "nothing" {
  type    = list(string)
  default = ["default"]
}
variable "plain_nothing" {
  type    = string
  default = "default"
}
output "all" {
  value = {
    text = var.text, untyped = var.untyped, number = var.number, flag = var.flag, list = var.list, map = var.map,
    object = var.object, any = var.any, nothing = var.nothing, plain_nothing = var.plain_nothing,
  }
}
`})
	odd := "${not.a.template} %{if x}%%{ $${ \"quoted\" back\\slash\nnew line\ttab 'single' # no comment é 世 \u2028 <&> end"
	object := cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal(odd), "deep": cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"x": cty.NullVal(cty.String)})}),
	})
	values := map[string]cty.Value{
		"text": cty.StringVal(odd), "untyped": cty.StringVal(odd), "number": cty.MustParseNumberVal("12345678901234567890.5"), "flag": cty.True,
		"list": cty.ListVal([]cty.Value{cty.StringVal(odd), cty.StringVal("")}), "map": cty.MapVal(map[string]cty.Value{odd: cty.Zero, "a-b": cty.NumberIntVal(-1)}),
		"object": object, "any": cty.TupleVal([]cty.Value{cty.StringVal(odd), cty.EmptyObjectVal}),
		"nothing": cty.NullVal(cty.List(cty.String)), "plain_nothing": cty.NullVal(cty.String),
	}
	d := newDriver(t)
	j, said := job(w.path, "try", values)
	outputs, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	all := outputs["all"].Value.AsValueMap()
	assert.Equal(t, odd, all["text"].AsString())
	assert.Equal(t, odd, all["untyped"].AsString())
	assert.Equal(t, odd, all["list"].AsValueSlice()[0].AsString())
	assert.Equal(t, odd, all["any"].AsValueSlice()[0].AsString())
	assert.Equal(t, odd, all["object"].GetAttr("name").AsString())
	assert.Equal(t, "default", all["object"].GetAttr("more").AsString())
	assert.True(t, all["map"].Index(cty.StringVal(odd)).RawEquals(cty.Zero))
	assert.True(t, all["number"].RawEquals(values["number"]))
	assert.True(t, all["flag"].True())
	assert.True(t, all["nothing"].IsNull())
	assert.Equal(t, "default", all["plain_nothing"].AsString())

	module, err := d.ReadModule(w.path)
	require.NoError(t, err)
	assert.True(t, module.Variables["untyped"].Literal)
	assert.True(t, module.Variables["flag"].Literal)
	assert.False(t, module.Variables["any"].Literal)
	assert.True(t, module.Variables["list"].Required)
	assert.False(t, module.Variables["nothing"].Required)
	assert.Equal(t, cty.Map(cty.Number), module.Variables["map"].Type)

	none, _ := job(w.path, "try", nil)
	require.NoError(t, d.Destroy(t.Context(), none), "with an empty value of each type")
}
