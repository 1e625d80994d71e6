package parity

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// difference judges one place at which two units differ.
func (j *judge) difference(b, c *unit, d difference) {
	a := b.typ.Aspect(d.attr)
	f := Finding{Path: d.path, Baseline: j.shown(d.base), Candidate: j.shown(d.cand)}
	if len(d.members) < len(c.members()) && len(c.members()) > 1 {
		f.Subject = Subject{Baseline: b.address(), Candidate: memberList(d.members)}
		f.Message = fmt.Sprintf(" in %d of %d members", len(d.members), len(c.members()))
	}
	suffix := f.Message
	say := func(rule string, severity Severity, format string, args ...any) {
		f.Severity = severity
		f.Message = fmt.Sprintf(format, args...) + suffix
		j.add(rule, b, c, f)
	}
	name := d.path
	switch {
	case d.reorder:
		say("config/order", Warning, "%s has the same elements in another order", d.path)
		return
	case d.base.Kind == Secret || d.cand.Kind == Secret:
		switch {
		case d.foreign:
			say("config/shared-secret", Info, "%s is the same secret in both", name)
		case d.keyed:
			say("config/missing-key", Error, "secret %s is %s", name, absence(d))
		default:
			say("config/setting", Warning, "secret %s is %s", name, absence(d))
		}
		return
	case d.foreign:
		say("config/foreign-reference", Warning, "%s points to what belongs to the baseline", name)
		return
	}
	if d.retyped {
		f.Baseline, f.Candidate = spelled(d.base), spelled(d.cand)
		say("config/type", Warning, "%s is %s in the baseline, and %s in the candidate", name, typeName(d.base), typeName(d.cand))
		return
	}
	switch a.Kind {
	case catalog.Identity, catalog.Placement:
		if a.Detail == "standby" {
			j.standby(d, say)
		}
	case catalog.Version:
		j.version(b, c, d, a, &f, say)
	case catalog.Count:
		// What counts a tier's members is judged with the tier.
		if a.Detail != "members" || b.typ.Members == nil || b.typ.Scale == catalog.NotCounted {
			j.capacity(b, d, "topology/proportion", say)
		}
	case catalog.Size:
		j.size(b, d, a, say)
	case catalog.Monitoring:
		j.monitoring(b, d, a, &f, say)
	default:
		j.setting(b, d, a, &f, say)
	}
}

// sayer adds the finding at hand under a rule.
type sayer func(rule string, severity Severity, format string, args ...any)

func memberList(members []*Resource) string {
	const show = 3
	var names []string
	for i, m := range members {
		if i == show {
			names = append(names, fmt.Sprintf("and %d more", len(members)-show))
			break
		}
		names = append(names, m.Address())
	}
	return strings.Join(names, ", ")
}

// absence says on which side something is missing.
func absence(d difference) string {
	if d.cand.Kind == Null {
		return "missing in the candidate"
	}
	return "not in the baseline"
}

// setting judges what is neither version, count, size nor monitoring.
func (j *judge) setting(u *unit, d difference, a catalog.Aspect, f *Finding, say sayer) {
	if j.unbalanced[u] && j.namesBalancer(d.base) {
		return // that the balancer is gone is reported
	}
	rule, severity := "config/setting", Warning
	switch a.Detail {
	case "environment", "parameter", "policy", "script":
		rule = "config/" + a.Detail
	case "tag":
		if strings.HasSuffix(d.path, ".Name") {
			return // a name like any other
		}
		rule, severity = "config/tag", Info
	case "opaque":
		rule, severity = "config/opaque", Info
	}
	if u.typ.Kind == "alarm" && a.Kind == catalog.Reference && d.cand.Kind == Null {
		say("monitoring/alarm", Error, "%s is missing in the candidate: nobody is told", d.path)
		return
	}
	if a.Kind == catalog.Reference && d.base.Kind != Null && d.cand.Kind != Null {
		rule = "config/reference"
	}
	switch {
	case d.keyed && severity == Warning:
		say("config/missing-key", Error, "%s is %s", d.path, absence(d))
	case d.base.Kind == Null || d.cand.Kind == Null:
		say(rule, severity, "%s is %s", d.path, absence(d))
	case strings.Contains(d.base.Text+d.cand.Text, "\n"):
		f.Baseline, f.Candidate = j.firstLine(d)
		say(rule, severity, "%s differs, first at this line", d.path)
	default:
		say(rule, severity, "%s differs", d.path)
	}
}

// namesBalancer reports whether a value of the baseline's names a balancer.
func (j *judge) namesBalancer(v Value) bool {
	for _, t := range j.b.refs.find(v.Str()) {
		if u := j.b.refs.target(t).u; u != nil && isBalancer(u) {
			return true
		}
	}
	for _, it := range v.Items() {
		if j.namesBalancer(it) {
			return true
		}
	}
	return false
}

// firstLine returns the first line at which two texts differ.
func (j *judge) firstLine(d difference) (any, any) {
	if d.hidden() {
		return Hidden, Hidden
	}
	x, y := strings.Split(d.base.Text, "\n"), strings.Split(d.cand.Text, "\n")
	for i := 0; i < max(len(x), len(y)); i++ {
		var l, r string
		if i < len(x) {
			l = x[i]
		}
		if i < len(y) {
			r = y[i]
		}
		if elide(j.b.canonical(l)) != elide(j.c.canonical(r)) {
			return cut(fmt.Sprintf("line %d: %s", i+1, l)), cut(fmt.Sprintf("line %d: %s", i+1, r))
		}
	}
	return cut(d.base.Text), cut(d.cand.Text)
}

// standby judges the loss of failover.
func (j *judge) standby(d difference, say sayer) {
	if truthy(d.base) && !truthy(d.cand) {
		say("one-box/no-replica", Error, "%s is off: the baseline has a standby or failover", d.path)
		return
	}
	say("config/setting", Info, "%s differs", d.path)
}

func truthy(v Value) bool {
	if v.Kind == List || v.Kind == Object {
		return !v.Empty()
	}
	switch t := strings.ToLower(v.Text); t {
	case "", "false", "disabled", "disable", "off", "none", "0", "zonal", "passthrough", "suspended":
		return false
	default:
		return !strings.HasPrefix(t, "single")
	}
}

// isSwitch reports whether a value is one of on and off.
func isSwitch(v Value) bool {
	switch strings.ToLower(v.Text) {
	case "true", "false", "enabled", "disabled", "on", "off", "active", "passthrough", "enhanced":
		return v.IsScalar()
	}
	return v.Kind == Null
}

// version judges a version that differs.
func (j *judge) version(b, c *unit, d difference, a catalog.Aspect, f *Finding, say sayer) {
	rule := "version/" + a.Detail
	x, y := d.base.Text, d.cand.Text
	switch a.Detail {
	case "release":
		say(rule, Info, "%s: another release", d.path)
		return
	case "agent", "maintenance":
		say(rule, Info, "%s differs", d.path)
		return
	case "package":
		if d.base.Kind == Null || d.cand.Kind == Null {
			say(rule, Info, "%s is %s", d.path, absence(d))
			return
		}
		say(rule, Warning, "%s differs", d.path)
		return
	case "digest":
		j.digest(d, say)
		return
	}
	// "15" asks for any 15.x; what runs is in the …_actual attribute.
	if d.base.IsScalar() && d.cand.IsScalar() && (strings.HasPrefix(y, x+".") || strings.HasPrefix(x, y+".")) {
		if p, q := actual(d, d.baseline), actual(d, d.members[0]); p != "" && p == q {
			return
		}
	}
	if a.Detail == "image" {
		if rb := repository(x); rb != "" {
			rc := repository(y)
			if elide(j.b.canonical(rb)) == elide(j.c.canonical(rc)) && ownImage(rb) {
				say("version/release", Info, "%s: another release", d.path)
				return
			}
		} else if p, q := j.b.snap.labelled(x), j.c.snap.labelled(y); p != "" && q != "" {
			say(rule, Error, "%s differs: %s, %s", d.path, p, q)
			return
		} else if strings.HasPrefix(x, "ami-") && strings.HasPrefix(y, "ami-") && j.b.refs.region != j.c.refs.region {
			f.Help = "The same image has another id in each region; compare the images' names."
			say(rule, Info, "%s differs, and the environments are in different regions", d.path)
			return
		}
	}
	if d.base.Kind == Null || d.cand.Kind == Null {
		say(rule, Error, "%s is %s", d.path, absence(d))
		return
	}
	say(rule, Error, "%s differs", d.path)
}

// digest judges the images that run, each with its digest: another release is as
// such, but one name for two images says less than it seems to.
func (j *judge) digest(d difference, say sayer) {
	x, _, _ := strings.Cut(d.base.Text, "@")
	y, _, _ := strings.Cut(d.cand.Text, "@")
	switch {
	case d.base.Kind == Null || d.cand.Kind == Null: // the container is missing, which its definition tells
	case elide(j.b.canonical(x)) == elide(j.c.canonical(y)):
		say("version/digest", Warning, "%s: one name, but another image", d.path)
	case ownImage(repository(x)) && elide(j.b.canonical(repository(x))) == elide(j.c.canonical(repository(y))):
		say("version/release", Info, "%s: another release runs", d.path)
	default:
		say("version/image", Error, "%s differs", d.path)
	}
}

// actual is the version that runs, where the provider tells it beside the one
// that was asked for.
func actual(d difference, r *Resource) string {
	return r.Attributes.Get(d.attr + "_actual").Str()
}

// repository is a container image without its tag and digest, "" of a machine
// image.
func repository(image string) string {
	if strings.HasPrefix(image, "ami-") {
		return ""
	}
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i]
	}
	return image
}

// vendors are the namespaces of public registries whose images are platform,
// not the team's own releases.
var vendors = map[string]bool{
	"library": true, "amazon": true, "amazonlinux": true, "aws-observability": true, "aws-appmesh": true, "eks": true,
	"bitnami": true, "cloudflare": true, "confluentinc": true, "consul": true, "datadog": true, "elastic": true,
	"envoyproxy": true, "fluent": true, "fluentd": true, "gcr": true, "grafana": true, "hashicorp": true, "istio": true,
	"jaegertracing": true, "kong": true, "localstack": true, "mongodb": true, "newrelic": true, "nginx": true, "nginxinc": true,
	"opensearchproject": true, "otel": true, "open-telemetry": true, "prom": true, "prometheus": true, "rabbitmq": true,
	"redis": true, "timberio": true, "traefik": true, "vault": true, "google": true, "googlecontainertools": true, "docker": true,
	"aws-ec2": true, "xray": true, "nvidia": true, "oliver006": true, "sentry": true, "getsentry": true, "minio": true,
}

// publicHosts are registries that hold everybody's images; true for those that
// hold one vendor's only.
var publicHosts = map[string]bool{
	"docker.io": false, "index.docker.io": false, "public.ecr.aws": false, "quay.io": false, "ghcr.io": false, "gcr.io": false,
	"registry.gitlab.com": false, "us-docker.pkg.dev": false,
	"registry.k8s.io": true, "k8s.gcr.io": true, "mcr.microsoft.com": true, "nvcr.io": true, "docker.elastic.co": true,
	"container-registry.oracle.com": true,
}

// ownImage reports whether an image is the team's own release: from a private
// registry, or from a namespace that is no vendor's.
func ownImage(repository string) bool {
	host, rest, found := strings.Cut(repository, "/")
	if !found {
		return false // an official image: postgres, nginx
	}
	if !strings.ContainsAny(host, ".:") && host != "localhost" {
		return !vendors[host]
	}
	vendor, public := publicHosts[host]
	if vendor {
		return false
	}
	if !public {
		// A registry's own host; a pull-through cache names the vendor next.
		first, _, _ := strings.Cut(rest, "/")
		_, cached := publicHosts[first]
		return !vendors[first] && !cached && first != "docker-hub" && first != "ecr-public"
	}
	namespace, _, found := strings.Cut(rest, "/")
	return found && !vendors[namespace]
}

// numbers returns both values as numbers, of which an absent one is 0.
func (d difference) numbers() (base, cand float64, ok bool) {
	base, okB := d.base.Float()
	cand, okC := d.cand.Float()
	return base, cand, (okB || d.base.Kind == Null) && (okC || d.cand.Kind == Null)
}

// capacity judges a number that grows with the environment: right in scale,
// right in full, and an info anywhere between.
func (j *judge) capacity(u *unit, d difference, rule string, say sayer) {
	x, y, ok := d.numbers()
	if !ok {
		say("config/setting", Warning, "%s differs", d.path)
		return
	}
	if x < -1 && y < -1 { // scaling steps: by how many to shrink
		x, y = -x, -y
	}
	expected := j.k * x
	off := math.Abs(y - expected)
	if j.k != 1 && (off <= j.opt.Tolerance*expected || off < 1.5) && y > 0 {
		return
	}
	if j.flagged[u] && rule == "topology/proportion" {
		return // the tier's number of members is the cause, and is reported
	}
	severity := Info
	if rule == "topology/proportion" && j.k != 1 && (y < expected*(1-j.opt.Tolerance)/2 || y > x*(1+j.opt.Tolerance)) {
		severity = Warning
	}
	if rule == "topology/proportion" && j.k == 1 && !j.unscaled && off > j.opt.Tolerance*expected {
		severity = Warning
	}
	// -1 and 0 mean "no limit" or "not set" as often as a number.
	if (x <= 0) != (y <= 0) {
		say("config/setting", Warning, "%s is set in one environment only", d.path)
		return
	}
	if d.hidden() {
		say(rule, severity, "%s is not in proportion", d.path)
		return
	}
	say(rule, severity, "%s is %s, expected %s: scale %s of %s", d.path, number(y), number(expected), RatioText(j.k), number(x))
}

func number(f float64) string { return strconv.FormatFloat(round(f, 1), 'f', -1, 64) }

// size judges machines and volumes of other sizes.
func (j *judge) size(u *unit, d difference, a catalog.Aspect, say sayer) {
	const rule = "topology/size-family"
	switch {
	case a.Detail == "storage":
		j.capacity(u, d, "topology/storage", say)
	case d.base.Kind == Null || d.cand.Kind == Null:
		say(rule, Warning, "%s is %s", d.path, absence(d))
	case !d.base.IsScalar() || !d.cand.IsScalar():
		say(rule, Warning, "%s differs", d.path)
	case a.Detail == "machine":
		x, y := parseMachine(d.base.Text), parseMachine(d.cand.Text)
		switch {
		case x.family != y.family && d.hidden():
			say(rule, Warning, "%s is of another machine family", d.path)
		case x.family != y.family:
			say(rule, Warning, "%s is of another machine family: %s, not %s", d.path, y.family, x.family)
		case x.known && y.known && math.Abs(x.steps-y.steps) <= j.opt.SizeStep:
		case d.hidden():
			say(rule, Warning, "%s is of the same family, but of another size", d.path)
		default:
			say(rule, Warning, "%s is of the family %s, but of size %s, not %s", d.path, x.family, y.size, x.size)
		}
	default:
		x, okB := d.base.Float()
		y, okC := d.cand.Float()
		if okB && okC && x > 0 && y > 0 && math.Abs(math.Log2(x/y)) <= j.opt.SizeStep {
			return
		}
		say(rule, Warning, "%s: each member has another size", d.path)
	}
}

// monitoring judges what watches the environment: an error where it is
// weaker, an info where it is stronger.
func (j *judge) monitoring(u *unit, d difference, a catalog.Aspect, f *Finding, say sayer) {
	rule := "monitoring/" + a.Detail
	stronger, known := j.stronger(u, d, a.Stronger)
	switch {
	case known && stronger:
		say(rule, Info, "%s is stricter than in the baseline", d.path)
	case d.cand.Kind == Null:
		say(rule, Error, "%s is missing in the candidate", d.path)
	case d.base.Kind == Null && !known:
		say(rule, Info, "%s is not in the baseline", d.path)
	case known:
		say(rule, Error, "%s is weaker", d.path)
	case strings.Contains(d.base.Text+d.cand.Text, "\n"):
		f.Baseline, f.Candidate = j.firstLine(d)
		say(rule, Error, "%s differs, first at this line", d.path)
	default:
		say(rule, Error, "%s differs", d.path)
	}
}

// stronger reports whether the candidate's value watches more closely than
// the baseline's, where the direction is known.
func (j *judge) stronger(u *unit, d difference, direction string) (stronger, known bool) {
	if direction == "on" || direction == "" && truthy(d.base) != truthy(d.cand) && isSwitch(d.base) && isSwitch(d.cand) {
		return truthy(d.cand), true
	}
	x, y, ok := d.numbers()
	if !ok {
		return false, false
	}
	switch direction {
	case "higher":
		return y > x, true
	case "lower":
		return y < x, true
	case "higher-or-zero":
		return x != 0 && (y == 0 || y > x), true
	case "lower-nonzero":
		return y != 0 && (x == 0 || y < x), true
	case "operator":
		switch op := u.members()[0].Attributes.Get("comparison_operator").Str(); {
		case strings.HasPrefix(op, "Greater"):
			return y < x, true
		case strings.HasPrefix(op, "Less"):
			return y > x, true
		}
	}
	return false, false
}

// shown is a value as a report may show it.
func (j *judge) shown(v Value) any {
	if v.Masked {
		return Hidden
	}
	switch v.Kind {
	case Null:
		return nil
	case Bool:
		return v.Text == "true"
	case Number:
		if f, ok := v.Float(); ok && !math.IsInf(f, 0) && math.Abs(f) < 1e15 {
			return f
		}
		return v.Text
	case String:
		return cut(v.Text)
	case Secret:
		return Hidden
	}
	return cut(string(compact(v).AppendJSON(nil)))
}

// compact drops from a value what says nothing, so that a report shows the
// rest.
func compact(v Value) Value {
	v.Document = false
	if v.Masked {
		return Text(Hidden)
	}
	switch v.Kind {
	case Secret:
		return Text(Hidden)
	case Unknown:
		return Text("(known after apply)")
	case List:
		items := make([]Value, 0, len(v.Items()))
		for _, it := range v.Items() {
			items = append(items, compact(it))
		}
		return ListOf(items)
	case Object:
		var keys []string
		var items []Value
		for i, k := range v.Keys() {
			if it := v.Items()[i]; !it.Empty() {
				keys, items = append(keys, k), append(items, compact(it))
			}
		}
		return ObjectOf(keys, items)
	}
	return v
}

// maxShown is the length, in bytes, to which a report shows a value.
const maxShown = 400

func cut(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) <= maxShown {
		return s
	}
	end := maxShown
	for end > 0 && s[end]&0xc0 == 0x80 {
		end--
	}
	return s[:end] + "…"
}
