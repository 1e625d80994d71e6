package parity

import (
	"maps"
	"slices"
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
	for i := range c.Resources {
		if n := c.Resources[i].Attributes.packed(); n.ok() {
			c.Resources[i].Attributes.node = &c.pack.rows[n.number].node
		}
	}
	if s.secrets != nil {
		s.secrets.build() // while only one goroutine knows them
	}
	return &c
}

func (p *Packer) clone() *Packer {
	c := &Packer{
		texts: p.texts.clone(), keys: maps.Clone(p.keys), bare: maps.Clone(p.bare),
		leaves: make([][]uint32, len(p.leaves)), layouts: make(map[string]*layout, len(p.layouts)), rows: make([]*rows, len(p.rows)),
	}
	for i, chunk := range p.leaves {
		c.leaves[i] = slices.Clone(chunk)
	}
	for i, r := range p.rows {
		own := *r
		own.in, own.fixed = c, slices.Clone(r.fixed)
		own.node.rows = &own
		c.rows[i] = &own
	}
	// What two copies pack may not go to the rows of one of them.
	for form, l := range p.layouts {
		own := *l
		own.narrow, own.wide = nil, nil
		c.layouts[form] = &own
	}
	return c
}
