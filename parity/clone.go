package parity

import (
	"maps"
	"slices"
	"strings"
)

// Clone returns a copy of a sealed snapshot that may be compared while the
// snapshot itself, or another copy of it, is. What the attributes have in
// common is not copied.
func (s *Snapshot) Clone() *Snapshot {
	s.packAll()
	if s.shared == nil {
		s.shared = &shared{prepared: map[preparation]func() *environment{}}
	}
	c := *s
	c.pack = s.pack.clone()
	c.Resources = slices.Clone(s.Resources)
	nodes := make([]packed, len(c.Resources))
	for i := range c.Resources {
		if n := c.Resources[i].Attributes.packed(); n != nil {
			nodes[i] = *n
			nodes[i].in = c.pack
			nodes[i].node.packed = &nodes[i]
			c.Resources[i].Attributes.node = &nodes[i].node
		}
	}
	if s.secrets != nil && s.secrets.replacer == nil {
		s.secrets.build() // while only one goroutine knows them
	}
	return &c
}

func (p *Packer) clone() *Packer {
	c := &Packer{texts: p.texts, leaves: slices.Clone(p.leaves), layouts: maps.Clone(p.layouts)}
	c.texts.all = slices.Clip(p.texts.all)
	c.texts.slots = slices.Clone(p.texts.slots)
	c.texts.chunk = strings.Builder{}
	return c
}
