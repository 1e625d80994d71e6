package provision

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

func TestMoved(t *testing.T) {
	object := func(members int64, image string) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"web": cty.ObjectVal(map[string]cty.Value{
			"members": cty.NumberIntVal(members), "image": cty.StringVal(image), "args": cty.TupleVal([]cty.Value{cty.StringVal("a")}), "none": cty.NullVal(cty.String),
		})})
	}
	before := Stack{Variables: map[string]cty.Value{
		"tiers": object(2, "ami-1"), "engine": cty.StringVal("15.5"), "gone": cty.True, "password": cty.StringVal("old"), "name": cty.StringVal("a"),
	}}
	record, err := before.record()
	require.NoError(t, err)
	now := func() *Blueprint {
		return &Blueprint{
			Instance: "staging",
			Stack: Stack{Variables: map[string]cty.Value{
				"tiers": object(3, "ami-2"), "engine": cty.StringVal("15.6"), "password": cty.StringVal(canary).Mark(Secret), "name": cty.StringVal("b"), "new": cty.Zero,
			}},
			Follows: map[string][]Fact{
				"tiers":  {{"tier.web.members", "3 of 9", FactTopology}, {"version(…)", "ami-2", FactVersions}},
				"engine": {{"observed.production.x", "15.6", FactVersions}},
			},
		}
	}
	text := func(s string) *string { return &s }

	bp := now()
	moved, err := bp.Moved(&Applied{Stack: record}, "")
	require.NoError(t, err)
	assert.Equal(t, []Moved{
		{"engine", text("15.5"), text("15.6"), []Fact{{"observed.production.x", "15.6", FactVersions}}},
		{"gone", text("true"), nil, []Fact{}},
		{"name", text("a"), text("b"), []Fact{}},
		{"new", nil, text("0"), []Fact{}},
		{"tiers.web.image", text("ami-1"), text("ami-2"), []Fact{{"version(…)", "ami-2", FactVersions}}},
		{"tiers.web.members", text("2"), text("3"), []Fact{{"tier.web.members", "3 of 9", FactTopology}}},
	}, moved)

	// In one respect alone, all else stays as it was applied.
	bp = now()
	bp.Follows["tiers"] = bp.Follows["tiers"][:1]
	moved, err = bp.Moved(&Applied{Stack: record}, FactVersions)
	require.NoError(t, err)
	require.Len(t, moved, 1)
	assert.Equal(t, "engine", moved[0].Path)
	assert.Equal(t, "a", bp.Stack.Variables["name"].AsString())
	assert.True(t, bp.Stack.Variables["tiers"].RawEquals(object(2, "ami-1")))
	assert.NotContains(t, bp.Stack.Variables, "new")
	assert.Contains(t, bp.Stack.Variables, "gone")
	assert.Equal(t, cty.StringVal(canary).Mark(Secret), bp.Stack.Variables["password"])

	bp = now()
	moved, err = bp.Moved(nil, "")
	require.NoError(t, err)
	assert.Len(t, moved, 6, "of a new one all is new")
	bp.Stack.Variables = before.Variables
	moved, err = bp.Moved(&Applied{Stack: record}, "")
	require.NoError(t, err)
	assert.Empty(t, moved)
}
