// Package plural counts things in words.
package plural

import "fmt"

// Count writes a number of things, whose plural ends in s: 1 finding, 2 findings.
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
