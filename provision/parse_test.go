package provision

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseSeveralFiles(t *testing.T) {
	files := []File{
		{Name: "environments/staging.hcl", Data: []byte("environment \"staging\" {\n  model_of = \"production\"\n}\nenvironment \"staging\" {\n}\n")},
		{Name: "environments/production.hcl", Data: []byte("environment \"production\" {\n  tier \"web\" {\n    members = -1\n  }\n}\n")},
		{Name: "environments/more.hcl", Data: []byte("environment \"production\" {\n}\n")},
	}
	d, diags := Parse(files)
	var places []string
	for _, diag := range diags {
		places = append(places, place(*diag.Subject)+" "+diag.Summary)
	}
	assert.Equal(t, []string{
		"environments/production.hcl:1 Duplicate environment",
		"environments/production.hcl:3 Number out of range",
		"environments/staging.hcl:4 Duplicate environment",
	}, places)
	assert.Contains(t, diags[0].Detail, "environments/more.hcl:1")
	assert.Equal(t, "environments/more.hcl", d.Files[0].Name, "in order of name")
	assert.Equal(t, "environments/staging.hcl", files[0].Name, "the caller's order is left")

	_, again := Parse([]File{files[2], files[0], files[1]})
	assert.Equal(t, messages(d, diags), messages(d, again), "whatever order the files come in")
	_, diags = d.Instantiate("staging", Inputs{})
	assert.Len(t, diags, 3, "nothing is made of definitions that are wrong")
}

func TestParseNothing(t *testing.T) {
	d, diags := Parse(nil)
	assert.Empty(t, diags)
	_, diags = d.Instantiate("staging", Inputs{})
	assert.Contains(t, messages(d, diags), "nor any other")
}

// A file that cannot be read hides environments and tiers from the others: what would follow from that is not told.
func TestParseTellsNothingThatFollowsFromASyntaxError(t *testing.T) {
	d, diags := Parse([]File{
		{Name: "a.hcl", Data: []byte("environment \"production\" {\n  tier web\" {\n")},
		{Name: "b.hcl", Data: []byte("environment \"staging\" {\n  model_of = \"production\"\n  scale {\n    ratio = \"x\"\n  }\n}\n")},
	})
	require.NotEmpty(t, diags)
	last := diags[len(diags)-1]
	assert.Equal(t, "Bad ratio", last.Summary, "but what is wrong in the others is")
	for _, diag := range diags[:len(diags)-1] {
		assert.Equal(t, "a.hcl", diag.Subject.Filename)
	}
	assert.Empty(t, d.Validate(fixtureModules))
}

// The parser recurses, and a full stack ends the process: nothing of this may come near to it.
func TestParseHostileFiles(t *testing.T) {
	inside := func(text string) []File {
		return []File{{Name: "hostile.hcl", Data: []byte("environment \"a\" {\n  terraform {\n    source = \"./x\"\n    variables = {\n      a = " + text + strings.Repeat("\n}", 3))}}
	}
	for _, part := range []string{
		"(", "!", "-", "[", "{a=", "1?1:", "1+", "${", "\"${", "f(", "a.", "a[", "[for x in ", "%{if true}", "environment \"a\" {\n", "1==", "a&&",
		"\"%{if a}", "%{for x in y}", "a[b]", "[b]", "a ? b : ", "a.*", "a\n", "{", "x {\n",
	} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			most := (maxFileSize - 1000) / len(part)
			_, diags := Parse(inside(strings.Repeat(part, most) + "1"))
			require.NotEmpty(t, diags)
			// As many as the bounds let through.
			text := strings.Repeat(part, min(limits.Operators-1, most)) + "1"
			d, _ := Parse(inside(text))
			require.NotNil(t, d)
			literalText(text) // as of --var
		})
	}
	_, diags := Parse([]File{{Name: "large.hcl", Data: make([]byte, maxFileSize+1)}})
	require.Len(t, diags, 1)
	assert.Equal(t, "File too large", diags[0].Summary)
	_, ok := literalText(strings.Repeat("[", limits.Nesting+1) + strings.Repeat("]", limits.Nesting+1))
	assert.False(t, ok)
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "8h": 8 * time.Hour, "3d": 72 * time.Hour, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute,
		"250ms": 250 * time.Millisecond, " 5m ": 5 * time.Minute, "0d1s": time.Second, "10000d": 240000 * time.Hour,
	} {
		got, err := ParseDuration(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "8", "0s", "0d", "0d0s", "-8h", "1d-8h", "1d+8h", "-1d", "1.5d", "d", "1d1d", "1w", "8 h", "1e3s", "99999999999999d", "4294967295d", "9999999999h", "106751d9999999h", "soon"} {
		got, err := ParseDuration(text)
		require.Error(t, err, text)
		assert.Zero(t, got, text)
	}
}

func TestSuggest(t *testing.T) {
	assert.Equal(t, ` Did you mean "tier"?`, suggest("teir", []string{"terraform", "tier"}))
	assert.Equal(t, ` Did you mean "a1"?`, suggest("a", []string{"a2", "a1"}), "of equally near ones the first, in any order")
	assert.Equal(t, ` Did you mean "env"?`, suggest("environment", []string{"owner", "env"}))
	assert.Empty(t, suggest("region", []string{"image", "zones"}))
	assert.Empty(t, suggest("x", nil))
	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprintf("v%02d", i))
	}
	assert.Equal(t, "v00, v01, v02, v03, v04, v05, v06, v07, v08, v09, v10, v11, …", enumerated(many))
}

func FuzzParse(f *testing.F) {
	for _, dir := range []string{"bad", "good"} {
		for _, file := range fixtures(f, dir) {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 16<<10 {
			return // nothing new is in more, and expressions may multiply
		}
		d, diags := Parse([]File{{Name: "environments/fuzz.hcl", Data: data}})
		validated := d.Validate(fixtureModules)
		_ = messages(d, append(diags, validated...))
		for _, env := range d.sorted() {
			bp, problems := d.Instantiate(env.Name, Inputs{Branch: "feature/x", Commit: "3f2a9c1", Owner: "ada", Secret: fixtureSecret, Module: fixtureModules})
			text := messages(d, problems)
			if bp == nil {
				if !problems.HasErrors() {
					t.Fatal("neither a blueprint nor an error")
				}
				continue
			}
			if !isName(bp.Instance) {
				t.Fatalf("%q is no name", bp.Instance)
			}
			_, problems = bp.Checks(fixtureOutputs)
			text += messages(d, problems)
			for _, when := range hookTimes {
				_, problems = bp.Hooks(when, fixtureOutputs)
				text += messages(d, problems)
			}
			// The canary is in no seed: what shows it has it from a secret.
			if strings.Contains(text+bp.String(), canary) && !strings.Contains(string(data), canary) {
				t.Fatalf("a secret is shown:\n%s", text)
			}
		}
	})
}
