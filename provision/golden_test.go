package provision

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// described writes diagnostics with their ranges and the marked source, and below as people see them.
func marked(d *Definitions, file File, diags hcl.Diagnostics) string {
	var b strings.Builder
	lines := strings.Split(string(file.Data), "\n")
	sortDiagnostics(diags)
	for _, diag := range diags {
		if diag.Subject == nil {
			fmt.Fprintf(&b, "(no place)\n%s\n", messages(d, hcl.Diagnostics{diag}))
			continue
		}
		at := *diag.Subject
		fmt.Fprintf(&b, "%s:%d:%d\n", at.Filename, at.Start.Line, at.Start.Column)
		if line := at.Start.Line - 1; line < len(lines) {
			width := at.End.Column - at.Start.Column
			if at.End.Line != at.Start.Line {
				width = len(lines[line]) - at.Start.Column + 1
			}
			fmt.Fprintf(&b, "| %s\n| %s%s\n", lines[line], strings.Repeat(" ", max(at.Start.Column-1, 0)), strings.Repeat("^", max(width, 1)))
		}
		fmt.Fprintf(&b, "%s\n", messages(d, hcl.Diagnostics{diag}))
	}
	return b.String()
}

// everything says all that is wrong with a fixture, at each stage that can be reached.
func everything(t *testing.T, file File) (*Definitions, hcl.Diagnostics) {
	d, diags := Parse([]File{file})
	diags = append(diags, d.Validate(fixtureModules)...)
	if diags.HasErrors() {
		return d, diags
	}
	for _, w := range requestsOf(t, file.Data) {
		bp, problems := d.Instantiate(w.environment, w.in)
		diags = append(diags, problems...)
		if problems.HasErrors() || !w.outputs {
			continue
		}
		_, problems = bp.Checks(fixtureOutputs)
		diags = append(diags, problems...)
		_, problems = bp.Hooks("after_up", fixtureOutputs)
		diags = append(diags, problems...)
	}
	return d, diags
}

func TestBadDefinitions(t *testing.T) {
	files := fixtures(t, "bad")
	assert.GreaterOrEqual(t, len(files), 50)
	for _, file := range files {
		t.Run(strings.TrimSuffix(file.Name, ".hcl"), func(t *testing.T) {
			d, diags := everything(t, file)
			require.True(t, diags.HasErrors())
			for _, diag := range diags {
				assert.NotEmpty(t, diag.Detail)
				if diag.Subject != nil {
					assert.Equal(t, file.Name, diag.Subject.Filename)
				}
			}
			got := marked(d, file, diags)
			assert.NotContains(t, got, canary)
			golden(t, filepath.Join("testdata", "bad", strings.TrimSuffix(file.Name, ".hcl")+".txt"), got)
		})
	}
}

func TestGoodDefinitions(t *testing.T) {
	for _, file := range fixtures(t, "good") {
		t.Run(file.Name, func(t *testing.T) {
			file.Name = "/project/environments/" + file.Name
			d, diags := Parse([]File{file})
			require.Empty(t, messages(d, diags))
			require.Empty(t, messages(d, d.Validate(fixtureModules)))
			var b strings.Builder
			for _, name := range environmentNames(d) {
				env := d.Environments[name]
				model, _ := d.Model(name)
				write(t, &b, "environment "+name, map[string]any{
					"model": model, "aliases": env.Aliases, "observe": env.Observe, "documents": env.Documents, "tiers": d.Tiers(name), "parity": env.Parity,
				})
			}
			for _, w := range requestsOf(t, file.Data) {
				bp, diags := d.Instantiate(w.environment, w.in)
				require.Empty(t, messages(d, diags))
				write(t, &b, "up "+w.line, bp)
				if w.outputs {
					checks, diags := bp.Checks(fixtureOutputs)
					require.Empty(t, messages(d, diags))
					write(t, &b, "checks", checks)
					for _, when := range hookTimes {
						hooks, diags := bp.Hooks(when, fixtureOutputs)
						require.Empty(t, messages(d, diags))
						write(t, &b, "hooks "+when, hooks)
					}
				}
			}
			assert.NotContains(t, b.String(), canary)
			golden(t, strings.TrimSuffix(filepath.Join("testdata", "good", filepath.Base(file.Name)), ".hcl")+".txt", b.String())
		})
	}
}

func environmentNames(d *Definitions) []string {
	var names []string
	for _, env := range d.sorted() {
		names = append(names, env.Name)
	}
	return names
}

func write(t *testing.T, b *strings.Builder, title string, value any) {
	t.Helper()
	encoded, err := json.MarshalIndent(value, "", "  ")
	require.NoError(t, err)
	fmt.Fprintf(b, "# %s\n%s\n\n", title, encoded)
}
