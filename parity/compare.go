package parity

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maquette/maquette/parity/catalog"
)

// Options say how to judge. Start from DefaultOptions: of the zero value, the
// minimum is none and the tolerance nothing.
type Options struct {
	Ratio     float64        // declared scale; 0: measured
	RatioText string         // the declared scale as the user wrote it
	Minimum   int            // members that no scale goes below
	Tolerance float64        // share of the expected by which members may be off
	SizeStep  float64        // published size steps by which machines may differ
	FailOn    Severity       // least severity that fails
	Only      []string       // rule patterns or dimensions to keep; none: all
	Skip      []string       // rule patterns or dimensions to leave out
	Members   map[string]int // declared members of the candidate's tiers, by name, instead of those that the scale gives
	Severity  []RuleSeverity // what findings of rules count as; of several that match, the last counts
	Ignore    []Ignore       // differences that are none
	Waive     []Waive        // findings that are accepted
	Custom    []CustomRule   // rules of the user's own
	Today     time.Time      // by whose date waivers expire; the zero time: they do not

	// Words that name the environments, beside those that are inferred.
	BaselineNames, CandidateNames []string
}

// DefaultOptions are the documented defaults.
func DefaultOptions() Options {
	return Options{Minimum: 2, Tolerance: 0.25, FailOn: Error}
}

// Compare judges whether the candidate is a true scale model of the baseline.
// It seals both snapshots and orders their resources, and changes nothing
// else in them.
func Compare(base, cand *Snapshot, cat *catalog.Catalog, opt Options) *Report {
	b, c := canonicalise(base, cand, cat, opt)
	pairUnits(b, c)
	return judgePairs(b, c, opt)
}

// canonicalise seals both snapshots and finds what in them is the
// environment's own: its names, its units, and what their names refer to.
func canonicalise(base, cand *Snapshot, cat *catalog.Catalog, opt Options) (b, c *environment) {
	both(func() { base.Seal(cat) }, func() { cand.Seal(cat) })
	// One's secret may lie open in the other.
	both(func() { base.hide(cand.secrets) }, func() { cand.hide(base.secrets) })
	b = &environment{snap: base, cat: cat}
	c = &environment{snap: cand, cat: cat}
	both(func() { b.word = base.ownWord() }, func() { c.word = cand.ownWord() })
	b.names, c.names = environmentNames(b, c)
	b.names.add(opt.BaselineNames...)
	c.names.add(opt.CandidateNames...)
	planned := base.pack.texts.refer || cand.pack.texts.refer
	both(func() { b = b.prepared(planned) }, func() { c = c.prepared(planned) })
	return b, c
}

// judgePairs turns environments whose units are paired into a report.
func judgePairs(b, c *environment, opt Options) *Report {
	j := &judge{b: b, c: c, opt: opt, report: &Report{
		Schema:     ReportSchema,
		Baseline:   b.side(opt.BaselineNames),
		Candidate:  c.side(opt.CandidateNames),
		Dimensions: map[string]*Dimension{},
		Findings:   []Finding{}, Incomplete: []Gap{}, Uncompared: map[string]int{},
	}}
	for _, d := range Dimensions {
		j.report.Dimensions[d] = &Dimension{}
	}
	j.waived, j.ignored, j.takenOut = make([]int, len(opt.Waive)), make([]int, len(opt.Ignore)), make([]int, len(opt.Ignore))
	j.report.Incomplete = append(append(j.report.Incomplete, b.snap.Incomplete...), c.snap.Incomplete...)
	both(func() { j.sb = j.b.surveyed() }, func() { j.sc = j.c.surveyed() })
	var filled [2]map[*unit]map[string]bool
	both(func() { filled[0] = filledIn(j.sb, j.c.snap) }, func() { filled[1] = filledIn(j.sc, j.b.snap) })
	var found *comparison
	both(func() { found = j.comparePairs(filled) }, j.tiers)
	j.attributes(found)
	j.unpaired()
	j.management()
	j.custom()
	j.finish()
	return j.report
}

// both does the same for both environments at once.
func both(b, c func()) {
	var wg sync.WaitGroup
	wg.Go(b)
	c()
	wg.Wait()
}

// prepare finds units and what names refer to; planned says that there are
// names of what is yet to be made.
func (e *environment) prepare(planned bool) {
	e.look()
	e.snap.pack.texts.pack()
	e.buildUnits()
	e.buildReferences(planned)
}

func (e *environment) side(given []string) Side {
	s := e.snap
	name := s.Environment
	if name == "" && len(given) > 0 {
		name = given[0]
	}
	if name == "" {
		name = e.word
		if f := formsOf[name]; f != nil {
			name = f[0]
		}
	}
	x := Side{Name: name, Sources: append([]string{}, s.Sources...), ObservedAt: optional(s.ObservedAt)}
	for i := range s.Resources {
		if !s.Resources[i].Deposed {
			x.Resources++
		}
	}
	return x
}

// judge turns what was paired into findings.
type judge struct {
	b, c   *environment
	opt    Options
	report *Report

	sb, sc    *survey
	k         float64          // the scale that members are judged by
	unscaled  bool             // nothing tells the scale
	tierName  map[*unit]string // by baseline unit, or by candidate unit without a counterpart
	flagged   map[*unit]bool   // baseline tiers whose number of members has a finding
	explained map[*unit]bool   // baseline units whose absence another finding explains
	// unbalanced are the baseline tiers whose counterpart has lost its balancer
	unbalanced map[*unit]bool
	// waived and ignored are how many findings each waiver and each ignore matches, also
	// of those that were not asked for; takenOut those that would be in the report.
	waived, ignored, takenOut []int
	listed                    [Error + 1]int // findings in the report, by severity
}

func (j *judge) counted(dimension string, compared int) {
	j.report.Dimensions[dimension].Compared += compared
}

// add adds a finding of a rule on a pair of units, either of which may be nil.
func (j *judge) add(rule string, b, c *unit, f Finding) {
	f.Rule = rule
	r := j.rule(rule)
	if f.Dimension == "" {
		f.Dimension = r.Dimension()
	}
	if f.Help == "" {
		f.Help = r.Help
	}
	u := b
	if u == nil {
		u = c
	}
	if u != nil {
		f.key = u.key()
		f.Tier = optional(j.tierOf(b, c))
	}
	if f.Subject == (Subject{}) {
		if b != nil {
			f.Subject.Baseline = b.address()
		}
		if c != nil {
			f.Subject.Candidate = c.address()
		}
	}
	if j.applyPolicy(&f) {
		j.enter(f)
	}
}

// maxFindings bounds the findings of one severity that a report lists. More are counted.
const maxFindings = 30_000

// enter counts a finding that stays, and lists it if there is room.
func (j *judge) enter(f Finding) {
	r := j.report
	if f.Severity > Info && f.Waiver == nil && !ofPolicy(f.Rule) {
		r.Dimensions[f.Dimension].Different++
	}
	r.Summary.count(f)
	if j.listed[f.Severity] >= maxFindings && !ofPolicy(f.Rule) {
		if r.Cut == nil {
			r.Cut = &Summary{}
		}
		r.Cut.count(f)
		return
	}
	j.listed[f.Severity]++
	f.ID = findingID(f.Rule, f.key, f.Path)
	r.Findings = append(r.Findings, f)
}

// tierOf names the tier that a unit is, or that uses it, "" where several do.
func (j *judge) tierOf(b, c *unit) string {
	for _, side := range []struct {
		u *unit
		s *survey
	}{{b, j.sb}, {c, j.sc}} {
		if side.u == nil {
			continue
		}
		if n := j.nameOf(side.u); n != "" {
			return n
		}
		if n := side.u.members()[0].documentTier(); n != "" {
			return n
		}
		if side.u.typ.Kind == "subnet" || side.u.typ.Kind == "network" || side.u.typ.Kind == "firewall" {
			continue
		}
		if user := side.s.user(side.u); user != nil {
			return j.nameOf(user)
		}
	}
	return ""
}

func (j *judge) nameOf(u *unit) string {
	if n := j.tierName[u]; n != "" {
		return n
	}
	if u.pair() != nil {
		return j.tierName[u.pair()]
	}
	return ""
}

// comparePairs compares the attributes of every pair of units, side by side on all
// cores.
func (j *judge) comparePairs(filled [2]map[*unit]map[string]bool) *comparison {
	c := &comparison{
		pairs: make([]*unit, 0, len(j.b.units)), varying: map[string]bool{}, counts: map[string]int{}, uncompared: map[string]int{},
	}
	for _, u := range j.b.all() {
		switch {
		case u.pair() == nil:
		case u.pair().typ.Name != u.typ.Name || u.typ.Kind == "utility":
			c.uncompared[u.typ.Name] += len(u.members())
		default:
			c.pairs = append(c.pairs, u)
		}
	}
	aligned := newAlignments(j.b, j.c)
	const block = 64 // pairs near each other, whose texts are
	var next atomic.Int64
	var wg sync.WaitGroup
	parts := make([]comparison, min(runtime.GOMAXPROCS(0), max(1, len(c.pairs)/block)))
	for w := range parts {
		p := &parts[w]
		p.varying, p.counts = map[string]bool{}, map[string]int{}
		wg.Go(func() {
			for {
				to := int(next.Add(block))
				for i := to - block; i < min(to, len(c.pairs)); i++ {
					p.add(i, compareUnits(aligned, c.pairs[i], c.pairs[i].pair(), filled))
					j.countAttributes(c.pairs[i], p.counts)
				}
				if to >= len(c.pairs) {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, p := range parts {
		for dimension, n := range p.counts {
			c.counts[dimension] += n
		}
		c.unresolved += p.unresolved
		c.unknown += p.unknown
		maps.Copy(c.varying, p.varying)
		c.found = append(c.found, p.found...)
	}
	slices.SortFunc(c.found, func(x, y foundIn) int { return x.pair - y.pair })
	return c
}

// attributes judges what comparing the pairs has found.
func (j *judge) attributes(c *comparison) {
	for typ, n := range c.uncompared {
		j.report.Uncompared[typ] += n
	}
	for dimension, n := range c.counts {
		j.counted(dimension, n)
	}
	j.report.Unresolved += c.unresolved
	j.report.Unknown += c.unknown
	differences := 0
	for _, d := range c.found {
		differences += len(d.out)
	}
	j.report.Findings = slices.Grow(j.report.Findings, min(differences, maxFindings))
	for _, d := range c.found {
		u := c.pairs[d.pair]
		for _, x := range d.stuck {
			if c.varying[LastKey(x.path)] {
				x.members = u.pair().members()
				x.baseline = u.members()[0]
				j.difference(u, u.pair(), x)
			}
		}
		for _, x := range d.out {
			j.difference(u, u.pair(), x)
		}
	}
}

// comparison is what comparing pairs, or some of them, has found.
type comparison struct {
	pairs               []*unit        // of the baseline
	uncompared          map[string]int // members, by type
	counts              map[string]int // by dimension
	varying             map[string]bool
	unresolved, unknown int
	found               []foundIn
}

// foundIn is what was found in a pair.
type foundIn struct {
	pair       int
	out, stuck []difference
}

func (c *comparison) add(pair int, d compared) {
	c.unresolved += d.unresolved
	c.unknown += d.unknown
	for _, key := range d.varying {
		c.varying[key] = true
	}
	if len(d.out) > 0 || len(d.stuck) > 0 {
		c.found = append(c.found, foundIn{pair, d.out, d.stuck})
	}
}

// countAttributes counts the attributes of a pair that are compared.
func (j *judge) countAttributes(u *unit, counts map[string]int) {
	if u.typ.Kind == documentType {
		counts["configuration"] += max(1, leaves(u.members()[0].Attributes.Get("content")))
		return
	}
	if n := u.members()[0].Attributes.packed(); n.ok() {
		for _, x := range j.b.plan(n, u.typ).counted {
			if !n.empty(n.layout.kids[x.at], n.layout.first[x.at]) {
				counts[x.dimension]++
			}
		}
	}
	counts["management"]++
}

// compareUnits compares each of the candidate's members with its counterpart
// among the baseline's, or, where it differs, with whichever of them is
// closest at that place: members are interchangeable.
func compareUnits(aligned *alignments, b, c *unit, filled [2]map[*unit]map[string]bool) compared {
	be, ce := aligned.b, aligned.c
	var total compared
	var skip map[string]bool
	for attr, types := range b.typ.SetBy {
		for _, t := range types {
			// Until the next refresh one side may hold nothing of it.
			if filled[0][b][t] || filled[1][c][t] {
				if skip == nil {
					skip = map[string]bool{}
				}
				skip[attr] = b.members()[0].Attributes.At(attr).Empty() || c.members()[0].Attributes.At(attr).Empty()
			}
		}
	}
	var counterpart func(int, *Resource) (*Resource, bool)
	if len(b.members()) > 1 {
		counterpart = counterparts(be, ce, b)
	}
	var merged map[string]int
	var d differ
	for i, m := range c.members() {
		first, exact := b.members()[0], true
		if counterpart != nil {
			first, exact = counterpart(i, m)
		}
		d = differ{b: be, c: ce, t: b.typ, aligned: aligned, skip: skip}
		d.resources(first, m)
		total.unresolved += d.unresolved
		total.unknown += d.unknown
		total.varying = append(total.varying, d.varying...)
		total.stuck = append(total.stuck, d.stuck...)
		if len(d.out) == 0 {
			continue
		}
		for _, other := range distinct(b.members(), first) {
			if len(d.out) == 0 {
				break
			}
			o := &differ{b: be, c: ce, t: b.typ, aligned: aligned, skip: skip, asked: d.out}
			o.resources(other, m)
			d.out = d.common(o.out, exact && m.Block() != other.Block())
		}
		if len(c.members()) == 1 {
			for k := range d.out {
				d.out[k].members, d.out[k].baseline = c.members(), first
			}
			total.out = d.out
			break
		}
		for _, x := range d.out {
			// Of one member, two differences at one path are two: "a.b" and b in a.
			if n, ok := merged[x.path]; ok && total.out[n].members[len(total.out[n].members)-1] != m {
				total.out[n].members = append(total.out[n].members, m)
				continue
			}
			x.members, x.baseline = []*Resource{m}, first
			if merged == nil {
				merged = map[string]int{}
			}
			merged[x.path] = len(total.out)
			total.out = append(total.out, x)
		}
	}
	return total
}

// counterparts finds, for the candidate's i-th member, the member of the
// baseline's unit b, of several, that it is held against first: the one of the same name,
// which is exact, or else any.
func counterparts(be, ce *environment, b *unit) func(i int, m *Resource) (first *Resource, exact bool) {
	byKey := make(map[string]*Resource, len(b.members()))
	name := func(e *environment, m *Resource) string { return elide(e.names.replace(m.Address())) }
	for _, m := range b.members() {
		byKey[name(be, m)] = m
	}
	return func(i int, m *Resource) (*Resource, bool) {
		if first := byKey[name(ce, m)]; first != nil {
			return first, true
		}
		return b.members()[i%len(b.members())], false
	}
}

// filledIn lists, for each unit, the types of the resources that refer to it
// and fill in attributes of it. Where the other side does not show such
// resources, the attributes are all there is to compare.
func filledIn(s *survey, other *Snapshot) map[*unit]map[string]bool {
	fillers := map[string]bool{}
	for _, u := range s.env.all() {
		for _, types := range u.typ.SetBy {
			for _, t := range types {
				fillers[t] = true
			}
		}
	}
	out := map[*unit]map[string]bool{}
	for _, u := range s.env.all() {
		if !fillers[u.typ.Name] || !other.shows(u.typ.Name) {
			continue
		}
		for _, x := range s.named(u) {
			if out[x] == nil {
				out[x] = map[string]bool{}
			}
			out[x][u.typ.Name] = true
		}
	}
	return out
}

// maxOthers bounds how many other members one is held against.
const maxOthers = 16

func distinct(members []*Resource, first *Resource) []*Resource {
	var out []*Resource
	for _, m := range members {
		if m != first && len(out) < maxOthers {
			out = append(out, m)
		}
	}
	return out
}

// common keeps the differences that another comparison has as well. A version
// is not excused by what another block of configuration runs.
func (d *differ) common(other []difference, otherBlock bool) []difference {
	at := make(map[string]bool, len(other))
	for _, x := range other {
		at[x.path] = true
	}
	out := d.out[:0]
	for _, x := range d.out {
		if at[x.path] || otherBlock && d.t.Aspect(x.attr).Kind == catalog.Version {
			out = append(out, x)
		}
	}
	return out
}

// finish judges the policy, orders the findings and concludes.
func (j *judge) finish() {
	r := j.report
	compared := 0
	for _, d := range r.Dimensions {
		compared += d.Compared
	}
	if compared == 0 && len(r.Findings) == 0 && len(r.Incomplete) == 0 {
		r.Incomplete = append(r.Incomplete, Gap{
			Source: strings.Join(append(append([]string{}, r.Baseline.Sources...), r.Candidate.Sources...), ", "),
			Reason: "nothing in it can be compared: no resource has settings of its own",
		})
	}
	j.judgePolicy()
	rank := map[string]int{}
	for i, rule := range Rules {
		rank[rule.ID] = i
	}
	for i := range j.opt.Custom {
		rank[j.opt.Custom[i].ID] = len(Rules) // after all others, by ID
	}
	order := make([]*Finding, len(r.Findings)) // which are smaller to move
	for i := range r.Findings {
		order[i] = &r.Findings[i]
	}
	slices.SortStableFunc(order, func(x, y *Finding) int {
		if x.Severity != y.Severity {
			return int(y.Severity) - int(x.Severity)
		}
		if x.Rule != y.Rule {
			return cmp.Or(rank[x.Rule]-rank[y.Rule], strings.Compare(x.Rule, y.Rule))
		}
		return cmp.Or(strings.Compare(x.key, y.key), strings.Compare(x.Path, y.Path))
	})
	findings := make([]Finding, len(order))
	for i, f := range order {
		findings[i] = *f
	}
	r.Findings = findings
	// One subject can differ twice at one path only by being in two units of
	// one key; keep their IDs apart.
	seen := map[string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if n := seen[f.ID]; n > 0 {
			f.ID = findingID(f.Rule, f.key+strings.Repeat("+", n), f.Path)
		}
		seen[f.ID]++
	}
	r.conclude(j.opt.FailOn)
}

func (j *judge) wanted(rule, dimension string) bool {
	for _, p := range j.opt.Skip {
		if matches(p, rule, dimension) {
			return false
		}
	}
	for _, p := range j.opt.Only {
		if matches(p, rule, dimension) {
			return true
		}
	}
	return len(j.opt.Only) == 0
}
