package parity

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds the nesting of one value, and maxDocumentDepth that of a
// document inside a string; Terraform's own state never comes near, and
// recursion must not exhaust the stack on hostile input.
const maxDepth, maxDocumentDepth = 256, 64

// ErrTooDeep says that a JSON value nests deeper than any provider's does.
var ErrTooDeep = errors.New("values nest deeper than any that Terraform writes")

// Decoder reads Values off a JSON stream. Strings that come often share their
// memory.
type Decoder struct {
	*jsontext.Decoder
	// MaxDepth is how deep values may nest; deeper ones are ErrTooDeep.
	MaxDepth int
	seen     map[string]string
	scratch  []byte
}

// NewDecoder returns a Decoder of r. Names may come twice in an object, unless an option forbids it.
func NewDecoder(r io.Reader, options ...jsontext.Options) *Decoder {
	return &Decoder{
		Decoder:  jsontext.NewDecoder(r, append([]jsontext.Options{jsontext.AllowDuplicateNames(true)}, options...)...),
		MaxDepth: maxDepth,
		seen:     map[string]string{},
	}
}

// maxInterned bounds what the Decoder remembers; longer strings hardly repeat.
const maxInterned, maxInternedCount = 64, 1 << 16

func (d *Decoder) intern(b []byte) string {
	if len(b) > maxInterned {
		return string(b)
	}
	if s, ok := d.seen[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(d.seen) < maxInternedCount {
		d.seen[s] = s
	}
	return s
}

// Name reads an object's next key.
func (d *Decoder) Name() (string, error) {
	raw, err := d.ReadValue()
	if err != nil {
		return "", err
	}
	return d.text(raw)
}

func (d *Decoder) text(raw jsontext.Value) (string, error) {
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return d.intern(inner), nil
	}
	var err error
	d.scratch, err = jsontext.AppendUnquote(d.scratch[:0], raw)
	return d.intern(d.scratch), err
}

// Value reads the next value of the stream. Null members of objects are left
// out: absent and null are one.
func (d *Decoder) Value() (Value, error) { return d.value(0) }

func (d *Decoder) value(depth int) (Value, error) {
	if depth > d.MaxDepth {
		return Value{}, ErrTooDeep
	}
	switch kind := d.PeekKind(); kind {
	case jsontext.KindBeginArray:
		if _, err := d.ReadToken(); err != nil {
			return Value{}, err
		}
		var items []Value
		for d.PeekKind() != jsontext.KindEndArray {
			v, err := d.value(depth + 1)
			if err != nil {
				return Value{}, err
			}
			items = append(items, v)
		}
		_, err := d.ReadToken()
		return ListOf(items), err
	case jsontext.KindBeginObject:
		if _, err := d.ReadToken(); err != nil {
			return Value{}, err
		}
		var keys []string
		var items []Value
		nulls := false
		for d.PeekKind() != jsontext.KindEndObject {
			key, err := d.Name()
			if err != nil {
				return Value{}, err
			}
			v, err := d.value(depth + 1)
			if err != nil {
				return Value{}, err
			}
			if v.Kind == Null {
				nulls = true
				continue
			}
			keys, items = append(keys, key), append(items, v)
		}
		_, err := d.ReadToken()
		v := ObjectOf(keys, items)
		v.node.nulls = nulls
		return v, err
	default:
		raw, err := d.ReadValue()
		if err != nil {
			return Value{}, err
		}
		switch kind {
		case jsontext.KindNull:
			return Value{}, nil
		case jsontext.KindTrue:
			return Value{Kind: Bool, Text: "true"}, nil
		case jsontext.KindFalse:
			return Value{Kind: Bool, Text: "false"}, nil
		case jsontext.KindNumber:
			return Value{Kind: Number, Text: d.intern(raw)}, nil
		default:
			text, err := d.text(raw)
			return Value{Kind: String, Text: text}, err
		}
	}
}

// AppendJSON appends v as compact JSON, with the marks that snapshots use for
// what JSON cannot say.
func (v Value) AppendJSON(b []byte) (out []byte) {
	if n := v.packed(); n.ok() {
		return n.appendJSON(b, n.layout, 0, false)
	}
	if v.Masked {
		return append(b, `{"$masked":true}`...)
	}
	switch v.Kind {
	case Null:
		return append(b, "null"...)
	case Bool, Number:
		return append(b, v.Text...)
	case String:
		return appendString(b, v.Text)
	case Unknown:
		return append(b, `{"$unknown":true}`...)
	case Secret:
		return append(b, `{"$secret":true}`...) // no digest leaves the process
	}
	if v.Document {
		b = append(b, `{"$json":`...)
		v = unmarkDocument(v)
		b = v.AppendJSON(b)
		return append(b, '}')
	}
	if v.Kind == List {
		b = append(b, '[')
		for i, it := range v.Items() {
			if i > 0 {
				b = append(b, ',')
			}
			b = it.AppendJSON(b)
		}
		return append(b, ']')
	}
	// A member that is null says, to whoever reads this back, that the source
	// had some: the object is no empty block.
	if v.node != nil && v.node.nulls && len(v.Keys()) == 0 {
		return append(b, `{"":null}`...)
	}
	if len(v.Keys()) == 1 && strings.HasPrefix(v.Keys()[0], "$") {
		b = append(b, `{"$object":`...)
		defer func() { out = append(out, '}') }()
	}
	b = append(b, '{')
	items := v.Items()
	for i, key := range v.Keys() {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, key)
		b = append(b, ':')
		b = items[i].AppendJSON(b)
	}
	return append(b, '}')
}

// appendJSON writes the part of what is packed that has the layout l and its
// first leaf at at, as it writes a tree of it. within says that it is part of a
// document, which is marked as a whole.
func (n packed) appendJSON(b []byte, l *layout, at uint32, within bool) []byte {
	switch {
	case l.kind != List && l.kind != Object:
		return n.scalar(l, at).AppendJSON(b)
	case l.masked:
		return n.value(l, at).AppendJSON(b)
	case l.document && !within:
		b = n.appendJSON(append(b, `{"$json":`...), l, at, true)
		return append(b, '}')
	case l.kind == List:
		b = append(b, '[')
		for i, kid := range l.kids {
			if i > 0 {
				b = append(b, ',')
			}
			b = n.appendJSON(b, kid, at+l.first[i], within)
		}
		return append(b, ']')
	}
	if l.nulls && len(l.keys) == 0 {
		return append(b, `{"":null}`...)
	}
	likeMark := len(l.keys) == 1 && strings.HasPrefix(l.keys[0], "$")
	if likeMark {
		b = append(b, `{"$object":`...)
	}
	b = append(b, '{')
	for i, key := range l.keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, key)
		b = append(b, ':')
		b = n.appendJSON(b, l.kids[i], at+l.first[i], within)
	}
	if likeMark {
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendString(b []byte, s string) []byte {
	b, err := jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\ufffd"))
	if err != nil {
		panic(err) // only invalid UTF-8 is an error
	}
	return b
}

func unmarkDocument(v Value) Value {
	v.Document = false
	if v.Kind == List || v.Kind == Object {
		items := make([]Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = unmarkDocument(it)
		}
		v = v.withItems(items)
	}
	return v
}

// MarshalJSON writes v as snapshots hold it.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// FromSnapshot undoes the marks of a Value that was read from a snapshot.
func FromSnapshot(v Value) Value {
	if n := v.packed(); n.ok() && !n.layout.hasMarks() {
		return v
	}
	if v.Kind == Object && len(v.Keys()) == 1 {
		switch v.Keys()[0] {
		case "$unknown":
			return Value{Kind: Unknown}
		case "$masked":
			return Value{Kind: Unknown, Masked: true}
		case "$object":
			if it := v.Items()[0]; it.Kind == Object {
				return fromSnapshotItems(it)
			}
		case "$secret":
			return Value{Kind: Secret}
		case "$json":
			return markDocument(FromSnapshot(v.Items()[0]))
		}
	}
	return fromSnapshotItems(v)
}

func fromSnapshotItems(v Value) Value {
	all := v.Items()
	var items []Value // copied on the first change only
	for i, it := range all {
		plain := FromSnapshot(it)
		if plain == it {
			continue
		}
		if items == nil {
			items = slices.Clone(all)
		}
		items[i] = plain
	}
	if items == nil {
		return v
	}
	return v.withItems(items)
}

// sortPairsByLength sorts (old, new) pairs by the length of old, longest
// first, then by its text.
func sortPairsByLength(pairs []string) {
	type pair struct{ old, new string }
	ps := make([]pair, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		ps = append(ps, pair{pairs[i], pairs[i+1]})
	}
	sort.Slice(ps, func(i, j int) bool {
		if len(ps[i].old) != len(ps[j].old) {
			return len(ps[i].old) > len(ps[j].old)
		}
		return ps[i].old < ps[j].old
	})
	for i, p := range ps {
		pairs[2*i], pairs[2*i+1] = p.old, p.new
	}
}
