package parity

import (
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// sealPlan says, for one form of a type's attributes, where secrets may be.
type sealPlan struct {
	whole   bool     // it takes the values to know
	secret  []uint32 // leaves that are secret unless they are empty
	encoded []uint32 // leaves that may hold an encoded script
	plain   []uint32 // leaves that are text like any other
	kind    int      // the leaf that says that a parameter is secret; -1: none
}

// packedSealer seals attributes as a sealer does, without making a tree of
// those in which there is nothing to seal.
type packedSealer struct {
	*secrets
	in    *Packer
	plans map[sealKey]*sealPlan
	// class says of each text: 1, that sealing leaves it as it is; 2, that it
	// may not.
	class []uint8
}

type sealKey struct {
	l *layout
	t *catalog.Type
}

func (s *packedSealer) attributes(v Value, t *catalog.Type) Value {
	if n := v.packed(); n.ok() && n.in == s.in && s.nothingIn(n, t) {
		return v
	}
	return s.in.Pack(sealer{s.secrets, t, v, s.in}.object(v, "", false))
}

// nothingIn reports whether sealing would change nothing.
func (s *packedSealer) nothingIn(n packed, t *catalog.Type) bool {
	plan := s.plans[sealKey{n.layout, t}]
	if plan == nil {
		plan = &sealPlan{kind: -1}
		p := planner{sealer{secrets: s.secrets, t: t}, plan}
		p.object(n.layout, 0, "", false)
		for i, k := range n.layout.keys {
			if k == "type" && n.layout.kids[i].kind == String && plan.kind == 0 {
				plan.kind = int(n.layout.first[i])
			}
		}
		s.plans[sealKey{n.layout, t}] = plan
	}
	switch {
	case plan.whole:
		return false
	case plan.kind >= 0 && n.text(uint32(plan.kind)) == "SecureString":
		return false
	}
	for _, leaf := range plan.secret {
		if n.text(leaf) != "" {
			return false
		}
	}
	for _, leaf := range plan.encoded {
		if len(n.text(leaf)) >= 16 {
			return false
		}
	}
	for _, leaf := range plan.plain {
		id := n.id(leaf)
		for int(id) >= len(s.class) {
			s.class = append(s.class, make([]uint8, max(1024, len(s.in.texts.all)-len(s.class)))...)
		}
		if s.class[id] == 0 {
			s.class[id] = 1
			if s.special(s.in.texts.all[id]) {
				s.class[id] = 2
			}
		}
		if s.class[id] == 2 {
			return false
		}
	}
	return true
}

// special reports whether sealing may change a text that its place does not
// make a secret.
func (s *packedSealer) special(t string) bool {
	if len(t) < 2 {
		return t == "-"
	}
	first, last := t[0], t[len(t)-1]
	if first == '{' && last == '}' || first == '[' && last == ']' || first == '-' || LooksSecret(t) {
		return true
	}
	probe := secrets{values: map[string]bool{}}
	return probe.hideInside(t) != t
}

// planner finds where in a form sealing has something to look at, as a sealer
// would.
type planner struct {
	sealer
	plan *sealPlan
}

func (p planner) object(l *layout, at uint32, path string, named bool) {
	entry, valued := false, false
	for i, key := range l.keys {
		switch key {
		case "name", "key", "Name", "Key":
			entry = entry || l.kids[i].kind == String
		case "value", "Value":
			valued = true
		}
	}
	if entry && valued && (named || path != "") || l.document {
		p.plan.whole = true
	}
	for i, key := range l.keys {
		sub := key
		if path != "" {
			sub = path + "." + key
		}
		if sub == "value" || sub == "insecure_value" {
			p.plan.kind = 0 // to be found
		}
		p.value(l.kids[i], at+l.first[i], sub, p.isSecret(sub, key, named || path != "" && !p.t.InSchema()))
	}
}

func (p planner) value(l *layout, at uint32, path string, secret bool) {
	switch l.kind {
	case Secret:
		p.plan.whole = true
	case String:
		switch {
		case l.masked:
			p.plan.whole = true
		case secret:
			p.plan.secret = append(p.plan.secret, at)
		case mayEncode(path):
			p.plan.encoded = append(p.plan.encoded, at)
			p.plan.plain = append(p.plan.plain, at)
		default:
			p.plan.plain = append(p.plan.plain, at)
		}
	case Number:
		p.plan.whole = p.plan.whole || secret || l.masked
	case List:
		p.plan.whole = p.plan.whole || l.document
		for i, kid := range l.kids {
			switch {
			case kid.kind == Object && secret:
				p.plan.whole = true
			case kid.kind == Object:
				p.object(kid, at+l.first[i], path, false)
			default:
				p.value(kid, at+l.first[i], path, secret)
			}
		}
	case Object:
		if secret {
			p.plan.whole = true
			return
		}
		p.object(l, at, path, true)
	}
}

// hidePacked takes secrets out of the texts of packed attributes.
func (s *Snapshot) hidePacked(secrets *secrets) {
	hidden := map[uint32]string{}
	for id, text := range s.pack.texts.all {
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
