// Package report renders parity reports, one format a file. Renderers write
// the same bytes for the same report.
package report

import (
	"bufio"
	"bytes"
	"io"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/maquette/maquette/parity"
)

// Style is how a report for people looks.
type Style struct {
	Colour bool
	All    bool // every info and every place
}

// Renderer writes a report.
type Renderer func(w io.Writer, r *parity.Report, s Style) error

// Formats returns the names of the formats.
func Formats() []string {
	return []string{"text", "json", "sarif", "junit", "markdown", "github", "gitlab", "html"}
}

// For returns the renderer of a format, nil where there is none.
func For(format string) Renderer {
	switch format {
	case "text":
		return Text
	case "json":
		return JSON
	case "sarif":
		return SARIF
	case "junit":
		return JUnit
	case "markdown":
		return Markdown
	case "github":
		return GitHub
	case "gitlab":
		return GitLab
	case "html":
		return HTML
	}
	return nil
}

// JSON writes the report as maquette/report/v1.
func JSON(w io.Writer, r *parity.Report, _ Style) error {
	return writeJSON(w, r)
}

// writeJSON writes a value for people to read as well. Where CI systems would
// take what is in a string for a command, it is written otherwise.
func writeJSON(w io.Writer, v any) error {
	out := bufio.NewWriterSize(w, 1<<16)
	u := &uncommanded{w: out}
	if err := jsonv2.MarshalWrite(u, v, jsonv1.DefaultOptionsV1(), jsontext.EscapeForHTML(false), jsontext.WithIndent("  ")); err != nil {
		return err
	}
	if err := out.WriteByte('\n'); err != nil {
		return err
	}
	return out.Flush()
}

// uncommanded writes the second # of two as its escape: two begin a command to a
// CI system.
type uncommanded struct {
	w    io.Writer
	open bool // the last byte is the first of two, perhaps
	text []byte
}

func (u *uncommanded) Write(p []byte) (int, error) {
	if !u.open && bytes.IndexByte(p, '#') < 0 {
		return u.w.Write(p)
	}
	u.text = u.text[:0]
	for _, c := range p {
		if c == '#' && u.open {
			u.text, u.open = append(u.text, `\u0023`...), false
			continue
		}
		u.text, u.open = append(u.text, c), c == '#'
	}
	if _, err := u.w.Write(u.text); err != nil {
		return 0, err
	}
	return len(p), nil
}
