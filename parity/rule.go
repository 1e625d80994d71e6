package parity

import (
	"fmt"
	"strings"

	"github.com/maquette/maquette/internal/glob"
)

// Severity orders findings. The zero value is Info.
type Severity uint8

// The severities, least first.
const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = []string{"info", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity's name.
func (s *Severity) UnmarshalText(text []byte) error {
	for i, n := range severityNames {
		if n == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no severity; one of: info, warning, error", text)
}

// Dimensions are the respects in which environments are compared, in the
// order of reports.
var Dimensions = []string{"versions", "topology", "configuration", "monitoring", "management"}

// Rule is one thing that parity asks for. Its ID is stable.
type Rule struct {
	ID       string
	Severity Severity // by default
	Fires    string   // when, in one sentence
	Why      string   // why it matters
	Help     string   // how to mend it
}

// Dimension is the dimension of the rule's findings.
func (r Rule) Dimension() string {
	switch head, _, _ := strings.Cut(r.ID, "/"); head {
	case "version":
		return "versions"
	case "one-box", "topology":
		return "topology"
	case "monitoring", "management":
		return head
	}
	return "configuration"
}

// Rules is every rule, in the order of reports.
var Rules = []Rule{
	{
		"one-box/single-member", Error, "a tier of two or more members in the baseline has one in the candidate",
		"With one member nothing that happens between members can be seen: sessions that stick, caches that disagree, rolling deploys, failover, lock contention.",
		"Give the tier at least two members (--minimum), or as many as the scale asks for.",
	},
	{
		"one-box/missing-tier", Error, "a tier of the baseline has no counterpart in the candidate",
		"What is not there cannot be tested: every code path that talks to this tier runs for the first time in production.",
		"Add the tier to the candidate. If it is there under another name, give both the same tag Role or Service.",
	},
	{
		"one-box/collapsed", Error, "several tiers of the baseline live on one host, instance or cluster in the candidate",
		"Tiers that share a box share memory, disk, network and fate; the boundaries that fail in production do not exist here.",
		"Give each tier its own place, as the baseline does.",
	},
	{
		"one-box/single-zone", Error, "a tier spans availability zones in the baseline and does not in the candidate",
		"Latency between zones, the loss of a zone and the balance over zones cannot be tested in one.",
		"Spread the tier over at least two zones.",
	},
	{
		"one-box/no-balancer", Error, "a tier stands behind a load balancer in the baseline and does not in the candidate",
		"Health checks, draining, timeouts, headers and TLS all happen at the balancer.",
		"Put the tier behind a balancer of the same kind.",
	},
	{
		"one-box/no-replica", Error, "the baseline has replicas, a standby or failover, the candidate has none",
		"Replication lag, reads from replicas and failover are what breaks; without a replica they never happen.",
		"Add a replica or switch the standby on, of the smallest size that the family has.",
	},
	{
		"topology/proportion", Warning, "the number of members, or a capacity, is off what the scale asks for by more than the tolerance",
		"A model whose parts are scaled differently moves the bottleneck: what saturates first is not what saturates first in production.",
		"Set the number that the scale asks for, or declare the scale you mean (--ratio, --minimum, --tolerance).",
	},
	{
		"topology/size-family", Warning, "machines are of another family, or of another size within it",
		"Other families have other processors, credits, network and memory per core: what is measured here says little about production.",
		"Use the baseline's family and size, and scale by number of members.",
	},
	{
		"topology/storage", Info, "a volume is of another size than the scale explains",
		"Provisioned throughput often follows size; small volumes also fill up first.",
		"Scale the volume as the tiers are scaled.",
	},
	{
		"topology/extra-tier", Info, "the candidate has a tier that the baseline lacks",
		"It may be the next release, or something left over.",
		"Remove it if nothing needs it.",
	},
	{
		"version/engine", Error, "the version of a database, cache, broker or other engine differs",
		"Query planners, defaults, bugs and protocol change between versions; tests on one version say little about the other.",
		"Bring both to the same version, the candidate first.",
	},
	{
		"version/image", Error, "a machine image or platform container image differs",
		"Kernel, libraries and agents come with the image.",
		"Build both environments from the same image.",
	},
	{
		"version/digest", Warning, "containers of one image name run another image",
		"A tag can be moved: what was tested under a name need not be what runs under it in production.",
		"Deploy the same image to both, and name it by its digest or by tags that do not change.",
	},
	{
		"version/package", Warning, "a package that is installed on the machines is of another version, or on one side only",
		"Libraries that are patched in place drift from the image that they came with.",
		"Build both from one image, or patch both; rebuild what was patched by hand.",
	},
	{
		"version/agent", Info, "the agent that manages the machines is of another version",
		"Agents update themselves; what they can do and how they are told differs between versions.",
		"Update it in both, the candidate first.",
	},
	{
		"version/maintenance", Info, "maintenance is pending in one environment and not, or another, in the other",
		"What AWS will change in the next window changes the version that runs: rightly in the candidate first.",
		"Apply it to the candidate, test, then to the baseline.",
	},
	{
		"version/runtime", Error, "a language runtime differs",
		"Code that passes on one runtime can fail on the other.",
		"Set the same runtime, the candidate first.",
	},
	{
		"version/platform", Error, "the version of a platform (Kubernetes, Fargate, operating system) differs",
		"Schedulers, APIs and defaults change between platform versions.",
		"Bring both to the same version, the candidate first.",
	},
	{
		"version/layer", Error, "a function layer or extension differs",
		"Layers are code that runs beside yours.",
		"Use the same layer version in both.",
	},
	{
		"version/addon", Error, "the version of an add-on differs",
		"Add-ons (network, DNS, storage drivers) are part of the platform.",
		"Use the same add-on version in both.",
	},
	{
		"version/ca", Error, "another certificate authority is in use",
		"Clients that trust one authority may refuse the other.",
		"Rotate the candidate first, then the baseline.",
	},
	{
		"version/provider", Error, "the environments were made with different provider versions",
		"Providers change defaults and behaviour between versions; the next apply may change one environment and not the other.",
		"Pin one version in both and commit the lock file.",
	},
	{
		"version/module", Error, "the environments use different versions of a module",
		"A change of the module reaches production untested.",
		"Pin the same module version in both, the candidate first.",
	},
	{
		"version/terraform", Info, "different versions of Terraform wrote the states",
		"Harmless as a rule; a newer Terraform can write what an older one cannot read.",
		"Use one version, pinned with required_version.",
	},
	{
		"version/release", Info, "the application's own release differs",
		"The candidate may rightly be ahead: that is what it is for.",
		"Nothing, if the candidate is ahead; deploy if it is behind.",
	},
	{
		"config/setting", Warning, "a setting differs",
		"A setting that differs is a difference in behaviour that no test here can see.",
		"Set the same value, or waive it with a reason.",
	},
	{
		"config/type", Warning, "a value in a document is of another type: the text \"true\" and true, a text and a number, a list and one value",
		"Code that gets a text where it expects a switch or a number fails, or takes any text for true.",
		"Write it in both in the same way; quotes make a text.",
	},
	{
		"config/environment", Warning, "an environment variable differs",
		"The same code behaves differently under other variables.",
		"Set the same value, or derive both from one definition.",
	},
	{
		"config/parameter", Warning, "a parameter differs",
		"Parameters steer the application or the engine; tests under other values test something else.",
		"Set the same value, or derive both from one definition.",
	},
	{
		"config/policy", Warning, "a policy document differs",
		"A permission that only one environment grants shows up as a failure, or as a hole, in production.",
		"Make both policies from one template.",
	},
	{
		"config/reference", Warning, "something refers to another thing than its counterpart does",
		"It is wired differently: traffic, rights or data take another way.",
		"Wire it as the baseline is.",
	},
	{
		"config/foreign-reference", Warning, "the candidate refers to a resource or host of the baseline",
		"A test could change production's data, and what it reads is not under test.",
		"Point it to the candidate's own resource.",
	},
	{
		"config/shared-secret", Info, "both environments hold the same secret",
		"Whoever can read the candidate's secrets can then enter the baseline.",
		"Give each environment its own.",
	},
	{
		"config/script", Warning, "a start-up script differs",
		"Machines that start differently are different machines.",
		"Render both from one template.",
	},
	{
		"config/opaque", Info, "content of which only a digest is known differs",
		"It may carry no more than the environment's name; a digest cannot tell.",
		"Compare the sources of both.",
	},
	{
		"config/order", Warning, "the order of a list that is ordered differs",
		"Where order counts (commands, rules, behaviours) another order is another meaning.",
		"Write both in the same order.",
	},
	{
		"config/tag", Info, "a tag differs",
		"Tags steer backups, budgets and access in many places.",
		"Tag both in the same way.",
	},
	{
		"config/missing-key", Error, "a key that one environment has is absent in the other",
		"Code that reads the key falls back to a default, or fails, in one environment only.",
		"Add the key, or remove it from both.",
	},
	{
		"config/missing-resource", Error, "a supporting resource of the baseline (rule, role, policy, setting), or a document of either, has no counterpart",
		"What it grants, guards or sets is not there to be tested.",
		"Add it to the candidate, best by making both from one module.",
	},
	{
		"config/extra-resource", Info, "the candidate has a supporting resource that the baseline lacks",
		"It may be the next release, or something left over.",
		"Remove it if nothing needs it.",
	},
	{
		"monitoring/alarm", Error, "an alarm of the baseline has no counterpart, or a weaker one",
		"Alarms are code too: one that never ran in staging fails, or stays silent, in production.",
		"Create the same alarms; send them elsewhere if need be.",
	},
	{
		"monitoring/log-group", Error, "logs of the baseline are not kept in the candidate",
		"Without the log a failed test cannot be explained.",
		"Create the same log groups and exports.",
	},
	{
		"monitoring/retention", Error, "logs are kept for a shorter time",
		"What happened before the retention cannot be looked up when a slow failure shows.",
		"Keep logs for as long as the baseline does.",
	},
	{
		"monitoring/health-check", Error, "a health check has no counterpart, or is weaker",
		"Deploys, failover and scaling all follow the health check; tested with a weaker one they pass too easily.",
		"Use the same health check.",
	},
	{
		"monitoring/metrics", Error, "metrics are collected less closely",
		"Staging must be monitored as production is, else what a release does to it goes unseen.",
		"Switch on the same metrics.",
	},
	{
		"monitoring/tracing", Error, "tracing is weaker",
		"Tracing costs and changes timing; it must be tested as it runs.",
		"Switch on the same tracing.",
	},
	{
		"monitoring/dashboard", Error, "a dashboard of the baseline has no counterpart, or differs",
		"People watch a release on it; they should see the same picture before.",
		"Make both dashboards from one template.",
	},
	{
		"management/method", Warning, "candidate and baseline are built in different ways: other modules, other kinds of resource",
		"What is built in another way differs in more than can be compared.",
		"Build both from the same module.",
	},
	{
		"management/unmanaged", Warning, "a live resource of the candidate is in no Terraform state",
		"Somebody made it by hand. It is not made again when the environment is, and nobody notices when it goes.",
		"Import it (terraform import), or take it away.",
	},
	{
		"management/ghost", Warning, "a resource of the candidate is in the Terraform state and does not exist",
		"Somebody has taken it away. What the state says of the environment is not so.",
		"Apply once more, or remove it from the state (terraform state rm) and from the configuration.",
	},
	{
		"management/tainted", Warning, "a resource of the candidate is tainted: Terraform will replace it",
		"Its last creation failed half-way; it may not be what its attributes say.",
		"Apply once more, or untaint it after a look.",
	},
	{
		"management/deposed", Info, "an object that was replaced could not be deleted yet",
		"It still costs and may still answer.",
		"Apply once more; look at why its deletion failed.",
	},
	{
		waiverExpired, Warning, "a waiver has expired: what it covered counts again",
		"What was accepted for a time is accepted no more; an end that nobody sees is none.",
		"Mend what it covered and remove it, or give it a new date and a reason that still holds.",
	},
	{
		waiverUnused, Info, "a waiver covers nothing, though all of its rules was looked at",
		"What it was for is mended, or is called otherwise now; left there, it would accept the next one unseen.",
		"Remove it, or write what it is to cover.",
	},
	{
		waiverExpiring, Info, "a waiver expires within 14 days",
		"When it has expired, what it covers counts again, and a pipeline may stop at it.",
		"Mend what it covers in time, or talk to its owner.",
	},
	{
		ignoreUnused, Info, "what the policy ignores is nowhere",
		"It would leave out the next difference of that kind, which nobody has looked at.",
		"Remove it, or write what it is to leave out.",
	},
}

var ruleByID = func() map[string]*Rule {
	m := make(map[string]*Rule, len(Rules))
	for i := range Rules {
		m[Rules[i].ID] = &Rules[i]
	}
	return m
}()

// RuleFor returns a rule. Version rules that no entry names (a catalogue may
// say version/word), and those of users' own, are described by what they have
// in common.
func RuleFor(id string) (Rule, bool) {
	if r := ruleByID[id]; r != nil {
		return *r, true
	}
	if word, ok := strings.CutPrefix(id, "version/"); ok && word != "" {
		r := *ruleByID["version/platform"]
		r.ID, r.Fires = id, "the version of "+word+" differs"
		return r, true
	}
	if name, ok := strings.CutPrefix(id, CustomGroup); ok && name != "" {
		return Rule{
			id, Error, "a condition that you have set yourselves does not hold",
			"Somebody has seen that it matters, and has written it down beforehand.",
			"See where the rule is declared: in the parity block of a definition, or in a policy file.",
		}, true
	}
	return Rule{}, false
}

// matches reports whether a pattern names the rule or its dimension.
func (r Rule) matches(pattern string) bool { return matches(pattern, r.ID, r.Dimension()) }

// matches reports whether a pattern names a rule or its dimension: an ID, a
// group ("one-box"), a glob ("version/*") or a dimension.
func matches(pattern, rule, dimension string) bool {
	if pattern == dimension || strings.HasPrefix(rule, pattern+"/") {
		return true
	}
	return glob.Match(pattern, rule)
}

// KnownPattern reports whether a pattern can match any rule. Rules of users'
// own may be anywhere.
func KnownPattern(pattern string) bool {
	for _, r := range Rules {
		if r.matches(pattern) {
			return true
		}
	}
	return strings.HasPrefix(pattern, "version/") || strings.HasPrefix(pattern+"/", CustomGroup)
}
