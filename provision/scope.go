package provision

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// scope is what expressions see.
type scope struct {
	environment string
	// What an instance is, each nil where it is not given. Validation knows that there is one, and not which.
	name, branch, commit, owner *cty.Value
	tiers                       []TierScale
	anyTier                     bool // the model is unknown, and so are the tiers
	lookup                      func(secret string) (string, bool)
	// blind does not look secrets up: they, and sensitive outputs, are unknown values with the mark Secret.
	blind   bool
	outputs *outputs // nil: expressions run before there are any
	// What was observed, by environment; of those that were not, nothing is known.
	facts        map[string]*Facts
	tierRoot     string // the environment whose tiers are observed, and followed; "": they are declared
	environments map[string]*Environment
}

// outputs are what a stack gives.
type outputs struct {
	values map[string]OutputValue
	any    bool // the module is not on this machine: which outputs it has is not known
}

func (o *outputs) names() []string { return slices.Collect(maps.Keys(o.values)) }

var scopeNames = []string{"branch", "commit", "env", "observed", "output", "owner", "ref", "tier"}

// context is the scope as HCL takes it, for an expression.
func (s *scope) context(expr hcl.Expression) *hcl.EvalContext {
	env := map[string]cty.Value{"environment": cty.StringVal(s.environment)}
	if s.name != nil {
		env["name"] = *s.name
	}
	variables := map[string]cty.Value{"env": cty.ObjectVal(env), "tier": cty.DynamicVal}
	if !s.anyTier {
		tiers := map[string]cty.Value{}
		for _, t := range s.tiers {
			tiers[t.Name] = cty.ObjectVal(map[string]cty.Value{
				"members":  cty.NumberIntVal(int64(t.Members)),
				"baseline": cty.NumberIntVal(int64(t.Baseline)),
				"size":     cty.StringVal(t.Size),
			})
		}
		variables["tier"] = cty.ObjectVal(tiers)
	}
	for name, value := range map[string]*cty.Value{"branch": s.branch, "commit": s.commit, "owner": s.owner, "ref": s.ref()} {
		if value != nil {
			variables[name] = *value
		}
	}
	if s.outputs != nil {
		variables["output"] = s.outputs.value(s.blind)
	}
	if mentions(expr, "observed", "") {
		variables["observed"] = s.observed(expr)
	}
	return &hcl.EvalContext{Variables: variables, Functions: s.functions(filepath.Dir(expr.Range().Filename))}
}

func (o *outputs) value(blind bool) cty.Value {
	if o.any {
		return cty.DynamicVal
	}
	values := map[string]cty.Value{}
	for name, output := range o.values {
		value := output.Value
		if output.Sensitive {
			if blind {
				value = cty.UnknownVal(value.Type())
			}
			value = value.Mark(Secret)
		}
		values[name] = value
	}
	return cty.ObjectVal(values)
}

// evaluate returns an expression's value in a type. With errors it is unknown.
func (s *scope) evaluate(expr hcl.Expression, want cty.Type) (cty.Value, hcl.Diagnostics) {
	unknown := cty.UnknownVal(want)
	if diags := s.check(expr); diags.HasErrors() {
		return unknown, diags
	}
	value, diags := expr.Value(s.context(expr))
	if diags.HasErrors() {
		if s.seesSecrets(expr) {
			diags = s.conceal(expr, diags)
		}
		return unknown, diags
	}
	converted, err := convert.Convert(value, want)
	if err != nil {
		return unknown, hcl.Diagnostics{problem(expr.Range(), "Wrong type", "The value must be %s.", wanted(want, value))}
	}
	return converted, nil
}

// wanted says what a value must be and, where that tells more, what it is.
func wanted(want cty.Type, value cty.Value) string {
	is, must := kindOf(value), described(want)
	if strings.HasPrefix(must, is) || want.IsMapType() && is == "an object" {
		return must
	}
	return must + ", and is " + is
}

// described names a type that is wanted.
func described(t cty.Type) string {
	switch {
	case t == cty.String:
		return "a text"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "true or false"
	case t.IsListType() && t.ElementType() == cty.String:
		return `a list of texts, as ["a", "b"]`
	case t.IsMapType() && t.ElementType() == cty.String:
		return "a map of texts, as { NAME = \"value\" }"
	}
	return t.FriendlyName()
}

// kindOf names a value's type, of which the attributes' names may be as secret as the value.
func kindOf(value cty.Value) string {
	switch t := value.Type(); {
	case value.IsNull():
		return "null"
	case t == cty.String:
		return "a text"
	case t == cty.Bool:
		return "true or false"
	case t.IsObjectType():
		return "an object"
	case t.IsTupleType():
		return "a list"
	default:
		return "a " + t.FriendlyName()
	}
}

// ref is what to check out: the commit where one is given, else the branch.
func (s *scope) ref() *cty.Value {
	if s.commit != nil {
		return s.commit
	}
	return s.branch
}

// conceal replaces errors that may tell a part of a secret: HCL shows values and keys in some. Those that there are
// without looking into secrets tell none.
func (s *scope) conceal(expr hcl.Expression, diags hcl.Diagnostics) hcl.Diagnostics {
	if s.blind {
		return diags
	}
	blind := *s
	blind.blind = true
	if _, harmless := expr.Value(blind.context(expr)); harmless.HasErrors() {
		return harmless
	}
	at := expr.Range()
	if diags[0].Subject != nil {
		at = *diags[0].Subject
	}
	return hcl.Diagnostics{problem(at, diags[0].Summary, "The expression fails for the value that its secret has. The reason is not shown, as it could tell a part of it.")}
}

// seesSecrets reports whether an expression can have come upon a secret.
func (s *scope) seesSecrets(expr hcl.Expression) bool {
	for _, traversal := range expr.Variables() {
		if traversal.RootName() == "output" {
			return true
		}
	}
	return len(callsOf(expr, "secret")) > 0
}

// check says which names an expression uses in vain. HCL would say it too, but neither what there is instead, nor the
// same each time where several names are near.
func (s *scope) check(expr hcl.Expression) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, traversal := range expr.Variables() {
		if diag := s.checkName(traversal); diag != nil {
			diags = append(diags, diag)
		}
	}
	known := append(slices.Collect(maps.Keys(functions)), scopeFunctions...)
	for _, call := range callsOf(expr, "") {
		switch {
		case !slices.Contains(known, call.Name):
			diags = append(diags, problem(call.NameRange, "Unknown function", "There is no function %q.%s", call.Name, suggest(call.Name, known)))
		case call.Name == "secret":
			diags = append(diags, s.checkSecret(call)...)
		case call.Name == "version":
			if diag := s.checkVersion(call); diag != nil {
				diags = append(diags, diag)
			}
		}
	}
	return diags
}

func (s *scope) checkName(t hcl.Traversal) *hcl.Diagnostic {
	root := t.SourceRange()
	given := func(value *cty.Value, what, flag string) *hcl.Diagnostic {
		if value != nil {
			return nil
		}
		return problem(root, "No "+what, "The expression uses %q, which is not given. Add %s.", what, flag)
	}
	switch t.RootName() {
	case "env":
		name, at, ok := step(t, 1)
		switch {
		case !ok || name == "environment" || name == "name" && s.name != nil:
			return nil
		case name == "name":
			return problem(at, "The name is not known here", "This expression makes the instance's name, so that env.name cannot be in it. Did you mean env.environment, which is %q?", s.environment)
		}
		hint := suggest(name, []string{"environment", "name"})
		if slices.Contains(scopeNames, name) {
			hint = fmt.Sprintf(" Did you mean %s, without env?", name)
		}
		return problem(at, "Unknown name", "\"env\" has no %q; it has: environment, name.%s", name, hint)
	case "tier":
		return s.checkTier(t)
	case "branch":
		return given(s.branch, "branch", "--branch BRANCH")
	case "commit":
		return given(s.commit, "commit", "--commit COMMIT")
	case "ref":
		return given(s.ref(), "branch", "--branch BRANCH or --commit COMMIT")
	case "owner":
		return given(s.owner, "owner", "--owner OWNER")
	case "output":
		return s.checkOutput(t)
	case "observed":
		want, diag := s.seek(t)
		if diag == nil && s.facts[want.environment] != nil {
			_, diag = s.find(want)
		}
		return diag
	}
	return problem(t[0].SourceRange(), "Unknown name", "There is no %q here; there are: %s.%s", t.RootName(), enumerated(scopeNames), suggest(t.RootName(), scopeNames))
}

func (s *scope) checkTier(t hcl.Traversal) *hcl.Diagnostic {
	name, at, ok := step(t, 1)
	if !ok || s.anyTier {
		return s.unseen(t.SourceRange())
	}
	var names []string
	for _, tier := range s.tiers {
		names = append(names, tier.Name)
	}
	if !slices.Contains(names, name) {
		if len(names) == 0 {
			return problem(at, "Unknown tier", "%q has no tiers. Declare them in it or in its model: tier %q { members = 2 }.", s.environment, name)
		}
		return problem(at, "Unknown tier", "%q has no tier %q; it has: %s.%s", s.environment, name, enumerated(names), suggest(name, names))
	}
	known := []string{"baseline", "members", "size"}
	if what, at, ok := step(t, 2); ok && !slices.Contains(known, what) {
		return problem(at, "Unknown name", "A tier has no %q; it has: %s.%s", what, enumerated(known), suggest(what, known))
	}
	return nil
}

func (s *scope) checkOutput(t hcl.Traversal) *hcl.Diagnostic {
	if s.outputs == nil {
		return problem(t.SourceRange(), "No outputs here", "Outputs are known when Terraform is done: in checks and in hooks after_up and the like.")
	}
	name, at, ok := step(t, 1)
	names := s.outputs.names()
	if !ok || s.outputs.any || slices.Contains(names, name) {
		return nil
	}
	if len(names) == 0 {
		return problem(at, "Unknown output", "The stack has no outputs. Declare one in its module: output %q { value = … }.", name)
	}
	return problem(at, "Unknown output", "The stack has no output %q; it has: %s.%s", name, enumerated(names), suggest(name, names))
}

// step returns the name that a traversal takes at a step: both of tier.web and tier["web"].
func step(t hcl.Traversal, i int) (string, hcl.Range, bool) {
	if i >= len(t) {
		return "", hcl.Range{}, false
	}
	switch s := t[i].(type) {
	case hcl.TraverseAttr:
		return s.Name, s.SrcRange, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString(), s.SrcRange, true
		}
	}
	return "", hcl.Range{}, false
}

// checkSecret looks at a call of secret. Its name is literal: so it is known beforehand which secrets are wanted, and
// a name that is computed from another secret cannot show it in an error.
func (s *scope) checkSecret(call *hclsyntax.FunctionCallExpr) hcl.Diagnostics {
	if len(call.Args) != 1 || call.ExpandFinal {
		return hcl.Diagnostics{problem(call.Range(), "Bad secret", "A secret is had by one name: secret(\"DB_PASSWORD\").")}
	}
	name, diags := call.Args[0].Value(nil)
	if diags.HasErrors() || name.IsNull() || name.Type() != cty.String || name.AsString() == "" {
		return hcl.Diagnostics{problem(call.Args[0].Range(), "Bad secret", "The name of a secret is a literal text: secret(\"DB_PASSWORD\"). It cannot be computed.")}
	}
	if s.blind {
		return nil
	}
	if s.lookup != nil {
		if _, ok := s.lookup(name.AsString()); ok {
			return nil
		}
	}
	return hcl.Diagnostics{problem(call.Range(), "No such secret", "The secret %q has no value. Set the environment variable %s, and try again.", name.AsString(), name.AsString())}
}

// callsOf returns the calls in an expression, of one function or, by "", of all.
func callsOf(expr hcl.Expression, function string) []*hclsyntax.FunctionCallExpr {
	node, ok := expr.(hclsyntax.Expression)
	if !ok {
		return nil
	}
	var calls []*hclsyntax.FunctionCallExpr
	_ = hclsyntax.VisitAll(node, func(node hclsyntax.Node) hcl.Diagnostics {
		if call, ok := node.(*hclsyntax.FunctionCallExpr); ok && (function == "" || call.Name == function) {
			calls = append(calls, call)
		}
		return nil
	})
	return calls
}

// mentions reports whether an expression refers to a name, or to all that it is among; "" is any.
func mentions(expr hcl.Expression, root, name string) bool {
	for _, traversal := range expr.Variables() {
		if traversal.RootName() != root {
			continue
		}
		if got, _, ok := step(traversal, 1); !ok || name == "" || got == name {
			return true
		}
	}
	return false
}

// inherited says in the message of each diagnostic for whom an expression of another environment was evaluated.
func inherited(diags hcl.Diagnostics, heir, from string) hcl.Diagnostics {
	if heir == from {
		return diags
	}
	for _, diag := range diags {
		diag.Detail += fmt.Sprintf(" (For %q, which inherits this from %q.)", heir, from)
	}
	return diags
}
