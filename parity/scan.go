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
	s := scanner{p: p, raw: raw, maxDepth: maxDepth}
	return s.value(0)
}

// scanner reads JSON that is known to be valid.
type scanner struct {
	p        *Packer
	raw      []byte
	at       int
	maxDepth int
	marks    byte // of the lists and objects that are packed
}

// leftOut are the members of a state's instances that no comparison needs.
var leftOut = map[string]bool{"dependencies": true, "private": true, "identity": true, "create_before_destroy": true, "identity_schema_version": true}

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
		if depth == 0 || depth == 2 { // a resource, or an instance of one
			keys, items = make([]string, 0, 8), make([]Value, 0, 8)
		}
		nulls := false
		for s.next() == '"' {
			key := s.p.texts.all[s.text()]
			if depth == 2 && leftOut[key] {
				s.skip()
				continue
			}
			if (depth == 0 || depth == 2) && key == "attributes" && s.next() == '{' {
				v, err := s.attributes(depth + 1)
				if err != nil {
					return Value{}, err
				}
				keys, items = append(keys, key), append(items, v)
				continue
			}
			v, err := s.value(depth + 1)
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
		return Text(s.p.texts.all[s.text()]), nil
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
	if int(before) < len(p.next) {
		guess := p.next[before]
		t, rest := p.texts.all[guess], s.raw[s.at+1:]
		if guess != 0 && len(rest) > len(t) && rest[len(t)] == '"' && string(rest[:len(t)]) == t {
			s.at += len(t) + 2
			return guess
		}
	} else {
		p.next = append(p.next, make([]uint32, int(before)+1-len(p.next)+1024)...)
	}
	id := s.text()
	if p.next[before] = id; strings.IndexByte(p.texts.all[id], '\\') >= 0 {
		p.next[before] = 0 // it is written otherwise
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

// skip passes a value.
func (s *scanner) skip() {
	depth := 0
	for {
		switch c := s.next(); c {
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
			return
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
		plain := scanner{p: s.p, raw: s.raw, at: from, maxDepth: s.maxDepth + 3}
		v, err := plain.value(depth + 3) // below where attributes are
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
			key := p.texts.all[id]
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
