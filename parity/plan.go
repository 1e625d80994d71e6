package parity

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// A plan says, for one form of a type's attributes, which of its leaves tell
// what is asked of every resource, so that nobody has to walk the rest.
type plan struct {
	self     []selfName
	computed []computedName
	strings  []uint32 // texts that may name other things
	told     [2]int   // the part of strings that a program is told in its environment, from and to
	zone     []uint32 // texts, the first of which that is not empty is the zone
	zones    []zoneLeaf
	sizes    []sizeLeaf
	// templates are texts that may name the template that its members are made from.
	templates []uint32
	blind     bool // which balancers name it is known only in part
	live      bool // it has what is only live
	counted   []countedAttribute
	members   []uint32 // that tell how many members it has
	counts    map[string]memberCount
}

// memberCount is how many members a resource has, as far as it is known.
type memberCount struct {
	n  int
	ok bool
}

// countedAttribute is one that counts as compared in a dimension.
type countedAttribute struct {
	at        int
	dimension string
}

// dimensionOfAspect is the one in which attributes of an aspect count as compared, "" for none.
func dimensionOfAspect(a catalog.Aspect) string {
	switch a.Kind {
	case catalog.Version:
		return "versions"
	case catalog.Setting, catalog.Reference, catalog.Secret:
		if a.Detail != "tag" {
			return "configuration"
		}
	case catalog.Monitoring:
		return "monitoring"
	case catalog.Size:
		return "topology"
	}
	return ""
}

type selfName struct {
	leaf uint32
	key  string
}

type computedName struct {
	leaf    uint32
	path    string
	network bool // it is the address block of a network
}

type zoneLeaf struct {
	leaf uint32
	zone bool // the text is a zone
}

type sizeLeaf struct {
	leaf    uint32
	kind    Kind
	machine bool // else an amount
}

type planKey struct {
	l *layout
	t *catalog.Type
}

func (e *environment) plan(n packed, t *catalog.Type) *plan {
	key := planKey{n.layout, t}
	if p := e.plans[key]; p != nil {
		return p
	}
	p := &plan{}
	network := t.Kind == "network" || t.Kind == "subnet"
	for i, k := range n.layout.keys {
		kid, at := n.layout.kids[i], n.layout.first[i]
		identity := t.Aspect(k).Kind == catalog.Identity
		if d := dimensionOfAspect(t.Aspect(k)); d != "" {
			p.counted = append(p.counted, countedAttribute{i, d})
		}
		if k == OnlyLive {
			continue // where it runs and with what is neither its name nor what it refers to
		}
		switch {
		case selfNames[k]:
			if kid.kind == String && (k == "id" || k == "arn" || identity) {
				p.self = append(p.self, selfName{at, k})
			}
		case network && kid.kind == String && (k == "cidr_block" || k == "ip_cidr_range"):
			p.computed = append(p.computed, computedName{at, k, true})
		default:
			p.compute(t, kid, at, k, 0)
		}
		if !identity && !isTags(k) {
			from := len(p.strings)
			p.strings = kid.texts(at, p.strings, true)
			if k == "environment" {
				p.told = [2]int{from, len(p.strings)}
			}
		}
		if strings.Contains(k, "template") || strings.Contains(k, "launch") || k == "task_definition" {
			p.templates = kid.texts(at, p.templates, true)
		}
		if !isTags(k) && k != "id" && k != "name" {
			p.zoned(t, kid, at, k)
		}
	}
	p.sized(t, n.layout, 0, "", 0)
	for _, k := range zoneAttributes {
		if i, ok := slices.BinarySearch(n.layout.keys, k); ok && n.layout.kids[i].kind == String {
			p.zone = append(p.zone, n.layout.first[i])
		}
	}
	for _, k := range []string{"target_group_arns", "load_balancers", "load_balancer"} {
		i, ok := slices.BinarySearch(n.layout.keys, k)
		p.blind = p.blind || ok && n.layout.kids[i].holdsUnknown()
	}
	_, p.live = slices.BinarySearch(n.layout.keys, OnlyLive)
	for _, path := range t.MemberAttributes() {
		name, _, _ := strings.Cut(path, ".")
		if i, ok := slices.BinarySearch(n.layout.keys, name); ok {
			for leaf := range n.layout.kids[i].leaves {
				p.members = append(p.members, n.layout.first[i]+leaf)
			}
		}
	}
	if e.plans == nil {
		e.plans = map[planKey]*plan{}
	}
	e.plans[key] = p
	return p
}

// texts lists the leaves that are texts: those that are shown, and if masked those that are not.
func (l *layout) texts(at uint32, to []uint32, masked bool) []uint32 {
	if l.kind == String && (masked || !l.masked) {
		return append(to, at)
	}
	for i, kid := range l.kids {
		to = kid.texts(at+l.first[i], to, masked)
	}
	return to
}

// compute finds what may be the names that the provider gave to parts of a
// resource.
func (p *plan) compute(t *catalog.Type, l *layout, at uint32, path string, depth int) {
	switch {
	case depth > 6 || l.document:
	case l.kind == String && t.Aspect(path).Kind == catalog.Identity:
		p.computed = append(p.computed, computedName{at, path, false})
	default:
		for i, kid := range l.kids {
			sub := path
			if l.kind == Object {
				sub += "." + l.keys[i]
			}
			p.compute(t, kid, at+l.first[i], sub, depth+1)
		}
	}
}

func (p *plan) zoned(t *catalog.Type, l *layout, at uint32, path string) {
	if l.kind == String {
		p.zones = append(p.zones, zoneLeaf{at, t.Aspect(path) == catalog.Aspect{Kind: catalog.Placement, Detail: "zone"}})
	}
	for i, kid := range l.kids {
		sub := path
		if l.kind == Object {
			sub += "." + l.keys[i]
		}
		p.zoned(t, kid, at+l.first[i], sub)
	}
}

func (p *plan) sized(t *catalog.Type, l *layout, at uint32, path string, depth int) {
	switch {
	case depth > 4:
	case l.kind == List:
		for i, kid := range l.kids {
			p.sized(t, kid, at+l.first[i], path, depth+1)
		}
	case l.kind == Object && !l.document && !t.IsMap(path):
		for i, k := range l.keys {
			sub := k
			if path != "" {
				sub = path + "." + k
			}
			p.sized(t, l.kids[i], at+l.first[i], sub, depth+1)
		}
	case l.kind >= Bool && l.kind <= String && !l.masked: // reports show them
		switch t.Aspect(path) {
		case catalog.Aspect{Kind: catalog.Size, Detail: "machine"}:
			p.sizes = append(p.sizes, sizeLeaf{at, l.kind, true})
		case catalog.Aspect{Kind: catalog.Size, Detail: "amount"}:
			if !strings.Contains(path, ".") {
				p.sizes = append(p.sizes, sizeLeaf{at, l.kind, false})
			}
		}
	}
}

// networkOf notes the address block of a network.
func (r *references) networkOf(u *unit, own int32, text string) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return
	}
	r.add(text, own)
	if u.typ.Kind == "network" {
		if _, again := r.networks[p.Masked()]; !again {
			r.networks[p.Masked()] = own
		}
	}
}
