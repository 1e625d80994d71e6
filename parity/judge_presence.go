package parity

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/maquette/maquette/internal/plural"
)

// unpaired judges what has no counterpart: missing in the candidate, or more
// than the baseline has.
func (j *judge) unpaired() {
	fewer := func(u *unit) bool { return u.typ.Kind == "attachment" && len(u.members()) > len(u.pair().members()) }
	for _, u := range sortedUnits(j.b, func(u *unit) bool { return u.pair() == nil || fewer(u) }) {
		if u.pair() == nil {
			j.missing(u)
		} else {
			j.fewerTies(u, u.pair())
		}
	}
	for _, u := range sortedUnits(j.c, func(u *unit) bool { return u.pair() == nil }) {
		j.extra(u)
	}
}

func (j *judge) missing(u *unit) {
	switch {
	case u.typ.Kind == "utility":
		j.report.Uncompared[u.typ.Name] += len(u.members())
		return
	case !j.c.snap.shows(u.typ.Name):
		j.unseen(u, j.report.Candidate)
		return
	case j.explained[u]:
		return
	}
	say := func(rule string, severity Severity, format string, args ...any) {
		j.counted(dimensionOf(rule), 1)
		j.add(rule, u, nil, Finding{Severity: severity, Message: fmt.Sprintf(format, args...), Baseline: j.presence(u)})
	}
	f := j.sb.of(u)
	switch kind := u.typ.Kind; {
	case f != nil && f.replica && f.primary != nil && f.primary.pair() != nil:
		j.add("one-box/no-replica", u, nil, Finding{
			Severity: Error, Path: "replicas", Baseline: f.members, Candidate: 0,
			Subject: Subject{Baseline: u.address(), Candidate: f.primary.pair().address()},
			Message: fmt.Sprintf("%s has no replica, the baseline has %d", j.nameOf(f.primary), f.members),
		})
		j.counted("topology", 1)
	case f != nil && f.replica && f.primary != nil:
		// The primary is missing; its replicas with it.
	case kind == "alarm":
		say("monitoring/alarm", Error, "alarm %s is missing in the candidate", j.called(u))
	case kind == "log":
		say("monitoring/log-group", Error, "%s is missing in the candidate", j.called(u))
	case kind == "health_check":
		say("monitoring/health-check", Error, "health check %s is missing in the candidate", j.called(u))
	case kind == "dashboard":
		say("monitoring/dashboard", Error, "dashboard %s is missing in the candidate", j.called(u))
	case kind == "parameter" || kind == "secret":
		say("config/missing-key", Error, "%s is missing in the candidate", j.called(u))
	case isTier(u) && f != nil && f.members == 0:
		// A tier that the baseline has switched off is no loss.
	case isTier(u):
		j.add("one-box/missing-tier", u, nil, Finding{
			Severity: Error, Path: "members", Baseline: max(f.members, 1), Candidate: 0,
			Message: fmt.Sprintf("%s (%s) has no counterpart in the candidate", j.tierName[u], kind),
		})
	case kind == "attachment" && j.tiesLost(j.b, u):
		// Glue between things that are missing is missing with them.
	default:
		say("config/missing-resource", Error, "%s is missing in the candidate", j.called(u))
	}
}

// unseen notes that a counterpart could not be seen, as the other environment's source shows no such things. Of a tier
// that is missing evidence; all else only is not compared.
func (j *judge) unseen(u *unit, side Side) {
	j.report.Uncompared[u.typ.Name] += len(u.members())
	if isTier(u) {
		j.report.Incomplete = append(j.report.Incomplete, Gap{
			Source: strings.Join(side.Sources, ", "),
			Reason: fmt.Sprintf("it shows no %s, so that a counterpart of %s may be there or not", u.typ.Name, u.address()),
		})
	}
}

func (j *judge) extra(u *unit) {
	switch kind := u.typ.Kind; {
	case kind == "utility":
		j.report.Uncompared[u.typ.Name] += len(u.members())
	case !j.b.snap.shows(u.typ.Name):
		j.unseen(u, j.report.Baseline)
	case kind == "parameter" || kind == "secret":
		j.add("config/missing-key", nil, u, Finding{
			Severity: Error, Candidate: j.presence(u), Message: fmt.Sprintf("%s is not in the baseline", j.called(u)),
		})
	case kind == documentType:
		j.add("config/missing-resource", nil, u, Finding{
			Severity: Error, Candidate: j.presence(u), Message: fmt.Sprintf("%s is not in the baseline", j.called(u)),
			Help: "Name it in the baseline's observe block as well, or remove it from both.",
		})
	case isTier(u):
		j.add("topology/extra-tier", nil, u, Finding{
			Severity: Info, Path: "members", Baseline: 0, Candidate: max(j.sc.of(u).members, 0),
			Message: fmt.Sprintf("%s (%s) is not in the baseline", j.nameOf(u), kind),
		})
	case kind == "attachment" && j.tiesLost(j.c, u):
	default:
		j.add("config/extra-resource", nil, u, Finding{
			Severity: Info, Candidate: j.presence(u), Message: fmt.Sprintf("%s is not in the baseline", j.called(u)),
		})
	}
}

func dimensionOf(rule string) string {
	r, _ := RuleFor(rule)
	return r.Dimension()
}

// tiesLost reports whether glue refers to something without a counterpart.
func (j *judge) tiesLost(e *environment, u *unit) bool {
	s := j.sb
	if e == j.c {
		s = j.sc
	}
	for _, x := range s.named(u) {
		if x.pair() == nil {
			return true
		}
	}
	return false
}

// fewerTies judges glue of which the candidate has less: right where what it
// ties has become fewer, and missing where that is all there.
func (j *judge) fewerTies(b, c *unit) {
	for _, x := range j.sb.named(b) {
		if x.pair() == nil || len(x.members()) != len(b.members()) || len(x.pair().members()) <= len(c.members()) {
			continue
		}
		have := map[string]bool{}
		for _, m := range c.members() {
			have[m.Key] = true
		}
		var lost []*Resource
		for _, m := range b.members() {
			if !have[m.Key] {
				lost = append(lost, m)
			}
		}
		if len(lost) == 0 {
			return
		}
		n := len(x.pair().members()) - len(c.members())
		j.counted("configuration", 1)
		j.add("config/missing-resource", b, c, Finding{
			Severity: Error, Baseline: len(b.members()), Candidate: len(c.members()),
			Subject: Subject{Baseline: memberList(lost)},
			Message: fmt.Sprintf("%s of %s without it in the candidate", plural.Count(n, "member"), x.pair().address()),
		})
		return
	}
}

// called is how people know a thing: its given name, else its address.
func (j *judge) called(u *unit) string {
	if n := u.members()[0].givenName(); n != "" {
		return cut(n)
	}
	return cut(u.address())
}

// presence shows that something is there: a parameter by its value, all else
// by its type.
func (j *judge) presence(u *unit) any {
	if v := u.members()[0].Attributes.Get("value"); u.typ.Kind == "parameter" && (v.IsScalar() || v.Kind == Secret) {
		return j.shown(v)
	}
	if len(u.members()) > 1 {
		return len(u.members())
	}
	return "present"
}

// management judges how the environments are built and kept.
func (j *judge) management() {
	j.condition()
	j.providers()
	j.modules()
	j.methods()
}

// condition reports what Terraform itself holds for unfinished.
func (j *judge) condition() {
	for i := range j.c.snap.Resources {
		if r := &j.c.snap.Resources[i]; r.Deposed {
			j.add("management/deposed", nil, nil, Finding{
				Severity: Info, Subject: Subject{Candidate: r.Address()}, Path: r.Address(), key: r.Address(),
				Message: "an object that was replaced is still there",
			})
		}
	}
	for _, address := range j.c.snap.Gone {
		j.add("management/ghost", nil, nil, Finding{
			Severity: Warning, Subject: Subject{Candidate: address}, Path: address, key: address,
			Message: "it is in the state and does not exist",
		})
	}
	for _, u := range j.c.all() {
		for _, r := range u.members() {
			if r.Unmanaged {
				j.add("management/unmanaged", nil, u, Finding{
					Severity: Warning, Subject: Subject{Candidate: r.Address()}, Path: r.Address(),
					Message: "it is live and in no Terraform state",
				})
			}
			if r.Tainted {
				j.add("management/tainted", nil, u, Finding{
					Severity: Warning, Subject: Subject{Candidate: r.Address()}, Path: r.Address(),
					Message: "Terraform will replace it on the next apply",
				})
			}
		}
	}
}

// providers compares the versions that wrote the environments.
func (j *judge) providers() {
	b, c := j.b.snap, j.c.snap
	if b.Terraform != "" && c.Terraform != "" && b.Terraform != c.Terraform {
		j.add("version/terraform", nil, nil, Finding{
			Severity: Info, Path: "terraform_version", Baseline: b.Terraform, Candidate: c.Terraform, key: "terraform",
			Subject: Subject{"terraform", "terraform"}, Message: "written by different versions of Terraform",
		})
	}
	short := func(m map[string]string) map[string]string {
		out := map[string]string{}
		for k, v := range m {
			out[shortProvider(k)] = v
		}
		return out
	}
	pb, pc := short(b.Providers), short(c.Providers)
	for _, name := range sortedKeys(pb) {
		if pc[name] == "" || pb[name] == "" {
			continue
		}
		j.counted("versions", 1)
		if pb[name] != pc[name] {
			j.add("version/provider", nil, nil, Finding{
				Severity: Error, Path: name, Baseline: pb[name], Candidate: pc[name], key: "provider " + name,
				Subject: Subject{name, name}, Message: "provider " + name + " is of another version",
			})
		}
	}
	// Without versions, a resource's schema tells that they differ.
	differ := map[string]*unit{}
	for _, u := range j.b.all() {
		name := shortProvider(u.members()[0].Provider)
		if u.pair() == nil || u.typ != u.pair().typ || pb[name] != "" && pc[name] != "" {
			continue
		}
		x, y := u.members()[0].Schema, u.pair().members()[0].Schema
		if x != y && x > 0 && y > 0 && differ[name] == nil {
			differ[name] = u
		}
	}
	for _, name := range sortedKeys(differ) {
		u := differ[name]
		j.add("version/provider", nil, nil, Finding{
			Severity: Error, Path: name, key: "provider " + name, Subject: Subject{name, name},
			Baseline: u.members()[0].Schema, Candidate: u.pair().members()[0].Schema,
			Message: fmt.Sprintf("provider %s is of another version: the schema of %s differs", name, u.typ.Name),
		})
	}
}

// shortProvider is a provider's source without its registry.
func shortProvider(s string) string {
	if _, rest, ok := strings.Cut(s, "/"); ok && strings.Count(rest, "/") == 1 {
		return rest
	}
	return s
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// modules compares where the code of both environments is from, as far as the
// sources tell.
func (j *judge) modules() {
	of := func(e *environment) map[string]Module {
		m := map[string]Module{}
		for p, x := range e.snap.Modules {
			m[e.modulePath(p)] = x
		}
		return m
	}
	b, c := of(j.b), of(j.c)
	for _, p := range sortedKeys(b) {
		x, y := b[p], c[p]
		if y.Source == "" || x.Source == "" {
			continue
		}
		f := Finding{Path: "source", key: p, Subject: Subject{p, p}}
		switch {
		case moduleName(x.Source) != moduleName(y.Source):
			f.Severity, f.Baseline, f.Candidate = Warning, x.Source, y.Source
			f.Message = p + " is built from another module"
			j.add("management/method", nil, nil, f)
		case x.Version != y.Version || moduleRef(x.Source) != moduleRef(y.Source):
			f.Severity, f.Path = Error, "version"
			f.Baseline, f.Candidate = x.Version+moduleRef(x.Source), y.Version+moduleRef(y.Source)
			f.Message = p + " is of another module version"
			j.add("version/module", nil, nil, f)
		}
		j.counted("management", 1)
	}
}

// moduleName is a module's source without its version; of a local path only
// the last name, because environments may lie at different depths.
func moduleName(source string) string {
	source, _, _ = strings.Cut(source, "?")
	if strings.HasPrefix(source, ".") || strings.HasPrefix(source, "/") {
		return "./" + path.Base(source)
	}
	return source
}

func moduleRef(source string) string {
	_, query, _ := strings.Cut(source, "?ref=")
	return query
}

// methods reports tiers that are built in another way.
func (j *judge) methods() {
	moved := 0
	var first *unit
	isMoved := func(u *unit) bool { return (u.module == "") != (u.pair().module == "") && u.typ.Kind != "utility" }
	for _, u := range sortedUnits(j.b, func(u *unit) bool { return u.pair() != nil && (u.typ.Name != u.pair().typ.Name || isMoved(u)) }) {
		if u.typ.Name != u.pair().typ.Name {
			j.add("management/method", u, u.pair(), Finding{
				Severity: Warning, Path: "type", Baseline: u.typ.Name, Candidate: u.pair().typ.Name,
				Message: fmt.Sprintf("%s is built as %s, in the baseline as %s; their settings were not compared", j.nameOf(u), u.pair().typ.Name, u.typ.Name),
			})
			continue
		}
		moved++
		if first == nil {
			first = u
		}
	}
	if first == nil {
		return
	}
	where := func(u *unit) string {
		if u.module == "" {
			return "the root module"
		}
		return u.members()[0].Module
	}
	j.add("management/method", first, first.pair(), Finding{
		Severity: Info, Path: "module", Baseline: where(first), Candidate: where(first.pair()),
		Message: fmt.Sprintf("%s written inside a module in one environment and outside of any in the other", plural.Count(moved, "resource")),
	})
}
