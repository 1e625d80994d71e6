package parity

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A Pattern is the text of one instance of a state, with holes where others of
// the same form have other texts. Terraform writes such instances alike, so that
// one is mostly read by comparing it with a Pattern and reading the holes. What
// matches is valid JSON, as the instance was that the Pattern is of.
type Pattern struct {
	in     *Packer
	layout *layout
	raw    []byte
	spots  []spot
	// careful says that what is hidden depends on which texts are empty.
	careful bool

	wide   stencil // with a hole at each spot
	narrow stencil // without those at which the layout's narrow rows have one text fixed
	rows   *rows
}

// spot is where a value is in a Pattern's text.
type spot struct {
	from, to int
	kind     spotKind
	leaf     int    // -1: it is none
	id       uint32 // of its text
}

func (s spot) empty() bool { return s.kind == textSpot && s.to-s.from == len(`""`) }

type spotKind uint8

const (
	textSpot spotKind = iota
	numberSpot
	boolSpot
	keySpot  // the instance's key
	leftSpot // a text that is left out
	listSpot // a list of such texts
)

// stencil is a text with holes.
type stencil struct {
	holes []hole
	tail  []byte // what is behind the last
	never bool   // it may not be used: it would hide other texts than it should
}

type hole struct {
	before []byte // what is between the last hole and this one
	kind   spotKind
	empty  bool
	last   uint32 // the number of the text that was here last, if it was written without escapes; else 0
	text   []byte // and that text, with its quotes
}

// NewPattern returns a Pattern of an instance, which is valid JSON and of which v
// was packed. There is none if more than its form tells how one like it is read.
func (p *Packer) NewPattern(raw []byte, v Value) *Pattern {
	n := v.packed()
	if !n.ok() || n.in != p {
		return nil
	}
	t := &Pattern{in: p, layout: n.layout, raw: bytes.Clone(raw)}
	f := spotFinder{scanner: scanner{p: p, raw: t.raw}, t: t, ok: true}
	f.instance(n.layout)
	if !f.ok || !t.agrees(n) {
		return nil
	}
	t.wide = t.stencil(func(spot) bool { return true })
	return t
}

// agrees finds which leaf each spot is, and reports whether all leaves are.
func (t *Pattern) agrees(n packed) bool {
	leaf := uint32(0)
	for i := range t.spots {
		s := &t.spots[i]
		if s.leaf = -1; s.kind >= keySpot {
			continue
		}
		text := t.raw[s.from:s.to]
		if s.kind == textSpot {
			text, _ = jsontext.AppendUnquote(nil, text)
		}
		if leaf >= n.layout.leaves || string(text) != n.text(leaf) {
			return false
		}
		s.leaf, s.id = int(leaf), n.id(leaf)
		leaf++
	}
	return leaf == n.layout.leaves
}

// stencil has holes at some of the spots, and at the others what the rows have.
func (t *Pattern) stencil(open func(spot) bool) stencil {
	var m stencil
	var before []byte
	from := 0
	for _, s := range t.spots {
		before = append(before, t.raw[from:s.from]...)
		from = s.to
		switch {
		case open(s):
			m.holes = append(m.holes, hole{before: before, kind: s.kind, empty: s.empty()})
			before = nil
		case s.id == t.rows.fixed[s.leaf]:
			before = append(before, t.raw[s.from:s.to]...)
		case s.kind == textSpot:
			fixed := t.in.texts.at(t.rows.fixed[s.leaf])
			m.never = m.never || t.careful && (fixed == "") != s.empty()
			before = appendString(before, fixed)
		default:
			before = append(before, t.in.texts.at(t.rows.fixed[s.leaf])...)
		}
	}
	m.tail = append(before, t.raw[from:]...)
	return m
}

// spotFinder finds the spots of an instance.
type spotFinder struct {
	scanner
	t  *Pattern
	ok bool
	// typed says that some object may be one that is written with its type.
	typed bool
}

func (f *spotFinder) add(from int, kind spotKind) {
	f.t.spots = append(f.t.spots, spot{from: from, to: f.at, kind: kind})
}

// instance finds those of an instance whose attributes have a layout.
func (f *spotFinder) instance(l *layout) {
	if f.next() != '{' {
		f.ok = false
		return
	}
	f.at++
	seen := map[string]bool{}
	for f.ok && f.next() == '"' {
		key := f.p.texts.at(f.text())
		f.ok = !seen[key]
		seen[key] = true
		c := f.next()
		from := f.at
		switch {
		case key == "attributes" && c == '{':
			f.value(l, 0)
		case key == "index_key" && (c == '"' || c >= '0' && c <= '9'):
			f.skip()
			f.add(from, keySpot)
		case stateRoles[2][key] == passIt:
			f.leftOut()
		case key == "schema_version" || key == "sensitive_attributes":
			f.skip()
			f.t.careful = f.t.careful || bytes.IndexByte(f.raw[from:f.at], '{') >= 0
		default:
			f.ok = false // it says something of its own
		}
	}
	f.ok = f.ok && seen["attributes"] && !(f.typed && f.t.careful)
}

// value finds the scalars of a part of an instance's attributes. It has to be written in the
// order of its layout: one whose keys are not sorted, or come twice, is no pattern.
func (f *spotFinder) value(l *layout, depth int) {
	kid, kids := 0, len(l.kids)
	into := func(fits bool, depth int) bool {
		if f.ok = f.ok && fits && kid < kids; f.ok {
			f.value(l.kids[kid], depth)
			kid++
		}
		return f.ok
	}
	switch f.next() {
	case '{':
		f.at++
		typed := false
		for f.next() == '"' {
			key := f.p.texts.at(f.text())
			if f.next() == 'n' {
				f.skip()
				continue
			}
			typed = typed || key == "type"
			if !into(l.kind == Object && kid < len(l.keys) && l.keys[kid] == key, depth+1) {
				return
			}
		}
		f.at++
		f.ok = kid == kids
		if typed && kids <= 2 { // of type any, or not: its texts tell
			f.typed = true
			f.ok = f.ok && depth != 1
		}
	case '[':
		f.at++
		for f.next() != ']' {
			if !into(l.kind == List, depth+2) {
				return
			}
		}
		f.at++
		f.ok = kid == kids
	case 'n':
		f.skip()
	default:
		from, kind := f.at, numberSpot
		switch f.raw[from] {
		case '"':
			kind = textSpot
		case 't', 'f':
			kind = boolSpot
		}
		f.skip()
		f.add(from, kind)
	}
}

// leftOut finds the texts of a member that is left out.
func (f *spotFinder) leftOut() {
	c := f.next()
	from := f.at
	switch c {
	case '"':
		f.skip()
		f.add(from, leftSpot)
	case '[':
		if list := listLength(f.raw[from:]); list > 0 {
			f.at += list
			f.add(from, listSpot)
			return
		}
		f.skip()
	case '{':
		f.at++
		for f.next() == '"' {
			f.skip()
			f.leftOut()
		}
		f.at++
	default:
		f.skip()
	}
}

// Match reads an instance off the beginning of a text: its attributes, its key,
// and how long it is. It is not ok where the text does not match, or ends before
// the instance does.
func (t *Pattern) Match(text []byte) (attributes, key Value, length int, ok bool) {
	p := t.in
	if t.rows != t.layout.narrow {
		t.rows = t.layout.narrow
		t.narrow = t.stencil(func(s spot) bool { return s.leaf < 0 || t.rows.slot[s.leaf] >= 0 })
	}
	p.ids = p.ids[:0]
	if key, length, ok = t.match(&t.narrow, text); ok && !t.narrow.never {
		t.layout.packed++
		return p.row(t.rows, p.ids), key, length, true
	}
	p.ids = p.ids[:0]
	if key, length, ok = t.match(&t.wide, text); ok {
		return p.place(t.layout), key, length, true
	}
	return Value{}, Value{}, 0, false
}

// match adds the numbers of the texts in a stencil's holes to those being packed.
func (t *Pattern) match(m *stencil, text []byte) (key Value, length int, ok bool) {
	p, at := t.in, 0
	for i := range m.holes {
		h := &m.holes[i]
		if !bytes.HasPrefix(text[at:], h.before) {
			return Value{}, 0, false
		}
		at += len(h.before)
		rest := text[at:]
		n := 0
		switch h.kind {
		case textSpot:
			var id uint32
			if n, id = p.textAgain(h, rest); n == 0 || t.careful && (n == len(`""`)) != h.empty {
				return Value{}, 0, false
			}
			p.ids = append(p.ids, id)
		case numberSpot:
			if n = numberLength(rest); n == 0 {
				return Value{}, 0, false
			}
			p.ids = append(p.ids, p.texts.of(rest[:n]))
		case boolSpot:
			switch {
			case bytes.HasPrefix(rest, []byte("true")):
				n = len("true")
			case bytes.HasPrefix(rest, []byte("false")):
				n = len("false")
			default:
				return Value{}, 0, false
			}
			p.ids = append(p.ids, p.texts.of(rest[:n]))
		case keySpot:
			if n, key = p.instanceKey(rest); n == 0 {
				return Value{}, 0, false
			}
		case leftSpot:
			var plain bool
			if n, plain = TextLength(rest); !plain { // what has escapes may not be valid
				return Value{}, 0, false
			}
		case listSpot:
			if n = listLength(rest); n == 0 {
				return Value{}, 0, false
			}
		}
		at += n
	}
	return key, at + len(m.tail), bytes.HasPrefix(text[at:], m.tail)
}

// textAgain reads a text, which often is what was in the hole before. It has no
// length if it is not valid.
func (p *Packer) textAgain(h *hole, raw []byte) (length int, id uint32) {
	if h.last != 0 && bytes.HasPrefix(raw, h.text) {
		return len(h.text), h.last
	}
	length, plain := TextLength(raw)
	switch {
	case length == 0:
	case plain:
		id = p.texts.of(raw[1 : length-1])
		h.last, h.text = id, append(h.text[:0], raw[:length]...)
	default:
		var err error
		if p.work, err = jsontext.AppendUnquote(p.work[:0], raw[:length]); err != nil {
			return 0, 0
		}
		h.last, id = 0, p.texts.of(p.work)
	}
	return length, id
}

// instanceKey reads an instance's key.
func (p *Packer) instanceKey(raw []byte) (length int, key Value) {
	if n := numberLength(raw); n > 0 {
		return n, Value{Kind: Number, Text: p.texts.at(p.texts.of(raw[:n]))}
	}
	n, plain := TextLength(raw)
	if !plain {
		return 0, Value{}
	}
	return n, Text(p.texts.at(p.texts.of(raw[1 : n-1])))
}

// TextLength is how long the string is with which a text begins, 0 if it begins
// with none that is valid. plain says that it is what is between its quotes.
func TextLength(raw []byte) (length int, plain bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return 0, false
	}
	plain, ascii := true, true
	for i := 1; ; i++ {
		i += ordinary(raw[i:])
		if i >= len(raw) {
			return 0, false
		}
		switch c := raw[i]; {
		case c == '"':
			if !ascii && !utf8.Valid(raw[1:i]) {
				return 0, false
			}
			return i + 1, plain
		case c == '\\':
			plain = false
			i++ // whether it is an escape is seen when it is read
		case c < ' ':
			return 0, false
		default:
			ascii = false
		}
	}
}

// ordinary is how many bytes of a string, up to its end, mean themselves.
func ordinary(b []byte) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		if found := (x | (x-ones*' ')&^x | (quote-ones)&^quote | (slash-ones)&^slash) & high; found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(b); n++ {
		if c := b[n]; c == '"' || c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			break
		}
	}
	return n
}

// numberLength is how long the number is with which a text begins, 0 if it begins
// with none, or ends with it.
func numberLength(raw []byte) int {
	i := 0
	digits := func() bool {
		from := i
		for i < len(raw) && isDigit(raw[i]) {
			i++
		}
		return i > from
	}
	if i < len(raw) && raw[i] == '-' {
		i++
	}
	if i < len(raw) && raw[i] == '0' {
		i++
	} else if !digits() {
		return 0
	}
	if i < len(raw) && raw[i] == '.' {
		i++
		if !digits() {
			return 0
		}
	}
	if i < len(raw) && (raw[i] == 'e' || raw[i] == 'E') {
		i++
		if i < len(raw) && (raw[i] == '+' || raw[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	if i == len(raw) || isDigit(raw[i]) {
		return 0
	}
	return i
}

// listLength is how long the list of strings without escapes is with which a text
// begins, 0 if it begins with none.
func listLength(raw []byte) int {
	space := func(i int) int {
		for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
			i++
		}
		return i
	}
	if len(raw) == 0 || raw[0] != '[' {
		return 0
	}
	at := space(1)
	if at < len(raw) && raw[at] == ']' {
		return at + 1
	}
	for at < len(raw) {
		n, plain := TextLength(raw[at:])
		if !plain {
			return 0
		}
		at = space(at + n)
		switch {
		case at >= len(raw):
		case raw[at] == ']':
			return at + 1
		case raw[at] == ',':
			at = space(at + 1)
		default:
			return 0
		}
	}
	return 0
}
