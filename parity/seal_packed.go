package parity

import (
	"slices"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// sealPlan says, for one form of a type's attributes or of a document in them,
// which leaves sealing has to look at.
type sealPlan struct {
	form   []byte
	leaves uint32
	parts  []sealPart // in the order of their leaves
	whole  bool       // it takes a tree to tell
}

// sealPart is one leaf, and what its place says of it.
type sealPart struct {
	leaf    uint32
	at      int // in the form
	kind    Kind
	masked  bool
	path    string
	secret  bool        // whatever the texts are
	when    []condition // it is, too, if one of them holds
	encoded bool        // it may be an encoded script
	same    *sealedPart // what it becomes for all resources of the rows, if it does
}

type sealedPart struct {
	form []byte
	ids  []uint32
}

// condition makes a leaf a secret by the texts of others.
type condition struct {
	kind conditionKind
	by   []uint32 // leaves
}

type conditionKind uint8

const (
	byName conditionKind = iota // the first of the texts that is not empty is a secret's name
	byFlag                      // the text is a secret's flag, and the leaf none
	byType                      // the text is SecureString
)

// leafIDs are the numbers of the texts of what has a form.
type leafIDs interface{ id(leaf uint32) uint32 }

type idList []uint32

func (l idList) id(leaf uint32) uint32 { return l[leaf] }

// packedSealer seals attributes as a sealer does, without making a tree of
// them: it copies their form, and puts something else where a leaf is to be
// sealed.
type packedSealer struct {
	sealer
	row       packed // what is sealed now
	plans     map[rowsKey]*sealPlan
	documents map[documentKey]*sealPlan
	// class says of each text: 1, that sealing leaves it as it is, unless its
	// place makes it a secret or a script; 2, that it may not.
	class []uint8

	raw  []byte   // of a document
	form []byte   // of a document before it is sealed
	ids  []uint32 // and its leaves
}

type rowsKey struct {
	rows *rows
	t    *catalog.Type
}

type documentKey struct {
	form, path string
	t          *catalog.Type
}

// maxDocumentPlans bounds what is remembered of documents: each may have a form
// of its own.
const maxDocumentPlans = 1 << 12

func newPackedSealer(s *secrets, in *Packer) *packedSealer {
	return &packedSealer{sealer: sealer{secrets: s, in: in}, plans: map[rowsKey]*sealPlan{}, documents: map[documentKey]*sealPlan{}}
}

func (s *packedSealer) attributes(v Value, t *catalog.Type) Value {
	s.row, s.t = v.packed(), t
	if s.row.ok() && s.row.in == s.in {
		if plan := s.planOfRows(); !plan.whole {
			s.in.form, s.in.ids = s.in.form[:0], s.in.ids[:0]
			if !s.apply(plan, &s.row) {
				return v
			}
			return s.in.take()
		}
	}
	return s.in.Pack(sealer{s.secrets, t, v, s.in}.object(v, "", false))
}

// planOfRows is the plan for what is sealed now. What all resources of its rows
// have is sealed with the first of them.
func (s *packedSealer) planOfRows() *sealPlan {
	key := rowsKey{s.row.rows, s.t}
	if plan := s.plans[key]; plan != nil {
		return plan
	}
	plan, l := &sealPlan{}, s.row.layout
	s.plans[key] = plan
	p := planner{sealer: s.sealer, plan: plan}
	for i, k := range l.keys {
		switch {
		case k == "": // the paths below are as those at the top
			plan.whole = true
		case k == "type" && l.kids[i].kind == String:
			p.typ = []uint32{l.first[i]}
		}
	}
	p.object(l, "", false)
	if plan.whole {
		return plan
	}
	open := plan.parts[:0]
	for _, part := range plan.parts {
		if part.fixed(s.row.rows) {
			secret := s.tellsSecret(&part, &s.row)
			if s.keeps(&part, secret, &s.row) {
				continue
			}
			s.in.form, s.in.ids = s.in.form[:0], s.in.ids[:0]
			s.replace(&part, secret, &s.row)
			part.same = &sealedPart{slices.Clone(s.in.form), slices.Clone(s.in.ids)}
		}
		open = append(open, part)
	}
	plan.parts = slices.Clone(open) // mostly few of all
	return plan
}

// fixed reports whether all resources have the same texts where the part is and
// where it depends on.
func (p *sealPart) fixed(r *rows) bool {
	varies := func(leaf uint32) bool { return r.slot[leaf] >= 0 }
	return !varies(p.leaf) && !slices.ContainsFunc(p.when, func(c condition) bool { return slices.ContainsFunc(c.by, varies) })
}

// apply adds what has the plan's form to what is being packed, and seals it. If
// there is nothing to seal, it adds nothing and reports false.
func (s *packedSealer) apply(plan *sealPlan, ids leafIDs) bool {
	at, leaf := 0, uint32(0) // how much was added
	upTo := func(toAt int, toLeaf uint32) {
		s.in.form = append(s.in.form, plan.form[at:toAt]...)
		for ; leaf < toLeaf; leaf++ {
			s.in.ids = append(s.in.ids, ids.id(leaf))
		}
	}
	for i := range plan.parts {
		part := &plan.parts[i]
		secret := false
		if part.same == nil {
			if secret = s.tellsSecret(part, ids); s.keeps(part, secret, ids) {
				continue
			}
		}
		upTo(part.at, part.leaf)
		at, leaf = part.at+1, part.leaf+1
		if part.same != nil {
			s.in.form, s.in.ids = append(s.in.form, part.same.form...), append(s.in.ids, part.same.ids...)
		} else {
			s.replace(part, secret, ids)
		}
	}
	if at == 0 {
		return false
	}
	upTo(len(plan.form), plan.leaves)
	return true
}

func (s *packedSealer) text(ids leafIDs, leaf uint32) string { return s.in.texts.at(ids.id(leaf)) }

func (s *packedSealer) tellsSecret(part *sealPart, ids leafIDs) bool {
	for _, c := range part.when {
		text := s.text(ids, c.by[0])
		switch c.kind {
		case byName:
			for i := 1; text == "" && i < len(c.by); i++ {
				text = s.text(ids, c.by[i])
			}
			if text != "" && s.secretName(text) {
				return true
			}
		case byFlag:
			if s.isFlag(text) && !strings.HasPrefix(s.text(ids, part.leaf), "-") {
				return true
			}
		case byType:
			if text == secureString {
				return true
			}
		}
	}
	return part.secret
}

// keeps reports whether sealing leaves a part as it is.
func (s *packedSealer) keeps(part *sealPart, secret bool, ids leafIDs) bool {
	switch part.kind {
	case Number:
		return !secret
	case String:
		id := ids.id(part.leaf)
		text := s.in.texts.at(id)
		return text == "" || !secret && !(part.encoded && len(text) >= 16) && s.plain(id)
	}
	return false
}

// plain reports whether sealing leaves a text as it is that its place makes
// neither a secret nor a script.
func (s *packedSealer) plain(id uint32) bool {
	if int(id) >= len(s.class) {
		s.class = append(s.class, make([]uint8, max(1024, s.in.texts.count()-len(s.class)))...)
	}
	if s.class[id] == 0 {
		s.class[id] = 1
		text := s.in.texts.at(id)
		probe := secrets{values: map[string]bool{}}
		if bracketed(text) || LooksSecret(text) || probe.hideInside(text) != text {
			s.class[id] = 2
		}
	}
	return s.class[id] == 1
}

// replace adds what a part becomes.
func (s *packedSealer) replace(part *sealPart, secret bool, ids leafIDs) {
	id := ids.id(part.leaf)
	v := Value{Kind: part.kind, Masked: part.masked, Text: s.in.texts.at(id)}
	if part.kind == String && !secret && s.document(v.Text, part.path) {
		return
	}
	sealed := s.value(v, part.path, secret)
	if sealed == v && !part.encoded {
		s.class[id] = 1
	}
	s.in.add(sealed)
}

// document adds a text of JSON as a document that is sealed.
func (s *packedSealer) document(text, path string) bool {
	if !bracketed(text) {
		return false
	}
	s.raw = append(s.raw[:0], text...)
	form, ids := s.in.form, s.in.ids
	s.in.form, s.in.ids = s.form[:0], s.ids[:0]
	s.form, s.ids = nil, nil // which a document inside this one has not
	ok := s.in.packDocument(s.raw)
	before, leaves := s.in.form, s.in.ids
	s.in.form, s.in.ids = form, ids
	if ok {
		if plan := s.planOfDocument(before, path); !s.apply(plan, idList(leaves)) {
			s.in.form, s.in.ids = append(s.in.form, before...), append(s.in.ids, leaves...)
		}
	}
	s.form, s.ids = before, leaves
	return ok
}

func (s *packedSealer) planOfDocument(form []byte, path string) *sealPlan {
	if plan := s.documents[documentKey{string(form), path, s.t}]; plan != nil {
		return plan
	}
	plan := &sealPlan{}
	l, _ := s.in.layoutOf(form)
	p := planner{sealer: s.sealer, plan: plan}
	p.value(l, path, false)
	if len(s.documents) < maxDocumentPlans {
		s.documents[documentKey{string(form), path, s.t}] = plan
	}
	return plan
}

// planner finds where in a form sealing has something to look at, as a sealer
// would.
type planner struct {
	sealer
	plan *sealPlan
	typ  []uint32    // the leaf that says of what type a parameter is
	when []condition // of all that is planned now
}

func (p *planner) object(l *layout, path string, named bool) {
	p.open(l)
	var entry []uint32
	if named || path != "" {
		for _, k := range entryNames {
			if i, ok := slices.BinarySearch(l.keys, k); ok && l.kids[i].kind == String {
				entry = append(entry, p.plan.leaves+l.first[i])
			}
		}
	}
	for i, key := range l.keys {
		sub := key
		if path != "" {
			sub = path + "." + key
		}
		p.key(key)
		secret := p.isSecret(sub, key, named || path != "" && !p.t.InSchema())
		switch {
		case !secret && entry != nil && (key == "value" || key == "Value"):
			p.valueWhen(condition{byName, entry}, l.kids[i], sub)
		case !secret && p.typ != nil && (sub == "value" || sub == "insecure_value"):
			p.valueWhen(condition{byType, p.typ}, l.kids[i], sub)
		default:
			p.value(l.kids[i], sub, secret)
		}
	}
	p.close()
}

func (p *planner) value(l *layout, path string, secret bool) {
	switch l.kind {
	case String, Secret:
		p.part(l, path, secret)
	case Number:
		if secret || len(p.when) > 0 {
			p.part(l, path, secret)
		} else {
			p.pass(l)
		}
	case List:
		p.open(l)
		for i, kid := range l.kids {
			switch {
			case kid.kind == Object && secret:
				p.hideAll(kid)
			case kid.kind == Object:
				p.object(kid, path, l.document)
			case kid.kind == String && i > 0 && l.kids[i-1].kind == String && !secret:
				p.part(kid, path, false, condition{byFlag, []uint32{p.plan.leaves - 1}})
			default:
				p.value(kid, path, secret)
			}
		}
		p.close()
	case Object:
		if secret {
			p.hideAll(l)
		} else {
			p.object(l, path, true)
		}
	default:
		p.pass(l)
	}
}

// valueWhen plans a value that is a secret if a condition holds.
func (p *planner) valueWhen(c condition, l *layout, path string) {
	if l.kind != List && l.kind != Object {
		if l.kind == String || l.kind == Number || l.kind == Secret {
			p.part(l, path, false, c)
		} else {
			p.pass(l)
		}
		return
	}
	outer := p.when
	p.when = append(slices.Clip(outer), c)
	p.value(l, path, false)
	p.when = outer
}

func (p *planner) hideAll(l *layout) {
	switch l.kind {
	case List, Object:
		p.open(l)
		for i, kid := range l.kids {
			if l.kind == Object {
				p.key(l.keys[i])
			}
			p.hideAll(kid)
		}
		p.close()
	case String, Number:
		p.part(l, "", true)
	default:
		p.pass(l)
	}
}

// part plans a leaf that may be sealed.
func (p *planner) part(l *layout, path string, secret bool, when ...condition) {
	if l.kind == Secret && len(p.when) > 0 {
		p.plan.whole = true // below what is secret as a whole it stays, and not elsewhere
	}
	p.plan.parts = append(p.plan.parts, sealPart{
		leaf: p.plan.leaves, at: len(p.plan.form), kind: l.kind, masked: l.masked, path: path, secret: secret,
		when: slices.Concat(p.when, when), encoded: l.kind == String && mayEncode(path),
	})
	p.pass(l)
}

// pass plans nothing for what is no list or object.
func (p *planner) pass(l *layout) {
	p.plan.form = append(p.plan.form, l.mark())
	p.plan.leaves += l.leaves
}

func (p *planner) open(l *layout) { p.plan.form = append(p.plan.form, l.mark()) }

func (p *planner) key(key string) { p.plan.form = appendKey(p.plan.form, p.in.texts.ofString(key)) }

func (p *planner) close() { p.plan.form = append(p.plan.form, formEnd) }

// hidePacked takes secrets out of the texts of packed attributes.
func (s *Snapshot) hidePacked(secrets *secrets) {
	hidden := map[uint32]string{}
	for id := range s.pack.texts.count() {
		text := s.pack.texts.at(uint32(id))
		if clean := secrets.scrub(text); clean != text {
			hidden[uint32(id)] = clean
		}
	}
	if len(hidden) == 0 {
		return
	}
	s.shared = nil
	into := make(map[uint32]uint32, len(hidden))
	for id, text := range hidden {
		into[id] = s.pack.texts.ofString(text)
	}
	open := map[*rows][]uint32{} // the slots of what is text in them
	for i := range s.Resources {
		n := s.Resources[i].Attributes.packed()
		if !n.ok() {
			continue
		}
		at, ok := open[n.rows]
		if !ok {
			for _, leaf := range n.layout.texts(0, nil, false) {
				if n.slot[leaf] >= 0 {
					at = append(at, uint32(n.slot[leaf]))
				} else if id, ok := into[n.fixed[leaf]]; ok {
					n.fixed[leaf] = id
				}
			}
			open[n.rows] = at
		}
		for _, slot := range at {
			if id, ok := into[s.pack.leaves[n.at+slot]]; ok {
				s.pack.leaves[n.at+slot] = id
			}
		}
	}
}

func mayEncode(path string) bool {
	return strings.Contains(path, "user_data") || strings.HasSuffix(path, "base64") || strings.HasSuffix(path, "custom_data")
}
