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
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	text := indented(buf.Bytes())
	if bytes.Contains(text, []byte("##")) {
		text = bytes.ReplaceAll(text, []byte("##"), []byte(`#\u0023`))
	}
	_, err := w.Write(text)
	return err
}

// indented is what json.Indent makes of what Marshal wrote. It does not check
// again what is known to be JSON, which is most of the time that Indent takes.
func indented(text []byte) []byte {
	out := make([]byte, 0, 2*len(text))
	depth := 0
	line := func() {
		out = append(out, '\n')
		for range depth {
			out = append(out, "  "...)
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			end := i + 1
			for ; text[end] != '"'; end++ {
				if text[end] == '\\' {
					end++
				}
			}
			out = append(out, text[i:end+1]...)
			i = end
		case '{', '[':
			out = append(out, c)
			if text[i+1] == c+2 { // their codes are two apart
				out = append(out, text[i+1])
				i++
				continue
			}
			depth++
			line()
		case '}', ']':
			depth--
			line()
			out = append(out, c)
		case ',':
			out = append(out, c)
			line()
		case ':':
			out = append(out, ": "...)
		default:
			out = append(out, c)
		}
	}
	return out
}
