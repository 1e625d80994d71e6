package parity

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
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
	retyped  bool        // in documents: the types differ
	foreign  bool        // the candidate holds what is the baseline's own
	members  []*Resource // of the candidate, that differ
	baseline *Resource   // what the first of them was compared with
}

// hidden reports whether no message may tell what differs.
func (d *difference) hidden() bool { return d.base.Masked || d.cand.Masked }

// differ compares two resources of one type.
type differ struct {
	b, c    *environment
	t       *catalog.Type
	aligned *alignments // nil: attributes are compared as trees
	// plannedB and plannedC say that a side is yet to be made, so that what it
	// leaves out is not known rather than absent.
	plannedB, plannedC bool
	partialB, partialC bool            // a source does not tell everything
	skip               map[string]bool // top-level attributes that other resources fill in
	base, cand         *Resource       // nil: documents
	asked              []difference    // nothing else has to be found; nil: all has
	strict             bool            // both are documents
	untyped            bool            // of documents: one's format knows texts only
	compared
}

// compared is what comparing two resources, or two units, has found.
type compared struct {
	out []difference
	// unresolved and unknown count what could not be compared: names of things
	// outside of both environments, and what a plan does not know yet.
	unresolved, unknown int
	// varying are keys whose value is each environment's own name; stuck are
	// those at which the candidate says the baseline's. A key that does both
	// was forgotten in one place.
	varying []string
	stuck   []difference
}

// nothing reports whether all was compared, and is equal.
func (c *compared) nothing() bool {
	return len(c.out) == 0 && c.unresolved == 0 && c.unknown == 0 && len(c.varying) == 0 && len(c.stuck) == 0
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

var (
	plainKey  = lazyregexp.New(`^[A-Za-z_][\w-]*$`)
	dottedKey = lazyregexp.New(`^[A-Za-z_][\w.-]*$`)
)

// key goes to a key of the user's, which the catalogue knows nothing of.
func (p place) key(key string) place {
	switch {
	case p.path == "" && dottedKey.MatchString(key): // of a document: properties have such names
		p.path = key
	case plainKey.MatchString(key):
		p.path += "." + key
	default:
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
	if b.Type == documentType {
		d.documents(b, c)
		return
	}
	d.base, d.cand = b, c
	d.plannedB, d.plannedC = b.Planned, c.Planned
	d.partialB, d.partialC = b.Partial, c.Partial
	x, y := b.Attributes.packed(), c.Attributes.packed()
	if d.aligned != nil && !b.Planned && !c.Planned && x.ok() && y.ok() && x.in == d.b.snap.pack && y.in == d.c.snap.pack {
		d.packedFields(d.aligned, x, y)
		return
	}
	if b.Attributes.Get("tags_all").Kind == Object && c.Attributes.Get("tags_all").Kind == Object {
		skip := map[string]bool{"tags": true} // they are among tags_all
		maps.Copy(skip, d.skip)
		d.skip = skip
	}
	d.fields(b.Attributes.Value(), c.Attributes.Value(), place{}, false)
}

// same reports whether both are one and the same resource.
func (d *differ) same() bool {
	if d.base == nil {
		return false
	}
	b, c := d.base.Attributes, d.cand.Attributes
	id := b.Get("id").Text
	return id != "" && id == c.Get("id").Text && b.Get("arn").Text == c.Get("arn").Text
}

// fields compares two objects key by key.
func (d *differ) fields(b, c Value, p place, keyed bool) {
	bk, ck := b.Keys(), c.Keys()
	bi, ci := b.Items(), c.Items()
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
			d.field(bi[i], ci[j], p, bk[i], keyed)
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
			d.field(bi[i], ci[j], p, bk[i], keyed)
			loneC = slices.DeleteFunc(loneC, func(x int) bool { return x == j })
		}
		loneB = rest
	}
	// What a partial source leaves out was not read, nor could a state tell what
	// is only live: but for the user's own keys.
	own := keyed || p.free || b.Document || c.Document
	for _, i := range loneB {
		if own || !d.partialC && bk[i] != OnlyLive || !d.unread(bi[i], p, bk[i]) {
			d.field(bi[i], Value{}, p, bk[i], keyed)
		}
	}
	for _, j := range loneC {
		if own || !d.partialB && ck[j] != OnlyLive || !d.unread(ci[j], p, ck[j]) {
			d.field(Value{}, ci[j], p, ck[j], keyed)
		}
	}
}

// unread counts an attribute that only one side has because the other was not read
// for it. Nothing and names are no attributes to count.
func (d *differ) unread(v Value, p place, key string) bool {
	q := p.field(key)
	if v.Empty() || d.t.Aspect(q.attr).Kind == catalog.Identity || d.skip[q.attr] || key == OnlyLive && d.allIdentity(v, q) {
		return false
	}
	d.unknown++
	return true
}

func (d *differ) field(b, c Value, p place, key string, keyed bool) {
	q := p.field(key)
	if keyed {
		q = p.key(key)
	}
	if (p.free || p.block) && !d.strict {
		b, c = policyForm(key, b), policyForm(key, c)
	}
	if !keyed && (d.t.Aspect(q.attr).Kind == catalog.Identity || d.skip[q.attr]) {
		return
	}
	d.value(b, c, q, keyed)
}

// value compares two values; keyed says that they stand under a key of the
// user's, so that one without the other is a key that is missing.
func (d *differ) value(b, c Value, p place, keyed bool) {
	if d.strict {
		d.part(b, c, p)
		return
	}
	switch {
	case b.Kind == Unknown || c.Kind == Unknown:
		d.unknown++
	case strings.HasPrefix(c.Str(), "${") && d.planned(c, d.c, b, d.b),
		strings.HasPrefix(b.Str(), "${") && d.planned(b, d.b, c, d.c):
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

// planned compares what a plan only knows to refer to something with the value
// that stands for it in the other environment. It reports whether that settles
// it: the value names the same thing, or is made with it in a way that is known
// after apply.
func (d *differ) planned(ref Value, of *environment, value Value, in *environment) bool {
	want := map[*unit]bool{}
	for _, t := range of.refs.find(ref.Text) {
		if u := of.refs.target(t).u; u != nil && u.pair() != nil {
			want[u.pair()] = true
		}
	}
	names := func(text string) bool {
		return slices.ContainsFunc(in.refs.find(text), func(t int32) bool { return want[in.refs.target(t).u] })
	}
	if value.IsScalar() && names(value.Text) || value.Kind == List && len(value.Items()) == 1 && names(value.Items()[0].Str()) {
		return true
	}
	within := false
	eachString(value, func(s string) {
		within = within || names(in.refs.head(s)) || len(want) > 0 && in.canonical(s) != in.plain(s)
	})
	if within {
		d.unknown++
	}
	return within
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
		if d.t.HasAspectsBelow(p.attr) {
			d.fields(b, c, p, false)
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
	case b.Text != "" && b.Text == c.Text && !d.same():
		d.emit(difference{path: p.path, attr: p.attr, base: hidden(b), cand: hidden(c), foreign: true})
	}
}

func hidden(v Value) Value {
	if v.Kind == Null {
		return v
	}
	return Value{Kind: Secret}
}
