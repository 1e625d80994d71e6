package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// However a text comes in pieces, nothing in it begins a command to a CI system.
func TestUncommanded(t *testing.T) {
	text := "a#b##c###d####[x]#"
	want := strings.ReplaceAll(text, "##", `#\u0023`)
	for size := 1; size <= len(text); size++ {
		var out strings.Builder
		u := &uncommanded{w: &out}
		for piece := range slices.Chunk([]byte(text), size) {
			n, err := u.Write(piece)
			require.NoError(t, err)
			require.Equal(t, len(piece), n)
		}
		assert.Equal(t, want, out.String())
	}
}
