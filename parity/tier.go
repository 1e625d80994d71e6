package parity

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/parity/catalog"
)

// tierOrder are the kinds that play a role of their own, so that one without a
// counterpart is a missing tier, in the order of reports: as a request passes them.
var tierOrder = []string{
	"cdn", "api", "balancer", "compute", "function", "workflow", "cache", "database", "search", "queue", "topic", "stream",
	"storage", "filesystem", "nat",
}

var tierKinds = func() map[string]bool {
	kinds := map[string]bool{}
	for _, k := range tierOrder {
		kinds[k] = true
	}
	return kinds
}()

func isTier(u *unit) bool { return tierKinds[u.typ.Kind] }

// facts are what is known of one unit's place in its environment.
type facts struct {
	members int // -1: not known
	size    string
	zones   int32
	host    uint32 // the number of the text that names what its members run on
	replica bool
	blind   bool // whether it is balanced is not known before the plan is applied
	*ties
}

// ties are what a unit hangs together with.
type ties struct {
	primary  *unit // what this replicates, where it is in the environment
	balanced []*unit
	// The hosts and zones in which members run, each once, as a live source tells them.
	runsOn, runsIn []string
}

// loose are the ties of all that has none.
var loose = &ties{}

// tied are the ties of a unit that has some.
func (f *facts) tied() *ties {
	if f.ties == loose {
		f.ties = &ties{}
	}
	return f.ties
}

// survey learns the facts of every tier of an environment.
type survey struct {
	env     *environment
	facts   []facts
	factsOf []int32           // by the unit's index: the number of its facts plus one; 0: there are none
	zoneOf  map[uint32]string // number of the text that is a subnet's id -> zone
	targets map[*unit][]*unit // balancers that name it, or that glue ties to it
	users   []int32           // by the unit's index: that of the tier that refers to it, plus one; or several
	seen    []int32           // by the unit's index: when it was named last
	times   int32             // that units were asked what they name
}

// several stands for tiers of which there is more than one.
const several int32 = -1

// of returns a unit's facts, nil where there are none.
func (s *survey) of(u *unit) *facts {
	if n := s.factsOf[u.index]; n > 0 {
		return &s.facts[n-1]
	}
	return nil
}

// user is the only tier that refers to a unit, nil where there is none.
func (s *survey) user(u *unit) *unit {
	if n := s.users[u.index]; n > 0 {
		return &s.env.units[n-1]
	}
	return nil
}

func (e *environment) surveyed() *survey {
	if e.survey != nil {
		return e.survey
	}
	return newSurvey(e)
}

func newSurvey(e *environment) *survey {
	s := &survey{env: e, zoneOf: map[uint32]string{}, targets: map[*unit][]*unit{}}
	s.factsOf, s.users, s.seen = make([]int32, len(e.units)), make([]int32, len(e.units)), make([]int32, len(e.units))
	known := 0
	for _, u := range e.all() {
		if hasFacts(u) {
			known++
		}
		switch u.typ.Kind {
		case "subnet":
			for _, m := range u.members() {
				n := m.Attributes.packed()
				if !n.ok() {
					continue
				}
				z := n.firstText(e.plan(n, u.typ).zone)
				if i, ok := slices.BinarySearch(n.layout.keys, "id"); z != "" && ok && n.layout.kids[i].kind == String {
					if id := n.id(n.layout.first[i]); id != noText {
						s.zoneOf[id] = e.kept(z)
					}
				}
			}
		case "attachment", "balancer", "target":
			s.tie(u)
		}
	}
	s.facts = make([]facts, 0, known)
	zones := map[string]bool{}
	for _, u := range e.all() {
		if !hasFacts(u) {
			continue
		}
		named := s.named(u)
		if isTier(u) {
			for _, x := range named {
				if user := &s.users[x.index]; *user == 0 {
					*user = int32(u.index) + 1
				} else {
					*user = several
				}
			}
		}
		clear(zones)
		s.facts = append(s.facts, s.learn(u, named, zones))
		s.factsOf[u.index] = int32(len(s.facts))
	}
	return s
}

func hasFacts(u *unit) bool { return isTier(u) || u.typ.Scale != catalog.NotCounted }

// tie notes which tiers a balancer, or glue, ties to a balancer.
func (s *survey) tie(u *unit) {
	named := s.named(u)
	balancers := []*unit{}
	if u.typ.Kind != "attachment" {
		balancers = append(balancers, u)
	}
	for _, x := range named {
		if isBalancer(x) {
			balancers = append(balancers, x)
		}
	}
	if len(balancers) == 0 {
		return
	}
	for _, x := range named {
		if x.typ.Kind == "compute" || x.typ.Kind == "function" {
			s.targets[x] = append(s.targets[x], balancers...)
		}
	}
}

func isBalancer(u *unit) bool { return u.typ.Kind == "balancer" || u.typ.Kind == "target" }

// named returns the units that a unit's attributes name, in a stable order.
func (s *survey) named(u *unit) []*unit { return s.namedBut(u, false) }

// namedBut is named, without what a program is told in its environment.
func (s *survey) namedBut(u *unit, told bool) []*unit {
	s.times++
	s.seen[u.index] = s.times
	var out []*unit
	note := func(n packed, leaf uint32) {
		owners := s.env.refs.owned[n.id(leaf)]
		if s.env.refs.weak(owners) {
			return // a name that many share names none of them here
		}
		for _, t := range s.env.refs.list(owners) {
			if x := s.env.refs.target(t).u; x != nil && s.seen[x.index] != s.times {
				s.seen[x.index] = s.times
				out = append(out, x)
			}
		}
	}
	for _, m := range u.members() {
		if n := m.Attributes.packed(); n.ok() {
			plan := s.env.plan(n, u.typ)
			for i, leaf := range plan.strings {
				if told && i >= plan.told[0] && i < plan.told[1] {
					continue
				}
				note(n, leaf)
			}
		}
	}
	return out
}

// told reports whether a program is told anything in its environment.
func (s *survey) told(u *unit) bool {
	return slices.ContainsFunc(u.members(), func(m *Resource) bool {
		n := m.Attributes.packed()
		if !n.ok() {
			return false
		}
		told := s.env.plan(n, u.typ).told
		return told[0] < told[1]
	})
}

// learn returns the facts of a unit that names others; zones is empty.
func (s *survey) learn(u *unit, named []*unit, zones map[string]bool) facts {
	f := facts{members: s.members(u), ties: loose}
	for _, m := range u.members() {
		s.zones(m, u.typ, zones, 0)
		if f.size == "" {
			f.size = s.size(m, u.typ)
		}
		if p := u.typ.ReplicaOf; p != "" {
			if name := m.Attributes.packed().textAt(p); name != noText {
				f.replica = true
				for _, t := range s.env.refs.list(s.env.refs.owned[name]) {
					if x := s.env.refs.target(t).u; x != nil && x != u && x.typ == u.typ {
						f.tied().primary = x
					}
				}
			}
		}
		if h := u.typ.Host; h != "" && f.host == noText {
			f.host = m.Attributes.packed().textAt(h)
		}
		if n := m.Attributes.packed(); n.ok() {
			plan := s.env.plan(n, u.typ)
			f.blind = f.blind || plan.blind
			if plan.live {
				live := m.Attributes.Get(OnlyLive)
				t := f.tied()
				t.runsOn, t.runsIn = withTexts(t.runsOn, live.Get("hosts")), withTexts(t.runsIn, live.Get("zones"))
			}
		}
	}
	f.zones = int32(len(zones))
	// Whom a program is told to talk to does not stand before it.
	if s.told(u) {
		named = s.namedBut(u, true)
	}
	for _, x := range named {
		if isBalancer(x) {
			t := f.tied()
			t.balanced = append(t.balanced, x)
		}
	}
	if targets := s.targets[u]; len(targets) > 0 {
		t := f.tied()
		t.balanced = append(t.balanced, targets...)
	}
	return f
}

// withTexts adds a list's texts to others, each once.
func withTexts(to []string, list Value) []string {
	for _, v := range list.Items() {
		if !slices.Contains(to, v.Text) {
			to = append(to, v.Text)
		}
	}
	return to
}

// holdsUnknown reports whether values of a form are known only in part.
func (l *layout) holdsUnknown() bool {
	return l.kind == Unknown || slices.ContainsFunc(l.kids, (*layout).holdsUnknown)
}

// members counts a unit's members: one for each resource, or what its
// catalogue's expression says.
func (s *survey) members(u *unit) int {
	if u.typ.Members == nil {
		return len(u.members())
	}
	sum := 0
	for _, m := range u.members() {
		n := s.count(m, u.typ)
		if !n.ok {
			return -1
		}
		sum += n.n
	}
	return sum
}

// count evaluates a type's Members for one resource, once for all that have
// the same attributes there.
func (s *survey) count(m *Resource, t *catalog.Type) memberCount {
	n := m.Attributes.packed()
	if !n.ok() {
		return countMembers(t, m.Attributes.Value())
	}
	plan := s.env.plan(n, t)
	var key []byte
	for _, leaf := range plan.members {
		key = binary.NativeEndian.AppendUint32(key, n.id(leaf))
	}
	found, ok := plan.counts[string(key)]
	if !ok {
		found = countMembers(t, m.Attributes.Value())
		if plan.counts == nil {
			plan.counts = map[string]memberCount{}
		}
		plan.counts[string(key)] = found
	}
	return found
}

func countMembers(t *catalog.Type, attrs Value) memberCount {
	n, ok := t.MemberCount(func(name string) cty.Value {
		v := attrs.Get(name)
		if v.Kind == Null {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		return toCty(v)
	})
	if !ok || math.IsNaN(n) || n < 0 || n > 1e9 {
		return memberCount{}
	}
	return memberCount{int(n), true}
}

// toCty converts a value for HCL expressions.
func toCty(v Value) cty.Value {
	switch v.Kind {
	case Bool:
		return cty.BoolVal(v.Text == "true")
	case Number, String:
		if f, err := strconv.ParseFloat(v.Text, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return cty.NumberFloatVal(f)
		}
		return cty.StringVal(v.Text)
	case List:
		if len(v.Items()) == 0 {
			return cty.EmptyTupleVal
		}
		items := make([]cty.Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = toCty(it)
		}
		return cty.TupleVal(items)
	case Object:
		fields := map[string]cty.Value{}
		for i, k := range v.Keys() {
			fields[k] = toCty(v.Items()[i])
		}
		return cty.ObjectVal(fields)
	case Unknown:
		return cty.DynamicVal
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// zoneAttributes are those that say of a resource in which zone it is, the one that
// counts first.
var zoneAttributes = []string{"availability_zone", "availability_zone_id", "zone"}

// firstText is the first of some texts that is not empty, "" of none.
func (n packed) firstText(leaves []uint32) string {
	for _, leaf := range leaves {
		if text := n.text(leaf); text != "" {
			return text
		}
	}
	return ""
}

// zones adds the zones that a resource is in: its own, else those of the
// subnets it names.
func (s *survey) zones(m *Resource, t *catalog.Type, into map[string]bool, depth int) {
	n := m.Attributes.packed()
	if !n.ok() {
		return
	}
	plan := s.env.plan(n, t)
	if z := n.firstText(plan.zone); z != "" {
		into[z] = true
		return
	}
	if depth > 3 {
		return
	}
	for _, x := range plan.zones {
		if x.zone {
			into[n.text(x.leaf)] = true
			continue
		}
		if z := s.zoneOf[n.id(x.leaf)]; z != "" {
			into[z] = true
			continue
		}
		for _, found := range s.env.refs.at(n, x.leaf) {
			if u := s.env.refs.target(found).u; u != nil && (u.typ.Kind == "subnet" || u.typ.Kind == "subnet_group") {
				for _, sm := range u.members() {
					s.zones(sm, u.typ, into, depth+1)
				}
			}
		}
	}
}

// size is how large one member is: its own machine, or its template's.
func (s *survey) size(m *Resource, t *catalog.Type) string {
	if z := s.ownSize(m, t); z != "" {
		return z
	}
	n := m.Attributes.packed()
	if !n.ok() {
		return ""
	}
	for _, leaf := range s.env.plan(n, t).templates {
		for _, x := range s.env.refs.at(n, leaf) {
			if u := s.env.refs.target(x).u; u != nil && u.typ.Kind == "template" {
				if z := s.ownSize(u.members()[0], u.typ); z != "" {
					return z
				}
			}
		}
	}
	return ""
}

// ownSize is the machine that a resource names anywhere in its attributes,
// else the amounts (processor, memory) at its top.
func (s *survey) ownSize(m *Resource, t *catalog.Type) string {
	n := m.Attributes.packed()
	if !n.ok() {
		return ""
	}
	var amounts []string
	for _, x := range s.env.plan(n, t).sizes {
		v := Value{Kind: x.kind, Text: n.text(x.leaf)}
		switch {
		case v.Empty():
		case x.machine:
			return s.env.kept(v.Text)
		default:
			amounts = append(amounts, v.Text)
		}
	}
	return s.env.kept(strings.Join(amounts, "/"))
}

// tierNames gives each tier the name that people know it by: its block's, or,
// where that says nothing, its module's or its kind.
func tierNames(units []*unit) map[*unit]string {
	names := make(map[*unit]string, len(units))
	used := map[string]int{}
	compute := map[string]int{}
	pick := func(u *unit) string {
		name := u.name
		if u.each != "" && !strings.ContainsAny(u.each, "{}#=") {
			name = u.each
		}
		if fillers[strings.ToLower(name)] || strings.HasPrefix(name, envToken) {
			if name = roleOfModule(u.module); name == "" {
				name = u.typ.Kind
			}
		}
		return name
	}
	picked := make([]string, len(units))
	for i, u := range units {
		picked[i] = pick(u)
		used[picked[i]]++
		if u.typ.Kind == "compute" {
			compute[picked[i]]++
		}
	}
	for i, u := range units {
		n := picked[i]
		// Of a web balancer and web servers, the servers are "web".
		plain := u.typ.Kind == "compute" && compute[n] == 1
		if used[n] > 1 && n != u.typ.Kind && !plain {
			n += " " + u.typ.Kind
		}
		names[u] = n
	}
	// What is still shared is told apart by type and module.
	again := map[string][]*unit{}
	for _, u := range units {
		again[names[u]] = append(again[names[u]], u)
	}
	for n, us := range again {
		if len(us) == 1 {
			continue
		}
		for _, u := range us {
			names[u] = n + " (" + strings.TrimSuffix(u.text, ".") + ")"
			if u.module != "" {
				names[u] = n + " (" + u.module + ")"
			}
		}
	}
	return names
}

// roleOfModule is what a path of modules says of what is in it: the last step's name, or of modules made by a map the
// key, as of module.tier["web"]. A step that says nothing leaves it to the one before.
func roleOfModule(path string) string {
	name := ""
	for _, step := range strings.Split(path, "module.") {
		if step = strings.Trim(step, "."); step == "" || name != "" && fillers[step] {
			continue
		}
		name = step
		if _, key, ok := strings.Cut(strings.TrimSuffix(step, "]"), "["); ok {
			name = key
		}
	}
	return name
}

// sortTiers orders units as a request passes them, then by key.
func sortTiers(units []*unit) {
	byKind := map[string][]*unit{}
	for _, u := range units {
		byKind[u.typ.Kind] = append(byKind[u.typ.Kind], u)
	}
	for _, kind := range tierOrder {
		slices.SortStableFunc(byKind[kind], byUnitKey)
		units = units[copy(units, byKind[kind]):]
	}
}
