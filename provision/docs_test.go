package provision

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the reference shows is right, and it names what there is.
func TestReference(t *testing.T) {
	data, err := os.ReadFile("../docs/definitions.md")
	require.NoError(t, err)
	text := string(data)
	examples := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(text, -1)
	require.Len(t, examples, 4)
	for _, example := range examples {
		d, diags := Parse([]File{{Name: "environments/example.hcl", Data: []byte(example[1])}})
		require.Empty(t, messages(d, diags))
		for _, env := range d.sorted() {
			if d.stackPlan(env).source != nil {
				_, diags := d.Instantiate(env.Name, Inputs{Branch: "x", Commit: "y", Owner: "z", Secret: func(string) (string, bool) { return "s", true }})
				assert.Empty(t, messages(d, diags))
			}
		}
	}
	words := map[string]bool{}
	for _, word := range regexp.MustCompile(`[a-z_0-9]+`).FindAllString(text, -1) {
		words[word] = true
	}
	named := append([]string{}, hookTimes...)
	for name := range functions {
		named = append(named, name)
	}
	named = append(named, scopeFunctions...)
	named = append(named, scopeNames...)
	schemas := []*hcl.BodySchema{
		environmentSchema, tierSchema, scaleSchema, overrideSchema, terraformSchema, throwawaySchema, quotaSchema, hookSchema,
		observeSchema, documentSchema, paritySchema, ignoreSchema, waiveSchema,
	}
	for kind, schema := range checkSchemas {
		named = append(named, kind)
		schemas = append(schemas, schema)
	}
	for _, schema := range observationSchemas {
		schemas = append(schemas, schema)
	}
	for _, schema := range schemas {
		for _, attribute := range schema.Attributes {
			named = append(named, attribute.Name)
		}
		for _, block := range schema.Blocks {
			named = append(named, block.Type)
		}
	}
	for _, name := range named {
		assert.True(t, words[name], "the reference does not name %q", name)
	}
}

// The examples of rules and gates are right.
func TestGatesReference(t *testing.T) {
	data, err := os.ReadFile("../docs/gates.md")
	require.NoError(t, err)
	examples := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(string(data), -1)
	require.NotEmpty(t, examples)
	for _, example := range examples {
		d, diags := Parse([]File{{Name: "environments/example.hcl", Data: []byte("environment \"production\" {\n}\n" + example[1])}})
		require.Empty(t, messages(d, diags))
	}
	for _, schema := range []*hcl.BodySchema{ruleSchema, matchSchema, gateSchema} {
		for _, attribute := range schema.Attributes {
			assert.Contains(t, string(data), "`"+attribute.Name+"`")
		}
	}
	known := gateNames(unknownGate(nil))
	for _, name := range slices.Concat(ruleNames, reserved, known["parity"].sorted(), known["parity"]["scale"].sorted()) {
		assert.Contains(t, string(data), name)
	}
}

// What is shown of the modules for AWS is right.
func TestModulesReference(t *testing.T) {
	data, err := os.ReadFile("../modules/aws/README.md")
	require.NoError(t, err)
	examples := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(string(data), -1)
	require.Len(t, examples, 1)
	d := mustParse(t, examples[0][1])
	bp := up(t, d, "staging", Inputs{Secret: func(string) (string, bool) { return "s", true }})
	assert.Equal(t, "eu-west-1", bp.Stack.Providers["aws"]["region"].AsString())
}
