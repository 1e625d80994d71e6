package parity

import (
	"slices"
	"strings"
)

// A Packer keeps the attributes of many resources in little memory. What they
// have in common, their form, is kept once, and so are the texts at those places
// where they nearly all have the same; of each resource only the numbers of its
// other texts are kept, and each text once. It is not safe for use by several
// goroutines, but what it has packed is, once nothing more is.
type Packer struct {
	texts   *texts
	leaves  [][]uint32 // row after row, in chunks of chunkLeaves
	layouts map[string]*layout
	rows    []*rows

	form   []byte   // of what is being packed
	ids    []uint32 // its leaves
	work   []byte   // for texts with escapes
	follow [1 << 10]follower

	keys  map[uint32]string // texts that are keys
	bare  map[byte]*layout  // those of values without parts, by their mark in a form
	masks map[string]Value  // by how they are written
}

// follower is the key that came last time after another one.
type follower struct{ before, next uint32 }

// NewPacker returns a Packer that holds nothing.
func NewPacker() *Packer {
	return &Packer{layouts: map[string]*layout{}, keys: map[uint32]string{}, bare: map[byte]*layout{}, masks: map[string]Value{}, texts: newTexts()}
}

// Expect makes room for what a source of so many bytes is likely to hold.
func (p *Packer) Expect(size int64) {
	const bytesPerText = 800 // of states
	p.texts.expect(int(size / bytesPerText))
}

// rows are resources of one layout that have the same text at some of its
// leaves. Of each, a row is kept of the others.
type rows struct {
	node   node // of each resource's attributes
	in     *Packer
	number int // among the Packer's
	layout *layout
	slot   []int32  // of each leaf in a row; -1: all have fixed
	fixed  []uint32 // of each leaf without a slot, the number of its text
}

// packed is an object that is kept without a tree: its items are made when
// they are asked for. The zero value is none.
type packed struct {
	*rows
	at uint32 // of its row
}

// packed is the value as it is kept; none of a tree.
func (v Value) packed() packed {
	if v.node == nil || v.node.rows == nil {
		return packed{}
	}
	return packed{v.node.rows, v.at}
}

func (n packed) ok() bool { return n.rows != nil }

// row is what is kept of it alone.
func (n packed) row() []uint32 { return n.in.leaves[n.at/chunkLeaves][n.at%chunkLeaves:] }

// id is the number of a leaf's text.
func (n packed) id(leaf uint32) uint32 {
	if slot := n.slot[leaf]; slot >= 0 {
		return n.row()[slot]
	}
	return n.fixed[leaf]
}

// text is that of a leaf, to be looked at.
func (n packed) text(leaf uint32) string { return n.in.texts.at(n.id(leaf)) }

// layout is the form of a value: all of it but its texts.
type layout struct {
	form             string // of a resource
	kind             Kind
	document, masked bool
	nulls            bool
	keys             []string
	kids             []*layout
	first            []uint32 // the kids' first leaves, from this one's
	leaves           uint32

	given []givenName // of a resource: the names that people gave to it
	tags  []uint32    // and the tags that name its environment

	narrow  *rows    // for most of the layout's resources, which have some texts in common
	wide    *rows    // for those that differ where the others do not
	packed  uint32   // how many resources were
	differs []uint32 // of each leaf, how many were not as the narrow rows have it
}

// Pack returns an Object as one that is kept by p. Other values are returned
// as they are.
func (p *Packer) Pack(v Value) Value {
	if n := v.packed(); v.Kind != Object || v.Document || n.ok() && n.in == p {
		return v
	}
	p.form, p.ids = p.form[:0], p.ids[:0]
	p.add(v)
	return p.take()
}

// The bytes of a form, beside those of kinds with their marks.
const (
	formDocument, formMasked, formNulls = 1 << 4, 1 << 5, 1 << 6
	formEnd                             = 0xff
)

func (p *Packer) add(v Value) {
	mark := byte(v.Kind)
	if v.Document {
		mark |= formDocument
	}
	if v.Masked {
		mark |= formMasked
	}
	if v.node != nil && v.node.nulls {
		mark |= formNulls
	}
	p.form = append(p.form, mark)
	switch v.Kind {
	case Null, Unknown:
	case List:
		for _, it := range v.Items() {
			p.add(it)
		}
		p.form = append(p.form, formEnd)
	case Object:
		keys := v.Keys()
		for i, it := range v.Items() {
			p.key(p.texts.ofString(keys[i]))
			p.add(it)
		}
		p.form = append(p.form, formEnd)
	default:
		p.ids = append(p.ids, p.texts.ofString(v.Text))
	}
}

// key begins a member of an object.
func (p *Packer) key(id uint32) {
	p.form = append(p.form, 0x80, byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
}

// keyAt is the key that begins there in a form, and takes keySize.
func (p *Packer) keyAt(form string, at int) string {
	return p.keyOf(uint32(form[at+1]) | uint32(form[at+2])<<8 | uint32(form[at+3])<<16 | uint32(form[at+4])<<24)
}

// keyOf is the text of a number as a key, of which there are few and which are kept.
func (p *Packer) keyOf(id uint32) string {
	key, ok := p.keys[id]
	if !ok {
		key = strings.Clone(p.texts.at(id))
		p.keys[id] = key
	}
	return key
}

const keySize = 5

// take keeps what was added.
func (p *Packer) take() Value {
	s := p.layouts[string(p.form)]
	if s == nil {
		form := string(p.form)
		s, _ = p.layoutOf(form)
		s.form = form
		s.findNames()
		p.layouts[s.form] = s
	}
	return p.place(s)
}

// place keeps the leaves that were added, of a layout.
func (p *Packer) place(l *layout) Value {
	r := p.rowsFor(l)
	w := 0
	for leaf, slot := range r.slot {
		if slot >= 0 {
			p.ids[w] = p.ids[leaf]
			w++
		}
	}
	return p.row(r, p.ids[:w])
}

// chunkLeaves is how many leaves a chunk has, unless one row has more.
const chunkLeaves = 1 << 14

// row keeps a row.
func (p *Packer) row(r *rows, ids []uint32) Value {
	last := len(p.leaves) - 1
	if last < 0 || len(p.leaves[last])+len(ids) > chunkLeaves {
		last++
		p.leaves = append(p.leaves, make([]uint32, 0, max(chunkLeaves, len(ids))))
	}
	at := last*chunkLeaves + len(p.leaves[last])
	p.leaves[last] = append(p.leaves[last], ids...)
	return Value{Kind: Object, node: &r.node, at: uint32(at)}
}

// rowsFor returns the rows that have room for all that is being packed.
func (p *Packer) rowsFor(l *layout) *rows {
	if l.narrow == nil {
		l.differs = make([]uint32, len(p.ids))
		l.narrow = p.newRows(l, p.ids, func(int) bool { return false })
	}
	l.packed++
	fits, widen := true, false
	often := func(leaf int) bool { return 8*l.differs[leaf] > l.packed } // most will be others, too
	for leaf, slot := range l.narrow.slot {
		if slot < 0 && l.narrow.fixed[leaf] != p.ids[leaf] {
			fits = false
			l.differs[leaf]++
			widen = widen || often(leaf)
		}
	}
	if widen {
		old := l.narrow
		l.narrow = p.newRows(l, old.fixed, func(leaf int) bool { return old.slot[leaf] >= 0 || often(leaf) })
		fits = true
		for leaf, slot := range l.narrow.slot {
			fits = fits && (slot >= 0 || l.narrow.fixed[leaf] == p.ids[leaf])
		}
	}
	if fits {
		return l.narrow
	}
	if l.wide == nil {
		l.wide = p.newRows(l, p.ids, func(int) bool { return true })
	}
	return l.wide
}

// newRows returns rows with slots for some of the leaves.
func (p *Packer) newRows(l *layout, fixed []uint32, varies func(leaf int) bool) *rows {
	r := &rows{
		node: node{keys: l.keys, nulls: l.nulls}, in: p, number: len(p.rows), layout: l,
		slot: make([]int32, len(fixed)), fixed: slices.Clone(fixed),
	}
	r.node.rows = r
	width := int32(0)
	for leaf := range r.slot {
		r.slot[leaf] = -1
		if varies(leaf) {
			r.slot[leaf] = width
			width++
		}
	}
	p.rows = append(p.rows, r)
	return r
}

// layoutOf builds a layout from the beginning of a form, and returns the rest.
func (p *Packer) layoutOf(form string) (*layout, string) {
	mark := form[0]
	form = form[1:]
	if l := p.bare[mark]; l != nil {
		return l, form
	}
	s := &layout{
		kind: Kind(mark & 0xf), document: mark&formDocument != 0, masked: mark&formMasked != 0, nulls: mark&formNulls != 0,
	}
	switch s.kind {
	case Null, Unknown:
		p.bare[mark] = s
	case List, Object:
		for form[0] != formEnd {
			if s.kind == Object {
				s.keys = append(s.keys, p.keyAt(form, 0))
				form = form[keySize:]
			}
			var kid *layout
			kid, form = p.layoutOf(form)
			s.kids, s.first = append(s.kids, kid), append(s.first, s.leaves)
			s.leaves += kid.leaves
		}
		form = form[1:]
	default:
		s.leaves = 1
		p.bare[mark] = s
	}
	return s, form
}

// scalar is what has no parts, to be looked at.
func (n packed) scalar(l *layout, at uint32) Value {
	v := Value{Kind: l.kind, Masked: l.masked}
	if l.leaves > 0 {
		v.Text = n.text(at)
	}
	return v
}

// value makes a tree of a part of what is packed, which has the layout l and its
// first leaf at at.
func (n packed) value(l *layout, at uint32) Value {
	v := Value{Kind: l.kind, Document: l.document, Masked: l.masked}
	switch l.kind {
	case Null, Unknown:
	case List, Object:
		items := make([]Value, len(l.kids))
		for i, kid := range l.kids {
			items[i] = n.value(kid, at+l.first[i])
		}
		v.node = &node{keys: l.keys, items: items, nulls: l.nulls}
	default:
		v.Text = strings.Clone(n.text(at))
	}
	return v
}

// textAt is the number of the text at a path, which leads as that of Value.At
// does; noText where there is none.
func (n packed) textAt(path string) uint32 {
	if !n.ok() {
		return noText
	}
	l, at := n.layout, uint32(0)
	into := func(i int) { l, at = l.kids[i], at+l.first[i] }
	for path != "" {
		name, rest, _ := strings.Cut(path, ".")
		if l.kind == List && len(l.kids) == 1 {
			into(0)
		}
		i, ok := slices.BinarySearch(l.keys, name)
		if l.kind != Object || !ok {
			return noText
		}
		into(i)
		path = rest
	}
	if l.kind != String {
		return noText
	}
	return n.id(at)
}

func (n packed) all() []Value {
	items := make([]Value, len(n.layout.kids))
	for i := range items {
		items[i] = n.item(i)
	}
	return items
}

func (n packed) item(i int) Value { return n.value(n.layout.kids[i], n.layout.first[i]) }

// AnyObject reports whether an Object has a member that is an Object with keys
// that f accepts.
func (v Value) AnyObject(f func(keys []string) bool) bool {
	if n := v.packed(); n.ok() {
		for _, kid := range n.layout.kids {
			if kid.kind == Object && f(kid.keys) {
				return true
			}
		}
		return false
	}
	for _, it := range v.Items() {
		if it.Kind == Object && f(it.Keys()) {
			return true
		}
	}
	return false
}

// hasMarks reports whether a form has objects of one key that may be marks of a
// saved snapshot's.
func (l *layout) hasMarks() bool {
	if l.kind == Object && len(l.keys) == 1 && strings.HasPrefix(l.keys[0], "$") {
		return true
	}
	return slices.ContainsFunc(l.kids, (*layout).hasMarks)
}
