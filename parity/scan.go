package parity

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Element reads a JSON value that a Decoder has already found to be valid:
// one of a source's resources. What stands under a key "attributes" of it, or
// of its instances, is packed. Members of the instances that nothing is said
// of here are left out: what they depend on, and what is the provider's own.
func (p *Packer) Element(raw []byte, maxDepth int) (Value, error) {
	return p.scan(raw, maxDepth, stateRoles, 0)
}

// Instance reads, as Element does, one of the instances of a state's resource.
func (p *Packer) Instance(raw []byte, maxDepth int) (Value, error) {
	return p.scan(raw, maxDepth, stateRoles, 2)
}

// Shown reads, as Element does, one of the resources that `terraform show
// -json` lists. Its "values" are packed.
func (p *Packer) Shown(raw []byte, maxDepth int) (Value, error) {
	return p.scan(raw, maxDepth, shownRoles, 0)
}

// ShownNames reads of such a resource only what names a data source.
func (p *Packer) ShownNames(raw []byte, maxDepth int) (Value, error) {
	return p.scan(raw, maxDepth, namesRoles, 0)
}

// Change reads one of the changes of a plan, without the values before and
// after it.
func (p *Packer) Change(raw []byte, maxDepth int) (Value, error) {
	return p.scan(raw, maxDepth, changeRoles, 0)
}

// scan reads a value that lies at a depth of an element.
func (p *Packer) scan(raw []byte, maxDepth int, as roles, depth int) (Value, error) {
	s := scanner{p: p, raw: raw, maxDepth: maxDepth, roles: as}
	return s.value(depth)
}

// scanner reads JSON that is known to be valid.
type scanner struct {
	p        *Packer
	raw      []byte
	at       int
	maxDepth int
	marks    byte // of the lists and objects that are packed
	roles    roles
}

// roles say how the members of an element's objects are read, by how deep the
// object is and by their names. The name "" stands for all others.
type roles [3]map[string]role

type role uint8

const (
	readIt    role = iota
	packIt         // an object is packed
	shareIt        // most elements have the same
	passIt         // not read
	measureIt      // not read, but it must not nest too deep
)

var (
	// What no comparison needs of the instances of a state is left.
	stateRoles = roles{
		0: {"attributes": packIt},
		2: {"attributes": packIt, "dependencies": passIt, "private": passIt, "identity": passIt, "create_before_destroy": passIt, "identity_schema_version": passIt},
	}
	shownRoles = roles{0: {
		"": measureIt, "address": readIt, "mode": readIt, "type": readIt, "name": readIt, "index": readIt, "provider_name": readIt,
		"tainted": readIt, "deposed_key": readIt, "values": packIt, "sensitive_values": shareIt,
	}}
	namesRoles = roles{
		0: {"": measureIt, "mode": readIt, "type": readIt, "name": readIt, "values": readIt},
		1: {"": measureIt, "id": readIt, "arn": readIt},
	}
	changeRoles = roles{
		0: {"": measureIt, "address": readIt, "deposed": readIt, "change": readIt},
		1: {"": measureIt, "actions": shareIt, "after_unknown": shareIt, "after_sensitive": shareIt},
	}
)

func (s *scanner) role(depth int, key string) role {
	if depth >= len(s.roles) || s.roles[depth] == nil {
		return readIt
	}
	if r, ok := s.roles[depth][key]; ok {
		return r
	}
	return s.roles[depth][""]
}

// How long masks may be that are kept, and how many are.
const maxMask, maxMasks = 1 << 11, 1 << 12

// mask reads a value that most elements have in common.
func (s *scanner) mask(depth int) (Value, error) {
	s.next()
	from := s.at
	if depth+s.skip() > s.maxDepth {
		return Value{}, ErrTooDeep
	}
	raw := s.raw[from:s.at]
	v, known := s.p.masks[string(raw)]
	if !known {
		inner := scanner{p: s.p, raw: raw, maxDepth: s.maxDepth}
		v, _ = inner.value(depth) // it is not too deep
		if len(raw) <= maxMask && len(s.p.masks) < maxMasks {
			s.p.masks[string(raw)] = v
		}
	}
	return v, nil
}

// next skips white space, and a comma or colon with it, and returns what
// follows without passing it.
func (s *scanner) next() byte {
	for {
		switch c := s.raw[s.at]; c {
		case ' ', '\n', '\r', '\t', ',', ':':
			s.at++
		default:
			return c
		}
	}
}

func (s *scanner) value(depth int) (Value, error) {
	if depth > s.maxDepth {
		return Value{}, ErrTooDeep
	}
	switch s.next() {
	case '[':
		s.at++
		var items []Value
		for s.next() != ']' {
			v, err := s.value(depth + 1)
			if err != nil {
				return Value{}, err
			}
			items = append(items, v)
		}
		s.at++
		return ListOf(items), nil
	case '{':
		s.at++
		var keys []string
		var items []Value
		if depth < len(s.roles) && s.roles[depth] != nil { // a resource, or an instance of one
			keys, items = make([]string, 0, 8), make([]Value, 0, 8)
		}
		nulls := false
		for s.next() == '"' {
			key := s.p.keyOf(s.text())
			v, skipped, err := s.member(depth+1, s.role(depth, key))
			if skipped {
				continue
			}
			if err != nil {
				return Value{}, err
			}
			if v.Kind == Null {
				nulls = true
				continue
			}
			keys, items = append(keys, key), append(items, v)
		}
		s.at++
		v := ObjectOf(keys, items)
		v.node.nulls = nulls
		return v, nil
	case '"':
		return Text(strings.Clone(s.p.texts.at(s.text()))), nil
	case 'n':
		s.at += len("null")
		return Value{}, nil
	case 't':
		s.at += len("true")
		return Value{Kind: Bool, Text: "true"}, nil
	case 'f':
		s.at += len("false")
		return Value{Kind: Bool, Text: "false"}, nil
	}
	return Value{Kind: Number, Text: string(s.number())}, nil
}

// member reads a member of an object, unless its role is to be skipped.
func (s *scanner) member(depth int, as role) (v Value, skipped bool, err error) {
	switch as {
	case packIt:
		if s.next() == '{' {
			v, err = s.attributes(depth)
			return v, false, err
		}
	case shareIt:
		v, err = s.mask(depth)
		return v, false, err
	case passIt:
		s.skip()
		return Value{}, true, nil
	case measureIt:
		if depth+s.skip() > s.maxDepth {
			return Value{}, false, ErrTooDeep
		}
		return Value{}, true, nil
	}
	v, err = s.value(depth)
	return v, false, err
}

// text reads a string and returns its number.
func (s *scanner) text() uint32 {
	inner := s.raw[s.at+1:]
	end := bytes.IndexByte(inner, '"')
	if bytes.IndexByte(inner[:end], '\\') < 0 {
		s.at += end + 2
		return s.p.texts.of(inner[:end])
	}
	for i := 0; ; i++ {
		switch inner[i] {
		case '\\':
			i++
		case '"':
			// Of a valid string nothing can go wrong: what is no character is replaced.
			s.p.work, _ = jsontext.AppendUnquote(s.p.work[:0], s.raw[s.at:s.at+i+2])
			s.at += i + 2
			return s.p.texts.of(s.p.work)
		}
	}
}

// key reads a key, of which the one before it mostly tells which it is.
func (s *scanner) key(before uint32) uint32 {
	p := s.p
	guess := &p.follow[before%uint32(len(p.follow))]
	if guess.before == before && guess.next != 0 {
		key, rest := p.keyOf(guess.next), s.raw[s.at+1:]
		if len(rest) > len(key) && rest[len(key)] == '"' && string(rest[:len(key)]) == key {
			s.at += len(key) + 2
			return guess.next
		}
	}
	id := s.text()
	if *guess = (follower{before, id}); strings.IndexByte(p.keyOf(id), '\\') >= 0 {
		guess.next = 0 // it is written otherwise
	}
	return id
}

func (s *scanner) number() []byte {
	from := s.at
	for ; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default:
			return s.raw[from:s.at]
		}
	}
	return s.raw[from:]
}

// skip passes a value and returns how deep it nests.
func (s *scanner) skip() (deepest int) {
	depth := 0
	for {
		c := s.next()
		if c != '}' && c != ']' {
			deepest = max(deepest, depth)
		}
		switch c {
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			depth--
			s.at++
		case '"':
			s.at++
			for s.raw[s.at] != '"' {
				if s.raw[s.at] == '\\' {
					s.at++
				}
				s.at++
			}
			s.at++
		default:
			for c := s.raw[s.at]; c != ',' && c != ']' && c != '}' && c > ' '; c = s.raw[s.at] {
				s.at++
			}
		}
		if depth == 0 {
			return deepest
		}
	}
}

// attributes packs an object.
func (s *scanner) attributes(depth int) (Value, error) {
	from := s.at
	s.p.form, s.p.ids = s.p.form[:0], s.p.ids[:0]
	sorted, err := s.pack(depth, 0)
	if err != nil {
		return Value{}, err
	}
	if !sorted {
		s.at = from
		plain := scanner{p: s.p, raw: s.raw, at: from, maxDepth: s.maxDepth}
		v, err := plain.value(depth)
		s.at = plain.at
		return s.p.Pack(v), err
	}
	return s.p.take(), nil
}

// pack adds a value. It is not sorted if the keys of an object are not, or
// come twice; what was added is of no use then. under is the key that it
// stands under.
func (s *scanner) pack(depth int, under uint32) (sorted bool, err error) {
	if depth > s.maxDepth {
		return false, ErrTooDeep
	}
	p := s.p
	switch s.next() {
	case '[':
		s.at++
		p.form = append(p.form, byte(List)|s.marks)
		for s.next() != ']' {
			if sorted, err := s.pack(depth+1, under); err != nil || !sorted {
				return sorted, err
			}
		}
		s.at++
		p.form = append(p.form, formEnd)
	case '{':
		s.at++
		mark := len(p.form)
		p.form = append(p.form, byte(Object)|s.marks)
		last := ""
		for s.next() == '"' {
			id := s.key(under)
			under = id
			key := p.keyOf(id)
			if key <= last && (last != "" || len(p.form) > mark+1) {
				return false, nil
			}
			last = key
			if s.next() == 'n' && depth < s.maxDepth {
				s.at += len("null")
				p.form[mark] |= formNulls
				continue
			}
			p.key(id)
			if sorted, err := s.pack(depth+1, id); err != nil || !sorted {
				return sorted, err
			}
		}
		s.at++
		p.form = append(p.form, formEnd)
	case '"':
		p.form = append(p.form, byte(String))
		p.ids = append(p.ids, s.text())
	case 'n':
		s.at += len("null")
		p.form = append(p.form, byte(Null))
	case 't':
		s.at += len("true")
		p.form = append(p.form, byte(Bool))
		p.ids = append(p.ids, p.texts.ofString("true"))
	case 'f':
		s.at += len("false")
		p.form = append(p.form, byte(Bool))
		p.ids = append(p.ids, p.texts.ofString("false"))
	default:
		p.form = append(p.form, byte(Number))
		p.ids = append(p.ids, p.texts.of(s.number()))
	}
	return true, nil
}
