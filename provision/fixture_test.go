package provision

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var update = flag.Bool("update", false, "write the golden files anew")

// canary is a secret that must be seen nowhere.
const canary = "kanarienvogel-4711"

var fixtureSecrets = map[string]string{"CANARY": canary, "DB_PASSWORD": canary + "-db", "TOKEN": canary + "-token"}

func fixtureSecret(name string) (string, bool) {
	value, ok := fixtureSecrets[name]
	return value, ok
}

// modules are interfaces of modules, by the last part of the source. They stand for directories that
// provision/terraform would read.
type modules map[string]*Module

func (m modules) ReadModule(source string) (*Module, error) {
	name := filepath.Base(source)
	if name == "broken" {
		return nil, errors.New("main.tf:3: an argument or block definition is required here")
	}
	return m[name], nil
}

var fixtureModules = modules{
	"stack": {
		Variables: map[string]Variable{
			"image":     {Type: cty.String, Required: true, Literal: true},
			"web_count": {Type: cty.Number, Literal: true},
			"zones":     {Type: cty.List(cty.String)},
			"labels":    {Type: cty.Map(cty.String)},
			"password":  {Type: cty.String, Sensitive: true, Literal: true},
		},
		Outputs: map[string]Output{"url": {}, "port": {}, "password": {Sensitive: true}},
	},
}

var fixtureOutputs = map[string]OutputValue{
	"url":      {Value: cty.StringVal("http://mine.localhost:8080")},
	"port":     {Value: cty.NumberIntVal(8080)},
	"password": {Value: cty.StringVal(canary), Sensitive: true},
}

// request is what a line "# up: ENVIRONMENT --flag value …" of a fixture asks for.
type request struct {
	line        string
	environment string
	in          Inputs
	outputs     bool
}

func requestsOf(t *testing.T, data []byte) []request {
	t.Helper()
	var all []request
	for _, line := range strings.Split(string(data), "\n") {
		text, found := strings.CutPrefix(line, "# up: ")
		if !found {
			continue
		}
		words := strings.Fields(text)
		w := request{line: text, environment: words[0], in: Inputs{Secret: fixtureSecret, Module: fixtureModules, Vars: map[string]string{}}}
		for words = words[1:]; len(words) > 0; {
			flag := words[0]
			if flag == "--outputs" {
				w.outputs, words = true, words[1:]
				continue
			}
			require.Greater(t, len(words), 1, text)
			value := words[1]
			words = words[2:]
			switch flag {
			case "--name":
				w.in.Name = value
			case "--branch":
				w.in.Branch = value
			case "--commit":
				w.in.Commit = value
			case "--owner":
				w.in.Owner = value
			case "--var":
				name, value, _ := strings.Cut(value, "=")
				w.in.Vars[name] = value
			default:
				require.Fail(t, "no such flag", text)
			}
		}
		all = append(all, w)
	}
	return all
}

func fixtures(t testing.TB, dir string) []File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.hcl"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var files []File
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		files = append(files, File{Name: filepath.Base(path), Data: data})
	}
	return files
}

// golden compares with a golden file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the tests with -update to write it")
	assert.Equal(t, string(want), got)
}

// mustParse parses definitions that are right.
func mustParse(t testing.TB, text string) *Definitions {
	t.Helper()
	d, diags := Parse([]File{{Name: "/project/environments/test.hcl", Data: []byte(text)}})
	require.Empty(t, messages(d, diags))
	return d
}

// messages are diagnostics as people see them.
func messages(d *Definitions, diags hcl.Diagnostics) string {
	var b strings.Builder
	if err := d.WriteDiagnostics(&b, diags, 100, false); err != nil {
		return err.Error()
	}
	return b.String()
}

// evaluateMarked evaluates an expression with a function mark, which marks its argument and all in it.
func evaluateMarked(t *testing.T, text string) cty.Value {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(text), "test", hcl.InitialPos)
	require.False(t, diags.HasErrors(), "%s: %s", text, diags)
	ctx := (&scope{}).context(expr)
	ctx.Functions["mark"] = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return args[0].Mark(Secret), nil
		},
	})
	value, diags := expr.Value(ctx)
	require.False(t, diags.HasErrors(), "%s: %s", text, diags)
	return value
}
