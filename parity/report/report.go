// Package report renders parity reports, one format a file. Renderers write
// the same bytes for the same report.
package report

import (
	"bytes"
	"encoding/json"
	"io"

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
	var compact, laidOut bytes.Buffer
	enc := json.NewEncoder(&compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	laidOut.Grow(2 * compact.Len()) // so that a large report is not copied as it grows
	if err := json.Indent(&laidOut, compact.Bytes(), "", "  "); err != nil {
		return err
	}
	text := laidOut.Bytes()
	if bytes.Contains(text, []byte("##")) {
		text = bytes.ReplaceAll(text, []byte("##"), []byte(`#\u0023`))
	}
	_, err := w.Write(text)
	return err
}
