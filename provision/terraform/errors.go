package terraform

import (
	"fmt"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// Error says what could not be done with a working directory, why, and what to do about it.
type Error struct {
	Op     string // what was being done: "reading the state"
	Dir    Dir
	Err    error
	Stderr string // what Terraform itself said, trimmed; empty where it did not come to that
	Hint   string // what to do next; may be empty
}

// Error has more than one line where there is something to say on each.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Terraform directory %s: %s: %v", e.Dir, e.Op, e.Err)
	for line := range strings.Lines(e.Stderr) {
		b.WriteString("\n  " + strings.TrimRight(line, "\n"))
	}
	if e.Hint != "" {
		b.WriteString("\n" + e.Hint)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// maxStderr bounds what an error repeats of Terraform's own words, in lines.
const maxStderr = 40

var (
	ansi = lazyregexp.New("\x1b\\[[0-9;]*m")
	box  = lazyregexp.New(`(?m)^[╷│╵] ?|[ \t]+$`)
	gaps = lazyregexp.New(`\n{2,}`)
)

// trimStderr takes colours, frames and empty lines off what Terraform said, and bounds it.
func trimStderr(s string) string {
	s = box.ReplaceAllString(ansi.ReplaceAllString(s, ""), "")
	s = gaps.ReplaceAllString(redact(s), "\n")
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if len(lines) > maxStderr {
		lines = append(lines[:maxStderr], fmt.Sprintf("(and %d more lines)", len(lines)-maxStderr))
	}
	return strings.Join(lines, "\n")
}

var (
	userinfo      = lazyregexp.New(`(https?|postgres|postgresql)://[^/\s"'@]+@`)
	secretInQuery = lazyregexp.New(`(?i)([?&](?:[a-z_-]*(?:token|secret|password|signature|key)[a-z_-]*|sig)=)[^&\s"']+`)
)

// redact removes credentials from the URLs in a text: those of module sources and of backends may carry them.
func redact(s string) string {
	s = userinfo.ReplaceAllString(s, "$1://")
	return secretInQuery.ReplaceAllString(s, "${1}REDACTED")
}
