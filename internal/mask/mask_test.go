package mask

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMask(t *testing.T) {
	m := New(`pa"ss`, "abc", "", "hunter2", "hunter2-long", "-----BEGIN-----\nMIIEpAIBAAKCAQEA\n}\n")
	for text, want := range map[string]string{
		`pa"ss`:                      Shown,
		`["pa\"ss"]`:                 `["` + Shown + `"]`,
		`"[\"pa\\\"ss\"]"`:           `"[\"` + Shown + `\"]"`,
		"pa%22ss":                    Shown,
		"cGEic3M=":                   Shown,
		"abc":                        "abc", // too short
		"is hunter2-long or hunter2": "is " + Shown + " or " + Shown,
		"x MIIEpAIBAAKCAQEA y }":     "x " + Shown + " y }",
	} {
		assert.Equal(t, want, m.Apply(text), text)
	}
	assert.Equal(t, "pa", Mask{}.Apply("pa"))
	assert.Zero(t, Mask{}.Longest)
	assert.Equal(t, len("aHVudGVyMg=="), New("hunter2").Longest)
}
