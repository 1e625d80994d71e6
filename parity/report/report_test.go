package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/parity/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// compare judges a staging of the shop against its production.
func compare(t testing.TB, staging string) *parity.Report {
	t.Helper()
	read := func(file string) *parity.Snapshot {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "shop", file))
		require.NoError(t, err)
		s, err := source.Read(file, bytes.NewReader(data))
		require.NoError(t, err)
		return s
	}
	return parity.Compare(read("production.tfstate"), read(staging), catalogue(t), parity.DefaultOptions())
}

func catalogue(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, diags := catalog.Load(nil)
	require.False(t, diags.HasErrors(), diags.Error())
	return cat
}

func render(t testing.TB, format string, r *parity.Report, s report.Style) []byte {
	t.Helper()
	var buf bytes.Buffer
	require.NoError(t, report.For(format)(&buf, r, s))
	return buf.Bytes()
}

// golden holds output against a file of testdata.
func golden(t testing.TB, file string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run go test ./parity/report -update")
	assert.Equal(t, string(want), string(got), "if this is meant: go test ./parity/report -update")
}

func TestGolden(t *testing.T) {
	for _, staging := range []string{"staging-model.tfstate", "staging-onebox.tfstate", "staging-drift.tfstate", "staging-onebox.plan.json"} {
		name := strings.TrimSuffix(strings.TrimSuffix(staging, ".tfstate"), ".json")
		t.Run(name, func(t *testing.T) {
			r := compare(t, staging)
			golden(t, filepath.Join("testdata", name+".txt"), render(t, "text", r, report.Style{}))
			golden(t, filepath.Join("testdata", name+".all.txt"), render(t, "text", r, report.Style{All: true}))
			golden(t, filepath.Join("testdata", name+".json"), render(t, "json", r, report.Style{}))
		})
	}
}

// The picture in the README is the report as a terminal shows it.
func TestPicture(t *testing.T) {
	text := render(t, "text", compare(t, "staging-onebox.tfstate"), report.Style{Colour: true})
	golden(t, filepath.Join("..", "..", "docs", "report.svg"), svg(string(text), 34))
}

func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "report.schema.json"))
	require.NoError(t, err)
	for _, staging := range []string{"staging-model.tfstate", "staging-onebox.tfstate", "staging-drift.tfstate", "staging-onebox.plan.json"} {
		var doc any
		require.NoError(t, json.Unmarshal(render(t, "json", compare(t, staging), report.Style{}), &doc))
		assert.NoError(t, schema.Validate(doc), staging)
	}
}

// A report that does not list all says so in every format, and in JUnit fails where it does.
func TestLeftOut(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "report.schema.json"))
	require.NoError(t, err)
	r := compare(t, "staging-onebox.tfstate")
	r.Cut = &parity.Summary{Error: 1, Warning: 970000, Waived: 3}
	const says = "ounted and not listed, as there are too many: 1 error, 970000 warnings, 0 infos and 3 waived"
	for _, format := range report.Formats() {
		got := string(render(t, format, r, report.Style{}))
		if format == "json" {
			var doc any
			require.NoError(t, json.Unmarshal([]byte(got), &doc))
			require.NoError(t, schema.Validate(doc))
			assert.Contains(t, got, `"cut"`)
			continue
		}
		assert.Contains(t, got, says, format)
	}
	assert.Contains(t, string(render(t, "junit", r, report.Style{})), `<failure message="c`+says)
	r.Verdict = parity.Pass
	assert.NotContains(t, string(render(t, "junit", r, report.Style{})), `<failure message="c`+says)
}

func TestSameBytes(t *testing.T) {
	first := map[string][]byte{}
	for i := range 21 {
		r := compare(t, "staging-drift.tfstate")
		for _, format := range report.Formats() {
			data := render(t, format, r, report.Style{})
			if i == 0 {
				first[format] = data
			}
			require.Equal(t, first[format], data, format)
		}
	}
}

func TestColourOnlyWhenAsked(t *testing.T) {
	r := compare(t, "staging-onebox.tfstate")
	assert.NotContains(t, string(render(t, "text", r, report.Style{})), "\x1b[")
	assert.Contains(t, string(render(t, "text", r, report.Style{Colour: true})), "\x1b[")
}

func TestUnknownFormat(t *testing.T) {
	assert.Nil(t, report.For("yaml"))
	for _, f := range report.Formats() {
		assert.NotNil(t, report.For(f))
	}
}

// What is long in a report is written side by side, as are several reports, and as all others.
func TestLongJSON(t *testing.T) {
	plain := func(v any) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		require.NoError(t, e.Encode(v))
		return b.String()
	}
	some := compare(t, "staging-drift.tfstate")
	tiers, findings := slices.Repeat(some.Tiers, 300), slices.Repeat(some.Findings, 50)
	for _, r := range []parity.Report{
		{Tiers: tiers, Findings: findings},
		{Tiers: tiers, Findings: []parity.Finding{}},
		{Tiers: []parity.Tier{}, Findings: findings},
		{Tiers: some.Tiers, Findings: findings},
	} {
		r.Dimensions = some.Dimensions
		assert.Equal(t, plain(r), string(render(t, "json", &r, report.Style{})))
	}
	type document struct {
		Schema  string           `json:"schema"`
		Verdict parity.Verdict   `json:"verdict"`
		Reports []*parity.Report `json:"reports"`
	}
	for _, rs := range [][]*parity.Report{{}, {some}, {some, compare(t, "staging-model.tfstate"), some}} {
		var got bytes.Buffer
		require.NoError(t, report.ForMany("json")(&got, rs, report.Style{}))
		assert.Equal(t, plain(document{report.ManySchema, report.Worst(rs), rs}), got.String())
	}
}
