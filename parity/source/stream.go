package source

import (
	"bytes"
	"cmp"
	"errors"
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

// object returns the object that begins here, and only as much of it as there is if
// the source ends before. Of one that is not whole in the window, and that may not
// be read to its end, nothing is returned.
func (w *window) object(readOn bool) []byte {
	depth, text := 0, false
	for i := 0; ; i++ {
		for i >= w.to-w.from {
			if !readOn && w.to-w.from >= windowSize/2 {
				return nil
			}
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
	for n := 0; ; n++ {
		c := d.win.next()
		if c == ']' {
			d.win.from++
			return d.resume(`{"resources":[]`, tokensToArray+1)
		}
		comma := ""
		if n > 0 && c == ',' {
			d.win.from++
			d.win.next()
			comma = ","
		}
		before := func() string { return `{"resources":[` + zeros(n) + comma } // of this element
		if n > 0 && comma == "" {
			return d.byDecoder(before(), n) // which knows what is wrong, and where
		}
		if d.byPattern() {
			continue
		}
		was := *d.snap
		raw := d.win.object(false)
		if raw == nil {
			ok, end, err := d.byInstance(before, n)
			if err != nil || end {
				return err
			}
			if ok {
				continue
			}
			raw = d.win.object(true)
		}
		if !d.whole(raw) {
			*d.snap = was
			return d.byDecoder(before(), n)
		}
	}
}

// tokensToArray is how many tokens {"key":[ has.
const tokensToArray = 3

// zeros are n elements of an array.
func zeros(n int) string { return strings.TrimSuffix(strings.Repeat("0,", n), ",") }

// byDecoder reads the rest of the array by the decoder, as if it had read n elements
// before.
func (d *document) byDecoder(read string, n int) error {
	if err := d.resume(read, tokensToArray+n); err != nil {
		return err
	}
	return d.restOfList(objects(d.element, d.resource))
}

// whole reads an element as JSON, and reports whether nothing is wrong with it.
func (d *document) whole(raw []byte) bool {
	if len(raw) == 0 || raw[0] != '{' || !jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true)) {
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
	if added := d.snap.Resources[from:]; len(added) > 0 && v.Get("mode").Str() == "managed" {
		for i, instance := range instances(raw, min(len(added), maxLearned-d.learned[added[0].Type])) {
			d.learn(instance, added[i])
		}
	}
	d.win.from += len(raw)
	return true
}

// byInstance reads an element that is longer than the window, with n others before
// it. It is not ok if its members are not in the order in which Terraform writes
// them; nothing was read then. end says that the rest of the array was read, too.
func (d *document) byInstance(before func() string, n int) (ok, end bool, err error) {
	m := matcher{d: d, raw: d.win.rest()}
	if !m.header() {
		return false, false, nil
	}
	d.hasState = true
	d.win.from += m.at
	tokens := 2*tokensToArray + n // {, a key and [, twice
	for i := 0; ; i++ {
		c := d.win.next()
		if c == ']' {
			d.win.from++
			break
		}
		comma := ""
		if i > 0 && c == ',' {
			d.win.from++
			d.win.next()
			comma = ","
		}
		wrong := errors.New("an instance is wanted here")
		if i == 0 || comma != "" {
			wrong = d.instance(&m)
		}
		if wrong == nil {
			continue
		}
		if err := d.resume(before()+`{"instances":[`+zeros(i)+comma, tokens+i); err != nil {
			return true, true, err
		}
		// What is wrong as JSON comes first, wherever in the element it is.
		err := d.restOfList(d.pass)
		if err == nil {
			err = d.restOfObject(func(string) error { return d.pass() })
		}
		return true, true, cmp.Or(err, wrong)
	}
	if d.win.next() == '}' {
		d.win.from++
		return true, false, nil
	}
	if err := d.resume(before()+`{"instances":[]`, tokens+1); err != nil {
		return true, true, err
	}
	var late string
	err = d.restOfObject(func(key string) error {
		if _, known := stateResourceKinds[key]; known {
			late = key
		}
		return d.pass()
	})
	if err == nil && late != "" {
		err = withHint("Terraform writes them last; look what has changed the state.", "%s of %s comes after its many instances",
			late, blockOf(m.Declaration, parity.Place{Module: m.module}))
	}
	if err != nil {
		return true, true, err
	}
	return true, true, d.restOfList(objects(d.element, d.resource))
}

// pass passes a value.
func (d *document) pass() error {
	_, err := d.dec.ReadValue()
	return tooDeep(err)
}

// instance reads an instance off the window.
func (d *document) instance(m *matcher) error {
	d.ahead()
	one := matcher{d: d, raw: d.win.rest(), block: m.block}
	if patterns := d.patterns[m.Type]; m.mode == "managed" && one.instance(patterns) {
		d.win.from += one.at
		return nil
	}
	if d.win.next() != '{' {
		return d.stateInstance(m.block, parity.Value{})
	}
	raw := d.win.object(true)
	if !jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true)) {
		return errors.New("it is no JSON") // the decoder says more of it
	}
	v, err := d.pack.Instance(raw, d.dec.MaxDepth)
	if err != nil {
		return err
	}
	if err := d.stateInstance(m.block, v); err != nil {
		return err
	}
	if m.mode == "managed" {
		d.learn(raw, d.snap.Resources[len(d.snap.Resources)-1])
	}
	d.win.from += len(raw)
	return nil
}

// ahead makes sure that there is much in the window, if there is much to come.
func (d *document) ahead() {
	for d.win.to-d.win.from < windowSize/4 && d.win.fill() {
	}
}

// known is how some instances of a type are written.
type known struct {
	pattern *parity.Pattern
	schema  int
}

// How many patterns of one type are kept, and how many are made.
const maxKnown, maxLearned = 8, 256

// learn makes a pattern of an instance, which is a resource now.
func (d *document) learn(instance []byte, r parity.Resource) {
	if d.learned[r.Type] >= maxLearned || len(instance) > windowSize/4 { // one that is longer might not be in the window
		return
	}
	if d.patterns == nil {
		d.patterns, d.learned = map[string][]known{}, map[string]int{}
	}
	d.learned[r.Type]++
	if p := d.pack.NewPattern(instance, r.Attributes.Value()); p != nil {
		have := d.patterns[r.Type]
		d.patterns[r.Type] = slices.Insert(have[:min(len(have), maxKnown-1)], 0, known{p, r.Schema})
	}
}

// instances are the first of an element, which is valid, as they are written; of one
// that has them twice the last, as that is read.
func instances(raw []byte, most int) (found []jsontext.Value) {
	if most <= 0 {
		return nil
	}
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
		found = nil
		for dec.PeekKind() != jsontext.KindEndArray {
			if v, _ := dec.ReadValue(); len(found) < most {
				found = append(found, slices.Clone(v))
			}
		}
		token()
	}
	return found
}

// byPattern reads an element of the window, if each of its instances is written as
// one before was.
func (d *document) byPattern() bool {
	if len(d.patterns) == 0 {
		return false
	}
	d.ahead()
	from := len(d.snap.Resources)
	m := matcher{d: d, raw: d.win.rest()}
	if !m.element() {
		d.snap.Resources = d.snap.Resources[:from] // what was packed of them stays, and is of no use
		return false
	}
	d.win.from += m.at
	return true
}

// matcher reads an element that is written as Terraform does. It gives up on all
// else.
type matcher struct {
	d   *document
	raw []byte
	at  int
	block
	shared *parity.Declaration // of the instance before
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

// header reads an element up to its instances.
func (m *matcher) header() bool {
	if !m.pass('{') {
		return false
	}
	for {
		key := m.text()
		if !m.pass(':') {
			return false
		}
		if string(key) == `"instances"` {
			return (m.mode == "managed" || m.mode == "data") && m.begin()
		}
		if !m.member(key) || !m.pass(',') {
			return false
		}
	}
}

// member reads a member of an element. Its instances have to come last.
func (m *matcher) member(key []byte) bool {
	var to *string
	switch string(key) {
	case `"module"`:
		to = &m.module
	case `"mode"`:
		to = &m.mode
	case `"type"`:
		to = &m.Type
	case `"name"`:
		to = &m.Name
	case `"provider"`:
		to = &m.Provider
	case `"each"`: // as early versions wrote
		return len(m.text()) > 0
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
	patterns := m.d.patterns[m.Type]
	if len(patterns) == 0 || m.mode != "managed" || !m.begin() {
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

// begin begins the instances of a resource.
func (m *matcher) begin() bool {
	if m.Type == "" || m.Name == "" || !m.pass('[') {
		return false
	}
	m.Provider = m.d.provider(m.Provider)
	return true
}

func (m *matcher) instance(patterns []known) bool {
	for i, k := range patterns {
		v, key, length, ok := k.pattern.Match(m.raw[min(m.at, len(m.raw)):])
		if !ok {
			continue
		}
		if m.Schema != k.schema || m.shared == nil {
			m.Schema = k.schema
			m.shared = m.d.declared(m.Declaration)
		}
		at := parity.Place{Module: m.module}
		if instanceKey(&at, key) != nil {
			return false
		}
		m.d.add(parity.Resource{Declaration: m.shared, Attributes: parity.AttributesOf(v)}, at)
		m.at += length
		copy(patterns[1:i+1], patterns[:i]) // what was of use is asked first
		patterns[0] = k
		return true
	}
	return false
}

// maxWords bounds how many texts are known that resources share.
const maxWords = 1 << 16

// word is what a string says that is written so, of which there are many alike; "" if it is none.
func (d *document) word(raw []byte) string {
	if s, ok := d.words[string(raw)]; ok {
		return s
	}
	if d.words == nil || len(d.words) > maxWords {
		d.words = map[string]string{}
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return ""
	}
	d.words[string(raw)] = string(text)
	return string(text)
}
