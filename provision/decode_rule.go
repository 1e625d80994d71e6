package provision

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
)

var (
	ruleSchema = &hcl.BodySchema{
		Attributes: attributes("condition message", "severity help dimension"),
		Blocks:     []hcl.BlockHeaderSchema{{Type: "match"}},
	}
	matchSchema = &hcl.BodySchema{Attributes: attributes("", "type kind tier address present")}
)

var ruleID = lazyregexp.New(`^custom/[a-z0-9]([a-z0-9_-]*[a-z0-9])?$`)

// customRule decodes a rule of the user's own.
func (d *decoder) customRule(block *hcl.Block) Rule {
	b := d.read(block, ruleSchema, "match")
	rule := Rule{
		ID: block.Labels[0], Severity: parity.Error, Help: d.text(b, "help"), Dimension: d.text(b, "dimension"),
		Condition: d.expression(b, "condition"), Message: d.expression(b, "message"), Range: block.DefRange,
	}
	if !ruleID.MatchString(rule.ID) {
		d.errorf(block.LabelRanges[0], "Bad name", "%q cannot name a rule of your own: it is called custom/NAME, with lower-case letters, digits, dashes and underscores, as \"custom/encrypted-volumes\".", rule.ID)
	}
	if b.has("severity") {
		rule.Severity = d.level(b, "severity")
	}
	if rule.Dimension != "" && !slices.Contains(parity.Dimensions, rule.Dimension) {
		d.errorf(b.at("dimension"), "Unknown dimension", "There is no dimension %q; there are: %s.%s", rule.Dimension, enumerated(parity.Dimensions), suggest(rule.Dimension, parity.Dimensions))
	}
	match := b.one("match")
	if match == nil {
		d.errorf(block.DefRange, "No match", "Say what the rule is about: match { type = \"aws_ebs_volume\" }.")
	} else {
		rule.Match = d.match(match)
	}
	if rule.Condition.Text != "" && rule.Message.Text != "" {
		d.diags = append(d.diags, checkRule(b, rule)...)
	}
	return rule
}

// expression keeps an expression as it is written.
func (d *decoder) expression(b body, name string) Expression {
	if !b.has(name) {
		return Expression{}
	}
	at := b.at(name)
	return Expression{Text: string(at.SliceBytes(d.bytes)), Range: at}
}

// match decodes what a rule is asked of.
func (d *decoder) match(block *hcl.Block) parity.Match {
	b := d.read(block, matchSchema)
	match := parity.Match{
		Types: d.patterns(b, "type"), Kinds: d.patterns(b, "kind"), Tiers: d.patterns(b, "tier"), Addresses: d.patterns(b, "address"),
		Present: parity.Presence(d.text(b, "present")),
	}
	if !b.has("type") && !b.has("kind") && !b.has("tier") && !b.has("address") {
		d.errorf(block.DefRange, "Everything would match", "Say what the rule is about: by type, kind, tier or address. For all that there is: type = \"*\".")
	}
	for _, kind := range match.Kinds {
		if !strings.ContainsAny(kind, `*?[\`) && !slices.Contains(catalog.Kinds(), kind) {
			d.errorf(b.at("kind"), "Unknown kind", "There is no kind %q; there are: %s.%s", kind, strings.Join(catalog.Kinds(), ", "), suggest(kind, catalog.Kinds()))
		}
	}
	if match.Present != "" && !slices.Contains(parity.Presences, string(match.Present)) {
		d.errorf(b.at("present"), "Unknown presence", "A rule is asked of resources that are present in one of: %s; and not %q.%s", strings.Join(parity.Presences, ", "), match.Present, suggest(string(match.Present), parity.Presences))
	}
	return match
}

// patterns reads a pattern or a list of them.
func (d *decoder) patterns(b body, name string) []string {
	attr := b.Attributes[name]
	if attr == nil {
		return nil
	}
	var texts []string
	if value, diags := attr.Expr.Value(nil); !diags.HasErrors() && value.Type() == cty.String {
		texts = []string{d.text(b, name)}
	} else {
		texts = d.texts(b, name)
		if !diags.HasErrors() && len(texts) == 0 && value.IsKnown() && !value.IsNull() && value.CanIterateElements() && value.LengthInt() == 0 {
			d.errorf(b.at(name), "Empty list", "Nothing is in %q, so that nothing would match.", name)
		}
	}
	return texts
}

// checkRule finds what is wrong with a rule's expressions whatever they will see.
func checkRule(b body, rule Rule) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range []string{"condition", "message"} {
		diags = append(diags, checkNames(b.Attributes[name].Expr, ruleNames, checkRuleName)...)
	}
	if diags.HasErrors() {
		return diags
	}
	evaluator, diags := newSandbox(rule.Condition, rule.Message)
	if diags.HasErrors() {
		return diags
	}
	unknown := cty.UnknownVal(cty.String).RefineNotNull()
	number := cty.UnknownVal(cty.Number)
	variables := map[string]cty.Value{
		"baseline": cty.DynamicVal, "candidate": cty.DynamicVal, "type": unknown, "kind": unknown, "tier": unknown,
		"members": cty.ObjectVal(map[string]cty.Value{"baseline": number, "candidate": number}),
	}
	diags = append(diags, blindly(evaluator, 0, variables, rule.Condition, cty.Bool, "condition")...)
	return append(diags, blindly(evaluator, 1, variables, rule.Message, cty.String, "message")...)
}

// blindly evaluates an expression of which the data are not known yet, and says whether it can be of a type.
func blindly(evaluator *sandbox, i int, variables map[string]cty.Value, expr Expression, want cty.Type, name string) hcl.Diagnostics {
	value, diags := evaluator.value(i, variables)
	if diags.HasErrors() {
		return diags
	}
	if _, err := convert.Convert(value, want); err != nil || value.IsNull() {
		return hcl.Diagnostics{problem(expr.Range, "Wrong type", "%q must be %s.", name, wanted(want, value))}
	}
	return nil
}

// checkNames says which names and functions of an expression there are not.
func checkNames(expr hcl.Expression, names []string, check func(hcl.Traversal) *hcl.Diagnostic) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, t := range expr.Variables() {
		if !slices.Contains(names, t.RootName()) {
			diags = append(diags, problem(t[0].SourceRange(), "Unknown name", "There is no %q here; there are: %s.%s", t.RootName(), enumerated(names), suggest(t.RootName(), names)))
		} else if diag := check(t); diag != nil {
			diags = append(diags, diag)
		}
	}
	for _, call := range callsOf(expr, "") {
		switch _, known := functions[call.Name]; {
		case slices.Contains(scopeFunctions, call.Name):
			diags = append(diags, problem(call.NameRange, "Function not here", "%q cannot be used here: what is judged is what was observed, and nothing of the caller's.", call.Name))
		case !known:
			diags = append(diags, problem(call.NameRange, "Unknown function", "There is no function %q.%s", call.Name, suggest(call.Name, slices.Collect(maps.Keys(functions)))))
		}
	}
	return diags
}

func checkRuleName(t hcl.Traversal) *hcl.Diagnostic {
	if t.RootName() != "members" {
		return nil
	}
	sides := []string{"baseline", "candidate"}
	if name, at, ok := step(t, 1); ok && !slices.Contains(sides, name) {
		return problem(at, "Unknown name", "\"members\" has no %q; it has: %s.%s", name, enumerated(sides), suggest(name, sides))
	}
	return nil
}
