package parity

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity/catalog"
)

// tiers judges how each tier of the baseline is modelled in the candidate.
func (j *judge) tiers() {
	j.flagged, j.explained, j.unbalanced = map[*unit]bool{}, map[*unit]bool{}, map[*unit]bool{}
	var tiers, extras []*unit
	for _, u := range j.b.all() {
		if isTier(u) {
			tiers = append(tiers, u)
		}
	}
	for _, u := range j.c.all() {
		if isTier(u) && u.pair() == nil {
			extras = append(extras, u)
		}
	}
	sortTiers(tiers)
	sortTiers(extras)
	j.tierName = tierNames(append(append([]*unit(nil), tiers...), extras...))
	j.measure(tiers)

	j.report.Tiers = make([]Tier, 0, len(tiers)+len(extras))
	for _, u := range tiers {
		j.counted("topology", 1)
		t := Tier{Name: j.tierName[u], Kind: u.typ.Kind, Baseline: tierSide(u, j.sb), Status: "missing"}
		t.Expected.Members = t.Baseline.Members
		if t.Baseline.Members > 0 && j.scales(u) {
			t.Expected.Members = j.expected(u, t.Baseline.Members)
		}
		if u.pair() == nil && !j.c.snap.shows(u.typ.Name) {
			t.Status = "unknown"
		}
		if c := u.pair(); c != nil {
			t.Candidate = tierSide(c, j.sc)
			t.Status = j.members(u, c, &t)
			j.zones(u, c, &t)
			j.balancer(u, c)
		}
		j.report.Tiers = append(j.report.Tiers, t)
	}
	for _, u := range extras {
		t := Tier{Name: j.tierName[u], Kind: u.typ.Kind, Candidate: tierSide(u, j.sc), Status: "extra"}
		j.report.Tiers = append(j.report.Tiers, t)
	}
	for _, u := range j.b.all() {
		if u.typ.Kind == "subnet" && u.pair() != nil {
			j.counted("topology", 1)
			j.subnets(u, u.pair())
		}
	}
	shared := j.sharedHosts(tiers)
	for _, u := range tiers {
		if u.pair() != nil {
			j.placed(u, u.pair(), shared[u])
		}
	}
	j.collapsed(tiers)
}

// tierSide is what the report says of a tier in one environment.
func tierSide(u *unit, s *survey) *TierSide {
	f := s.of(u)
	return &TierSide{Address: u.address(), Members: f.members, Size: f.size, Zones: int(f.zones)}
}

// scales reports whether a tier's members follow the scale.
func (j *judge) scales(u *unit) bool {
	return u.typ.Scale == catalog.Proportional || u.typ.Scale == catalog.Quorum
}

// expected is how many members the candidate should have of a tier of the baseline's: as declared, else up to scale.
func (j *judge) expected(u *unit, p int) int {
	if n, ok := j.opt.Members[j.tierName[u]]; ok {
		return n
	}
	return Expected(p, j.k, j.opt.Minimum)
}

// measure finds the scale: the declared one, else the weighted median of the
// ratios of the tiers that scale.
func (j *judge) measure(tiers []*unit) {
	observed := 0.0
	for _, scale := range []catalog.Scale{catalog.Proportional, catalog.Quorum} {
		counts := j.counts(scale, tiers)
		ws := make([]weighted, 0, len(counts))
		for _, c := range counts {
			ws = append(ws, weighted{float64(c.cand) / float64(c.base), c.base})
		}
		if observed = weightedMedian(ws); observed > 0 {
			observed = j.simplest(observed, counts)
			break
		}
	}
	if observed == 0 {
		observed = j.capacities()
	}
	j.report.Scale = ScaleUsed{Observed: round(observed, 4), Minimum: j.opt.Minimum}
	j.k = observed
	if j.opt.Ratio > 0 {
		j.k = j.opt.Ratio
		j.report.Scale.Declared = &j.opt.RatioText
	}
	if j.k <= 0 {
		j.k, j.unscaled = 1, true
	}
}

// census is a tier's number of members in both environments.
type census struct{ base, cand int }

// counts returns the numbers of members of the tiers that scale in one way and
// have some in both environments. Replicas follow their primary's tier.
func (j *judge) counts(scale catalog.Scale, tiers []*unit) []census {
	var out []census
	for _, u := range tiers {
		if u.typ.Scale != scale || u.pair() == nil || j.sb.of(u).replica {
			continue
		}
		if c := (census{j.sb.of(u).members, j.sc.of(u.pair()).members}); c.base > 0 && c.cand > 0 {
			out = append(out, c)
		}
	}
	return out
}

// simplest returns the plain fraction that explains every tier, where the
// median does not and there is one: tiers that are held at the minimum, and
// rounding, bias the median.
func (j *judge) simplest(median float64, counts []census) float64 {
	explains := func(k float64) bool {
		return !slices.ContainsFunc(counts, func(c census) bool { return Expected(c.base, k, j.opt.Minimum) != c.cand })
	}
	if explains(median) {
		return median
	}
	for _, k := range plainScales {
		if explains(k) {
			return k
		}
	}
	return median
}

// plainScales are the scales that people choose.
var plainScales = []float64{
	1, 1. / 2, 1. / 3, 1. / 4, 1. / 5, 1. / 6, 1. / 7, 1. / 8, 1. / 9, 1. / 10, 1. / 12, 1. / 15, 1. / 16, 1. / 20, 2. / 3, 3. / 4, 2, 3, 4,
}

// capacities is the scale of environments whose tiers have no members to
// count: the median of the ratios of their capacities.
func (j *judge) capacities() float64 {
	var ws []weighted
	for _, u := range j.b.all() {
		if u.pair() == nil || u.pair().typ != u.typ {
			continue
		}
		attrs := u.members()[0].Attributes
		items := attrs.Items()
		for i, k := range attrs.Keys() {
			if u.typ.Aspect(k) != (catalog.Aspect{Kind: catalog.Count, Detail: "capacity"}) {
				continue
			}
			p, okB := items[i].Float()
			c, okC := u.pair().members()[0].Attributes.Get(k).Float()
			if okB && okC && p > 0 && c > 0 {
				ws = append(ws, weighted{c / p, 1})
			}
		}
	}
	return weightedMedian(ws)
}

// members judges a tier's number of members and returns the tier's status.
func (j *judge) members(b, c *unit, t *Tier) string {
	if b.typ.Scale == catalog.NotCounted {
		return "ok"
	}
	p, n := t.Baseline.Members, t.Candidate.Members
	if p < 0 || n < 0 {
		who, side := b, "baseline"
		if n < 0 {
			who, side = c, "candidate"
		}
		j.report.Incomplete = append(j.report.Incomplete, Gap{
			Source: strings.Join(map[string][]string{"baseline": j.report.Baseline.Sources, "candidate": j.report.Candidate.Sources}[side], ", "),
			Reason: fmt.Sprintf("how many members %s has is not known", who.address()),
		})
		return "unknown"
	}
	if p == n {
		// As many as the baseline is never too few; whether it is too many
		// for the scale matters only where members are many.
		if b.typ.Scale != catalog.Proportional || p <= 3 || j.k == 1 {
			return "ok"
		}
	}
	f := Finding{Baseline: p, Candidate: n, Path: "members"}
	if a := countedBy(b, p); a != "" && a == countedBy(c, n) {
		f.Path = a
	}
	switch {
	case n == 0 && p > 0:
		j.flagged[b] = true
		f.Message = fmt.Sprintf("%s has no member, the baseline has %d", j.tierName[b], p)
		f.Severity = Error
		j.add("one-box/missing-tier", b, c, f)
		return "missing"
	case p >= 2 && n == 1:
		j.flagged[b] = true
		f.Severity = Error
		f.Message = fmt.Sprintf("%s is one box: 1 member, where the baseline has %d", j.tierName[b], p)
		if j.scales(b) {
			f.Help = fmt.Sprintf("Set %d members (scale %s, never below %d).", j.expected(b, p), RatioText(j.k), min(p, j.opt.Minimum))
			if j.expected(b, p) < 2 {
				f.Help = "Set 2 members at least: the declared scale makes it one box. Or waive it, if that is meant."
			}
		}
		j.add("one-box/single-member", b, c, f)
		return "one-box"
	}
	low, high := p, p
	if j.scales(b) {
		low = j.expected(b, p)
		high = low
		if b.typ.Scale == catalog.Quorum {
			low, high = min(low, p), max(high, p)
		}
	}
	t.Expected.Members = low
	if n >= low && n <= high {
		return "ok"
	}
	want := low
	if n > high {
		want = high
	}
	off := math.Abs(float64(n-want)) / math.Max(1, float64(want))
	f.Severity = Info
	status := "ok"
	if off > j.opt.Tolerance || b.typ.Scale == catalog.Fixed && n < want {
		f.Severity = Warning
		status = "proportion"
		j.flagged[b] = true
	}
	if b.typ.Scale != catalog.Proportional && n > want {
		f.Severity, status = Info, "ok"
	}
	f.Message = fmt.Sprintf("%s has %s, expected %d: scale %s of %d", j.tierName[b], plural.Count(n, "member"), want, RatioText(j.k), p)
	f.Help = fmt.Sprintf("Set %s.", plural.Count(want, "member"))
	if b.typ.Scale == catalog.Fixed {
		f.Message = fmt.Sprintf("%s has %s, the baseline has %d: one a zone, not scaled", j.tierName[b], plural.Count(n, "member"), p)
	} else if status == "ok" {
		f.Message += " (within tolerance)"
	}
	j.add("topology/proportion", b, c, f)
	return status
}

// countedBy is the attribute that says how many members the unit has, "" where
// resources are counted, or the number is made of several attributes.
func countedBy(u *unit, members int) string {
	if len(u.members()) != 1 {
		return ""
	}
	for _, a := range u.typ.MemberAttributes() {
		if u.typ.Aspect(a) != (catalog.Aspect{Kind: catalog.Count, Detail: "members"}) {
			continue
		}
		if v, _ := u.members()[0].Attributes.At(a).Float(); v == float64(members) {
			return a
		}
	}
	return ""
}

// zones judges whether a tier spans zones as the baseline's does.
func (j *judge) zones(b, c *unit, t *Tier) {
	zb, zc := t.Baseline.Zones, t.Candidate.Zones
	if zb < 2 || zc != 1 || b.typ.Kind == "nat" {
		return
	}
	// One database in one zone is what no-replica and single-member are about.
	if b.typ.Scale == catalog.Quorum && t.Candidate.Members < 2 {
		return
	}
	j.add("one-box/single-zone", b, c, Finding{
		Severity: Error, Path: "zones", Baseline: zb, Candidate: zc,
		Message: fmt.Sprintf("%s is in one zone, the baseline spans %d", j.tierName[b], zb),
	})
}

// placed judges where a tier's members really run, where live sources tell it:
// several on one host, unless that is told as one that tiers share, or in one zone
// though they may be in more.
func (j *judge) placed(b, c *unit, shared bool) {
	fb, fc := j.sb.of(b), j.sc.of(c)
	if fc.members < 2 {
		return
	}
	one := func(base, cand []string, path, where string) {
		if len(base) > 1 && len(cand) == 1 {
			j.add("one-box/collapsed", b, c, Finding{
				Severity: Error, Path: OnlyLive + "." + path, Baseline: len(base), Candidate: 1,
				Message: fmt.Sprintf("all members of %s run %s %d", j.tierName[b], where, len(base)),
			})
		}
	}
	if !shared {
		one(fb.runsOn, fc.runsOn, "hosts", "on one host, the baseline's on")
	}
	if fc.zones != 1 {
		one(fb.runsIn, fc.runsIn, "zones", "in one zone, the baseline's in")
	}
}

// subnets judges the zones that an environment's networks have.
func (j *judge) subnets(b, c *unit) {
	zb, zc := int(j.sb.of(b).zones), int(j.sc.of(c).zones)
	if zb == 0 || zc == 0 {
		zb, zc = len(b.members()), len(c.members())
	}
	f := Finding{Path: "zones", Baseline: zb, Candidate: zc}
	switch {
	case zc >= zb:
	case zc == 1:
		f.Severity = Error
		f.Message = fmt.Sprintf("subnets in one zone, the baseline has them in %d", zb)
		j.add("one-box/single-zone", b, c, f)
	default:
		f.Severity = Warning
		f.Message = fmt.Sprintf("subnets in %d zones, the baseline has them in %d: zones are not scaled", zc, zb)
		f.Help = fmt.Sprintf("Use %d zones: what depends on a majority, or on the loss of one zone, works otherwise in %d.", zb, zc)
		j.add("topology/proportion", b, c, f)
	}
}

// balancer judges whether a tier stands behind a balancer.
func (j *judge) balancer(b, c *unit) {
	if b.typ.Kind != "compute" {
		return
	}
	fb, fc := j.sb.of(b), j.sc.of(c)
	if len(fb.balanced) == 0 || len(fc.balanced) > 0 {
		return
	}
	if fc.blind {
		j.report.Incomplete = append(j.report.Incomplete, Gap{
			Source: strings.Join(j.report.Candidate.Sources, ", "),
			Reason: fmt.Sprintf("whether %s stands behind a balancer is known only after apply", c.address()),
		})
		return
	}
	j.unbalanced[b] = true
	j.explain(fb.balanced)
	j.add("one-box/no-balancer", b, c, Finding{
		Severity: Error, Path: "balancer", Baseline: fb.balanced[0].address(),
		Message: fmt.Sprintf("%s stands behind no balancer, the baseline's behind %s", j.tierName[b], fb.balanced[0].address()),
	})
}

// explain marks the balancers of the baseline that hang together with the
// given ones: listeners, target groups and the balancer itself.
func (j *judge) explain(balancers []*unit) {
	next := map[*unit][]*unit{}
	for _, u := range j.b.all() {
		if !isBalancer(u) {
			continue
		}
		for _, x := range j.sb.named(u) {
			if isBalancer(x) {
				next[u], next[x] = append(next[u], x), append(next[x], u)
			}
		}
	}
	for todo := balancers; len(todo) > 0; todo = todo[1:] {
		if u := todo[0]; !j.explained[u] {
			j.explained[u] = true
			todo = append(todo, next[u]...)
		}
	}
}

// sharedHosts finds tiers that have places of their own in the baseline and
// share one in the candidate, and returns those.
func (j *judge) sharedHosts(tiers []*unit) map[*unit]bool {
	type host struct {
		name uint32 // the number of its name's text, or
		text string // what a live source calls it, where no text of the environment's is that
	}
	called := func(e *environment, text string) host {
		if id, ok := e.snap.pack.texts.number(text); ok {
			return host{name: id}
		}
		return host{text: text}
	}
	type share struct {
		units []*unit
		hosts map[host]bool
	}
	shares := map[host]*share{}
	sharing := map[*unit]bool{}
	var order []host
	for _, u := range tiers {
		if u.pair() == nil {
			continue
		}
		fb, fc := j.sb.of(u), j.sc.of(u.pair())
		hb, hc := []host{{name: fb.host}}, host{name: fc.host}
		if len(fb.runsOn) > 0 && len(fc.runsOn) == 1 { // where they run says more than what they belong to
			hb, hc = nil, called(j.c, fc.runsOn[0])
			for _, text := range fb.runsOn {
				hb = append(hb, called(j.b, text))
			}
		}
		if hb[0] == (host{}) || hc == (host{}) {
			continue
		}
		if shares[hc] == nil {
			shares[hc] = &share{hosts: map[host]bool{}}
			order = append(order, hc)
		}
		shares[hc].units = append(shares[hc].units, u)
		for _, h := range hb {
			shares[hc].hosts[h] = true
		}
	}
	for _, shared := range order {
		s := shares[shared]
		if len(s.units) < 2 || len(s.hosts) < 2 {
			continue
		}
		names := make([]string, len(s.units))
		for i, u := range s.units {
			names[i] = j.tierName[u]
			sharing[u] = true
			for _, t := range j.b.refs.list(j.b.refs.owned[j.sb.of(u).host]) {
				j.explained[j.b.refs.target(t).u] = true // the hosts that are gone
			}
		}
		where := shared.text
		if where == "" {
			where = strings.Clone(j.c.snap.pack.texts.at(shared.name))
		}
		text := where
		if s.units[0].pair().hidesHost() {
			where = Hidden
		}
		for _, t := range j.c.refs.find(text) {
			if x := j.c.refs.target(t).u; x != nil {
				where = x.address()
			}
		}
		j.add("one-box/collapsed", s.units[0], s.units[0].pair(), Finding{
			Severity: Error, Path: "host", Baseline: len(s.hosts), Candidate: 1,
			Subject: Subject{Baseline: strings.Join(addresses(s.units), ", "), Candidate: where},
			Message: fmt.Sprintf("%s share %s, in the baseline they live on %d", strings.Join(names, ", "), where, len(s.hosts)),
		})
	}
	return sharing
}

// hidesHost reports whether no report may show the name of what the unit runs on.
func (u *unit) hidesHost() bool {
	return u.typ.Host != "" && slices.ContainsFunc(u.members(), func(m *Resource) bool { return m.Attributes.At(u.typ.Host).Masked })
}

func addresses(us []*unit) []string {
	out := make([]string, len(us))
	for i, u := range us {
		out[i] = u.address()
	}
	return out
}

// hosted are the kinds that can run together on one box.
var hosted = map[string]bool{"compute": true, "database": true, "cache": true, "search": true, "queue": true, "stream": true}

// collapsed finds the one box: baseline tiers have no counterpart, and all
// that runs in the candidate is a single host.
func (j *judge) collapsed(tiers []*unit) {
	var lost []*unit
	all := 0
	for _, u := range tiers {
		if !hosted[u.typ.Kind] || j.sb.of(u).replica {
			continue
		}
		all++
		if u.pair() == nil {
			lost = append(lost, u)
		}
	}
	var hosts []*unit
	for _, u := range j.c.all() {
		if u.typ.Kind == "compute" {
			hosts = append(hosts, u)
		}
	}
	if len(hosts) == 0 || len(hosts) > 2 || len(lost) == 0 || all < 2 || len(hosts) == 2 && len(lost) < 3 {
		return
	}
	for _, host := range hosts {
		if n := j.sc.of(host).members; n != 1 && n != -1 || host.typ.Scale != catalog.Proportional {
			return
		}
	}
	host := hosts[0]
	if host.pair() == nil && len(lost) < 2 {
		return
	}
	names := make([]string, len(lost))
	for i, u := range lost {
		names[i] = j.tierName[u]
	}
	sort.Strings(names)
	j.add("one-box/collapsed", lost[0], host, Finding{
		Severity: Error, Path: "host", Baseline: all, Candidate: len(hosts),
		Subject: Subject{Baseline: strings.Join(addresses(lost), ", "), Candidate: strings.Join(addresses(hosts), ", ")},
		Message: fmt.Sprintf("all that runs is %s: %s of the baseline must live there or nowhere", strings.Join(addresses(hosts), ", "), strings.Join(names, ", ")),
	})
}
