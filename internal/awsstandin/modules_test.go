package awsstandin_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-config-inspect/tfconfig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the tables of the modules' pages")

// modules are the directories of modules for a platform, by name.
func modules(t *testing.T, platform string) map[string]string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join("..", "..", "modules", platform, "*", "main.tf"))
	require.NoError(t, err)
	require.NotEmpty(t, dirs)
	found := map[string]string{}
	for _, file := range dirs {
		dir, err := filepath.Abs(filepath.Dir(file))
		require.NoError(t, err)
		found[filepath.Base(dir)] = dir
	}
	return found
}

// Each module's own tests, with its example, run as a user runs them: `terraform init`, `terraform test`.
func TestModulesForAWS(t *testing.T) {
	w := newWorkspace(t)
	require.NoError(t, os.CopyFS(w.dir, os.DirFS("../../modules/aws")))
	w.run("fmt", "-check", "-recursive", "-diff")
	for name := range modules(t, "aws") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &workspace{t: t, binary: w.binary, dir: filepath.Join(w.dir, name), environment: w.environment}
			require.NotEmpty(t, m.files("tests/*.tftest.hcl"))
			require.NotEmpty(t, m.files("examples/*/main.tf"))
			m.run("init", "-no-color")
			out := m.run("test", "-no-color")
			assert.Contains(t, out, " passed, 0 failed.")
			for _, example := range m.files("examples/*/main.tf") {
				dir, err := filepath.Rel(m.dir, filepath.Dir(example))
				require.NoError(t, err)
				text, err := os.ReadFile(m.files("tests/*.tftest.hcl")[0])
				require.NoError(t, err)
				assert.Contains(t, string(text), fmt.Sprintf("%q", "./"+dir), "a test runs the example")
			}
		})
	}
}

func (w *workspace) files(pattern string) []string {
	found, err := filepath.Glob(filepath.Join(w.dir, pattern))
	require.NoError(w.t, err)
	return found
}

// A definition runs on either platform by another source alone: the stacks take and give the same. What the one has no
// use for, it takes all the same.
func TestStacksAreAlike(t *testing.T) {
	local, aws := load(t, modules(t, "local")["stack"]), load(t, modules(t, "aws")["stack"])
	require.Equal(t, slices.Sorted(maps.Keys(local.Variables)), slices.Sorted(maps.Keys(aws.Variables)))
	for name, v := range local.Variables {
		other := aws.Variables[name]
		assert.Equal(t, v.Sensitive, other.Sensitive, name)
		assert.Equal(t, v.Required, other.Required, name)
		assert.Equal(t, v.Default, other.Default, name)
		if name != "aws" {
			assert.Equal(t, v.Type, other.Type, name)
		}
	}
	require.Equal(t, slices.Sorted(maps.Keys(local.Outputs)), slices.Sorted(maps.Keys(aws.Outputs)))
	for name, o := range local.Outputs {
		assert.Equal(t, o.Sensitive, aws.Outputs[name].Sensitive, name)
	}
}

func load(t *testing.T, dir string) *tfconfig.Module {
	t.Helper()
	m, diags := tfconfig.LoadModule(dir)
	require.False(t, diags.HasErrors(), "%v", diags)
	return m
}

// The pages' tables say what the modules do. -update writes them.
func TestModulePages(t *testing.T) {
	tables := regexp.MustCompile(`(?s)\| input \|.*`)
	for _, platform := range []string{"aws", "local"} {
		for name, dir := range modules(t, platform) {
			path := filepath.Join(dir, "README.md")
			page, err := os.ReadFile(path)
			require.NoError(t, err)
			want := tablesOf(load(t, dir))
			if *update {
				text := tables.ReplaceAllLiteralString(string(page), "") + want
				require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
				continue
			}
			assert.Equal(t, want, tables.FindString(string(page)), "%s/%s: -update writes it", platform, name)
		}
	}
}

// tablesOf are the tables of what a module takes and gives, in the order of its files.
func tablesOf(m *tfconfig.Module) string {
	var b strings.Builder
	variables := slices.SortedFunc(maps.Values(m.Variables), func(a, b *tfconfig.Variable) int { return a.Pos.Line - b.Pos.Line })
	b.WriteString("| input | type | default | meaning |\n|---|---|---|---|\n")
	for _, v := range variables {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s%s |\n", v.Name, typeWord(v.Type), defaultWord(v), v.Description, sensitiveWord(v.Sensitive))
	}
	outputs := slices.SortedFunc(maps.Values(m.Outputs), func(a, b *tfconfig.Output) int { return a.Pos.Line - b.Pos.Line })
	b.WriteString("\n| output | meaning |\n|---|---|\n")
	for _, o := range outputs {
		fmt.Fprintf(&b, "| `%s` | %s%s |\n", o.Name, o.Description, sensitiveWord(o.Sensitive))
	}
	return b.String()
}

func typeWord(text string) string {
	switch {
	case strings.HasPrefix(text, "map(object("):
		return "map of objects"
	case strings.HasPrefix(text, "object("):
		return "object"
	}
	return text
}

func defaultWord(v *tfconfig.Variable) string {
	if v.Required {
		return "required"
	}
	text, err := json.Marshal(v.Default)
	if err != nil {
		return "`?`"
	}
	return "`" + string(text) + "`"
}

func sensitiveWord(is bool) string {
	if is {
		return " Sensitive."
	}
	return ""
}
