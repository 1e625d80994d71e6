package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// What an attribute can mean.
const (
	Identity   = "identity"   // never compared: ids, own names, timestamps, generated values
	Reference  = "reference"  // names another thing
	Version    = "version"    // Detail: engine, image, runtime, release, …
	Count      = "count"      // Detail: members, bound, capacity
	Size       = "size"       // Detail: machine, amount, storage
	Placement  = "placement"  // Detail: zone, standby
	Setting    = "setting"    // Detail: environment, parameter, policy, script, opaque, tag
	Secret     = "secret"     // never shown
	Monitoring = "monitoring" // Detail: the rule; Stronger: which change is for the better
)

// Aspect is what an attribute means.
type Aspect struct {
	Kind   string
	Detail string
	// Stronger says which way a monitoring setting gets better: higher, lower,
	// on, higher-or-zero (0 is without limit), lower-nonzero (0 is off),
	// operator (as the alarm compares); "" where any difference counts.
	Stronger string
}

// String writes the aspect as catalogue files do.
func (a Aspect) String() string {
	s := a.Kind
	if a.Detail != "" {
		s += "/" + a.Detail
	}
	if a.Stronger != "" {
		s += ":" + a.Stronger
	}
	return s
}

// Kinds are the kinds that a type can have, sorted.
func Kinds() []string { return slices.Sorted(slices.Values(kinds)) }

var kinds = []string{
	"alarm", "address", "api", "attachment", "auth", "balancer", "cache", "cdn", "certificate", "cluster",
	"compute", "dashboard", "database", "delivery", "dns", "document", "event", "filesystem", "firewall", "function",
	"health_check", "identity", "key", "log", "nat", "network", "parameter", "parameter_group", "part",
	"policy", "queue", "registry", "search", "secret", "storage", "stream", "subnet", "subnet_group",
	"target", "template", "topic", "utility", "waf", "workflow",
}

// details lists what may follow each aspect; nil: any word.
var details = map[string][]string{
	Identity:   {""},
	Reference:  {""},
	Version:    nil,
	Count:      {"members", "bound", "capacity"},
	Size:       {"machine", "amount", "storage"},
	Placement:  {"", "zone", "standby"},
	Setting:    {"", "environment", "parameter", "policy", "script", "opaque", "tag"},
	Secret:     {""},
	Monitoring: {"alarm", "log-group", "retention", "health-check", "metrics", "tracing", "dashboard"},
}

var stronger = []string{"higher", "lower", "on", "higher-or-zero", "lower-nonzero", "operator"}

// ParseAspect reads an aspect as catalogue files write it: "setting",
// "version/engine", "monitoring/retention:higher-or-zero".
func ParseAspect(text string) (Aspect, error) {
	head, dir, directed := strings.Cut(text, ":")
	kind, detail, _ := strings.Cut(head, "/")
	allowed, known := details[kind]
	switch {
	case !known:
		return Aspect{}, fmt.Errorf("%q is no aspect; one of: identity, reference, version/…, count/…, size/…, placement, setting, secret, monitoring/…", text)
	case allowed == nil && detail == "":
		return Aspect{}, fmt.Errorf("%q says not what of; write for example %s/engine", text, kind)
	case allowed != nil && !slices.Contains(allowed, detail):
		return Aspect{}, fmt.Errorf("%q is no kind of %s; one of: %s", detail, kind, strings.Join(allowed, ", "))
	case directed && (kind != Monitoring || !slices.Contains(stronger, dir)):
		return Aspect{}, fmt.Errorf("%q is no direction of a monitoring aspect; one of: %s", dir, strings.Join(stronger, ", "))
	}
	return Aspect{Kind: kind, Detail: detail, Stronger: dir}, nil
}
