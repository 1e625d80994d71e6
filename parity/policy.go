package parity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maquette/maquette/internal/glob"
	"github.com/maquette/maquette/internal/plural"
)

// In Tier, Type, Attribute, Address and Path of what follows, * stands for any characters, and "" matches everything.
// A Rule is an ID, a group ("one-box"), a pattern ("version/*") or a dimension.

// RuleSeverity sets what findings of a rule count as.
type RuleSeverity struct {
	Rule  string
	Level Severity
}

// Ignore says that differences are none.
type Ignore struct {
	Rule      string
	Type      string // of the resource
	Attribute string // path, with all that is below it
	Address   string // as in a report, without instance keys if it has none
	Reason    string
	Location  *Location // of the block that says so; nil: none does
}

// Waive accepts findings on purpose.
type Waive struct {
	Rule     string
	Tier     string
	Address  string // as of Ignore
	Path     string
	Waiver   Waiver
	Location *Location // as of Ignore
}

// Ignored is an Ignore and how many findings it has taken out of the report.
type Ignored struct {
	Rule      string    `json:"rule,omitempty"`
	Type      string    `json:"type,omitempty"`
	Attribute string    `json:"attribute,omitempty"`
	Address   string    `json:"address,omitempty"`
	Reason    string    `json:"reason"`
	Findings  int       `json:"findings"`
	Location  *Location `json:"location,omitempty"`
}

// soon is how long before its expiry a waiver is told of.
const soon = 14 * 24 * time.Hour

// Rules of the policy itself. No policy can accept what breaks them.
const (
	waiverExpired  = "management/waiver-expired"
	waiverUnused   = "management/waiver-unused"
	waiverExpiring = "management/waiver-expiring"
	ignoreUnused   = "management/ignore-unused"
)

// ofPolicy reports whether a rule is about the policy and not about the environments.
func ofPolicy(rule string) bool {
	return rule == waiverExpired || rule == waiverUnused || rule == waiverExpiring || rule == ignoreUnused
}

// Acceptable reports whether findings of any rule that a pattern names can be ignored and waived: those that are about
// waivers cannot.
func Acceptable(pattern string) bool {
	for _, rule := range Rules {
		if rule.matches(pattern) && !ofPolicy(rule.ID) {
			return true
		}
	}
	return !KnownPattern(pattern) || strings.HasPrefix(pattern, "version/") || strings.HasPrefix(pattern+"/", CustomGroup)
}

// applyPolicy gives a finding the severity and the waiver that the policy has for it, and reports whether it stays: it
// is taken out where the policy ignores it, or where it was not asked for.
func (j *judge) applyPolicy(f *Finding) bool {
	wanted, first := j.wanted(f.Rule, f.Dimension), true
	for i, ig := range j.opt.Ignore {
		if !ig.matches(*f) {
			continue
		}
		j.ignored[i]++
		if first && wanted {
			j.takenOut[i]++
		}
		first = false
	}
	if !first {
		return false
	}
	for i, w := range j.opt.Waive {
		if !w.matches(*f) {
			continue
		}
		j.waived[i]++
		if f.Waiver == nil && !j.expired(w) {
			f.Waiver = &j.opt.Waive[i].Waiver
		}
	}
	f.Severity = j.severity(*f)
	return wanted
}

// judgePolicy tells what the policy has taken out, and adds what is wrong with the policy itself.
func (j *judge) judgePolicy() {
	for i, ig := range j.opt.Ignore {
		if j.takenOut[i] > 0 {
			j.report.Ignored = append(j.report.Ignored, Ignored{ig.Rule, ig.Type, ig.Attribute, ig.Address, ig.Reason, j.takenOut[i], ig.Location})
		}
		if j.ignored[i] == 0 && j.lookedAt(ig.Rule) {
			j.accuse(ignoreUnused, ig.Location, "there is no difference to ignore, of "+ig.String(), ig.String())
		}
	}
	for i, w := range j.opt.Waive {
		j.judgeWaiver(w, j.waived[i])
	}
}

// judgeWaiver says what is wrong with a waiver that matches a number of findings.
func (j *judge) judgeWaiver(w Waive, matched int) {
	expires, left := w.Waiver.Expires, j.left(w)
	says := func(rule, format string, args ...any) {
		j.accuse(rule, w.Location, fmt.Sprintf("the waiver of %s, owned by %s, %s", w, w.Waiver.Owner, fmt.Sprintf(format, args...)), w.String())
	}
	switch {
	case j.expired(w) && matched > 0:
		says(waiverExpired, "expired on %s, and %s would still need it", expires, plural.Count(matched, "finding"))
	case j.expired(w) && j.lookedAt(w.Rule):
		says(waiverExpired, "expired on %s, and nothing needs it", expires)
	case j.expired(w):
		says(waiverExpired, "expired on %s", expires)
	case matched == 0 && j.lookedAt(w.Rule):
		says(waiverUnused, "until %s, covers nothing", expires)
	case left <= soon:
		says(waiverExpiring, "expires on %s", expires)
	}
}

// accuse adds a finding of the policy itself. What names its block, by which the finding is known from run to run.
func (j *judge) accuse(rule string, at *Location, message, what string) {
	r := j.rule(rule)
	if !j.wanted(rule, r.Dimension()) {
		return
	}
	f := Finding{Rule: rule, Dimension: r.Dimension(), Severity: r.Severity, Message: message, Help: r.Help, Location: at, key: what}
	f.Severity = j.severity(f)
	j.enter(f)
}

// left is how long a waiver still holds: less than nothing where it has expired.
func (j *judge) left(w Waive) time.Duration {
	expires, err := time.Parse(time.DateOnly, w.Waiver.Expires)
	if err != nil || j.opt.Today.IsZero() {
		return 2 * soon // for good, as far as anybody has said
	}
	y, m, d := j.opt.Today.Date()
	return expires.Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

func (j *judge) expired(w Waive) bool { return j.left(w) < 0 }

// lookedAt reports whether all was looked at that a pattern of rules names: only then can be said that nothing is there.
func (j *judge) lookedAt(pattern string) bool {
	if len(j.report.Incomplete) > 0 {
		return false
	}
	left := func(rule, dimension string) bool {
		return (pattern == "" || matches(pattern, rule, dimension)) && !ofPolicy(rule) && !j.wanted(rule, dimension)
	}
	return !slices.ContainsFunc(Rules, func(r Rule) bool { return left(r.ID, r.Dimension()) }) &&
		!slices.ContainsFunc(j.opt.Custom, func(r CustomRule) bool { return left(r.ID, r.dimension()) })
}

// severity is what a finding counts as. One that is milder than its rule, as within a tolerance, stays so.
func (j *judge) severity(f Finding) Severity {
	level := f.Severity
	for _, s := range j.opt.Severity {
		switch {
		case !matches(s.Rule, f.Rule, f.Dimension):
		case f.Severity < j.rule(f.Rule).Severity:
			level = min(f.Severity, s.Level)
		default:
			level = s.Level
		}
	}
	return level
}

// isIgnored reports whether a finding is of a difference that is none.
func (j *judge) isIgnored(f Finding) bool {
	return slices.ContainsFunc(j.opt.Ignore, func(ig Ignore) bool { return ig.matches(f) })
}

func (ig Ignore) matches(f Finding) bool {
	return (ig.Rule == "" || matches(ig.Rule, f.Rule, f.Dimension)) && f.about(ig.Address) && f.ofType(ig.Type) && below(f.Path, ig.Attribute)
}

func (w Waive) matches(f Finding) bool {
	return matches(w.Rule, f.Rule, f.Dimension) && f.about(w.Address) && (w.Tier == "" || glob.Match(w.Tier, deref(f.Tier))) && (w.Path == "" || glob.Match(w.Path, f.Path))
}

// String names what is ignored.
func (ig Ignore) String() string {
	return phrase("", "rule", ig.Rule, "type", ig.Type, "attribute", ig.Attribute, "address", ig.Address)
}

// String names what is ignored.
func (ig Ignored) String() string {
	return Ignore{Rule: ig.Rule, Type: ig.Type, Attribute: ig.Attribute, Address: ig.Address}.String()
}

// String names what is waived.
func (w Waive) String() string {
	return phrase(w.Rule, "tier", w.Tier, "address", w.Address, "path", w.Path)
}

// phrase joins pairs of a name and a text to a sentence; those without a text are left out.
func phrase(first string, pairs ...string) string {
	var words []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			words = append(words, pairs[i]+" "+pairs[i+1])
		}
	}
	if first != "" && len(words) > 0 {
		return first + " (" + strings.Join(words, ", ") + ")"
	}
	return first + strings.Join(words, ", ")
}

// Waive is the narrowest waiver of a finding, as yet without reason, owner and expiry.
func (f Finding) Waive() Waive {
	address := f.Subject.Baseline
	if address == "" {
		address = f.Subject.Candidate
	}
	return Waive{Rule: f.Rule, Tier: glob.Escape(deref(f.Tier)), Address: glob.Escape(address), Path: glob.Escape(f.Path)}
}

// Waives returns those of the report's findings that a waiver covers.
func (r *Report) Waives(w Waive) []Finding {
	var covered []Finding
	for _, f := range r.Findings {
		if !ofPolicy(f.Rule) && w.matches(f) {
			covered = append(covered, f)
		}
	}
	return covered
}

// about reports whether either of the finding's subjects has an address.
func (f Finding) about(pattern string) bool {
	if pattern == "" {
		return true
	}
	for _, address := range []string{f.Subject.Baseline, f.Subject.Candidate} {
		if address != "" && (glob.Match(pattern, address) || glob.Match(pattern, WithoutKeys(address))) {
			return true
		}
	}
	return false
}

// ofType reports whether either of the finding's subjects is of a resource type.
func (f Finding) ofType(pattern string) bool {
	if pattern == "" {
		return true
	}
	for _, address := range []string{f.Subject.Baseline, f.Subject.Candidate} {
		steps := strings.Split(WithoutKeys(address), ".")
		if len(steps) >= 2 && glob.Match(pattern, steps[len(steps)-2]) {
			return true
		}
	}
	return false
}

// below reports whether a path is an attribute or lies in it.
func below(p, pattern string) bool {
	if pattern == "" || glob.Match(pattern, p) {
		return true
	}
	for i := range len(p) {
		if (p[i] == '.' || p[i] == '[') && glob.Match(pattern, p[:i]) {
			return true
		}
	}
	return false
}
