// Package report renders parity reports, one format a file. Renderers write
// the same bytes for the same report.
package report

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

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

// manyFindings is how many of a report's are written at once, side by side with others.
const manyFindings = 256

// JSON writes the report as maquette/report/v1.
func JSON(w io.Writer, r *parity.Report, _ Style) error {
	if len(r.Findings) <= manyFindings {
		return writeJSON(w, r)
	}
	frame := *r
	frame.Findings = []parity.Finding{}
	pieces := make([][]byte, 1+(len(r.Findings)+manyFindings-1)/manyFindings) // the frame, and the findings
	errs := make([]error, len(pieces))
	var next atomic.Int32
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(pieces); i = int(next.Add(1)) - 1 {
				if i == 0 {
					pieces[i], errs[i] = marshal(&frame, "")
				} else {
					from := (i - 1) * manyFindings
					pieces[i], errs[i] = marshal(r.Findings[from:min(from+manyFindings, len(r.Findings))], "  ")
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	const none = "\n  \"findings\": []" // nothing else is so far to the left
	at := bytes.Index(pieces[0], []byte(none)) + len(none) - len("[]")
	u := &uncommanded{w: w}
	var err error
	write := func(text []byte) {
		if err == nil {
			_, err = u.Write(text)
		}
	}
	write(pieces[0][:at])
	for i, piece := range pieces[1:] {
		if i > 0 {
			piece[0] = ',' // the array goes on
		}
		write(bytes.TrimSuffix(piece, []byte("\n  ]")))
	}
	write([]byte("\n  ]"))
	write(append(pieces[0][at+len("[]"):], '\n'))
	return err
}

// writeJSON writes a value for people to read as well. Where CI systems would
// take what is in a string for a command, it is written otherwise.
func writeJSON(w io.Writer, v any) error {
	text, err := marshal(v, "")
	if err != nil {
		return err
	}
	_, err = (&uncommanded{w: w}).Write(append(text, '\n'))
	return err
}

// marshal is the JSON of a value whose lines after the first begin with a prefix.
func marshal(v any, prefix string) ([]byte, error) {
	return jsonv2.Marshal(v, jsonv1.DefaultOptionsV1(), jsontext.EscapeForHTML(false), jsontext.WithIndentPrefix(prefix), jsontext.WithIndent("  "))
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
