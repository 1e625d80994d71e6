package parity

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// only reports whether a list holds nothing but dangling names.
func (d *differ) only(list Value, inCandidate bool) bool {
	for _, it := range list.Items() {
		if it.Kind != String || !d.dangling(it.Text, inCandidate) {
			return false
		}
	}
	return len(list.Items()) > 0
}

// elementKeys are the attributes that tell the elements of a list apart.
var elementKeys = []string{
	"name", "Name", "key", "Key", "Sid", "sid", "id", "Id", "device_name", "attribute_name", "index_name", "rule_name",
	"origin_id", "identifier", "resource_type", "domain_name", "path_pattern", "policy_name", "namespace", "type",
}

// elementKey returns the attribute that names each element of both lists, ""
// where there is none.
func elementKey(lists ...Value) string {
	for _, k := range elementKeys {
		ok, n := true, 0
		for _, l := range lists {
			seen := map[string]bool{}
			for _, it := range l.Items() {
				name := it.Get(k)
				if !name.IsScalar() || name.Text == "" || seen[name.Text] {
					ok = false
					break
				}
				seen[name.Text] = true
				n++
			}
		}
		if ok && n > 0 {
			return k
		}
	}
	return ""
}

// unordered reports whether the order of a list means nothing.
func unordered(t *catalog.Type, attr string, v Value) bool {
	if t.IsSet(attr) {
		return true
	}
	if v.Document {
		last := strings.ToLower(attr[strings.LastIndexByte(attr, '.')+1:])
		return last != "command" && last != "entrypoint" && last != "args"
	}
	if t.InSchema() {
		return false
	}
	for _, it := range v.Items() {
		if !it.IsScalar() {
			return false
		}
	}
	return true
}

func (d *differ) lists(b, c Value, p place) {
	bi, ci := said(b), said(c)
	if len(bi) == 0 && d.plannedB && !p.free || len(ci) == 0 && d.plannedC && !p.free {
		if len(bi) != len(ci) {
			d.unknown++
		}
		return
	}
	if x, y := b.Items(), c.Items(); len(x) == 1 && len(y) == 1 && !(isEntry(x[0]) && isEntry(y[0])) {
		d.value(x[0], y[0], p.inside(), false)
		return
	}
	both := Value{Kind: List, Document: b.Document || c.Document, node: &node{items: append(append([]Value(nil), bi...), ci...)}}
	loose := unordered(d.t, p.attr, both)
	if key := elementKey(ListOf(bi), ListOf(ci)); key != "" {
		d.keyedLists(bi, ci, key, p)
		if !loose && d.t.InSchema() && d.reordered(bi, ci, key) {
			d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, reorder: true})
		}
		return
	}
	tb, tc := d.texts(d.b, bi, p), d.texts(d.c, ci, p)
	if slices.Equal(tb, tc) {
		return
	}
	if !loose && len(bi) == len(ci) {
		if sameElements(tb, tc) {
			d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, reorder: true})
			return
		}
		for i := range bi {
			d.value(bi[i], ci[i], p.element(strconv.Itoa(i)), false)
		}
		return
	}
	d.sets(bi, ci, tb, tc, p)
}

// isEntry reports whether an element is a name with a value: a variable, a
// parameter, and not a block.
func isEntry(v Value) bool {
	named, valued := false, false
	for i, k := range v.Keys() {
		switch k {
		case "name", "Name", "key", "Key":
			named = named || v.Items()[i].Str() != ""
		case "value", "Value", "valueFrom":
			valued = true
		}
	}
	return named && valued
}

// said returns the elements of a list that say something: a block of nothing
// but empty attributes is as good as none.
func said(v Value) []Value {
	items := v.Items()
	silent := func(v Value) bool { return v.Kind == Object && v.Empty() && !v.isMarker() }
	for i, it := range items {
		if silent(it) {
			out := append([]Value(nil), items[:i]...)
			for _, x := range items[i+1:] {
				if !silent(x) {
					out = append(out, x)
				}
			}
			return out
		}
	}
	return items
}

func (d *differ) texts(e *environment, items []Value, p place) []string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = e.text(d.t, p.attr, it)
	}
	return out
}

func sameElements(x, y []string) bool {
	a, b := slices.Clone(x), slices.Clone(y)
	sort.Strings(a)
	sort.Strings(b)
	return slices.Equal(a, b)
}

// keyedLists compares lists whose elements have names, as maps.
func (d *differ) keyedLists(b, c []Value, key string, p place) {
	type entry struct {
		name  string
		label string // by which reports call it
		b, c  Value
	}
	var entries []entry
	at := map[string]int{}
	label := func(name Value, i int) string {
		if name.Masked {
			return strconv.Itoa(i)
		}
		return strconv.Quote(name.Text)
	}
	for i, it := range b {
		name := it.Get(key)
		at[elide(d.b.canonical(name.Text))] = len(entries)
		entries = append(entries, entry{name: name.Text, label: label(name, i), b: it})
	}
	for i, it := range c {
		name := it.Get(key)
		if n, ok := at[elide(d.c.canonical(name.Text))]; ok {
			entries[n].c = it
		} else {
			entries = append(entries, entry{name: name.Text, label: label(name, len(b)+i), c: it})
		}
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].name < entries[j].name })
	for _, e := range entries {
		q := p.element(e.label)
		if e.b.Kind != Null && e.c.Kind != Null {
			if d.strict { // the type of the name is compared, too
				d.part(e.b, e.c, q)
				continue
			}
			// The name was compared; a lone "value" is the element.
			if bv, bok := soleValue(e.b, key); bok {
				if cv, cok := soleValue(e.c, key); cok {
					q.free = true
					d.value(bv, cv, q, true)
					continue
				}
			}
			d.fields(without(e.b, key), without(e.c, key), q, false)
			continue
		}
		show := func(v Value) Value {
			for _, k := range []string{"value", "Value", "valueFrom"} {
				if x := v.Get(k); x.IsScalar() || x.Kind == Secret {
					return x
				}
			}
			return v
		}
		one, inCandidate := e.b, false
		if one.Kind == Null {
			one, inCandidate = e.c, true
		}
		if d.refersToDangling(one, inCandidate) {
			continue
		}
		d.emit(difference{path: q.path, attr: p.attr, base: show(e.b), cand: show(e.c), keyed: true})
	}
}

// reordered reports whether two lists have the same names in another order.
func (d *differ) reordered(b, c []Value, key string) bool {
	names := func(e *environment, items []Value) []string {
		out := make([]string, len(items))
		for i, it := range items {
			out[i] = elide(e.canonical(it.Get(key).Text))
		}
		return out
	}
	x, y := names(d.b, b), names(d.c, c)
	return !slices.Equal(x, y) && sameElements(x, y)
}

// refersToDangling reports whether an element names something that has no
// counterpart, and so goes with it.
func (d *differ) refersToDangling(v Value, inCandidate bool) bool {
	return slices.ContainsFunc(v.Items(), func(it Value) bool {
		return it.Kind == String && d.dangling(it.Text, inCandidate)
	})
}

// soleValue returns the value of an element that has, but for its name and
// empty attributes, nothing else.
func soleValue(v Value, key string) (Value, bool) {
	var found Value
	for i, k := range v.Keys() {
		switch {
		case k == key:
		case k == "value" || k == "Value":
			found = v.Items()[i]
		case !v.Items()[i].Empty():
			return Value{}, false
		}
	}
	return found, found.IsScalar() || found.Kind == Secret
}

func without(v Value, key string) Value {
	keys := make([]string, 0, len(v.Keys()))
	items := make([]Value, 0, len(v.Keys()))
	for i, k := range v.Keys() {
		if k != key {
			keys, items = append(keys, k), append(items, v.Items()[i])
		}
	}
	n := ObjectOf(keys, items)
	n.Document = v.Document
	return n
}

// sets compares lists without regard to order: what both have is taken out,
// the rest is matched by likeness.
func (d *differ) sets(b, c []Value, tb, tc []string, p place) {
	// Several elements can have one canonical text, when members of one unit
	// collapse into it: the elements of a set are what it holds, not how many.
	inB, inC := map[string]bool{}, map[string]bool{}
	scalars := true
	for i, it := range b {
		scalars = scalars && (it.IsScalar() || it.Kind == Secret || it.Kind == Unknown)
		inB[tb[i]] = true
	}
	for j, it := range c {
		scalars = scalars && (it.IsScalar() || it.Kind == Secret || it.Kind == Unknown)
		inC[tc[j]] = true
	}
	raw := map[string]int{} // texts that both have as they are
	for side, items := range [][]Value{b, c} {
		for _, it := range items {
			if it.Kind == String {
				raw[it.Text] |= 1 << side
			}
		}
	}
	lone := func(items []Value, texts []string, other map[string]bool) (at []int) {
		seen := map[string]bool{}
		for i, t := range texts {
			same := raw[items[i].Text] == 3 && items[i].Kind == String && !d.foreign(items[i].Text, p)
			if !other[t] && !seen[t] && !same {
				seen[t] = true
				at = append(at, i)
			}
		}
		return at
	}
	restB, restC := lone(b, tb, inC), lone(c, tc, inB)
	if scalars {
		rb, rc := pick(b, restB), pick(c, restC)
		rb, rc = d.guessed(rb, c), d.guessed(rc, b)
		d.scalarSets(rb, rc, p)
		return
	}
	d.objectSets(b, c, tb, tc, restB, restC, p)
}

// guessed leaves out of one side's elements those that are not known, and as many as the other side does not know: they
// may be the same.
func (d *differ) guessed(rest, other []Value) []Value {
	rest = slices.DeleteFunc(rest, func(v Value) bool { return v.Kind == Unknown })
	unknown := 0
	for _, v := range other {
		if v.Kind == Unknown {
			unknown++
		}
	}
	d.unknown += unknown
	return rest[:max(0, len(rest)-unknown)]
}

func pick(items []Value, at []int) []Value {
	out := make([]Value, len(at))
	for i, j := range at {
		out[i] = items[j]
	}
	return out
}

// scalarSets reports what only one of two sets has, as one difference.
func (d *differ) scalarSets(b, c []Value, p place) {
	keep := func(items []Value, inCandidate bool) (out []Value) {
		for _, it := range items {
			switch {
			case it.Kind == Unknown:
				d.unknown++
			case it.Kind == String && d.dangling(it.Text, inCandidate):
			default:
				out = append(out, it)
			}
		}
		return out
	}
	// What is missing altogether may still be named alike on both sides.
	c = slices.Clone(c)
	b = slices.DeleteFunc(slices.Clone(b), func(x Value) bool {
		j := slices.IndexFunc(c, func(y Value) bool {
			return x.Kind == String && y.Kind == String && x.Text != y.Text && elide(d.b.plain(x.Text)) == elide(d.c.plain(y.Text))
		})
		if j >= 0 {
			c = slices.Delete(c, j, j+1)
		}
		return j >= 0
	})
	b, c = keep(b, false), keep(c, true)
	// Names of things outside of both environments match by their looks.
	if d.t.Aspect(p.attr).Kind == catalog.Reference {
		var rest []Value
		for _, x := range b {
			j := slices.IndexFunc(c, func(y Value) bool { eq, foreign := d.equal(x, y, p); return eq && !foreign })
			if j < 0 {
				rest = append(rest, x)
				continue
			}
			c = slices.Delete(c, j, j+1)
		}
		b = rest
	}
	if len(b) == 0 && len(c) == 0 {
		return
	}
	foreign := slices.ContainsFunc(c, func(v Value) bool { return v.Kind == String && d.foreign(v.Text, p) })
	d.emit(difference{path: p.path, attr: p.attr, base: joined(b), cand: joined(c), foreign: foreign})
}

func joined(items []Value) Value {
	switch len(items) {
	case 0:
		return Value{}
	case 1:
		return items[0]
	}
	return ListOf(items)
}

const maxAlike = 200 // elements of one set that are matched by likeness

func (d *differ) objectSets(b, c []Value, tb, tc []string, restB, restC []int, p place) {
	sort.SliceStable(restB, func(i, j int) bool { return tb[restB[i]] < tb[restB[j]] })
	sort.SliceStable(restC, func(i, j int) bool { return tc[restC[i]] < tc[restC[j]] })
	n := 0
	at := func() place {
		n++
		if n == 1 {
			return p
		}
		q := p
		q.path += "#" + strconv.Itoa(n)
		return q
	}
	usedC := map[int]bool{}
	for _, i := range restB {
		best, score := -1, 0
		if len(restB) <= maxAlike && len(restC) <= maxAlike {
			for _, j := range restC {
				if s := d.likeness(b[i], c[j], p); !usedC[j] && s > score {
					best, score = j, s
				}
			}
		}
		if best >= 0 {
			usedC[best] = true
			d.value(b[i], c[best], at().inside(), false)
			continue
		}
		if !d.refersToDangling(b[i], false) {
			d.emit(difference{path: at().path, attr: p.attr, base: b[i]})
		}
	}
	for _, j := range restC {
		if !usedC[j] && !d.refersToDangling(c[j], true) {
			d.emit(difference{path: at().path, attr: p.attr, cand: c[j]})
		}
	}
}

// likeness counts the attributes that two elements of a set share.
func (d *differ) likeness(b, c Value, p place) int {
	n := 0
	for i, k := range b.Keys() {
		if x, y := b.Items()[i], c.Get(k); !x.Empty() && y.Kind != Null {
			q := p.field(k)
			if d.b.text(d.t, q.attr, x) == d.c.text(d.t, q.attr, y) {
				n++
			}
		}
	}
	return n
}
