// Package glob matches texts with the patterns that users write for addresses, names and tags.
package glob

import "strings"

// Match reports whether a text is a pattern, in which * stands for any characters. Brackets stand for themselves, as they
// do in addresses.
func Match(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return s == pattern
	}
	s, ok := strings.CutPrefix(s, parts[0])
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		if !ok {
			return false
		}
		_, s, ok = strings.Cut(s, part)
	}
	return ok && strings.HasSuffix(s, parts[last])
}
