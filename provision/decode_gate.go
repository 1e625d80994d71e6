package provision

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/parity"
)

var gateSchema = &hcl.BodySchema{Attributes: attributes("condition", "message")}

// gates decodes the gates of an environment.
func (d *decoder) gates(environment body, env *Environment) {
	var checks []string
	for _, block := range environment.Blocks {
		if block.Type == "check" {
			checks = append(checks, block.Labels[0])
		}
	}
	for _, block := range environment.Blocks {
		if block.Type != "gate" {
			continue
		}
		b := d.read(block, gateSchema)
		gate := Gate{Name: block.Labels[0], Condition: d.expression(b, "condition"), Message: d.expression(b, "message"), Range: block.DefRange}
		if strings.TrimSpace(gate.Name) == "" {
			d.errorf(block.LabelRanges[0], "Bad name", "A gate needs a name, as \"release\".")
		}
		if i := slices.IndexFunc(env.Gates, func(g Gate) bool { return g.Name == gate.Name }); i >= 0 {
			d.errorf(block.LabelRanges[0], "Duplicate gate", "The gate %q is declared at %s already. Give this one another name.", gate.Name, place(env.Gates[i].Range))
			continue
		}
		env.Gates = append(env.Gates, gate)
		for _, name := range []string{"condition", "message"} {
			if b.has(name) {
				d.diags = append(d.diags, checkGate(b, gate, name, checks)...)
			}
		}
	}
}

// checkGate finds what is wrong with one of a gate's expressions whatever comes of parity and of checks.
func checkGate(b body, gate Gate, name string, checks []string) hcl.Diagnostics {
	variables := unknownGate(checks)
	known := gateNames(variables)
	diags := checkNames(b.Attributes[name].Expr, known.sorted(), known.check)
	if diags.HasErrors() {
		return diags
	}
	source, want := gate.Condition, cty.Bool
	if name == "message" {
		source, want = gate.Message, cty.String
	}
	evaluator, diags := newSandbox(source)
	if diags.HasErrors() {
		return diags
	}
	return blindly(evaluator, 0, variables, source, want, name)
}

// gateNames are what a gate's expressions can refer to.
func gateNames(variables map[string]cty.Value) names {
	known := names{}
	for name, v := range variables {
		known[name] = namesIn(v.Type())
	}
	return known
}

// check says which name of a traversal there is not.
func (n names) check(t hcl.Traversal) *hcl.Diagnostic {
	at, path := n[t.RootName()], t.RootName()
	for i := 1; ; i++ {
		name, place, ok := step(t, i)
		switch {
		case !ok:
			return nil
		case path == "parity.rules":
			return checkGateRule(name, place)
		case at == nil:
			return nil
		}
		next, found := at[name]
		switch {
		case !found && path == "check" && len(at) == 0:
			return problem(place, "Unknown check", "The environment declares no checks. Add one to it: check %q { … }. Checks are not inherited.", name)
		case !found && path == "check":
			return problem(place, "Unknown check", "The environment declares no check %q; it has: %s.%s", name, enumerated(at.sorted()), suggest(name, at.sorted()))
		case !found:
			return problem(place, "Unknown name", "%q has no %q; it has: %s.%s", path, name, enumerated(at.sorted()), suggest(name, at.sorted()))
		}
		at, path = next, path+"."+name
	}
}

// checkGateRule says that there is no rule of an ID, nor a group. Rules of the user's own may be in a policy file.
func checkGateRule(id string, at hcl.Range) *hcl.Diagnostic {
	var ids []string
	for _, rule := range parity.Rules {
		ids = append(ids, rule.ID, groupOf(rule.ID))
	}
	if slices.Contains(ids, id) || strings.HasPrefix(id, parity.CustomGroup) {
		return nil
	}
	return problem(at, "Unknown rule", "Parity has no rule %q, nor a group of that name, as \"one-box/*\"; `maquette explain` lists them.%s", id, suggest(id, ids))
}

// unknownGate are a gate's variables before anything was compared or checked.
func unknownGate(checks []string) map[string]cty.Value {
	number, text := cty.UnknownVal(cty.Number).RefineNotNull(), cty.UnknownVal(cty.String)
	object := func(of cty.Value, names ...string) cty.Value {
		values := map[string]cty.Value{}
		for _, name := range names {
			values[name] = of
		}
		return cty.ObjectVal(values)
	}
	return map[string]cty.Value{
		"check": object(cty.UnknownVal(cty.Bool), checks...),
		"parity": cty.ObjectVal(map[string]cty.Value{
			"score": number, "verdict": text, "incomplete": number, "rules": cty.DynamicVal, "tiers": cty.DynamicVal,
			"findings":   object(number, "error", "warning", "info", "waived"),
			"dimensions": object(object(number, "error", "warning", "info", "compared", "different", "score"), parity.Dimensions...),
			"scale":      cty.ObjectVal(map[string]cty.Value{"declared": text, "observed": number, "minimum": number}),
		}),
	}
}
