package parity

import (
	"sort"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// pairUnits finds each baseline unit's counterpart: by canonical address, then
// by name and tags within a type, then by what things refer to, then by
// likeness, and last across types of one kind.
func pairUnits(b, c *environment) {
	b.other, c.other = c, b
	type address struct{ module, text string }
	of := func(u *unit) address { return address{u.module, u.text} }
	inOrder(len(b.units), len(c.units),
		func(i int) address { return of(&b.units[i]) }, func(i int) address { return of(&c.units[i]) },
		func(i, o int) {
			if u, o := &b.units[i], &c.units[o]; o.pair() == nil && o.typ.Name == u.typ.Name {
				pair(u, o)
			}
		})
	p := &pairer{b: b, c: c, features: map[*unit]*features{}}
	p.each(p.byName)
	p.byReferrers()
	// Glue is known by what it ties, so it comes after what it may tie; twice,
	// because glue refers to glue.
	p.each(p.byReferences)
	p.each(p.bySimilarity)
	p.features = map[*unit]*features{} // what they refer to has counterparts now
	p.each(p.byReferences)
	p.each(p.bySimilarity)
	p.byReferrers()
	p.acrossTypes()
}

func pair(b, c *unit) { b.paired, c.paired = c.index+1, b.index+1 }

type pairer struct {
	b, c     *environment
	features map[*unit]*features
}

// features are what two units are compared by when their addresses differ.
type features struct {
	name  string          // canonical given name
	role  string          // Role, Service, Component or App tag
	words map[string]bool // of address, name and tags
	attrs map[string]string
}

// fillers are words of addresses that say nothing of what a thing is for.
var fillers = map[string]bool{
	"this": true, "main": true, "default": true, "module": true, "aws": true, "the": true, "env": true,
	"google": true, "azurerm": true, "resource": true, "instance": true, "group": true, "cluster": true,
	"service": true, "primary": true, "first": true, "machines": true,
}

func (p *pairer) of(e *environment, u *unit) *features {
	if f := p.features[u]; f != nil {
		return f
	}
	m := u.members()[0]
	f := &features{words: map[string]bool{}, attrs: map[string]string{}}
	f.name = stem(e.canonicalName(m.givenName()))
	for _, t := range []string{"Role", "Service", "Component", "App", "Application", "Tier"} {
		if v := m.tag(t); v != "" {
			f.role = strings.ToLower(e.canonicalName(v))
			break
		}
	}
	typeWords := map[string]bool{}
	for _, w := range wordsOf(u.typ.Name) {
		typeWords[w] = true
	}
	for _, s := range []string{u.module, u.name, u.each, f.name, f.role, stem(e.canonicalName(m.tag("Name")))} {
		for _, w := range wordsOf(s) {
			if len(w) > 1 && !fillers[w] && !typeWords[w] && !e.names.has(w) {
				f.words[w] = true
			}
		}
	}
	keys, items := m.Attributes.Keys(), m.Attributes.Items()
	for i, k := range keys {
		switch u.typ.Aspect(k).Kind {
		case catalog.Identity, catalog.Count, catalog.Placement, catalog.Secret:
			continue
		}
		if isTags(k) || items[i].Empty() {
			continue
		}
		f.attrs[k] = e.text(u.typ, k, items[i])
	}
	p.features[u] = f
	return f
}

// each calls f with the units of one type that are still without a
// counterpart, type by type.
func (p *pairer) each(f func(b, c []*unit)) {
	left := map[string]*[2][]*unit{}
	var types []string
	for side, e := range []*environment{p.b, p.c} {
		for _, u := range e.all() {
			if u.pair() != nil {
				continue
			}
			if left[u.typ.Name] == nil {
				left[u.typ.Name] = &[2][]*unit{}
				types = append(types, u.typ.Name)
			}
			left[u.typ.Name][side] = append(left[u.typ.Name][side], u)
		}
	}
	sort.Strings(types)
	for _, t := range types {
		if l := left[t]; len(l[0]) > 0 && len(l[1]) > 0 {
			f(l[0], l[1])
		}
	}
}

// byName pairs units whose given name or role is the same and unique.
func (p *pairer) byName(b, c []*unit) {
	for _, text := range []func(*environment, *unit) string{
		func(e *environment, u *unit) string { return p.of(e, u).name },
		func(e *environment, u *unit) string { return p.of(e, u).role },
	} {
		pairUnique(b, c,
			func(u *unit) string { return text(p.b, u) },
			func(u *unit) string { return text(p.c, u) })
	}
}

// byReferrers pairs units to which the same things refer at the same places,
// and nothing else of their type: the role of a function.
func (p *pairer) byReferrers() {
	left := map[*unit]bool{}
	p.each(func(b, c []*unit) {
		for _, u := range append(append([]*unit(nil), b...), c...) {
			left[u] = true
		}
	})
	if len(left) == 0 {
		return
	}
	places := map[*unit][]string{}
	for _, e := range []*environment{p.b, p.c} {
		for _, u := range e.all() {
			if u.pair() == nil && left[u] {
				continue // what is itself unknown tells nothing
			}
			name := u.commonKey()
			keys, items := u.members()[0].Attributes.Keys(), u.members()[0].Attributes.Items()
			var walk func(v Value, path string)
			walk = func(v Value, path string) {
				if v.Kind == String {
					for _, t := range e.refs.find(v.Text) {
						if x := e.refs.target(t); x.u != nil && left[x.u] && x.attr == "" {
							places[x.u] = append(places[x.u], name+" "+path)
						}
					}
				}
				for i, it := range v.Items() {
					sub := path
					if v.Kind == Object {
						sub += "." + v.Keys()[i]
					}
					walk(it, sub)
				}
			}
			for i, k := range keys {
				if u.typ.Aspect(k).Kind != catalog.Identity {
					walk(items[i], k)
				}
			}
		}
	}
	key := func(u *unit) string {
		s := places[u]
		sort.Strings(s)
		return strings.Join(s, "\n")
	}
	p.each(func(b, c []*unit) { pairUnique(b, c, key, key) })
}

// byReferences pairs units that tie the same things in the same way.
func (p *pairer) byReferences(b, c []*unit) {
	key := func(e *environment) func(*unit) string {
		return func(u *unit) string {
			switch u.typ.Kind {
			case "attachment", "part", "policy", "firewall", "target", "subnet_group", "dns":
			default:
				if !strings.HasSuffix(u.typ.Name, "_version") { // of a secret: it has no name
					return ""
				}
			}
			var parts []string
			m := u.members()[0]
			keys, items := m.Attributes.Keys(), m.Attributes.Items()
			n := 0
			for i, k := range keys {
				a := u.typ.Aspect(k)
				if a.Kind == catalog.Identity || items[i].Empty() || isTags(k) {
					continue
				}
				t := e.text(u.typ, k, items[i])
				if strings.Contains(t, "{") {
					n++
				}
				parts = append(parts, k+"="+t)
			}
			if n == 0 {
				return ""
			}
			return strings.Join(parts, "\n")
		}
	}
	pairUnique(b, c, key(p.b), key(p.c))
}

// pairUnique pairs units with equal keys that no other unit of their side has.
// Empty keys are no keys.
func pairUnique(b, c []*unit, keyB, keyC func(*unit) string) {
	count := func(us []*unit, key func(*unit) string) map[string]*unit {
		m := map[string]*unit{}
		for _, u := range us {
			if u.pair() != nil {
				continue
			}
			k := key(u)
			if _, again := m[k]; again {
				m[k] = nil
			} else {
				m[k] = u
			}
		}
		delete(m, "")
		return m
	}
	mb, mc := count(b, keyB), count(c, keyC)
	for _, u := range b {
		if u.pair() != nil {
			continue
		}
		k := keyB(u)
		if mb[k] == u && mc[k] != nil {
			pair(u, mc[k])
		}
	}
}

// byNameOnly are the kinds whose bearers are told apart by their names alone:
// two parameters are alike in all but name and value.
var byNameOnly = map[string]bool{"parameter": true, "secret": true, "utility": true, "dns": true, "identity": true}

const (
	alike      = 0.5     // score from which two units are taken for counterparts
	alikeAlone = 0.25    // the same, where each side has only one of the type left
	maxMatrix  = 250_000 // pairs of one type that are scored; beyond, only those that share a word
)

// bySimilarity pairs the most similar units of one type first.
func (p *pairer) bySimilarity(b, c []*unit) {
	if b[0].typ.Kind == documentType {
		return // what people name is not guessed
	}
	least := alike
	if len(b) == 1 && len(c) == 1 {
		least = alikeAlone
	}
	kind := b[0].typ.Kind
	p.match(b, c, func(x, y *features) float64 { return score(kind, x, y) }, least)
}

// match pairs units by score, the best first, down to the least that counts.
func (p *pairer) match(b, c []*unit, score func(x, y *features) float64, least float64) {
	type candidate struct {
		score float64
		i, j  int
	}
	var all []candidate
	consider := func(i, j int) {
		if b[i].pair() != nil || c[j].pair() != nil {
			return
		}
		if s := score(p.of(p.b, b[i]), p.of(p.c, c[j])); s >= least {
			all = append(all, candidate{s, i, j})
		}
	}
	if len(b)*len(c) <= maxMatrix {
		for i := range b {
			for j := range c {
				consider(i, j)
			}
		}
	} else {
		bearers := map[string][]int{}
		for j, u := range c {
			for w := range p.of(p.c, u).words {
				bearers[w] = append(bearers[w], j)
			}
		}
		for i, u := range b {
			seen := map[int]bool{}
			for w := range p.of(p.b, u).words {
				if len(bearers[w]) > 64 {
					continue // a word that many share tells nothing
				}
				for _, j := range bearers[w] {
					if !seen[j] {
						seen[j] = true
						consider(i, j)
					}
				}
			}
		}
	}
	sort.Slice(all, func(x, y int) bool {
		if all[x].score != all[y].score {
			return all[x].score > all[y].score
		}
		if all[x].i != all[y].i {
			return all[x].i < all[y].i
		}
		return all[x].j < all[y].j
	})
	for _, k := range all {
		if b[k.i].pair() == nil && c[k.j].pair() == nil {
			pair(b[k.i], c[k.j])
		}
	}
}

// score says how likely two units of one type are counterparts, 0 to about 1.
func score(kind string, x, y *features) float64 {
	words := overlap(x.words, y.words)
	if byNameOnly[kind] {
		if x.name != "" && y.name != "" && x.name != y.name {
			return 0
		}
		return words
	}
	same, n := 0.0, 0.0
	for k, v := range x.attrs {
		n++
		if y.attrs[k] == v {
			same++
		}
	}
	for k := range y.attrs {
		if _, ok := x.attrs[k]; !ok {
			n++
		}
	}
	attrs := 0.5
	if n > 0 {
		attrs = same / n
	}
	s := 0.6*words + 0.4*attrs
	if x.role != "" && y.role != "" {
		if x.role == y.role {
			s += 0.3
		} else {
			s -= 0.3
		}
	}
	return s
}

// overlap is the share of words that two sets have in common.
func overlap(x, y map[string]bool) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	return float64(2*both) / float64(len(x)+len(y))
}

// acrossTypes pairs tiers that are built from different types of resource,
// an autoscaling group and plain instances, by role and name.
func (p *pairer) acrossTypes() {
	left := map[string]*[2][]*unit{}
	for side, e := range []*environment{p.b, p.c} {
		for _, u := range e.all() {
			if u.pair() != nil || !isTier(u) {
				continue
			}
			if left[u.typ.Kind] == nil {
				left[u.typ.Kind] = &[2][]*unit{}
			}
			left[u.typ.Kind][side] = append(left[u.typ.Kind][side], u)
		}
	}
	for _, kind := range sortedKeys(left) {
		b, c := left[kind][0], left[kind][1]
		p.byName(b, c)
		p.match(b, c, func(x, y *features) float64 {
			s := overlap(x.words, y.words)
			if x.role != "" && x.role == y.role {
				s += 0.5
			}
			return s
		}, alike)
	}
}
