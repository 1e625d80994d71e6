package parity

import (
	"slices"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// sealPlan says, for one form of a type's attributes or of a document in them,
// which leaves sealing has to look at.
type sealPlan struct {
	form   string
	leaves uint32
	parts  []sealPart // in the order of their leaves
	whole  bool       // it takes a tree to tell
}

// sealPart is one leaf, and what its place says of it.
type sealPart struct {
	at      int    // in the form
	leaf    uint32 // its number
	kind    Kind
	masked  bool
	encoded bool // it may be an encoded script
	path    string
	secret  bool        // whatever the texts are
	flagged bool        // it is, too, if the leaf before it is a secret's flag, and it is none
	when    []condition // and if one of these holds
	same    *sealedPart // what it becomes for all resources of the rows, if it does
}

type sealedPart struct {
	form []byte
	ids  []uint32
}

// condition makes a leaf a secret by the texts of others.
type condition struct {
	typed bool     // the text is SecureString; else the first that is not empty is a secret's name
	by    []uint32 // leaves
}

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
	// stays says of texts that may be sealed whether sealing leaves them as they
	// are, unless their place makes them secrets or scripts.
	stays map[uint32]bool

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
const maxDocumentPlans = 1 << 10

func newPackedSealer(s *secrets, in *Packer) *packedSealer {
	return &packedSealer{sealer: sealer{secrets: s, in: in}, plans: map[rowsKey]*sealPlan{}, documents: map[documentKey]*sealPlan{}, stays: map[uint32]bool{}}
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
	p := planner{sealer: s.sealer, sealPlan: &sealPlan{form: s.row.layout.form}}
	plan := p.sealPlan
	s.plans[key] = plan
	if slices.Contains(s.row.layout.keys, "") {
		plan.whole = true // the paths below are as those at the top
		return plan
	}
	if p.object("", false); plan.whole {
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
	return !varies(p.leaf) && !(p.flagged && varies(p.leaf-1)) &&
		!slices.ContainsFunc(p.when, func(c condition) bool { return slices.ContainsFunc(c.by, varies) })
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

func (s *packedSealer) tellsSecret(part *sealPart, ids leafIDs) bool {
	text := func(leaf uint32) string { return s.in.texts.at(ids.id(leaf)) }
	if part.secret || part.flagged && s.in.texts.remarkable(ids.id(part.leaf-1)) && isFlag(text(part.leaf-1)) && !strings.HasPrefix(text(part.leaf), "-") {
		return true
	}
	for _, c := range part.when {
		first := ""
		for i := 0; first == "" && i < len(c.by); i++ {
			first = text(c.by[i])
		}
		if c.typed && first == secureString || !c.typed && first != "" && SecretName(first) {
			return true
		}
	}
	return false
}

// keeps reports whether sealing leaves a part as it is.
func (s *packedSealer) keeps(part *sealPart, secret bool, ids leafIDs) bool {
	switch part.kind {
	case Number:
		return !secret
	case String:
		id := ids.id(part.leaf)
		return id == noText || !secret && !(part.encoded && s.in.texts.size(id) >= minEncoded) && s.plain(id)
	}
	return false
}

// plain reports whether sealing leaves a text as it is that its place makes
// neither a secret nor a script.
func (s *packedSealer) plain(id uint32) bool {
	if !s.in.texts.remarkable(id) {
		return true
	}
	plain, known := s.stays[id]
	if !known {
		text := s.in.texts.at(id)
		probe := secrets{values: map[string]bool{}}
		plain = !bracketed(text) && !LooksSecret(text) && probe.hideInside(text) == text
		s.stays[id] = plain
	}
	return plain
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
		s.stays[id] = true
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
		if plan := s.planOfDocument(before, len(leaves), path); !s.apply(plan, idList(leaves)) {
			s.in.form, s.in.ids = append(s.in.form, before...), append(s.in.ids, leaves...)
		}
	}
	s.form, s.ids = before, leaves
	return ok
}

func (s *packedSealer) planOfDocument(form []byte, leaves int, path string) *sealPlan {
	if plan := s.documents[documentKey{string(form), path, s.t}]; plan != nil {
		return plan
	}
	p := planner{sealer: s.sealer, sealPlan: &sealPlan{form: string(form), parts: make([]sealPart, 0, leaves)}}
	p.value(path, false)
	if len(s.documents) < maxDocumentPlans {
		s.documents[documentKey{p.form, path, s.t}] = p.sealPlan
	}
	return p.sealPlan
}

// planner finds where in a form sealing has something to look at, as a sealer
// would.
type planner struct {
	sealer
	*sealPlan
	at    int         // what is planned next; its first leaf is the one after leaves
	when  []condition // of all that is planned now
	below bool        // and that is part of what they make a secret
}

// object plans an object. Its kid of the key value may be told a secret by those
// beside it.
func (p *planner) object(path string, named bool) {
	p.at++
	at, leaf := p.at, p.leaves
	for p.form[p.at] != formEnd {
		key := p.in.keyAt(p.form, p.at)
		p.at += keySize
		sub := key
		if path != "" {
			sub = path + "." + key
		}
		secret := p.isSecret(sub, key, named || path != "" && !p.t.InSchema())
		var c condition
		switch {
		case secret:
		case path == "" && (key == "value" || key == "insecure_value"):
			c.typed, c.by = true, p.textsOf([]string{"type"}, at, leaf)
		case (named || path != "") && (key == "value" || key == "Value"):
			c.by = p.textsOf(entryNames, at, leaf)
		}
		outer, below := p.when, p.below
		if c.by != nil {
			p.when, p.below = append(slices.Clip(outer), c), below || p.kind() == List || p.kind() == Object
		}
		p.value(sub, secret)
		p.when, p.below = outer, below
	}
	p.at++
}

// textsOf lists the leaves of an object's members of these names that are texts,
// in the order of the names. at and leaf are of its first member.
func (p *planner) textsOf(names []string, at int, leaf uint32) []uint32 {
	found := make([]uint32, len(names)) // plus one
	look := *p
	look.sealPlan = &sealPlan{form: p.form, leaves: leaf}
	for look.at = at; look.form[look.at] != formEnd; look.skip() {
		key := p.in.keyAt(p.form, look.at)
		look.at += keySize
		if i := slices.Index(names, key); i >= 0 && look.kind() == String {
			found[i] = look.leaves + 1
		}
	}
	var leaves []uint32
	for _, leaf := range found {
		if leaf > 0 {
			leaves = append(leaves, leaf-1)
		}
	}
	return leaves
}

func (p *planner) value(path string, secret bool) {
	switch p.kind() {
	case Secret:
		p.whole = p.whole || p.below // what is secret as a whole keeps it, and nothing else does
		p.part(path, secret, false)
	case String:
		p.part(path, secret, false)
	case Number:
		if secret || len(p.when) > 0 {
			p.part(path, secret, false)
		} else {
			p.skip()
		}
	case List:
		document := p.form[p.at]&formDocument != 0
		p.at++
		before := Null
		for p.form[p.at] != formEnd {
			kind := p.kind()
			switch {
			case kind == Object && secret:
				p.hideAll()
			case kind == Object:
				p.object(path, document)
			case kind == String:
				p.part(path, secret, before == String)
			default:
				p.value(path, secret)
			}
			before = kind
		}
		p.at++
	case Object:
		if secret {
			p.hideAll()
		} else {
			p.object(path, true)
		}
	default:
		p.skip()
	}
}

func (p *planner) hideAll() {
	switch p.kind() {
	case List, Object:
		p.members(p.hideAll)
	case String, Number:
		p.part("", true, false)
	default:
		p.skip()
	}
}

// part plans a leaf that may be sealed.
func (p *planner) part(path string, secret, flagged bool) {
	kind := p.kind()
	p.parts = append(p.parts, sealPart{
		at: p.at, leaf: p.leaves, kind: kind, masked: p.form[p.at]&formMasked != 0, encoded: kind == String && mayEncode(path),
		path: path, secret: secret, flagged: flagged, when: p.when,
	})
	p.skip()
}

// skip passes what is next.
func (p *planner) skip() {
	switch p.kind() {
	case List, Object:
		p.members(p.skip)
	case Null, Unknown:
		p.at++
	default:
		p.at++
		p.leaves++
	}
}

// members calls f for each member of what is next.
func (p *planner) members(f func()) {
	object := p.kind() == Object
	p.at++
	for p.form[p.at] != formEnd {
		if object {
			p.at += keySize
		}
		f()
	}
	p.at++
}

func (p *planner) kind() Kind { return Kind(p.form[p.at] & 0xf) }

// hidePacked takes secrets out of the texts of packed attributes.
func (s *Snapshot) hidePacked(secrets *secrets) {
	secrets.build()
	hidden := map[uint32]string{}
	s.pack.texts.search(func(chunk []byte) bool { return mayHold(secrets, chunk) }, func(id uint32, text string) {
		if clean := secrets.scrub(text); clean != text {
			hidden[id] = strings.Clone(clean)
		}
	})
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
		if len(at) == 0 {
			continue
		}
		row := n.row()
		for _, slot := range at {
			if id, ok := into[row[slot]]; ok {
				row[slot] = id
			}
		}
	}
}

func mayEncode(path string) bool {
	return strings.Contains(path, "user_data") || strings.HasSuffix(path, "base64") || strings.HasSuffix(path, "custom_data")
}
