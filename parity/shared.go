package parity

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/maquette/maquette/parity/catalog"
)

// shared is what comparisons of a snapshot and of its copies work out once for
// all of them, as long as nothing has to be hidden in one of the copies only.
type shared struct {
	first sync.Once
	word  string // by which the resources call their environment

	mu       sync.Mutex
	prepared map[preparation]func() *environment
}

// preparation is all that the units, the references and the survey of an
// environment depend on, beside its snapshot.
type preparation struct {
	cat     *catalog.Catalog
	names   string
	planned bool
}

// ownWord is that of the snapshot.
func (s *Snapshot) ownWord() string {
	if s.shared == nil {
		return ownWord(s)
	}
	s.shared.first.Do(func() { s.shared.word = ownWord(s) })
	return s.shared.word
}

// prepared returns the environment with its units, and with what names refer
// to.
func (e *environment) prepared(planned bool) *environment {
	if e.snap.shared == nil {
		e.prepare(planned)
		return e
	}
	return e.snap.shared.of(e, planned)
}

func (s *shared) of(e *environment, planned bool) *environment {
	key := preparation{e.cat, strings.Join(sortedKeys(e.names.words), "\x00"), planned}
	s.mu.Lock()
	once := s.prepared[key]
	if once == nil {
		once = sync.OnceValue(func() *environment {
			first := *e
			first.snap = e.snap.Clone() // which nobody changes
			first.prepare(planned)
			first.survey = newSurvey(&first)
			return &first
		})
		s.prepared[key] = once
	}
	s.mu.Unlock()
	snap := *e.snap
	return once().clone(&snap)
}

// clone returns a copy whose units may be paired. It is of a snapshot that is a
// copy of the environment's.
func (e *environment) clone(snap *Snapshot) *environment {
	snap.Resources, snap.pack = e.snap.Resources, e.snap.pack
	c := &environment{snap: snap, word: e.word, names: e.names, cat: e.cat, plans: maps.Clone(e.plans), units: slices.Clone(e.units)}
	groups := map[*group]*group{}
	for _, u := range c.all() {
		if groups[u.group] == nil {
			groups[u.group] = &group{u.module, c, u.group.all}
		}
		u.group = groups[u.group]
	}
	refs := *e.refs
	refs.env = c
	c.refs = &refs
	c.survey = e.survey.clone(c)
	return c
}

// own is the environment's own copy of a unit, which may be nil.
func (e *environment) own(u *unit) *unit {
	if u == nil {
		return nil
	}
	return &e.units[u.index]
}

func (e *environment) ownOf(us []*unit) []*unit {
	if len(us) == 0 {
		return nil
	}
	out := make([]*unit, len(us))
	for i, u := range us {
		out[i] = &e.units[u.index]
	}
	return out
}

func (s *survey) clone(e *environment) *survey {
	c := &survey{
		env: e, zoneOf: s.zoneOf, facts: slices.Clone(s.facts), factsOf: s.factsOf, targets: make(map[*unit][]*unit, len(s.targets)), users: s.users,
		seen: make([]int32, len(s.seen)),
	}
	for i := range c.facts {
		if f := &c.facts[i]; f.ties != loose {
			own := *f.ties
			own.primary, own.balanced = e.own(f.primary), e.ownOf(f.balanced)
			f.ties = &own
		}
	}
	for u, balancers := range s.targets {
		c.targets[e.own(u)] = e.ownOf(balancers)
	}
	return c
}
