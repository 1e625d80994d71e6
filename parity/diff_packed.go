package parity

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/maquette/maquette/parity/catalog"
)

// Most of what is compared is equal. Where two attributes have one form, they
// are compared here, leaf by leaf and without making a tree of either; what is
// not plainly equal is left to the differ, which starts that attribute anew.

// alignments say how resources of a type are compared that are kept in some rows.
type alignments struct {
	b, c  *environment
	known sync.Map        // of alignmentKey, *alignment
	marks []atomic.Uint32 // of each text of the baseline's, a byte
}

type alignmentKey struct {
	b, c *rows
	t    *catalog.Type
}

type alignment struct {
	both  []alignedAttribute
	loneB []loneAttribute
	loneC []loneAttribute
}

type alignedAttribute struct {
	key  string
	b, c int
	how  *check // nil: by the differ
}

type loneAttribute struct {
	key string
	at  int
}

func newAlignments(b, c *environment) *alignments {
	return &alignments{b: b, c: c, marks: make([]atomic.Uint32, (b.snap.pack.texts.count()+3)/4)}
}

func (a *alignments) of(b, c packed, t *catalog.Type) *alignment {
	key := alignmentKey{b.rows, c.rows, t}
	if known, ok := a.known.Load(key); ok {
		return known.(*alignment)
	}
	found := a.align(b.layout, c.layout, t)
	// What no row says otherwise is compared once, and never again if it is equal.
	found.both = slices.DeleteFunc(found.both, func(x alignedAttribute) bool {
		if x.how == nil || !b.allFixed(b.layout.kids[x.b], b.layout.first[x.b]) || !c.allFixed(c.layout.kids[x.c], c.layout.first[x.c]) {
			return false
		}
		d := &differ{b: a.b, c: a.c, t: t}
		d.packedValue(a, x.how, b, c, b.layout.first[x.b], c.layout.first[x.c])
		return d.compared.nothing()
	})
	silent := func(n packed) func(x loneAttribute) bool {
		return func(x loneAttribute) bool {
			kid, at := n.layout.kids[x.at], n.layout.first[x.at]
			return n.allFixed(kid, at) && n.silent(kid, at)
		}
	}
	found.loneB, found.loneC = slices.DeleteFunc(found.loneB, silent(b)), slices.DeleteFunc(found.loneC, silent(c))
	a.known.Store(key, found)
	return found
}

// allFixed reports whether a part of all rows is the same. Of a secret it is not
// said: whether it may be the same depends on whose it is.
func (r *rows) allFixed(l *layout, at uint32) bool {
	if l.kind == Secret {
		return false
	}
	if len(l.kids) == 0 {
		return l.leaves == 0 || r.slot[at] < 0
	}
	for i, kid := range l.kids {
		if !r.allFixed(kid, at+l.first[i]) {
			return false
		}
	}
	return true
}

// silent reports whether an attribute that the other side does not have says
// nothing.
func (n packed) silent(l *layout, at uint32) bool { return l.kind != Unknown && n.empty(l, at) }

// align finds which attributes of two forms are compared, and how.
func (a *alignments) align(b, c *layout, t *catalog.Type) *alignment {
	d := &differ{b: a.b, c: a.c, t: t}
	found := &alignment{}
	tagged := b.isObject("tags_all") && c.isObject("tags_all")
	compared := func(key string) bool {
		return t.Aspect(key).Kind != catalog.Identity && !(tagged && key == "tags") // they are among tags_all
	}
	for i, j := 0, 0; i < len(b.keys) || j < len(c.keys); {
		switch {
		case j == len(c.keys) || i < len(b.keys) && b.keys[i] < c.keys[j]:
			if compared(b.keys[i]) {
				found.loneB = append(found.loneB, loneAttribute{b.keys[i], i})
			}
			i++
		case i == len(b.keys) || c.keys[j] < b.keys[i]:
			if compared(c.keys[j]) {
				found.loneC = append(found.loneC, loneAttribute{c.keys[j], j})
			}
			j++
		default:
			if compared(b.keys[i]) {
				x := alignedAttribute{key: b.keys[i], b: i, c: j}
				if b.kids[i].same(c.kids[j]) {
					x.how = d.check(b.kids[i], 0, place{}.field(x.key))
				}
				found.both = append(found.both, x)
			}
			i, j = i+1, j+1
		}
	}
	return found
}

func (l *layout) isObject(key string) bool {
	i, ok := slices.BinarySearch(l.keys, key)
	return ok && l.kids[i].kind == Object
}

// same reports whether two forms are equal.
func (l *layout) same(o *layout) bool {
	if l.kind != o.kind || l.document != o.document || l.masked != o.masked || l.nulls != o.nulls || len(l.kids) != len(o.kids) || !slices.Equal(l.keys, o.keys) {
		return false
	}
	for i := range l.kids {
		if !l.kids[i].same(o.kids[i]) {
			return false
		}
	}
	return true
}

// check is how one part of two values of one form is compared.
type check struct {
	op   checkOp
	l    *layout
	at   uint32 // of its first leaf, from the attribute's
	p    place
	own  bool // it stands under a key of the user's
	text bool // the part's canonical texts are compared
	tag  bool
	mild bool // a version, of which nothing is foreign
	kids []*check
	// names are, for each attribute that may tell the elements of a list
	// apart, its leaf in each of them.
	names [][]uint32
}

type checkOp uint8

const (
	leaveIt checkOp = iota // to the differ
	nothing
	scalar
	secret
	all      // kids
	elements // objects that may have names
)

// check mirrors what value does with two values of form l.
func (d *differ) check(l *layout, at uint32, p place) *check {
	x := &check{l: l, at: at, p: p}
	switch l.kind {
	case Null:
		x.op = nothing
	case Secret:
		x.op = secret
	case Bool, Number, String:
		a := d.t.Aspect(p.attr)
		x.op, x.tag, x.mild = scalar, a.Detail == "tag", a.Kind == catalog.Version || a.Kind == catalog.Identity
	case Object:
		x.op = all
		keyed := d.userKeys(Value{Kind: Object, Document: l.document}, p)
		for i, key := range l.keys {
			q := p.field(key)
			if keyed {
				q = p.key(key)
			}
			if (p.free || p.block) && (key == "Principal" || key == "NotPrincipal") && l.kids[i].kind == String {
				x.op = leaveIt
			}
			if !keyed && d.t.Aspect(q.attr).Kind == catalog.Identity {
				continue
			}
			kid := d.check(l.kids[i], at+l.first[i], q)
			kid.own = keyed
			x.kids = append(x.kids, kid)
		}
	case List:
		d.checkList(x)
	}
	return x
}

func (d *differ) checkList(x *check) {
	l, p := x.l, x.p
	objects := 0
	for _, kid := range l.kids {
		if kid.kind == Object {
			objects++
		}
	}
	switch {
	case len(l.kids) == 0:
		x.op = nothing
	case len(l.kids) == 1:
		valued := slices.ContainsFunc([]string{"value", "Value", "valueFrom"}, func(k string) bool { return slices.Contains(l.kids[0].keys, k) })
		if !valued {
			x.op, x.kids = all, []*check{d.check(l.kids[0], x.at, p.inside())}
		}
	case objects == 0:
		x.op = all
		for i, kid := range l.kids {
			x.kids = append(x.kids, d.checkText(kid, x.at+l.first[i], p.attr))
		}
	case objects == len(l.kids) && len(l.kids) <= maxNamed:
		x.op = elements
		for i, kid := range l.kids {
			x.kids = append(x.kids, d.checkText(kid, x.at+l.first[i], p.attr))
		}
		for _, name := range elementKeys {
			var leaves []uint32
			for i, kid := range l.kids {
				if k := slices.Index(kid.keys, name); k >= 0 && kid.kids[k].kind >= Bool && kid.kids[k].kind <= String {
					leaves = append(leaves, x.at+l.first[i]+kid.first[k])
				}
			}
			if len(leaves) == len(l.kids) {
				x.names = append(x.names, leaves)
			}
		}
	}
}

// maxNamed bounds the lists of blocks that are compared in this way.
const maxNamed = 32

// checkText mirrors what text does: the part is equal where its canonical
// texts are.
func (d *differ) checkText(l *layout, at uint32, attr string) *check {
	x := &check{l: l, at: at, p: place{attr: attr}, text: true}
	switch l.kind {
	case Null, Unknown, Secret:
		x.op = nothing
	case Bool, Number, String:
		x.op = scalar
	case List:
		x.op = all
		objects := slices.ContainsFunc(l.kids, func(kid *layout) bool { return kid.kind == Object })
		if objects && len(l.kids) > 1 && !unordered(d.t, attr, Value{Kind: List, Document: l.document}) {
			x.op = leaveIt // whether it is sorted depends on names
		}
		for i, kid := range l.kids {
			x.kids = append(x.kids, d.checkText(kid, at+l.first[i], attr))
		}
	case Object:
		x.op = all
		for i, key := range l.keys {
			if l.document && ((key == "Principal" || key == "NotPrincipal") && l.kids[i].kind == String ||
				!plainKey.MatchString(key) && elide(d.b.canonical(key)) != elide(d.c.canonical(key))) {
				x.op = leaveIt
			}
			sub := attr
			if l.document || !d.t.IsMap(attr) {
				sub = attr + "." + key
				if d.t.Aspect(sub).Kind == catalog.Identity {
					continue
				}
			}
			x.kids = append(x.kids, d.checkText(l.kids[i], at+l.first[i], sub))
		}
	}
	return x
}

// packedFields compares the attributes of two resources as fields does.
func (d *differ) packedFields(a *alignments, b, c packed) {
	found := a.of(b, c, d.t)
	for i := range found.both {
		x := &found.both[i]
		switch {
		case d.skip[x.key] || !d.wanted(x.key):
		case x.how == nil:
			d.value(b.item(x.b), c.item(x.c), place{}.field(x.key), false)
		default:
			d.packedValue(a, x.how, b, c, b.layout.first[x.b], c.layout.first[x.c])
		}
	}
	lone := func(n packed, x loneAttribute, partial bool, f func(Value)) {
		if !d.wanted(x.key) {
			return
		}
		if n.silent(n.layout.kids[x.at], n.layout.first[x.at]) {
			return
		}
		if v := n.item(x.at); !partial && x.key != OnlyLive || !d.unread(v, place{}, x.key) {
			f(v)
		}
	}
	for _, x := range found.loneB {
		lone(b, x, d.partialC, func(v Value) { d.field(v, Value{}, place{}, x.key, false) })
	}
	for _, x := range found.loneC {
		lone(c, x, d.partialB, func(v Value) { d.field(Value{}, v, place{}, x.key, false) })
	}
}

// packedValue compares two values of one form as value does.
func (d *differ) packedValue(a *alignments, x *check, b, c packed, at, to uint32) {
	switch {
	case d.skip[x.p.attr]:
		return
	case x.op == scalar && !b.refers(at+x.at) && !c.refers(to+x.at):
		if equal, foreign := d.scalars(a, x, b, c, at+x.at, to+x.at); !equal || foreign {
			d.emit(difference{path: x.p.path, attr: x.p.attr, base: b.value(x.l, at+x.at), cand: c.value(x.l, to+x.at), foreign: foreign})
		}
		return
	case x.op == all && (x.l.kind == Object || len(x.l.kids) == 1):
		for _, kid := range x.kids {
			d.packedValue(a, kid, b, c, at, to)
		}
		return
	}
	stuck, varying, unresolved := len(d.stuck), len(d.varying), d.unresolved
	if d.equalPacked(a, x, b, c, at, to) {
		return
	}
	d.stuck, d.varying, d.unresolved = d.stuck[:stuck], d.varying[:varying], unresolved
	d.value(b.value(x.l, at+x.at), c.value(x.l, to+x.at), x.p, x.own)
}

// wanted reports whether an attribute is to be compared.
func (d *differ) wanted(key string) bool {
	return d.asked == nil || slices.ContainsFunc(d.asked, func(x difference) bool {
		rest, ok := strings.CutPrefix(x.attr, key)
		return ok && (rest == "" || rest[0] == '.')
	})
}

// empty reports what Empty does.
func (n packed) empty(l *layout, at uint32) bool {
	switch l.kind {
	case Null:
		return true
	case List, Object:
		for i, kid := range l.kids {
			if !n.empty(kid, at+l.first[i]) || l.kind == List && kid.marks() {
				return false
			}
		}
		return true
	case Unknown, Secret:
		return false
	}
	id := n.id(at)
	if l.kind == String && n.in.texts.size(id) > len("false") {
		return false
	}
	return Value{Kind: l.kind, Text: n.in.texts.at(id)}.Empty()
}

// marks reports whether a block, of which all is empty, says something by being
// there, as isMarker does.
func (l *layout) marks() bool {
	return l.kind == Object && !l.nulls && !slices.ContainsFunc(l.kids, func(kid *layout) bool { return kid.kind != List && kid.kind != Object })
}

func (d *differ) equalPacked(a *alignments, x *check, b, c packed, at, to uint32) bool {
	switch x.op {
	case nothing:
		return true
	case secret:
		return !sameTexts(b, c, b.id(at+x.at), c.id(to+x.at))
	case scalar:
		if x.text {
			return d.sameText(a, x, b, c, at+x.at, to+x.at)
		}
		return d.equalScalars(a, x, b, c, at+x.at, to+x.at)
	case all:
		for _, kid := range x.kids {
			if !d.equalPacked(a, kid, b, c, at, to) {
				return false
			}
		}
		return true
	case elements:
		for i, kid := range x.l.kids {
			if b.empty(kid, at+x.at+x.l.first[i]) || c.empty(kid, to+x.at+x.l.first[i]) {
				return false
			}
		}
		for _, leaves := range x.names {
			// Elements that have names are compared by them.
			if distinctTexts(b, at, leaves) && distinctTexts(c, to, leaves) {
				return false
			}
		}
		for _, kid := range x.kids {
			if !d.equalPacked(a, kid, b, c, at, to) {
				return false
			}
		}
		return true
	}
	return false
}

func distinctTexts(n packed, at uint32, leaves []uint32) bool {
	for i, leaf := range leaves {
		id := n.id(at + leaf)
		if id == noText {
			return false
		}
		for _, other := range leaves[:i] {
			if n.id(at+other) == id {
				return false
			}
		}
	}
	return true
}

// What is known of a text of the baseline's that the candidate has as well.
const (
	markPlain    = 1 << iota // nothing in it is the baseline's own
	markTag                  // the same of a tag
	markVersion              // the same of a version
	markSame                 // its canonical texts are equal
	markNotPlain             // and so on: the same is not true
	markNotTag
	markNotVersion
	markNotSame
)

func (a *alignments) marked(id uint32) uint32 { return a.marks[id/4].Load() >> (id % 4 * 8) & 0xff }

func (a *alignments) mark(id, mark uint32) { a.marks[id/4].Or(mark << (id % 4 * 8)) }

func (d *differ) equalScalars(a *alignments, x *check, b, c packed, at, to uint32) bool {
	if b.refers(at) || c.refers(to) {
		return false
	}
	equal, foreign := d.scalars(a, x, b, c, at, to)
	return equal && !foreign
}

// refers reports whether a text names what is yet to be made.
func (n packed) refers(at uint32) bool {
	return n.in.texts.refer && strings.HasPrefix(n.text(at), referencePrefix)
}

// scalars does what equal does.
func (d *differ) scalars(a *alignments, x *check, b, c packed, at, to uint32) (equal, foreign bool) {
	id, other := b.id(at), c.id(to)
	same := sameTexts(b, c, id, other)
	if !same && x.l.kind == String && !x.mild && d.counterparts(id, other) && !(d.b.named(b, id) && d.c.named(c, other)) {
		return true, false
	}
	values := func() (vb, vc Value) {
		return Value{Kind: x.l.kind, Text: b.in.texts.at(id)}, Value{Kind: x.l.kind, Text: c.in.texts.at(other)}
	}
	if !same {
		vb, vc := values()
		return d.equal(vb, vc, x.p)
	}
	if x.l.kind != String {
		return true, false
	}
	mark := uint32(markPlain)
	switch {
	case x.tag:
		mark = markTag
	case x.mild:
		mark = markVersion
	}
	switch known := a.marked(id); {
	case known&mark != 0:
		return true, false
	case known&(mark*markNotPlain) == 0:
		stuck := len(d.stuck)
		vb, vc := values()
		_, foreign := d.equal(vb, vc, x.p)
		if !foreign && len(d.stuck) == stuck {
			a.mark(id, mark)
			return true, false
		}
		a.mark(id, mark*markNotPlain)
		return true, foreign
	}
	vb, vc := values()
	return d.equal(vb, vc, x.p)
}

// sameTexts reports whether two texts of two environments are one.
func sameTexts(b, c packed, id, other uint32) bool {
	return b.in.texts.digests[id] == c.in.texts.digests[other]
}

// named reports whether a text is a name of the environment's.
func (e *environment) named(n packed, id uint32) bool {
	size := n.in.texts.size(id)
	if size > e.names.longest && !n.in.texts.remarkable(id) { // in ASCII, letters of both cases have one length
		return false
	}
	return size <= utf8.UTFMax*e.names.longest && e.names.has(n.in.texts.at(id))
}

// counterparts reports whether two texts name things that are counterparts, each
// of one's of one of the other's, so that their canonical texts are equal.
func (d *differ) counterparts(b, c uint32) bool {
	x, y := d.b.refs.list(d.b.refs.owned[b]), d.c.refs.list(d.c.refs.owned[c])
	return len(x) > 0 && len(x) == len(y) && !slices.ContainsFunc(x, func(b int32) bool {
		of := d.b.refs.target(b)
		return of.u == nil || of.u.pair() == nil || !slices.ContainsFunc(y, func(c int32) bool {
			return d.c.refs.target(c) == target{of.u.pair(), of.attr}
		})
	})
}

// sameText reports whether two scalars have one canonical text.
func (d *differ) sameText(a *alignments, x *check, b, c packed, at, to uint32) bool {
	id, other := b.id(at), c.id(to)
	equal := sameTexts(b, c, id, other)
	if x.l.kind == Bool {
		return equal
	}
	if equal {
		switch known := a.marked(id); {
		case known&markSame != 0:
			return true
		case known&markNotSame != 0:
			return false
		}
	}
	if !equal && (id == noText || other == noText) {
		return false
	}
	tb, tc := b.in.texts.at(id), c.in.texts.at(other)
	vb, vc := Value{Kind: x.l.kind, Text: tb}, Value{Kind: x.l.kind, Text: tc}
	_, isNumber := vb.Float()
	_, too := vc.Float()
	same := false
	switch {
	case isNumber || too:
		same = tb == tc && len(tb) < 16
	case d.counterparts(id, other):
		same = true
	case (len(d.b.refs.find(tb)) == 0) == (len(d.c.refs.find(tc)) == 0):
		same = d.b.canonical(tb) == d.c.canonical(tc)
	}
	if equal {
		if same {
			a.mark(id, markSame)
		} else {
			a.mark(id, markNotSame)
		}
	}
	return same
}
