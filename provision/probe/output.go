package probe

import (
	"bytes"
	"io"
	"strings"
	"unicode"

	"github.com/maquette/maquette/internal/mask"
)

const (
	maxLine   = 64 << 10 // what is longer is cut
	tailLines = 5
)

// output takes what a command prints: it writes whole lines to the log, masked, and keeps the last ones.
type output struct {
	to     io.Writer
	prefix string
	mask   mask.Mask

	line []byte // that has not ended yet
	cut  bool   // it was too long
	last []string
}

func (o *output) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte("\n"))
		// More than is shown, so that a value across the cut is seen as a whole.
		room := maxLine + o.mask.Longest - len(o.line)
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
	text := o.mask.Apply(string(o.line))
	if o.cut {
		text = text[:max(0, len(text)-o.mask.Longest)] + "…" // in what goes may be a part of a value
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
