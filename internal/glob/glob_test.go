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
		{`x["\*"]`, `x["*"]`, true},
		{`x["\*"]`, `x["a"]`, false},
		{`x["\*"]`, `x["\a"]`, false},
		{`a\\*`, `a\b`, true},
		{`a\\*`, `a*`, false},
		{`x["a\"b"]`, `x["a\"b"]`, true},
		{`a\`, `a\`, true},
	} {
		assert.Equal(t, c.want, Match(c.pattern, c.text), "%q %q", c.pattern, c.text)
	}
}

func FuzzEscape(f *testing.F) {
	for _, text := range []string{"", "*", `\`, `\*`, `x["a\"*"]`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		assert.True(t, Match(Escape(text), text))
		assert.False(t, Match(Escape(text), text+"x"))
		assert.Equal(t, text == "", Match(Escape(text), ""))
	})
}
