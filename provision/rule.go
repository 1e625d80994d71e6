package provision

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/maquette/maquette/parity"
)

// Rule is a `rule "custom/…"` block.
type Rule struct {
	ID        string
	Severity  parity.Severity
	Dimension string // "": configuration
	Help      string
	Match     parity.Match
	Condition Expression // true where the rule holds
	Message   Expression // what is wrong where it does not
	Range     hcl.Range
}

// ruleNames are what the expressions of rules see.
var ruleNames = []string{"baseline", "candidate", "kind", "members", "tier", "type"}

// reserved are the names in baseline and candidate that are no attributes; attributes of these names are in
// baseline.attributes.
var reserved = []string{"address", "attributes", "canonical"}

// CustomRules makes rules ready to be asked by parity. Shown names files as users do, in what is said of expressions
// that cannot be evaluated.
func CustomRules(rules []Rule, shown func(file string) string) []parity.CustomRule {
	var custom []parity.CustomRule
	baseline, candidate := needsOf(rules, "baseline"), needsOf(rules, "candidate")
	for _, rule := range rules {
		check := &ruleCheck{rule: rule, shown: shown, baseline: baseline, candidate: candidate}
		check.evaluators.New = func() any {
			made, _ := newSandbox(rule.Condition, rule.Message) // no errors: it was made before, when the rule was decoded
			return made
		}
		help := rule.Help
		if help == "" {
			help = fmt.Sprintf("Make it hold: %s", oneLine(rule.Condition.Text))
		}
		custom = append(custom, parity.CustomRule{
			Rule: parity.Rule{
				ID: rule.ID, Severity: rule.Severity, Help: help,
				Fires: "this does not hold: " + oneLine(rule.Condition.Text),
				Why:   "It was written down beforehand, at " + shown(place(rule.Range)) + ".",
			},
			Dimension: rule.Dimension, Match: rule.Match, Check: check.judge,
		})
	}
	return custom
}

// oneLine is a text, or an expression, without its layout.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// ruleCheck judges pairs by one rule.
type ruleCheck struct {
	rule                Rule
	shown               func(string) string
	baseline, candidate needs     // of all rules together: what a pair is to one, it is to all
	evaluators          sync.Pool // of *sandbox
}

// needs are the attributes of one side that rules refer to, and where.
type needs struct {
	attributes, canonical map[string][]hcl.Range
	whole                 bool // it may refer to any
}

// needsOf looks for what the expressions of rules refer to below a name.
func needsOf(rules []Rule, root string) needs {
	n := needs{attributes: map[string][]hcl.Range{}, canonical: map[string][]hcl.Range{}}
	var sources []Expression
	for _, rule := range rules {
		sources = append(sources, rule.Condition, rule.Message)
	}
	for _, source := range sources {
		expr, _ := source.parse() // no errors: the rules were decoded
		compared := comparedWithNull(expr)
		for _, t := range expr.Variables() {
			if t.RootName() != root {
				continue
			}
			into, at := n.attributes, 1
			name, _, ok := step(t, 1)
			switch {
			case !ok && compared[t.SourceRange()], name == "address":
				continue
			case name == "attributes":
				at = 2
			case name == "canonical":
				into, at = n.canonical, 2
			}
			if name, _, ok = step(t, at); !ok {
				n.whole = true
				continue
			}
			into[name] = append(into[name], t.SourceRange())
		}
	}
	return n
}

// comparedWithNull are the places of what is compared with null: to know whether there is a resource, its attributes are
// not needed.
func comparedWithNull(expr hclsyntax.Expression) map[hcl.Range]bool {
	places := map[hcl.Range]bool{}
	isNull := func(e hclsyntax.Expression) bool {
		literal, ok := e.(*hclsyntax.LiteralValueExpr)
		return ok && literal.Val.IsNull()
	}
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		if op, ok := node.(*hclsyntax.BinaryOpExpr); ok && (isNull(op.LHS) || isNull(op.RHS)) {
			places[op.LHS.Range()], places[op.RHS.Range()] = true, true
		}
		return nil
	})
	return places
}

// object is one side as expressions see it: null where there is none. Attributes that no resource of the type has are
// left out.
func (n *needs) object(side *parity.PairSide) cty.Value {
	if side == nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	attributes, canonical := map[string]cty.Value{}, map[string]cty.Value{}
	take := func(into map[string]cty.Value, name string, value parity.Value, known bool) {
		if known {
			into[name] = observed(value)
		}
	}
	if n.whole {
		for _, name := range side.Attributes() {
			value, known := side.Attribute(name)
			take(attributes, name, value, known)
			value, known = side.Canonical(name)
			take(canonical, name, value, known)
		}
	}
	for name := range n.attributes {
		value, known := side.Attribute(name)
		take(attributes, name, value, known)
	}
	for name := range n.canonical {
		value, known := side.Canonical(name)
		take(canonical, name, value, known)
	}
	object := maps.Clone(attributes)
	object["address"] = cty.StringVal(side.Address)
	object["attributes"] = cty.ObjectVal(attributes)
	object["canonical"] = cty.ObjectVal(canonical)
	return cty.ObjectVal(object)
}

// variables are what the expressions of all rules see of a pair.
func (c *ruleCheck) variables(pair parity.Pair) map[string]cty.Value {
	if kept, ok := (*pair.Kept).(map[string]cty.Value); ok {
		return kept
	}
	members := func(side *parity.PairSide) cty.Value {
		switch {
		case side == nil:
			return cty.Zero
		case side.Members < 0:
			return cty.UnknownVal(cty.Number)
		}
		return cty.NumberIntVal(int64(side.Members))
	}
	variables := map[string]cty.Value{
		"type": cty.StringVal(pair.Type), "kind": cty.StringVal(pair.Kind), "tier": cty.StringVal(pair.Tier),
		"baseline": c.baseline.object(pair.Baseline), "candidate": c.candidate.object(pair.Candidate),
		"members": cty.ObjectVal(map[string]cty.Value{"baseline": members(pair.Baseline), "candidate": members(pair.Candidate)}),
	}
	*pair.Kept = variables
	return variables
}

// judge asks the rule of one pair.
func (c *ruleCheck) judge(pair parity.Pair) parity.Outcome {
	evaluator := c.evaluators.Get().(*sandbox)
	defer c.evaluators.Put(evaluator)
	variables := c.variables(pair)
	value, diags := evaluator.value(0, variables)
	if diags.HasErrors() {
		return parity.Outcome{Problem: c.why(diags[0], pair, variables)}
	}
	value, _ = value.Unmark()
	holds, err := convert.Convert(value, cty.Bool)
	at := c.place(c.rule.Condition.Range)
	switch {
	case !value.IsKnown():
		return parity.Outcome{Problem: at + ": the condition depends on what is not known yet, as a plan leaves it open or a snapshot does not keep it"}
	case value.IsNull():
		return parity.Outcome{Problem: at + ": the condition is null, and neither true nor false"}
	case err != nil:
		return parity.Outcome{Problem: at + ": the condition must be true or false, and is " + kindOf(value)}
	case holds.True():
		return parity.Outcome{Holds: true}
	}
	message, problem := c.message(evaluator, pair, variables)
	return parity.Outcome{Message: message, Problem: problem}
}

// maxMessage is how many bytes of a message are told.
const maxMessage = 1000

// message says what is wrong. Where it cannot be told, the problem says why.
func (c *ruleCheck) message(evaluator *sandbox, pair parity.Pair, variables map[string]cty.Value) (message, problem string) {
	const otherwise = "the condition does not hold"
	value, diags := evaluator.value(1, variables)
	if diags.HasErrors() {
		return otherwise, c.why(diags[0], pair, variables)
	}
	at := c.place(c.rule.Message.Range)
	if value.ContainsMarked() {
		return otherwise, at + ": the message would show a secret"
	}
	text, err := convert.Convert(value, cty.String)
	switch {
	case err != nil || value.IsNull():
		return otherwise, at + ": the message must be a text, and is " + kindOf(value)
	case !value.IsKnown():
		return otherwise, at + ": the message depends on what is not known yet"
	}
	said := strings.ToValidUTF8(cut(strings.TrimSpace(text.AsString()), maxMessage), "")
	if said == "" {
		return otherwise, ""
	}
	return said, ""
}

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}

func (c *ruleCheck) place(at hcl.Range) string {
	return fmt.Sprintf("%s:%d:%d", c.shown(at.Filename), at.Start.Line, at.Start.Column)
}

// why says in one line why an expression could not be evaluated for a pair.
func (c *ruleCheck) why(diag *hcl.Diagnostic, pair parity.Pair, variables map[string]cty.Value) string {
	at := c.rule.Condition.Range
	if diag.Subject != nil {
		at = *diag.Subject
	}
	for _, side := range []struct {
		name  string
		side  *parity.PairSide
		needs *needs
	}{{"baseline", pair.Baseline, &c.baseline}, {"candidate", pair.Candidate, &c.candidate}} {
		for _, names := range []map[string][]hcl.Range{side.needs.attributes, side.needs.canonical} {
			for name, places := range names {
				if !slices.ContainsFunc(places, func(r hcl.Range) bool { return r.Overlaps(at) }) {
					continue
				}
				if side.side == nil {
					return fmt.Sprintf("%s: it has no counterpart, so that %s is null: ask first whether it is, as in %s == null || …", c.place(at), side.name, side.name)
				}
				if _, known := side.side.Attribute(name); !known {
					return fmt.Sprintf("%s: no %s here has an attribute %q.%s", c.place(at), pair.Type, name, suggest(name, append(side.side.Known(), reserved...)))
				}
			}
		}
	}
	if strings.HasSuffix(diag.Detail, "have secret.") {
		return c.place(at) + ": a secret would be shown, or looked into; it can be compared with another one by ==, and no more"
	}
	for _, value := range variables {
		if value.ContainsMarked() && diag.Summary != "Too costly" {
			// HCL shows values in some errors.
			return fmt.Sprintf("%s: %s; the reason is not shown, as sensitive values are among what the rule sees", c.place(at), diag.Summary)
		}
	}
	return fmt.Sprintf("%s: %s: %s", c.place(at), diag.Summary, cut(oneLine(diag.Detail), 300))
}
