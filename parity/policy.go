package parity

import (
	"path"
	"strings"
)

// Ignore says that differences of an attribute are none. Empty fields match everything.
type Ignore struct {
	Type      string // of the resource
	Attribute string // path, with all that is below it
	Address   string // as in a report, without instance keys if it has none; * stands for any characters but /
}

// Waive accepts findings on purpose. Whether it has expired is for the caller to say, who has a clock: what is given
// here holds. Empty fields match everything.
type Waive struct {
	Rule    string // as "one-box/no-replica", "monitoring/*", or a dimension
	Tier    string
	Address string // as of Ignore
	Waiver  Waiver
}

// ignored reports whether a finding is of a difference that is none.
func (j *judge) ignored(f Finding) bool {
	for _, ig := range j.opt.Ignore {
		if f.about(ig.Address) && f.ofType(ig.Type) && below(f.Path, ig.Attribute) {
			return true
		}
	}
	return false
}

// waiver is that of a finding; nil where nobody accepts it.
func (j *judge) waiver(f Finding) *Waiver {
	for i := range j.opt.Waive {
		w := &j.opt.Waive[i]
		if matches(w.Rule, f.Rule, f.Dimension) && f.about(w.Address) && (w.Tier == "" || f.Tier != nil && *f.Tier == w.Tier) {
			return &w.Waiver
		}
	}
	return nil
}

// about reports whether either of the finding's subjects has an address.
func (f Finding) about(pattern string) bool {
	if pattern == "" {
		return true
	}
	for _, address := range []string{f.Subject.Baseline, f.Subject.Candidate} {
		for _, name := range []string{address, WithoutKeys(address)} {
			if ok, err := path.Match(pattern, name); name != "" && (name == pattern || err == nil && ok) {
				return true
			}
		}
	}
	return false
}

// ofType reports whether either of the finding's subjects is of a resource type.
func (f Finding) ofType(typ string) bool {
	if typ == "" {
		return true
	}
	for _, address := range []string{f.Subject.Baseline, f.Subject.Candidate} {
		steps := strings.Split(WithoutKeys(address), ".")
		if len(steps) >= 2 && steps[len(steps)-2] == typ {
			return true
		}
	}
	return false
}

// below reports whether a path is an attribute or lies in it.
func below(p, attribute string) bool {
	rest, ok := strings.CutPrefix(p, attribute)
	return attribute == "" || ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
