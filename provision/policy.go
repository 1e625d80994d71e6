package provision

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/maquette/maquette/parity"
)

// ParityPolicy is how an environment is compared with its model: a `parity` block, or a file that holds what one does.
type ParityPolicy struct {
	FailOn    string   // "error", "warning", "info"; "": the default
	Tolerance *float64 // nil: the default
	SizeStep  *float64 // nil: the default
	Severity  []RuleSeverity
	Ignore    []Ignore
	Waive     []Waive
	Rules     []Rule `json:",omitempty"`
	Range     hcl.Range
}

// RuleSeverity is what findings of a rule count as, instead of the rule's default.
type RuleSeverity struct {
	Rule   string // an ID, a dimension or a pattern, as "version/*"
	Level  parity.Severity
	Reason string
	Range  hcl.Range
}

// Ignore leaves differences out. Those fields that are given have to match.
type Ignore struct {
	Rule      string // an ID, a dimension or a pattern
	Type      string // of the resource
	Attribute string // path, with all that is below it
	Address   string
	Reason    string
	Range     hcl.Range
}

// Waive accepts findings of a rule, on purpose and for a time. Tier, Address and Path are patterns, in which * stands for
// any characters; "" matches everything.
type Waive struct {
	Rule    string // an ID, a dimension or a pattern
	Tier    string
	Address string
	Path    string
	Reason  string
	Owner   string
	Expires time.Time // a date; accepted through that day
	Range   hcl.Range
}

// ParsePolicy decodes a file whose top level is the content of a `parity` block. The policy is never nil.
func ParsePolicy(file File) (*ParityPolicy, hcl.Diagnostics) {
	parsed, diags := parseFile(file)
	if diags.HasErrors() {
		return &ParityPolicy{}, diags
	}
	d := &decoder{bytes: file.Data}
	policy := d.parity(parsed.Body, topOf(file.Name))
	for _, diag := range d.diags {
		if strings.HasPrefix(diag.Detail, `Blocks of type "parity" `) || strings.HasPrefix(diag.Detail, `Blocks of type "environment" `) {
			diag.Detail = "A policy holds at its top level what a \"parity\" block has in it, without a block around it."
		}
	}
	sortDiagnostics(d.diags)
	return policy, d.diags
}

// Over lays a policy over another: single values are taken from the first that has them, all else adds up. Of the
// severities of a rule, the last one counts. Either may be nil.
func (p *ParityPolicy) Over(under *ParityPolicy) *ParityPolicy {
	if p == nil || under == nil {
		return cmp.Or(p, under)
	}
	laid := *p
	if laid.FailOn == "" {
		laid.FailOn = under.FailOn
	}
	laid.Tolerance = cmp.Or(p.Tolerance, under.Tolerance)
	laid.SizeStep = cmp.Or(p.SizeStep, under.SizeStep)
	laid.Severity = slices.Concat(under.Severity, p.Severity)
	laid.Ignore = slices.Concat(under.Ignore, p.Ignore)
	laid.Waive = slices.Concat(under.Waive, p.Waive)
	// A rule of a name takes the place of another.
	laid.Rules = slices.DeleteFunc(slices.Clone(under.Rules), func(r Rule) bool {
		return slices.ContainsFunc(p.Rules, func(own Rule) bool { return own.ID == r.ID })
	})
	laid.Rules = append(laid.Rules, p.Rules...)
	return &laid
}
