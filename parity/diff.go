package parity

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// difference is one place at which two resources differ after everything that
// is the environment's own was taken out.
type difference struct {
	path     string // for people: container_definitions["api"].image
	attr     string // for the catalogue: container_definitions.image
	base     Value  // Null: absent
	cand     Value
	keyed    bool        // base or cand is absent, under a key of the user's
	reorder  bool        // only the order differs
	foreign  bool        // the candidate holds what is the baseline's own
	members  []*Resource // of the candidate, that differ
	baseline *Resource   // what the first of them was compared with
}

// differ compares two resources of one type.
type differ struct {
	b, c *environment
	t    *catalog.Type
	// plannedB and plannedC say that a side is yet to be made, so that what it
	// leaves out is not known rather than absent.
	plannedB, plannedC bool
	skip               map[string]bool // top-level attributes that other resources fill in
	same               bool            // both are one and the same resource
	out                []difference
	// unresolved and unknown count what could not be compared: names of things
	// outside of both environments, and what a plan does not know yet.
	unresolved, unknown int
}

// place is where in a resource the comparison stands.
type place struct {
	path, attr string
	free       bool // keys are the user's words: absent is not empty
	block      bool // an element of a list, so its keys are the provider's
}

func (p place) field(name string) place {
	if p.attr == "" {
		return place{path: name, attr: name}
	}
	return place{path: p.path + "." + name, attr: p.attr + "." + name, free: p.free}
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][\w-]*$`)

// key goes to a key of the user's, which the catalogue knows nothing of.
func (p place) key(key string) place {
	if plainKey.MatchString(key) {
		p.path += "." + key
	} else {
		p.path += "[" + strconv.Quote(key) + "]"
	}
	p.free, p.block = true, false
	return p
}

// inside goes to the only element of a list.
func (p place) inside() place {
	p.block = true
	return p
}

func (p place) element(label string) place {
	p.path += "[" + label + "]"
	p.block = true
	return p
}

// resources compares two resources of type t.
func (d *differ) resources(b, c *Resource) {
	d.plannedB, d.plannedC = b.Planned, c.Planned
	id, arn := b.Attributes.Get("id"), b.Attributes.Get("arn")
	d.same = id.Text != "" && id.Text == c.Attributes.Get("id").Text && arn.Text == c.Attributes.Get("arn").Text
	if b.Attributes.Get("tags_all").Kind == Object && c.Attributes.Get("tags_all").Kind == Object {
		d.skip["tags"] = true // they are among tags_all
	}
	d.fields(b.Attributes, c.Attributes, place{}, false)
}

// fields compares two objects key by key.
func (d *differ) fields(b, c Value, p place, keyed bool) {
	bk, ck := b.Keys(), c.Keys()
	var loneB, loneC []int
	for i, j := 0, 0; i < len(bk) || j < len(ck); {
		switch {
		case j == len(ck) || i < len(bk) && bk[i] < ck[j]:
			loneB = append(loneB, i)
			i++
		case i == len(bk) || ck[j] < bk[i]:
			loneC = append(loneC, j)
			j++
		default:
			d.field(b.Items()[i], c.Items()[j], p, bk[i], keyed)
			i, j = i+1, j+1
		}
	}
	if len(loneB) > 0 && len(loneC) > 0 && (keyed || b.Document) {
		// Keys may carry the environment's name as well.
		byName := map[string]int{}
		for _, j := range loneC {
			byName[elide(d.c.canonical(ck[j]))] = j
		}
		rest := loneB[:0]
		for _, i := range loneB {
			j, ok := byName[elide(d.b.canonical(bk[i]))]
			if !ok {
				rest = append(rest, i)
				continue
			}
			d.field(b.Items()[i], c.Items()[j], p, bk[i], keyed)
			loneC = slices.DeleteFunc(loneC, func(x int) bool { return x == j })
		}
		loneB = rest
	}
	for _, i := range loneB {
		d.field(b.Items()[i], Value{}, p, bk[i], keyed)
	}
	for _, j := range loneC {
		d.field(Value{}, c.Items()[j], p, ck[j], keyed)
	}
}

func (d *differ) field(b, c Value, p place, key string, keyed bool) {
	q := p.field(key)
	if keyed {
		q = p.key(key)
	}
	if p.free || p.block {
		b, c = policyForm(key, b), policyForm(key, c)
	}
	if !keyed && (d.t.Aspect(q.attr).Kind == catalog.Identity || d.skip[q.attr]) {
		return
	}
	d.value(b, c, q, keyed)
}

// policyForm writes out a principal that a policy gives in short.
func policyForm(key string, v Value) Value {
	if (key == "Principal" || key == "NotPrincipal") && v.Kind == String && v.Text == "*" {
		v = ObjectOf([]string{"AWS"}, []Value{Text("*")})
		v.Document = true
	}
	return v
}

// value compares two values; keyed says that they stand under a key of the
// user's, so that one without the other is a key that is missing.
func (d *differ) value(b, c Value, p place, keyed bool) {
	switch {
	case b.Kind == Unknown || c.Kind == Unknown:
		d.unknown++
	case b.Kind == Null && d.nothing(c, p), c.Kind == Null && d.nothing(b, p):
	case b.Kind == Secret || c.Kind == Secret:
		d.secret(b, c, p, keyed)
	case b.Kind == Null || c.Kind == Null:
		d.lone(b, c, p, keyed)
	case b.Kind == Object && c.Kind == Object:
		d.fields(b, c, p, d.userKeys(b, p) || d.userKeys(c, p))
	case b.Kind == List && c.Kind == List:
		d.lists(b, c, p)
	case b.Kind == List && (c.Kind == String || b.Document && c.Kind == Object):
		d.lists(b, like(b, c), p)
	case c.Kind == List && (b.Kind == String || c.Document && b.Kind == Object):
		d.lists(like(c, b), c, p)
	case b.IsScalar() && c.IsScalar():
		d.scalar(b, c, p)
	default:
		d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c})
	}
}

// like wraps a scalar as policies allow: one action or a list of one.
func like(list, scalar Value) Value {
	v := ListOf([]Value{scalar})
	v.Document = list.Document
	return v
}

// nothing reports whether v says no more than its absence does.
func (d *differ) nothing(v Value, p place) bool {
	if v.Kind == String && p.free {
		return false
	}
	return v.Empty()
}

// userKeys reports whether an object's keys are the user's words rather than
// attributes of the provider's.
func (d *differ) userKeys(v Value, p place) bool {
	if v.Document {
		return false
	}
	return d.t.IsMap(p.attr) || !d.t.InSchema() && !p.block && !d.t.HasAspectsBelow(p.attr)
}

func (d *differ) emit(x difference) { d.out = append(d.out, x) }

// lone reports a value that only one side has: each key of a map by itself.
func (d *differ) lone(b, c Value, p place, keyed bool) {
	one := b
	if b.Kind == Null {
		one = c
	}
	if !keyed && !p.free && (b.Kind == Null && d.plannedB || c.Kind == Null && d.plannedC) {
		d.unknown++
		return
	}
	if one.Kind == Object && d.userKeys(one, p) {
		d.fields(b, c, p, true)
		return
	}
	if one.Kind == List {
		if d.t.Aspect(p.attr).Kind == catalog.Reference && d.only(one, b.Kind == Null) {
			return
		}
		d.lists(b, c, p)
		return
	}
	if one.Kind == Object && !keyed && !one.Document {
		if d.allIdentity(one, p) {
			return
		}
	}
	if one.Kind == String && d.dangling(one.Text, b.Kind == Null) {
		return
	}
	d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, keyed: keyed || p.free})
}

// allIdentity reports whether a block holds nothing that is compared.
func (d *differ) allIdentity(v Value, p place) bool {
	for i, k := range v.Keys() {
		if d.t.Aspect(p.attr+"."+k).Kind != catalog.Identity && !v.Items()[i].Empty() {
			return false
		}
	}
	return true
}

// dangling reports whether a text names only things without a counterpart:
// that they are missing is reported, and this follows from it.
func (d *differ) dangling(text string, inCandidate bool) bool {
	if inCandidate {
		return d.c.refs.unpaired(d.c.refs.head(text))
	}
	return d.b.refs.unpaired(d.b.refs.head(text))
}

// only reports whether a list holds nothing but dangling names.
func (d *differ) only(list Value, inCandidate bool) bool {
	for _, it := range list.Items() {
		if it.Kind != String || !d.dangling(it.Text, inCandidate) {
			return false
		}
	}
	return len(list.Items()) > 0
}

// secret compares what may not be shown: that there is one, and whether both
// environments share it.
func (d *differ) secret(b, c Value, p place, keyed bool) {
	absent := func(v Value) bool { return v.Kind == Null || v.Kind != Secret && v.Empty() }
	if absent(b) || absent(c) {
		if absent(b) {
			b = Value{}
		}
		if absent(c) {
			c = Value{}
		}
		d.emit(difference{path: p.path, attr: p.attr, base: hidden(b), cand: hidden(c), keyed: keyed})
		return
	}
	switch {
	case b.Kind != c.Kind:
		d.unknown++ // a saved snapshot keeps no masked value
	case b.Text != "" && b.Text == c.Text && !d.same:
		d.emit(difference{path: p.path, attr: p.attr, base: hidden(b), cand: hidden(c), foreign: true})
	}
}

func hidden(v Value) Value {
	if v.Kind == Null {
		return v
	}
	return Value{Kind: Secret}
}

func (d *differ) scalar(b, c Value, p place) {
	if equal, foreign := d.equal(b, c, p); !equal || foreign {
		d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, foreign: foreign})
	}
}

// equal compares two scalars. foreign says that the candidate names what the
// baseline owns.
func (d *differ) equal(b, c Value, p place) (equal, foreign bool) {
	if b.Text == c.Text {
		return true, b.Kind == String && d.foreign(b.Text, p)
	}
	if x, ok := b.Float(); ok {
		if y, ok := c.Float(); ok && x == y {
			return true, false
		}
	}
	a := d.t.Aspect(p.attr)
	if b.Kind != String && c.Kind != String || a.Kind == catalog.Version && !namesThings[a.Detail] {
		return false, false
	}
	if d.dangling(b.Text, false) || d.dangling(c.Text, true) {
		return true, false
	}
	x, y := d.b.canonical(b.Text), d.c.canonical(c.Text)
	if x == y || elide(x) == elide(y) || strings.TrimSpace(x) == strings.TrimSpace(y) {
		return true, false
	}
	if strings.Contains(x, "|") || strings.Contains(y, "|") {
		if shareOwner(x, y) {
			return true, false
		}
	}
	// What is a resource in one environment only (the zone's own record in
	// staging) is still the same name.
	if (strings.Contains(x, "{") || strings.Contains(y, "{")) && elide(d.b.plain(b.Text)) == elide(d.c.plain(c.Text)) {
		return true, false
	}
	if a.Kind == catalog.Reference {
		if isDefault(b.Text) && isDefault(c.Text) {
			return true, false
		}
		if len(d.b.refs.find(b.Text)) == 0 && len(d.c.refs.find(c.Text)) == 0 && elide(shape(x)) == elide(shape(y)) {
			d.unresolved++
			return true, false
		}
	}
	return false, d.foreign(c.Text, p)
}

// namesThings are the versions that are given by naming an image, a layer or
// an object, which may be the environment's own; others are mere numbers.
var namesThings = map[string]bool{"image": true, "layer": true, "release": true}

// isDefault reports whether a text names what the provider sets by default.
func isDefault(s string) bool {
	return strings.HasPrefix(s, "default:") || strings.HasPrefix(s, "default.") || strings.HasPrefix(s, "alias/aws/") || s == "default"
}

// foreign reports whether a text of the candidate's names a resource that is
// the baseline's own, or a host that carries the baseline's name.
func (d *differ) foreign(text string, p place) bool {
	if len(text) < 8 {
		return false
	}
	if a := d.t.Aspect(p.attr); a.Kind == catalog.Version || a.Kind == catalog.Identity {
		return false
	}
	owned := func(e *environment) bool { return len(e.refs.find(e.refs.head(text))) > 0 }
	if strong(text) && owned(d.b) && !owned(d.c) {
		return true
	}
	// A given name is the baseline's if it carries the baseline's name.
	if n := d.b.names.replace(text); n != text && n != envToken && d.c.names.replace(text) == text &&
		len(d.b.refs.find(text)) > 0 && len(d.c.refs.find(text)) == 0 {
		return true
	}
	if i := strings.Index(text, "://"); i >= 0 && i < 12 {
		host, _, _ := strings.Cut(text[i+3:], "/")
		host = host[strings.LastIndexByte(host, '@')+1:]
		if len(d.b.refs.find(host)) > 0 && len(d.c.refs.find(host)) == 0 && strings.Contains(host, ".") {
			return true
		}
		return strings.Contains(host, ".") && d.b.names.replace(host) != host && d.c.names.replace(host) == host
	}
	return false
}

// shareOwner reports whether two tokens have an owner in common.
func shareOwner(x, y string) bool {
	for _, t := range strings.Split(x, "|") {
		if strings.HasPrefix(t, "{") && slices.Contains(strings.Split(y, "|"), t) {
			return true
		}
	}
	return false
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
	if len(bi) == 1 && len(ci) == 1 && !(isEntry(bi[0]) && isEntry(ci[0])) {
		d.value(bi[0], ci[0], p.inside(), false)
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
		name string
		b, c Value
	}
	var entries []entry
	at := map[string]int{}
	for _, it := range b {
		name := it.Get(key).Text
		at[elide(d.b.canonical(name))] = len(entries)
		entries = append(entries, entry{name: name, b: it})
	}
	for _, it := range c {
		name := it.Get(key).Text
		if i, ok := at[elide(d.c.canonical(name))]; ok {
			entries[i].c = it
		} else {
			entries = append(entries, entry{name: name, c: it})
		}
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].name < entries[j].name })
	for _, e := range entries {
		q := p.element(strconv.Quote(e.name))
		if e.b.Kind != Null && e.c.Kind != Null {
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
		if d.refersOnlyDangling(one, inCandidate) {
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

// refersOnlyDangling reports whether an element exists for the sake of things
// that have no counterpart.
func (d *differ) refersOnlyDangling(v Value, inCandidate bool) bool {
	found := false
	for _, it := range v.Items() {
		if it.Kind == String && d.dangling(it.Text, inCandidate) {
			found = true
		}
	}
	return found
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
		scalars = scalars && (it.IsScalar() || it.Kind == Secret)
		inB[tb[i]] = true
	}
	for j, it := range c {
		scalars = scalars && (it.IsScalar() || it.Kind == Secret)
		inC[tc[j]] = true
	}
	lone := func(texts []string, other map[string]bool) (at []int) {
		seen := map[string]bool{}
		for i, t := range texts {
			if !other[t] && !seen[t] {
				seen[t] = true
				at = append(at, i)
			}
		}
		return at
	}
	restB, restC := lone(tb, inC), lone(tc, inB)
	if scalars {
		d.scalarSets(pick(b, restB), pick(c, restC), p)
		return
	}
	d.objectSets(b, c, tb, tc, restB, restC, p)
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
	nb := len(b)
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
	if len(b) < nb && len(c) == 0 && len(b) == 0 {
		return
	}
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
		if !d.refersOnlyDangling(b[i], false) {
			d.emit(difference{path: at().path, attr: p.attr, base: b[i]})
		}
	}
	for _, j := range restC {
		if !usedC[j] && !d.refersOnlyDangling(c[j], true) {
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

// text is a value in canonical form, equal for values that mean the same in
// their environments.
func (e *environment) text(t *catalog.Type, attr string, v Value) string {
	switch v.Kind {
	case Null:
		return ""
	case Unknown:
		return "?"
	case Secret:
		return Hidden
	case Bool:
		return v.Text
	case Number, String:
		if f, ok := v.Float(); ok && len(v.Text) < 16 {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		if t.Aspect(attr).Kind == catalog.Reference && len(e.refs.find(v.Text)) == 0 {
			return elide(shape(e.canonical(v.Text)))
		}
		return elide(e.canonical(v.Text))
	case List:
		parts := make([]string, 0, len(v.Items()))
		for _, it := range v.Items() {
			parts = append(parts, e.text(t, attr, it))
		}
		if unordered(t, attr, v) || elementKey(v) != "" {
			sort.Strings(parts)
			parts = slices.Compact(parts)
		}
		if v.Document && len(parts) == 1 {
			return parts[0] // policies write a list of one as they like
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	var b strings.Builder
	b.WriteByte('(')
	userKeys := !v.Document && t.IsMap(attr)
	for i, k := range v.Keys() {
		it := v.Items()[i]
		sub := attr
		if v.Document {
			it = policyForm(k, it)
			if !plainKey.MatchString(k) {
				k = elide(e.canonical(k)) // condition keys name issuers
			}
		}
		if !userKeys {
			sub = attr + "." + k
			if it.Empty() || t.Aspect(sub).Kind == catalog.Identity {
				continue
			}
		}
		fmt.Fprintf(&b, "%s=%s;", k, e.text(t, sub, it))
	}
	b.WriteByte(')')
	return b.String()
}
