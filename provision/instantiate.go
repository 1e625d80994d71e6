package provision

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Instantiate evaluates an environment for one instance. Expressions that need outputs are kept for Checks and Hooks,
// and looked at already: what can be found before Terraform runs is found here.
func (d *Definitions) Instantiate(environment string, in Inputs) (*Blueprint, hcl.Diagnostics) {
	if d.problems.HasErrors() {
		return nil, slices.Clone(d.problems)
	}
	env := d.Environments[environment]
	if env == nil {
		names := slices.Collect(maps.Keys(d.Environments))
		if len(names) == 0 {
			return nil, hcl.Diagnostics{unplaced("Unknown environment", "No environment %q is defined, nor any other.", environment)}
		}
		return nil, hcl.Diagnostics{unplaced("Unknown environment", "No environment %q is defined. There are: %s.%s", environment, enumerated(names), suggest(environment, names))}
	}
	if d.stackPlan(env).source == nil {
		return nil, hcl.Diagnostics{problem(env.Range, "Nothing to build", "%q says not what builds it: it can be observed, and no more. Give it a block terraform { source = … }.", env.Name)}
	}
	bp, diags := d.instantiate(env, in, false)
	sortDiagnostics(diags)
	if diags.HasErrors() {
		return nil, diags
	}
	return bp, diags
}

// Observed is the blueprint of a lasting environment that may have been built elsewhere, and is good for its checks alone.
func (d *Definitions) Observed(environment string, in Inputs) (*Blueprint, hcl.Diagnostics) {
	if d.problems.HasErrors() {
		return nil, slices.Clone(d.problems)
	}
	env := d.Environments[environment]
	if env == nil || env.Throwaway != nil {
		return nil, hcl.Diagnostics{unplaced("Unknown environment", "No lasting environment %q is defined.", environment)}
	}
	name := cty.StringVal(env.Name)
	tiers, anyTier, diags := d.scaled(env, in.Observed)
	s := &scope{
		environment: env.Name, tiers: tiers, anyTier: anyTier, lookup: in.Secret, owner: known(in.Owner), name: &name,
		facts: in.Observed, environments: d.Environments, tierRoot: d.tierRoot(env),
	}
	return &Blueprint{Environment: env.Name, Instance: env.Name, Owner: in.Owner, Tiers: slices.Clone(tiers), environment: env, scope: s}, diags
}

// instantiate evaluates an environment. Blind, as for validation, all of an instance is unknown.
func (d *Definitions) instantiate(env *Environment, in Inputs, blind bool) (*Blueprint, hcl.Diagnostics) {
	tiers, anyTier, diags := d.scaled(env, in.Observed)
	s := &scope{
		environment: env.Name, tiers: tiers, anyTier: anyTier, lookup: in.Secret,
		branch: known(in.Branch), commit: known(in.Commit), owner: known(in.Owner), blind: blind,
		facts: in.Observed, environments: d.Environments, tierRoot: d.tierRoot(env),
	}
	if blind {
		unknown := cty.UnknownVal(cty.String).RefineNotNull()
		s.branch, s.commit, s.owner = &unknown, &unknown, &unknown
	}
	name, problems := d.instanceName(env, s, in)
	diags = append(diags, problems...)
	if diags.HasErrors() && !blind {
		return nil, diags
	}
	s.name = &name
	stack, module, follows, problems := d.evaluateStack(env, s, in)
	diags = append(diags, problems...)

	bp := &Blueprint{
		Environment: env.Name, Branch: in.Branch, Commit: in.Commit, Owner: in.Owner,
		Tiers: slices.Clone(tiers), Stack: stack, Follows: follows, environment: env, scope: s,
	}
	if name.IsKnown() {
		bp.Instance = name.AsString()
	}
	if t := env.Throwaway; t != nil {
		bp.Lifetime = &Lifetime{TTL: t.TTL, MaxTTL: t.MaxTTL, Quota: t.Quota}
	}
	expected := outputsOf(module)
	_, problems = bp.checks(expected)
	diags = append(diags, problems...)
	for _, when := range hookTimes {
		_, problems = bp.hooks(when, expected)
		diags = append(diags, problems...)
	}
	return bp, diags
}

// known is a text that may be absent.
func known(text string) *cty.Value {
	if text == "" {
		return nil
	}
	value := cty.StringVal(text)
	return &value
}

// outputsOf are a module's outputs while they have no values yet.
func outputsOf(module *Module) *outputs {
	if module == nil {
		return &outputs{any: true}
	}
	expected := &outputs{values: map[string]OutputValue{}}
	for name, output := range module.Outputs {
		expected.values[name] = OutputValue{Value: cty.DynamicVal, Sensitive: output.Sensitive}
	}
	return expected
}

// instanceName is the name that an instance has: always one that isName accepts.
func (d *Definitions) instanceName(env *Environment, s *scope, in Inputs) (cty.Value, hcl.Diagnostics) {
	if env.Throwaway == nil {
		if in.Name != "" {
			return cty.DynamicVal, hcl.Diagnostics{unplaced("Bad name", "--name %s: there is one %s, and it has its own name: %q is no throwaway environment. Leave --name out.", in.Name, env.Name, env.Name)}
		}
		return cty.StringVal(env.Name), nil
	}
	if expr := env.Throwaway.Name; expr != nil && in.Name == "" {
		value, diags := s.evaluate(expr, cty.String)
		switch {
		case diags.HasErrors():
			return value, diags
		case value.IsMarked():
			return cty.UnknownVal(cty.String), hcl.Diagnostics{problem(expr.Range(), "Secret in a name", "The name of an instance is shown and stored: it must not hold a secret.")}
		case value.IsNull():
			return cty.UnknownVal(cty.String), hcl.Diagnostics{problem(expr.Range(), "No name", "The name of an instance must not be null.")}
		case !value.IsKnown():
			return value, nil
		}
		name := slug(value.AsString())
		return cty.StringVal(name), d.taken(name, expr.Range().Ptr())
	}
	name := in.Name
	switch {
	case name != "" && !isName(name):
		return cty.DynamicVal, hcl.Diagnostics{unplaced("Bad name", "--name %s: a name is part of host names, so that it has lower-case letters, digits and dashes, at most %d, and neither starts nor ends with a dash.%s", name, maxName, wouldDo(name))}
	case name != "":
	case s.blind:
		return cty.UnknownVal(cty.String).RefineNotNull(), nil
	case in.Branch != "":
		name = nameAfter(env.Name, in.Branch)
	case in.Owner != "":
		name = nameAfter(env.Name, in.Owner)
	default:
		return cty.DynamicVal, hcl.Diagnostics{unplaced("No name", "An instance of %q is named after its branch or its owner, and neither is given. Add --branch BRANCH, --owner OWNER or --name NAME.", env.Name)}
	}
	return cty.StringVal(name), d.taken(name, nil)
}

// taken says that a name is that of a lasting environment.
func (d *Definitions) taken(name string, at *hcl.Range) hcl.Diagnostics {
	other := d.Environments[name]
	if other == nil || other.Throwaway != nil {
		return nil
	}
	diag := unplaced("Name taken", "The instance would be called %q, as the lasting environment at %s is. Give it another --name.", name, place(other.Range))
	diag.Subject = at
	return hcl.Diagnostics{diag}
}
