package parity

import (
	"fmt"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/maquette/maquette/internal/glob"
	"github.com/maquette/maquette/parity/catalog"
)

// CustomGroup is what the IDs of users' own rules begin with.
const CustomGroup = "custom/"

// CustomRule is a rule of the user's own, asked of every pair that it matches.
type CustomRule struct {
	Rule
	Dimension string // one of Dimensions; "": configuration
	Match     Match
	// Check judges one pair. It is called from several goroutines at once.
	Check func(Pair) Outcome
}

// Match says which pairs a rule is asked of. Each field is of patterns, in which * stands for any characters but /; one
// of them has to match. Fields that are empty match everything.
type Match struct {
	Types, Kinds, Tiers, Addresses []string
	Present                        Presence
}

// Presence says on which sides a resource has to be for a rule to be asked of it.
type Presence string

// The presences. The zero value is InBoth.
const (
	InBoth      Presence = "both"
	InBaseline  Presence = "baseline"  // with or without a counterpart
	InCandidate Presence = "candidate" // with or without a counterpart
	InEither    Presence = "either"
)

// Presences are all of them, as users write them.
var Presences = []string{string(InBoth), string(InBaseline), string(InCandidate), string(InEither)}

// Pair is a resource of one environment and its counterpart in the other, as a rule of the user's own sees them. One of
// the two may be nil.
type Pair struct {
	Type, Kind          string // of the baseline's, where there is one
	Tier                string // "": of no tier, or of several
	Baseline, Candidate *PairSide
	// Kept is for Check to keep what it has made of the pair, for the other rules that are asked of it.
	Kept *any
}

// PairSide is a resource in one of the two environments.
type PairSide struct {
	Address string
	Members int // of its tier or block in this environment; -1: not known

	resource *Resource
	typ      *catalog.Type
	env      *environment
	known    map[string]bool // attributes that any resource of the type has
}

// Attribute returns an attribute as it was observed and sealed: Null where this resource lacks it and others of its type
// have it, Unknown where a plan does not say. It is false where no resource of the type has any such attribute.
func (s *PairSide) Attribute(name string) (Value, bool) {
	v := s.resource.Attributes.Get(name)
	switch {
	case v.Kind != Null:
		return v, true
	case s.resource.Planned:
		return Value{Kind: Unknown}, true
	}
	return v, s.known[name]
}

// Canonical returns an attribute as parity compares it: without what is the environment's own, sets in one order.
func (s *PairSide) Canonical(name string) (Value, bool) {
	v, known := s.Attribute(name)
	return s.env.canonicalValue(v, s.typ, name), known
}

// Attributes are the names of the resource's attributes and, where it is yet to be made, of those that others of its
// type have; sorted.
func (s *PairSide) Attributes() []string {
	return slices.Clone(s.resource.Attributes.Keys())
}

// Known are the names of the attributes that any resource of the type has, sorted.
func (s *PairSide) Known() []string { return sortedKeys(s.known) }

// Outcome is what a rule says of a pair.
type Outcome struct {
	Holds bool
	// Message says what is wrong where it does not hold.
	Message string
	// Problem says why the pair, or the message, could not be evaluated: evidence is missing then. With a Message as
	// well, the rule is known not to hold.
	Problem string
}

// CustomResult is how a rule of the user's own went.
type CustomResult struct {
	Rule     string `json:"rule"`
	Matched  int    `json:"matched"`  // pairs, each with all of its members
	Failed   int    `json:"failed"`   // for which it does not hold
	Unjudged int    `json:"unjudged"` // of which it could not be told
}

// rule describes a rule, also one of the user's own.
func (j *judge) rule(id string) Rule {
	for i := range j.opt.Custom {
		if j.opt.Custom[i].ID == id {
			return j.opt.Custom[i].Rule
		}
	}
	r, _ := RuleFor(id)
	return r
}

// dimension is the one of the rule's findings.
func (r *CustomRule) dimension() string {
	if r.Dimension == "" {
		return "configuration"
	}
	return r.Dimension
}

// encounter is a pair of units that some of the rules are asked of. Either is nil where it has no counterpart.
type encounter struct {
	b, c  *unit
	rules []int
	told  []verdictOn // one for each of the rules
}

// verdictOn is what a rule says of a pair of units.
type verdictOn struct {
	failing []*Resource // members of the side that was judged
	message string      // of the first of them
	problem string
	about   string // the address that the problem was met at
}

// custom asks the users' own rules, side by side on all cores.
func (j *judge) custom() {
	rules := j.opt.Custom
	wanted := make([]bool, len(rules))
	for i := range rules {
		wanted[i] = j.wanted(rules[i].ID, rules[i].dimension())
	}
	if !slices.Contains(wanted, true) {
		return
	}
	var meetings []*encounter
	meet := func(b, c *unit) {
		m := &encounter{b: b, c: c}
		for i := range rules {
			if wanted[i] && j.asked(&rules[i].Match, b, c) {
				m.rules = append(m.rules, i)
			}
		}
		if len(m.rules) > 0 {
			m.told = make([]verdictOn, len(m.rules))
			meetings = append(meetings, m)
		}
	}
	for _, u := range j.b.all() {
		meet(u, u.pair())
	}
	for _, u := range j.c.all() {
		if u.pair() == nil {
			meet(nil, u)
		}
	}
	known := j.knownAttributes(meetings)
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), max(1, len(meetings)/16))
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(meetings); i += workers {
				j.ask(meetings[i], known)
			}
		})
	}
	wg.Wait()
	j.tell(meetings, wanted)
}

// asked reports whether a rule is asked of a pair.
func (j *judge) asked(m *Match, b, c *unit) bool {
	switch m.Present {
	case InBaseline:
		if b == nil {
			return false
		}
	case InCandidate:
		if c == nil {
			return false
		}
	case InEither:
	default:
		if b == nil || c == nil {
			return false
		}
	}
	any := func(patterns []string, text func(*unit) string) bool {
		return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool {
			return b != nil && matchesText(p, text(b)) || c != nil && matchesText(p, text(c))
		})
	}
	return any(m.Types, func(u *unit) string { return u.typ.Name }) &&
		any(m.Kinds, func(u *unit) string { return u.typ.Kind }) &&
		any(m.Tiers, func(*unit) string { return j.tierOf(b, c) }) &&
		(len(m.Addresses) == 0 || slices.ContainsFunc(m.Addresses, func(p string) bool { return at(p, b) || at(p, c) }))
}

func matchesText(pattern, text string) bool {
	return text != "" && glob.Match(pattern, text)
}

// at reports whether one of a unit's members has an address, with or without its instance keys.
func at(pattern string, u *unit) bool {
	return u != nil && slices.ContainsFunc(u.members(), func(m *Resource) bool {
		address := m.Address()
		return matchesText(pattern, address) || matchesText(pattern, WithoutKeys(address))
	})
}

// knownAttributes are those of each type that rules are asked of: what any resource of either environment has, or the
// catalogue names. One that is null everywhere looks as if there were none.
func (j *judge) knownAttributes(meetings []*encounter) map[string]map[string]bool {
	known := map[string]map[string]bool{}
	for _, m := range meetings {
		for _, u := range []*unit{m.b, m.c} {
			if u == nil || known[u.typ.Name] != nil {
				continue
			}
			names := map[string]bool{}
			for _, p := range u.typ.Paths() {
				head, _, _ := strings.Cut(p, ".")
				names[head] = true
			}
			known[u.typ.Name] = names
		}
	}
	for _, e := range []*environment{j.b, j.c} {
		for _, u := range e.all() {
			names := known[u.typ.Name]
			for _, m := range u.members() {
				if names == nil {
					break
				}
				for _, k := range m.Attributes.Keys() {
					names[k] = true
				}
			}
		}
	}
	return known
}

// ask judges each member of the candidate with its counterpart, or each of those that have none.
func (j *judge) ask(m *encounter, known map[string]map[string]bool) {
	side := func(e *environment, s *survey, u *unit, r *Resource) *PairSide {
		members := len(u.members())
		if f := s.of(u); f != nil && isTier(u) {
			members = int(f.members)
		}
		return &PairSide{Address: r.Address(), Members: members, resource: r, typ: u.typ, env: e, known: known[u.typ.Name]}
	}
	u := m.b
	if u == nil {
		u = m.c
	}
	pair := Pair{Type: u.typ.Name, Kind: u.typ.Kind, Tier: j.tierOf(m.b, m.c)}
	members := u.members()
	counterpart := func(int, *Resource) (*Resource, bool) { return nil, false }
	if m.c != nil {
		members = m.c.members()
		if m.b != nil {
			counterpart = counterparts(j.b, j.c, m.b)
		}
	}
	for i, member := range members {
		pair := pair
		pair.Kept = new(any)
		if m.c == nil {
			pair.Baseline = side(j.b, j.sb, m.b, member)
		} else {
			pair.Candidate = side(j.c, j.sc, m.c, member)
			if first, _ := counterpart(i, member); first != nil {
				pair.Baseline = side(j.b, j.sb, m.b, first)
			}
		}
		for k, rule := range m.rules {
			outcome := j.opt.Custom[rule].Check(pair)
			told := &m.told[k]
			if outcome.Problem != "" && told.problem == "" {
				told.problem, told.about = outcome.Problem, member.Address()
			}
			if outcome.Holds || outcome.Message == "" {
				continue
			}
			if len(told.failing) == 0 {
				told.message = outcome.Message
			}
			told.failing = append(told.failing, member)
		}
	}
}

// tell turns what the rules said into findings and gaps. Of one problem that a rule has with many resources, one gap is
// told.
func (j *judge) tell(meetings []*encounter, wanted []bool) {
	type gap struct {
		about string
		more  int
	}
	results := make([]CustomResult, len(j.opt.Custom))
	gaps := make([]map[string]*gap, len(j.opt.Custom))
	for _, m := range meetings {
		for k, i := range m.rules {
			rule, told := &j.opt.Custom[i], &m.told[k]
			results[i].Matched++
			if told.problem != "" {
				if gaps[i] == nil {
					gaps[i] = map[string]*gap{}
				}
				if g := gaps[i][told.problem]; g != nil {
					g.more++
				} else {
					gaps[i][told.problem] = &gap{about: told.about}
				}
				if len(told.failing) == 0 {
					results[i].Unjudged++
					continue
				}
			}
			j.counted(rule.dimension(), 1)
			if len(told.failing) > 0 {
				results[i].Failed++
				j.broken(rule, m, told)
			}
		}
	}
	for i := range j.opt.Custom {
		if !wanted[i] {
			continue
		}
		results[i].Rule = j.opt.Custom[i].ID
		j.report.Custom = append(j.report.Custom, results[i])
		for _, problem := range sortedKeys(gaps[i]) {
			g := gaps[i][problem]
			about := g.about
			if g.more > 0 {
				about += fmt.Sprintf(" and %d more", g.more)
			}
			j.report.Incomplete = append(j.report.Incomplete, Gap{Source: j.opt.Custom[i].ID, Reason: about + ": " + problem})
		}
	}
	sort.SliceStable(j.report.Custom, func(a, b int) bool { return j.report.Custom[a].Rule < j.report.Custom[b].Rule })
}

// broken adds the finding of a rule that does not hold for a pair.
func (j *judge) broken(rule *CustomRule, m *encounter, told *verdictOn) {
	f := Finding{Severity: rule.Severity, Dimension: rule.dimension(), Message: told.message, Help: rule.Help}
	all := m.c
	if all == nil {
		all = m.b
	}
	if n := len(all.members()); len(told.failing) < n {
		f.Message += fmt.Sprintf(" (%d of %d members)", len(told.failing), n)
		if m.c != nil {
			f.Subject.Candidate = memberList(told.failing)
			if m.b != nil {
				f.Subject.Baseline = m.b.address()
			}
		} else {
			f.Subject.Baseline = memberList(told.failing)
		}
	}
	j.add(rule.ID, m.b, m.c, f)
}

// canonicalValue is a value as it is compared: every text canonical, sets in one order.
func (e *environment) canonicalValue(v Value, t *catalog.Type, at string) Value {
	switch v.Kind {
	case String:
		v.Text = elide(e.canonical(v.Text))
	case List:
		items := make([]Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = e.canonicalValue(it, t, at)
		}
		if t.IsSet(at) {
			slices.SortFunc(items, func(a, b Value) int { return strings.Compare(a.order(), b.order()) })
		}
		v = v.withItems(items)
	case Object:
		keys, items := make([]string, len(v.Keys())), make([]Value, len(v.Keys()))
		for i, k := range v.Keys() {
			keys[i], items[i] = k, e.canonicalValue(v.Items()[i], t, at+"."+k)
			if v.Document || t.IsMap(at) {
				keys[i] = elide(e.canonical(k))
			}
		}
		document := v.Document
		v = ObjectOf(keys, items)
		v.Document = document
	}
	return v
}

// order is a text that values of a set are sorted by. It stays in the process.
func (v Value) order() string {
	if v.Kind == Secret || v.Masked {
		return v.Text
	}
	if v.Kind != List && v.Kind != Object {
		return string(v.AppendJSON(nil))
	}
	var b strings.Builder
	for i, it := range v.Items() {
		if v.Kind == Object {
			b.WriteString(v.Keys()[i])
			b.WriteByte(0)
		}
		b.WriteString(it.order())
		b.WriteByte(0)
	}
	return b.String()
}
