// Package report renders parity reports, one format a file. Renderers write
// the same bytes for the same report.
package report

import (
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
	var buf bytes.Buffer
	if err := jsonv2.MarshalWrite(&buf, v, jsonv1.DefaultOptionsV1(), jsontext.EscapeForHTML(false), jsontext.WithIndent("  ")); err != nil {
		return err
	}
	buf.WriteByte('\n')
	text := buf.Bytes()
	if bytes.Contains(text, []byte("##")) {
		text = bytes.ReplaceAll(text, []byte("##"), []byte(`#\u0023`))
	}
	_, err := w.Write(text)
	return err
}
