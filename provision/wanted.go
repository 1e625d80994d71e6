package provision

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Wanted returns the environments that have to be observed before an environment can be instantiated, in order of name.
func (d *Definitions) Wanted(environment string) []string {
	env := d.Environments[environment]
	if env == nil {
		return nil
	}
	wanted := map[string]bool{}
	root, tiers := d.openRoot(env), env.Scale != nil
	for _, expr := range d.expressions(env) {
		for _, t := range expr.Variables() {
			name, _, ok := step(t, 1)
			if t.RootName() == "observed" && ok {
				wanted[name] = true
			}
			tiers = tiers || t.RootName() == "tier"
		}
		for _, call := range callsOf(expr, "version") {
			if args, diag := literals(call); diag == nil {
				wanted[args[0]] = true
			}
		}
	}
	if root != nil && tiers {
		wanted[root.Name] = true
	}
	return slices.Sorted(maps.Keys(wanted))
}

// expressions are those that make an instance of an environment.
func (d *Definitions) expressions(env *Environment) []hcl.Expression {
	plan := d.stackPlan(env)
	var all []hcl.Expression
	for _, v := range plan.variables {
		all = append(all, v.expr)
	}
	config := func(attributes map[string]hcl.Expression) {
		for _, expr := range attributes {
			all = append(all, expr)
		}
	}
	if plan.backend != nil {
		config(plan.backend.Config)
	}
	for _, name := range slices.Sorted(maps.Keys(plan.providers)) {
		config(plan.providers[name].Config)
	}
	if t := env.Throwaway; t != nil && t.Name != nil {
		all = append(all, t.Name)
	}
	for _, check := range env.Checks {
		config(check.Config)
	}
	for _, hook := range env.Hooks {
		config(hook.Config)
	}
	return all
}

// openRoot is the environment at the end of the line of models, where its tiers are to be observed: it declares none, and
// says where it is seen. Nil where they are declared.
func (d *Definitions) openRoot(env *Environment) *Environment {
	if env == nil || d.adrift[env.Name] || d.model(env) == nil {
		return nil
	}
	root := env
	for at := env; at != nil; at = d.model(at) {
		if len(at.Tiers) > 0 {
			return nil
		}
		root = at
	}
	if len(root.Observe) == 0 {
		return nil
	}
	return root
}

// tierRoot names openRoot; "" for none.
func (d *Definitions) tierRoot(env *Environment) string {
	if root := d.openRoot(env); root != nil {
		return root.Name
	}
	return ""
}

// scaled are the tiers of an environment. Where they follow what is observed of its model, and that is not known, they
// are any.
func (d *Definitions) scaled(env *Environment, facts map[string]*Facts) (tiers []TierScale, anyTier bool, diags hcl.Diagnostics) {
	root := d.openRoot(env)
	if root == nil {
		return d.tiers[env.Name], d.adrift[env.Name], nil
	}
	seen := facts[root.Name]
	if seen == nil {
		return nil, true, nil
	}
	if seen.gap() != "" {
		return nil, true, nil // an error where they are asked for
	}
	for _, t := range seen.tiers {
		if t.Scales && t.Members > 0 {
			tiers = append(tiers, TierScale{Name: t.Name, Members: min(t.Members, maxMembers), Size: t.Size})
		}
	}
	var line []*Environment
	for at := env; at != root; at = d.model(at) {
		line = append(line, at)
	}
	for _, at := range slices.Backward(line) {
		diags = append(diags, scaleOf(at, root.Name, tiers)...)
		var more hcl.Diagnostics
		tiers, more = derive(at, tiers)
		diags = append(diags, more...)
	}
	return tiers, false, diags
}

// unseen says why the tiers of an environment, which follow those of its model, are not known; nil where they are.
func (s *scope) unseen(at hcl.Range) *hcl.Diagnostic {
	facts := s.facts[s.tierRoot]
	if facts == nil || facts.gap() == "" {
		return nil
	}
	return problem(at, "Incomplete observation", "The tiers of %q follow those that %q has, and not all of it could be read: %s. Mend that, or declare its tiers: tier \"web\" { members = 12 }.", s.environment, s.tierRoot, facts.gap())
}
