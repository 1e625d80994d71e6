package parity

import (
	"slices"
	"strconv"
	"strings"
)

// documents compares two documents. Their keys and values are the application's, not a provider's: a key counts also
// where its value is empty, its type does, and so does the order of a list.
func (d *differ) documents(b, c *Resource) {
	d.strict, d.untyped = true, b.untyped() || c.untyped()
	d.part(b.Attributes.Get("content"), c.Attributes.Get("content"), place{attr: "content"})
	for i := range d.out {
		if d.out[i].path == "" {
			d.out[i].path = "content" // the document is a list
		}
	}
}

// part compares what two documents hold at one place.
func (d *differ) part(b, c Value, p place) {
	alike := b.Kind == c.Kind && b.Document == c.Document
	switch {
	case b.Kind == Null && c.Kind == Null:
	case b.Kind == Unknown || c.Kind == Unknown:
		d.unknown++
	case b.Kind == Secret || c.Kind == Secret:
		d.secret(b, c, p, true)
	case b.Kind == Null || c.Kind == Null:
		d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, keyed: true})
	case alike && b.Kind == Object:
		d.fields(b, c, p, true)
	case alike && b.Kind == List:
		d.partLists(b, c, p)
	case alike && b.Kind == Number:
		if numberText(b.Text) != numberText(c.Text) {
			d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c})
		}
	case b.IsScalar() && c.IsScalar() && (alike || d.untyped):
		d.scalar(b, c, p)
	default:
		d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, retyped: typeName(b) != typeName(c)})
	}
}

func (d *differ) partLists(b, c Value, p place) {
	bi, ci := b.Items(), c.Items()
	tb, tc := d.partTexts(d.b, bi), d.partTexts(d.c, ci)
	scalars := func(items []Value) bool {
		return !slices.ContainsFunc(items, func(v Value) bool { return v.Kind == List || v.Kind == Object })
	}
	switch key := elementKey(b, c); {
	case slices.Equal(tb, tc):
	case sameElements(tb, tc):
		d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, reorder: true})
	case key != "":
		d.keyedLists(bi, ci, key, p)
	case len(bi) == len(ci) && scalars(bi) && scalars(ci) && retyped(bi, ci):
		d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, retyped: true})
	case len(bi) == len(ci) && !(scalars(bi) && scalars(ci)):
		for i := range bi {
			d.part(bi[i], ci[i], p.element(strconv.Itoa(i)))
		}
	default:
		d.sets(bi, ci, tb, tc, p)
	}
}

func (d *differ) partTexts(e *environment, items []Value) []string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = d.partText(e, it)
	}
	return out
}

// partText is a part of a document in canonical form: equal where part finds no difference.
func (d *differ) partText(e *environment, v Value) string {
	switch v.Kind {
	case Unknown:
		return "?"
	case Secret:
		return Hidden
	case Number:
		return numberText(v.Text)
	case String:
		text := elide(e.canonical(v.Text))
		if d.untyped {
			return text
		}
		return strconv.Quote(text)
	case List:
		return "[" + strings.Join(d.partTexts(e, v.Items()), ",") + "]"
	case Object:
		parts := make([]string, len(v.Items()))
		for i, it := range v.Items() {
			parts[i] = strconv.Quote(elide(e.canonical(v.Keys()[i]))) + ":" + d.partText(e, it)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	}
	return v.Text
}

// numberText is one text for all ways to write a number. Whole numbers keep digits that a float would lose.
func numberText(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// retyped reports whether two lists of one length hold the same, written in other types.
func retyped(b, c []Value) bool {
	other := false
	for i := range b {
		if b[i].Text != c[i].Text {
			return false
		}
		other = other || b[i].Kind != c[i].Kind
	}
	return other
}

// typeName is what people call the type of a document's value.
func typeName(v Value) string {
	switch {
	case v.Kind == String || v.Document: // JSON in a text
		return "a text"
	case v.Kind == Bool:
		return "a switch (true or false)"
	case v.Kind == Number:
		return "a number"
	case v.Kind == List && len(v.Items()) > 0 && v.Items()[0].IsScalar():
		return "a list of " + map[Kind]string{Bool: "switches", Number: "numbers", String: "texts"}[v.Items()[0].Kind]
	case v.Kind == List:
		return "a list"
	}
	return "a map"
}

// spelled is a value as JSON, in which its type shows.
func spelled(v Value) string {
	text := compact(v).AppendJSON(nil)
	if v.Document {
		text = Text(string(text)).AppendJSON(nil)
	}
	return cut(string(text))
}
