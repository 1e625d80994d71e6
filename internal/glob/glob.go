// Package glob matches texts with the patterns that users write for addresses, rules, names and tags.
package glob

import "strings"

// Match reports whether a text is a pattern, in which * stands for any characters, \* for a star and \\ for a backslash.
// All else stands for itself: brackets and single backslashes are part of addresses.
func Match(pattern, s string) bool {
	parts := split(pattern)
	last := len(parts) - 1
	if last == 0 {
		return s == parts[0]
	}
	s, ok := strings.CutPrefix(s, parts[0])
	for _, part := range parts[1:last] {
		if !ok {
			return false
		}
		_, s, ok = strings.Cut(s, part)
	}
	return ok && strings.HasSuffix(s, parts[last])
}

// Escape returns the pattern that matches the text, and no other.
func Escape(text string) string {
	return escaper.Replace(text)
}

var escaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`)

// split returns the texts between a pattern's stars.
func split(pattern string) []string {
	if !strings.Contains(pattern, `\`) {
		return strings.Split(pattern, "*")
	}
	parts := []string{""}
	for i := 0; i < len(pattern); i++ {
		switch next := pattern[i:]; {
		case strings.HasPrefix(next, `\*`), strings.HasPrefix(next, `\\`):
			i++
			parts[len(parts)-1] += pattern[i : i+1]
		case pattern[i] == '*':
			parts = append(parts, "")
		default:
			parts[len(parts)-1] += pattern[i : i+1]
		}
	}
	return parts
}
