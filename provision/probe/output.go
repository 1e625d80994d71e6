package probe

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode"
)

const (
	maxLine   = 64 << 10 // what is longer is cut
	tailLines = 5
	// minSecret is the length in bytes from which on a value is masked. Shorter ones are in many words.
	minSecret = 6
	masked    = "***"
)

// mask replaces the values of those of a command's own variables that are secret.
type mask struct {
	replacer *strings.Replacer
	longest  int
}

func newMask(env map[string]string, names []string) mask {
	var secrets []string
	for _, name := range names {
		value := env[name]
		secrets = append(secrets, value)
		// Output is masked line by line; a key in a file of its own has several.
		for line := range strings.Lines(value) {
			secrets = append(secrets, strings.TrimSpace(line))
		}
	}
	secrets = slices.DeleteFunc(secrets, func(s string) bool { return len(s) < minSecret })
	// The longest first: one may be the beginning of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	m := mask{}
	var pairs []string
	for _, secret := range secrets {
		pairs = append(pairs, secret, masked)
		m.longest = max(m.longest, len(secret))
	}
	m.replacer = strings.NewReplacer(pairs...)
	return m
}

func (m mask) apply(text string) string { return m.replacer.Replace(text) }

// output takes what a command prints: it writes whole lines to the log, masked, and keeps the last ones.
type output struct {
	to     io.Writer
	prefix string
	mask   mask

	line []byte // that has not ended yet
	cut  bool   // it was too long
	last []string
}

func (o *output) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		// More than is shown, so that a value across the cut is seen as a whole.
		room := maxLine + o.mask.longest - len(o.line)
		o.cut = o.cut || len(part) > room
		o.line = append(o.line, part[:min(len(part), room)]...)
		if !ended {
			break
		}
		o.flush()
		p = rest
	}
	return n, nil
}

// finish writes a last line that has no end.
func (o *output) finish() {
	if len(o.line) > 0 {
		o.flush()
	}
}

func (o *output) flush() {
	text := o.mask.apply(string(o.line))
	if o.cut {
		text = text[:max(0, len(text)-o.mask.longest)] + "…" // in what goes may be a part of a value
	}
	text = strings.ToValidUTF8(strings.TrimRight(text, "\r"), "\uFFFD")
	say(o.to, o.prefix, text)
	o.last = append(o.last, text)
	o.last = o.last[max(0, len(o.last)-tailLines):]
	o.line, o.cut = o.line[:0], false
}

// tail is the last output, for an error.
func (o *output) tail() string {
	if len(o.last) == 0 {
		return ", without output"
	}
	var b strings.Builder
	b.WriteString("; its last output:")
	for _, line := range o.last {
		b.WriteString("\n  ")
		b.WriteString(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) && r != '\t' {
				return -1
			}
			return r
		}, line))
	}
	return b.String()
}
