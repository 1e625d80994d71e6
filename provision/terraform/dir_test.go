package terraform

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseDir(t *testing.T) {
	for s, want := range map[string]Dir{
		"":              {},
		"infra":         {Path: "infra"},
		"../infra#blue": {Path: "../infra", Workspace: "blue"},
		"infra#":        {Path: "infra"},
		"#blue":         {Workspace: "blue"},
		"a#b#blue":      {Path: "a#b", Workspace: "blue"},
	} {
		assert.Equal(t, want, ParseDir(s), "%q", s)
	}
	assert.Equal(t, ".", Dir{}.String())
	assert.Equal(t, "infra#blue", Dir{Path: "infra", Workspace: "blue"}.String())
}
