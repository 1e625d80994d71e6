package source

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/maquette/maquette/parity"
)

// The resources of a state are nearly all of its text, and most are written as
// one before was: they are read here by patterns, off a window on the source.
// Whatever else comes is read as JSON, and errors are said by the decoder.

// window is a part of a source that is held in memory.
type window struct {
	r        io.Reader
	buf      []byte
	from, to int   // what of buf is still to be read
	base     int64 // where in the source buf begins
	err      error // why no more can be read
}

// windowSize is how much a window holds, unless an element is longer.
const windowSize = 256 << 10

func (w *window) rest() []byte { return w.buf[w.from:w.to] }

func (w *window) offset() int64 { return w.base + int64(w.from) }

// fill reads more, and reports whether there was more.
func (w *window) fill() bool {
	if w.err != nil {
		return false
	}
	if w.from > 0 {
		w.base += int64(w.from)
		w.to = copy(w.buf, w.rest())
		w.from = 0
	}
	if w.to == len(w.buf) {
		w.buf = slices.Grow(w.buf, max(windowSize, len(w.buf)))
		w.buf = w.buf[:cap(w.buf)]
	}
	n, err := w.r.Read(w.buf[w.to:])
	w.to += n
	w.err = err
	return n > 0 || err == nil
}

// next skips white space, and returns what follows without passing it; 0 at the
// end.
func (w *window) next() byte {
	for {
		for w.from < w.to {
			switch c := w.buf[w.from]; c {
			case ' ', '\n', '\r', '\t':
				w.from++
			default:
				return c
			}
		}
		if !w.fill() {
			return 0
		}
	}
}

// element returns the object that begins here, and only as much of it as there
// is if the source ends before.
func (w *window) element() []byte {
	depth, text := 0, false
	for i := 0; ; i++ {
		for i >= w.to-w.from {
			if !w.fill() {
				return w.rest()
			}
		}
		switch c := w.buf[w.from+i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return w.rest()[:i+1]
			}
		}
	}
}

// offset is how much of the source has been worked off.
func (d *document) offset() int64 {
	if d.win != nil {
		return d.win.offset()
	}
	return d.base + d.dec.InputOffset()
}

// resume lets the decoder go on where the window is, as if it had read the given
// text of so many tokens before.
func (d *document) resume(read string, tokens int) error {
	w, depth := d.win, d.dec.MaxDepth
	d.base = w.offset() - int64(len(read))
	d.src = io.MultiReader(bytes.NewReader(w.rest()), w)
	d.dec, d.win = parity.NewDecoder(io.MultiReader(strings.NewReader(read), d.src)), nil
	d.dec.MaxDepth = depth
	for range tokens {
		if _, err := d.dec.ReadToken(); err != nil {
			return err
		}
	}
	return nil
}

// Read reads what is behind the window.
func (w *window) Read(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	return w.r.Read(p)
}

// resources reads the array of resources that follows.
func (d *document) resources() error {
	if d.dec.PeekKind() != jsontext.KindBeginArray {
		return d.array(d.element, d.resource)
	}
	if _, err := d.dec.ReadToken(); err != nil {
		return err
	}
	d.win = &window{
		r: io.MultiReader(bytes.NewReader(slices.Clone(d.dec.UnreadBuffer())), d.src), buf: make([]byte, windowSize), base: d.offset(),
	}
	const before = `{"resources":[`
	for n := 0; ; n++ {
		read := ""
		switch c := d.win.next(); {
		case c == ']':
			d.win.from++
			return d.resume(before+"]", len(`{":[]`)-1)
		case n > 0 && c == ',':
			d.win.from++
			d.win.next()
			read = ","
		}
		was := *d.snap
		if begins := n == 0 || read != ""; begins && (d.byPattern() || d.byElement()) {
			continue
		}
		// The decoder knows what is wrong, and where.
		*d.snap = was
		if err := d.resume(before+strings.TrimSuffix(strings.Repeat("0,", n), ",")+read, len(`{":[`)-1+n); err != nil {
			return err
		}
		return d.elements(d.element, d.resource)
	}
}

// byElement reads an element of the window as JSON. It reports whether nothing is
// wrong with it.
func (d *document) byElement() bool {
	if d.win.next() != '{' {
		return false
	}
	raw := d.win.element()
	if !jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true)) {
		return false
	}
	v, err := d.pack.Element(raw, d.dec.MaxDepth)
	if err != nil {
		return false
	}
	from := len(d.snap.Resources)
	if d.resource(v) != nil {
		return false
	}
	if v.Get("mode").Str() == "managed" {
		d.learn(raw, d.snap.Resources[from:])
	}
	d.win.from += len(raw)
	return true
}

// known is how some instances of a type are written.
type known struct {
	pattern *parity.Pattern
	schema  int
}

// How many patterns of one type are kept, and how many are made.
const maxKnown, maxLearned = 8, 256

// learn makes patterns of the instances of an element, which are resources now.
func (d *document) learn(raw []byte, resources []parity.Resource) {
	if len(resources) == 0 || d.learned[resources[0].Type] >= maxLearned {
		return
	}
	if d.patterns == nil {
		d.patterns, d.learned = map[string][]known{}, map[string]int{}
	}
	typ := resources[0].Type
	for i, instance := range instances(raw, min(len(resources), maxLearned-d.learned[typ])) {
		d.learned[typ]++
		if len(instance) > windowSize {
			continue // one like it would not be in the window
		}
		p := d.pack.NewPattern(instance, resources[i].Attributes)
		if p == nil {
			continue
		}
		have := d.patterns[typ]
		d.patterns[typ] = slices.Insert(have[:min(len(have), maxKnown-1)], 0, known{p, resources[i].Schema})
	}
}

// instances are the first of an element, which is valid, as they are written.
func instances(raw []byte, most int) (found []jsontext.Value) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true))
	token := func() jsontext.Token {
		t, _ := dec.ReadToken()
		return t
	}
	token()
	for dec.PeekKind() != jsontext.KindEndObject {
		if token().String() != "instances" || dec.PeekKind() != jsontext.KindBeginArray {
			_ = dec.SkipValue()
			continue
		}
		token()
		for dec.PeekKind() != jsontext.KindEndArray && len(found) < most {
			v, _ := dec.ReadValue()
			found = append(found, slices.Clone(v))
		}
		return found
	}
	return nil
}

// byPattern reads an element of the window, if each of its instances is written as
// one before was.
func (d *document) byPattern() bool {
	if len(d.patterns) == 0 {
		return false
	}
	for d.win.to-d.win.from < windowSize/4 && d.win.fill() {
	}
	from := len(d.snap.Resources)
	m := matcher{d: d, raw: d.win.rest()}
	if !m.element() {
		d.snap.Resources = d.snap.Resources[:from]
		return false
	}
	d.win.from += m.at
	return true
}

// matcher reads an element that is written as Terraform does. It gives up on all
// else.
type matcher struct {
	d    *document
	raw  []byte
	at   int
	base parity.Resource
	mode string
}

// skip passes white space, and returns what follows; 0 at the end.
func (m *matcher) skip() byte {
	for ; m.at < len(m.raw); m.at++ {
		switch c := m.raw[m.at]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// pass passes a character and the white space before it.
func (m *matcher) pass(c byte) bool {
	ok := m.skip() == c
	m.at++
	return ok
}

// text passes a string, and returns it as it is written; nothing if there is none.
func (m *matcher) text() []byte {
	m.skip()
	rest := m.raw[min(m.at, len(m.raw)):]
	length, _ := parity.TextLength(rest)
	m.at += length
	return rest[:length]
}

func (m *matcher) element() bool {
	if !m.pass('{') {
		return false
	}
	for {
		if key := m.text(); !m.pass(':') || !m.member(key) {
			return false
		}
		switch m.skip() {
		case ',':
			m.at++
		case '}':
			m.at++
			return true
		default:
			return false
		}
	}
}

// member reads a member of an element. Its instances have to come last.
func (m *matcher) member(key []byte) bool {
	var to *string
	switch string(key) {
	case `"module"`:
		to = &m.base.Module
	case `"mode"`:
		to = &m.mode
	case `"type"`:
		to = &m.base.Type
	case `"name"`:
		to = &m.base.Name
	case `"provider"`:
		to = &m.base.Provider
	case `"instances"`:
		return m.instances() && m.skip() == '}'
	default:
		return false
	}
	if *to != "" {
		return false
	}
	*to = m.d.word(m.text())
	return *to != ""
}

func (m *matcher) instances() bool {
	patterns := m.d.patterns[m.base.Type]
	if len(patterns) == 0 || m.base.Name == "" || m.mode != "managed" || !m.pass('[') {
		return false
	}
	m.base.Provider = m.d.provider(m.base.Provider)
	if instanceKey(&m.base, parity.Value{}) != nil {
		return false
	}
	for {
		m.skip()
		if !m.instance(patterns) {
			return false
		}
		switch m.skip() {
		case ',':
			m.at++
		case ']':
			m.at++
			return true
		default:
			return false
		}
	}
}

func (m *matcher) instance(patterns []known) bool {
	for i, k := range patterns {
		v, key, length, ok := k.pattern.Match(m.raw[min(m.at, len(m.raw)):])
		if !ok {
			continue
		}
		r := m.base
		if key.Kind != parity.Null && instanceKey(&r, key) != nil {
			return false
		}
		r.Attributes, r.Schema = v, k.schema
		m.d.add(r)
		m.at += length
		copy(patterns[1:i+1], patterns[:i]) // what was of use is asked first
		patterns[0] = k
		return true
	}
	return false
}

// word is what a string says that is written so, of which there are many alike; "" if it is none.
func (d *document) word(raw []byte) string {
	if s, ok := d.words[string(raw)]; ok {
		return s
	}
	if d.words == nil || len(d.words) > 1<<16 {
		d.words = map[string]string{}
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return ""
	}
	d.words[string(raw)] = string(text)
	return string(text)
}
