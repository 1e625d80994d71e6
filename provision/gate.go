package provision

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/maquette/maquette/parity"
)

// Gate is a `gate` block: what has to hold before something happens, as a release.
type Gate struct {
	Name      string
	Condition Expression
	Message   Expression // without Text: none
	Range     hcl.Range
}

// ParityGate is the gate of environments that declare none: parity's own verdict.
func ParityGate() Gate {
	return Gate{Name: "parity", Condition: Expression{Text: `parity.verdict == "pass"`, Range: topOf("parity")}}
}

// CheckResult is what came of all checks of one kind.
type CheckResult struct {
	Kind   string `json:"kind"`
	Holds  bool   `json:"holds"`
	Known  bool   `json:"known"`            // false: they could not be run
	Reason string `json:"reason,omitempty"` // why they do not hold, or could not be run
}

// The outcomes of gates and of their terms.
const (
	GatePass    = "pass"
	GateFail    = "fail"
	GateUnknown = "unknown" // evidence was missing, so nothing is claimed
)

// GateResult is what a gate says.
type GateResult struct {
	Name      string `json:"name"`
	Outcome   string `json:"outcome"`
	Condition string `json:"condition"`         // as it is written
	Terms     []Term `json:"terms"`             // what the condition joins by &&, in its order
	Message   string `json:"message,omitempty"` // the gate's own, where it does not pass
	// Location is where the gate is declared; nil for parity's own verdict.
	Location *parity.Location `json:"location,omitempty"`
}

// Term is one part of a condition.
type Term struct {
	Text    string  `json:"text"`
	Outcome string  `json:"outcome"`
	Wanted  string  `json:"wanted,omitempty"` // ">= 0.95": of the one value that it compares
	Values  []Named `json:"values"`           // what it refers to
	Reason  string  `json:"reason,omitempty"` // why the outcome is not known
}

// Named is a value that a condition refers to.
type Named struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // text, number, true or false, null
	// Text is the value as people read it.
	Text string `json:"-"`
}

// CheckKinds are the kinds of checks that a gate's expressions refer to, of those that there are.
func (g Gate) CheckKinds(all []string) []string {
	var kinds []string
	for _, source := range []Expression{g.Condition, g.Message} {
		expr, diags := source.parse()
		if source.Text == "" || diags.HasErrors() {
			continue
		}
		for _, t := range expr.Variables() {
			if t.RootName() != "check" {
				continue
			}
			if name, _, ok := step(t, 1); ok {
				kinds = append(kinds, name)
			} else {
				kinds = append(kinds, all...)
			}
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// Judge says whether the gate holds for a report and for the results of checks. Where the report is incomplete, nothing
// that refers to parity is claimed.
func (g Gate) Judge(report *parity.Report, checks []CheckResult) GateResult {
	result := GateResult{Name: g.Name, Condition: oneLine(g.Condition.Text), Outcome: GatePass}
	if file := g.Range.Filename; file != "" {
		result.Location = &parity.Location{File: file, Line: g.Range.Start.Line, Column: g.Range.Start.Column}
	}
	variables := gateVariables(report, checks)
	terms := termsOf(g.Condition)
	for _, source := range terms {
		term := judgeTerm(source, variables, report, checks)
		result.Terms = append(result.Terms, term)
		switch {
		case term.Outcome == GateFail:
			result.Outcome = GateFail
		case term.Outcome == GateUnknown && result.Outcome == GatePass:
			result.Outcome = GateUnknown
		}
	}
	if result.Outcome != GatePass && g.Message.Text != "" {
		result.Message = gateMessage(g.Message, variables)
	}
	return result
}

// termsOf takes a condition apart at its outer &&.
func termsOf(condition Expression) []Expression {
	expr, diags := condition.parse()
	if diags.HasErrors() {
		return []Expression{condition} // evaluating it tells them
	}
	var terms []Expression
	var take func(hclsyntax.Expression)
	take = func(e hclsyntax.Expression) {
		switch e := e.(type) {
		case *hclsyntax.ParenthesesExpr:
			take(e.Expression)
			return
		case *hclsyntax.BinaryOpExpr:
			if e.Op == hclsyntax.OpLogicalAnd {
				take(e.LHS)
				take(e.RHS)
				return
			}
		}
		terms = append(terms, condition.part(e.Range()))
	}
	take(expr)
	return terms
}

// part is what stands in a range of the expression.
func (e Expression) part(at hcl.Range) Expression {
	from, to := at.Start.Byte-e.Range.Start.Byte, at.End.Byte-e.Range.Start.Byte
	if from < 0 || to > len(e.Text) || from > to {
		return e
	}
	return Expression{Text: e.Text[from:to], Range: at}
}

func judgeTerm(source Expression, variables map[string]cty.Value, report *parity.Report, checks []CheckResult) Term {
	term := Term{Text: oneLine(source.Text), Outcome: GateUnknown, Values: []Named{}}
	expr, diags := source.parse()
	if diags.HasErrors() {
		term.Reason = diags[0].Summary
		return term
	}
	term.Wanted = wantedOf(source, expr)
	ofParity := false
	for _, t := range expr.Variables() {
		ofParity = ofParity || t.RootName() == "parity"
		name := oneLine(source.part(t.SourceRange()).Text)
		value, problems := t.TraverseAbs(&hcl.EvalContext{Variables: variables})
		if slices.ContainsFunc(term.Values, func(n Named) bool { return n.Name == name }) || problems.HasErrors() {
			continue
		}
		if shown, ok := shownValue(name, value); ok {
			term.Values = append(term.Values, shown)
		}
		if kind, _, ok := step(t, 1); ok && t.RootName() == "check" && !value.IsKnown() {
			for _, c := range checks {
				if c.Kind == kind {
					term.Reason = c.Reason
				}
			}
		}
	}
	if ofParity && report.Verdict == parity.Incomplete {
		term.Reason = "parity is incomplete"
		return term
	}
	evaluator, diags := newSandbox(source)
	if diags.HasErrors() {
		term.Reason = diags[0].Summary
		return term
	}
	value, diags := evaluator.value(0, variables)
	if diags.HasErrors() {
		term.Reason = missingName(expr, variables)
		if term.Reason == "" {
			term.Reason = diags[0].Summary + ": " + cut(oneLine(diags[0].Detail), 300)
		}
		return term
	}
	holds, err := convert.Convert(value, cty.Bool)
	switch {
	case !value.IsKnown():
	case err != nil || value.IsNull():
		term.Reason = "it is neither true nor false: it is " + kindOf(value)
	case holds.True():
		term.Outcome, term.Reason = GatePass, ""
	default:
		term.Outcome, term.Reason = GateFail, ""
	}
	return term
}

// missingName says which tier or rule there is not in the report.
func missingName(expr hclsyntax.Expression, variables map[string]cty.Value) string {
	for _, t := range expr.Variables() {
		of, _, _ := step(t, 1)
		name, _, ok := step(t, 2)
		if t.RootName() != "parity" || !ok || of != "tiers" && of != "rules" {
			continue
		}
		all := variables["parity"].GetAttr(of)
		if all.Type().HasAttribute(name) {
			continue
		}
		var names []string
		for known := range all.Type().AttributeTypes() {
			names = append(names, known)
		}
		if of == "rules" {
			return fmt.Sprintf("no rule %q was asked.%s", name, suggest(name, names))
		}
		if len(names) == 0 {
			return fmt.Sprintf("there is no tier %q, nor any other", name)
		}
		return fmt.Sprintf("there is no tier %q; there are: %s.%s", name, enumerated(names), suggest(name, names))
	}
	return ""
}

var comparisons = map[*hclsyntax.Operation][2]string{
	hclsyntax.OpEqual: {"==", "=="}, hclsyntax.OpNotEqual: {"!=", "!="},
	hclsyntax.OpGreaterThan: {">", "<"}, hclsyntax.OpGreaterThanOrEqual: {">=", "<="},
	hclsyntax.OpLessThan: {"<", ">"}, hclsyntax.OpLessThanOrEqual: {"<=", ">="},
}

// wantedOf says what a term wants of the one value that it compares with a literal; "" where it does something else.
func wantedOf(source Expression, expr hclsyntax.Expression) string {
	op, ok := expr.(*hclsyntax.BinaryOpExpr)
	if !ok {
		if _, ok := expr.(*hclsyntax.ScopeTraversalExpr); ok {
			return "true"
		}
		return ""
	}
	signs, ok := comparisons[op.Op]
	if !ok {
		return ""
	}
	for i, sides := range [][2]hclsyntax.Expression{{op.LHS, op.RHS}, {op.RHS, op.LHS}} {
		if _, ok := sides[0].(*hclsyntax.ScopeTraversalExpr); ok && len(sides[1].Variables()) == 0 {
			return signs[i] + " " + oneLine(source.part(sides[1].Range()).Text)
		}
	}
	return ""
}

// shownValue shows a value. It is false for one that has no short form.
func shownValue(name string, value cty.Value) (Named, bool) {
	switch t := value.Type(); {
	case !value.IsKnown():
		return Named{Name: name, Text: "not known"}, t == cty.DynamicPseudoType || t.IsPrimitiveType()
	case value.IsNull():
		return Named{Name: name, Text: "null"}, true
	case t == cty.Number:
		f, _ := value.AsBigFloat().Float64()
		return Named{name, f, strconv.FormatFloat(f, 'f', -1, 64)}, true
	case t == cty.Bool:
		return Named{name, value.True(), strconv.FormatBool(value.True())}, true
	case t == cty.String:
		return Named{name, value.AsString(), strconv.Quote(value.AsString())}, true
	}
	return Named{}, false
}

// gateMessage is the gate's own message; that it cannot be told is told.
func gateMessage(source Expression, variables map[string]cty.Value) string {
	evaluator, diags := newSandbox(source)
	if !diags.HasErrors() {
		var value cty.Value
		value, diags = evaluator.value(0, variables)
		if text, err := convert.Convert(value, cty.String); !diags.HasErrors() && err == nil && value.IsKnown() && !value.IsNull() {
			return strings.ToValidUTF8(cut(strings.TrimSpace(text.AsString()), maxMessage), "")
		}
	}
	if diags.HasErrors() {
		return "(the message cannot be told: " + cut(oneLine(diags[0].Detail), 300) + ")"
	}
	return "(the message depends on what is not known)"
}

// counts are numbers of findings that count, by severity.
type counts [3]int

// values adds the counts to others: of severities of which the report does not list all, as at least so many.
func (c counts) values(into map[string]cty.Value, cut *parity.Summary) map[string]cty.Value {
	for severity, left := range map[parity.Severity]int{parity.Info: cut.Info, parity.Warning: cut.Warning, parity.Error: cut.Error} {
		into[severity.String()] = atLeast(c[severity], left > 0)
	}
	return into
}

// atLeast is a number, or one that is not known but for that it is no smaller.
func atLeast(n int, more bool) cty.Value {
	if !more {
		return whole(n)
	}
	return cty.UnknownVal(cty.Number).Refine().NotNull().NumberRangeLowerBound(whole(n), true).NewValue()
}

func whole(n int) cty.Value { return cty.NumberIntVal(int64(n)) }

// fraction is a number as people write it: 0.95 is not the nearest one that a computer can hold.
func fraction(f float64) cty.Value {
	if number, err := cty.ParseNumberVal(strconv.FormatFloat(f, 'f', -1, 64)); err == nil {
		return number
	}
	return cty.NumberVal(big.NewFloat(0))
}

// gateVariables are what a gate's expressions see.
func gateVariables(report *parity.Report, checks []CheckResult) map[string]cty.Value {
	byDimension, byTier, byRule := map[string]*counts{}, map[string]*counts{}, map[string]int{}
	for _, rule := range parity.Rules {
		byRule[rule.ID], byRule[groupOf(rule.ID)] = 0, 0
	}
	for _, custom := range report.Custom {
		byRule[custom.Rule], byRule[groupOf(custom.Rule)] = 0, 0
	}
	cut := report.Cut
	if cut == nil {
		cut = &parity.Summary{}
	}
	add := func(to map[string]*counts, name string, severity parity.Severity) {
		if to[name] == nil {
			to[name] = &counts{}
		}
		to[name][severity]++
	}
	for _, f := range report.Findings {
		if f.Waiver != nil || f.Known {
			continue
		}
		add(byDimension, f.Dimension, f.Severity)
		if f.Tier != nil {
			add(byTier, *f.Tier, f.Severity)
		}
		byRule[f.Rule]++
		byRule[groupOf(f.Rule)]++
	}
	countsOf := func(from map[string]*counts, name string) counts {
		if c := from[name]; c != nil {
			return *c
		}
		return counts{}
	}
	dimensions := map[string]cty.Value{}
	for _, name := range parity.Dimensions {
		d := report.Dimensions[name]
		if d == nil {
			d = &parity.Dimension{}
		}
		dimensions[name] = cty.ObjectVal(countsOf(byDimension, name).values(map[string]cty.Value{
			"compared": whole(d.Compared), "different": whole(d.Different), "score": fraction(d.Score),
		}, cut))
	}
	tiers := map[string]cty.Value{}
	for _, t := range report.Tiers {
		tiers[t.Name] = cty.ObjectVal(countsOf(byTier, t.Name).values(map[string]cty.Value{
			"kind": cty.StringVal(t.Kind), "status": cty.StringVal(t.Status), "expected": whole(t.Expected.Members),
			"baseline": membersOf(t.Baseline), "candidate": membersOf(t.Candidate),
		}, cut))
	}
	rules := map[string]cty.Value{}
	for id, n := range byRule {
		rules[id] = atLeast(n, *cut != parity.Summary{})
	}
	declared := cty.NullVal(cty.String)
	if report.Scale.Declared != nil {
		declared = cty.StringVal(*report.Scale.Declared)
	}
	results := map[string]cty.Value{}
	for _, c := range checks {
		results[c.Kind] = cty.BoolVal(c.Holds)
		if !c.Known {
			results[c.Kind] = cty.UnknownVal(cty.Bool)
		}
	}
	s := report.Summary
	return map[string]cty.Value{
		"check": cty.ObjectVal(results),
		"parity": cty.ObjectVal(map[string]cty.Value{
			"score": fraction(report.Score), "verdict": cty.StringVal(string(report.Verdict)), "incomplete": whole(len(report.Incomplete)),
			"findings":   cty.ObjectVal(map[string]cty.Value{"error": whole(s.Error), "warning": whole(s.Warning), "info": whole(s.Info), "waived": whole(s.Waived)}),
			"dimensions": cty.ObjectVal(dimensions), "tiers": cty.ObjectVal(tiers), "rules": cty.ObjectVal(rules),
			"scale": cty.ObjectVal(map[string]cty.Value{"declared": declared, "observed": fraction(report.Scale.Observed), "minimum": whole(report.Scale.Minimum)}),
		}),
	}
}

// membersOf is how many members a tier has: null where there is no such tier, unknown where they are.
func membersOf(side *parity.TierSide) cty.Value {
	switch {
	case side == nil:
		return cty.NullVal(cty.Number)
	case side.Members < 0:
		return cty.UnknownVal(cty.Number)
	}
	return whole(side.Members)
}

// groupOf is the pattern of a rule's group: "one-box/*".
func groupOf(rule string) string {
	group, _, _ := strings.Cut(rule, "/")
	return group + "/*"
}

// names are what can follow a name; nil: nothing that is known beforehand.
type names map[string]names

// namesIn are the names that a value has below it, as far as its type tells.
func namesIn(v cty.Type) names {
	if !v.IsObjectType() {
		return nil
	}
	all := names{}
	for name, inside := range v.AttributeTypes() {
		all[name] = namesIn(inside)
	}
	return all
}

func (n names) sorted() []string { return slices.Sorted(maps.Keys(n)) }
