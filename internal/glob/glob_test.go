package glob

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "a", true},
		{"a", "ab", false},
		{"*", "", true},
		{"*", "a/b.c", true},
		{"a*", "ab", true},
		{"a*", "ba", false},
		{"*b", "ab", true},
		{"a*b", "ab", true},
		{"a*b", "a", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "aXcYb", false},
		{"ab*ba", "aba", false}, // no character is used twice
		{"**", "a", true},
		{`x["*"]`, `x["a"]`, true},
		{"x[0]", "x0", false},
		{"x[0]", "x[0]", true},
	} {
		assert.Equal(t, c.want, Match(c.pattern, c.text), "%q %q", c.pattern, c.text)
	}
}
