// Package report renders parity reports, one format a file. Renderers write
// the same bytes for the same report.
package report

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
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

// pieceLength is how many tiers or findings are written at once, side by side with others.
const pieceLength = 256

// JSON writes the report as maquette/report/v1.
func JSON(w io.Writer, r *parity.Report, _ Style) error {
	if len(r.Tiers)+len(r.Findings) <= pieceLength {
		return writeJSON(w, r)
	}
	frame := *r
	frame.Tiers, frame.Findings = []parity.Tier{}, []parity.Finding{}
	tiers, errTiers := pieces("tiers", r.Tiers, pieceLength)
	findings, errFindings := pieces("findings", r.Findings, pieceLength)
	if err := errors.Join(errTiers, errFindings); err != nil {
		return err
	}
	return writeFramed(w, &frame, tiers, findings)
}

// member is the JSON of a list that is a member of a document, in pieces.
type member struct {
	name   string
	pieces [][]byte
}

// writeFramed writes a document, of which some members, empty lists in the frame, were made apart.
func writeFramed(w io.Writer, frame any, members ...member) error {
	text, err := marshal(frame, "")
	if err != nil {
		return err
	}
	var all [][]byte
	for _, m := range members {
		name := []byte("\n  \"" + m.name + "\": ") // nothing else is so far to the left
		before, after, _ := bytes.Cut(text, append(name, "[]"...))
		all = append(append(all, before, name), m.pieces...)
		text = after
	}
	u := &uncommanded{w: w}
	for _, piece := range append(all, text, []byte("\n")) {
		if _, err := u.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// pieces are the JSON of a list, so many elements a piece, made by all cores.
func pieces[T any](name string, list []T, length int) (member, error) {
	const end = "\n  ]"
	parts := slices.Collect(slices.Chunk(list, length))
	if len(parts) == 0 {
		return member{name, [][]byte{[]byte("[]")}}, nil
	}
	pieces, errs := make([][]byte, len(parts)), make([]error, len(parts))
	var next atomic.Int32
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(parts); i = int(next.Add(1)) - 1 {
				text, err := marshal(parts[i], "  ")
				if i > 0 && err == nil {
					text[0] = ',' // the list goes on
				}
				pieces[i], errs[i] = bytes.TrimSuffix(text, []byte(end)), err
			}
		})
	}
	wg.Wait()
	return member{name, append(pieces, []byte(end))}, errors.Join(errs...)
}

// writeJSON writes a value for people to read as well. Where CI systems would
// take what is in a string for a command, it is written otherwise.
func writeJSON(w io.Writer, v any) error {
	out := bufio.NewWriterSize(w, 1<<16)
	u := &uncommanded{w: out}
	if err := jsonv2.MarshalWrite(u, v, likeV1("")...); err != nil {
		return err
	}
	if err := out.WriteByte('\n'); err != nil {
		return err
	}
	return out.Flush()
}

// marshal is the JSON of a value whose lines after the first begin with a prefix.
func marshal(v any, prefix string) ([]byte, error) { return jsonv2.Marshal(v, likeV1(prefix)...) }

func likeV1(prefix string) []jsonv2.Options {
	return []jsonv2.Options{
		jsonv1.DefaultOptionsV1(), jsontext.EscapeForHTML(false), jsontext.WithIndentPrefix(prefix), jsontext.WithIndent("  "),
	}
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
