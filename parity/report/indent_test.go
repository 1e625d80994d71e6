package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIndented(t *testing.T) {
	text, err := json.Marshal([]any{
		nil, true, 1.5, "", "a\"b\\", `\`, "{,:[",
		[]any{},
		map[string]any{},
		map[string]any{"a": []any{map[string]any{"b": []any{}}, "ü\u2028"}, "c": map[string]any{"": nil}},
	})
	require.NoError(t, err)
	var want bytes.Buffer
	require.NoError(t, json.Indent(&want, text, "", "  "))
	assert.Equal(t, want.String(), string(indented(text)))
}
