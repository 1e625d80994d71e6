package provision

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// sorted returns the environments in order of name, so that messages do not depend on the order of a map.
func (d *Definitions) sorted() []*Environment {
	var all []*Environment
	for _, name := range slices.Sorted(maps.Keys(d.Environments)) {
		all = append(all, d.Environments[name])
	}
	return all
}

// validate looks for what takes the whole of an environment or several to see, and derives the tiers.
func (d *Definitions) validate() hcl.Diagnostics {
	diags := d.validateModels()
	for _, env := range d.sorted() {
		diags = append(diags, d.deriveTiers(env)...)
	}
	for _, env := range d.sorted() {
		diags = append(diags, d.validateScale(env)...)
		diags = append(diags, d.validateStack(env)...)
	}
	return append(diags, d.validateBackends()...)
}

// validateModels follows each environment's line of models, and remembers those that lead nowhere.
func (d *Definitions) validateModels() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, env := range d.sorted() {
		line := []string{env.Name}
		for at := env; at.ModelOf != ""; {
			next := d.Environments[at.ModelOf]
			if next == nil {
				d.adrift[env.Name] = true
				if at == env {
					others := slices.DeleteFunc(slices.Collect(maps.Keys(d.Environments)), func(name string) bool { return name == env.Name })
					known := "There is no other environment."
					if len(others) > 0 {
						known = "There are: " + enumerated(others) + "."
					}
					diags = append(diags, problem(env.modelRange, "Unknown environment", "No environment %q is defined. %s%s", env.ModelOf, known, suggest(env.ModelOf, others)))
				}
				break
			}
			if start := slices.Index(line, next.Name); start >= 0 {
				d.adrift[env.Name] = true
				// Told once, at the first of the circle by name.
				if start == 0 && env.Name == slices.Min(line) {
					diags = append(diags, circle(env, line))
				}
				break
			}
			line = append(line, next.Name)
			at = next
		}
	}
	return diags
}

func circle(env *Environment, line []string) *hcl.Diagnostic {
	if len(line) == 1 {
		return problem(env.modelRange, "Circle of models", "%q is a model of itself. An environment is a model of another one.", env.Name)
	}
	told := line[0] + " is a model of " + strings.Join(append(line[1:], line[0]), ", which is a model of ")
	return problem(env.modelRange, "Circle of models", "%s. One of them must be no model.", told)
}

// deriveTiers computes the tiers of an environment, those of its models first.
func (d *Definitions) deriveTiers(env *Environment) hcl.Diagnostics {
	if _, done := d.tiers[env.Name]; done {
		return nil
	}
	var diags hcl.Diagnostics
	var baseline []TierScale
	if model := d.model(env); model != nil {
		diags = d.deriveTiers(model)
		baseline = d.tiers[model.Name]
	}
	tiers, more := derive(env, baseline)
	d.tiers[env.Name] = tiers
	return append(diags, more...)
}

// validateScale holds a scale against the model's tiers.
func (d *Definitions) validateScale(env *Environment) hcl.Diagnostics {
	if env.Scale == nil {
		return nil
	}
	if env.ModelOf == "" {
		return hcl.Diagnostics{problem(env.Scale.Range, "Scale without a model", "%q is a model of nothing, so that there is nothing to scale. Say of what: model_of = \"production\".", env.Name)}
	}
	model := d.model(env)
	if model == nil || d.openRoot(env) != nil {
		return nil
	}
	return scaleOf(env, model.Name, d.tiers[model.Name])
}

// scaleOf holds a scale against the tiers of its model.
func scaleOf(env *Environment, model string, tiers []TierScale) hcl.Diagnostics {
	if env.Scale == nil {
		return nil
	}
	var diags hcl.Diagnostics
	var names []string
	for _, tier := range tiers {
		names = append(names, tier.Name)
	}
	if len(names) == 0 && env.Scale.Budget > 0 {
		diags = append(diags, problem(env.Scale.budgetRange, "Impossible scale", "%q declares no tiers to apportion the budget over. Declare them there: tier \"web\" { members = 12 }.", model))
	}
	for _, name := range slices.Sorted(maps.Keys(env.Scale.Tiers)) {
		override := env.Scale.Tiers[name]
		if !slices.Contains(names, name) {
			diags = append(diags, problem(override.Range, "Unknown tier", "%q has no tier %q to scale; %s.%s", model, name, declared(names), suggest(name, names)))
		}
		for _, own := range env.Tiers {
			if own.Name == name {
				diags = append(diags, problem(override.Range, "Tier said twice", "The tier %q is declared at %s as well, which is not scaled. Remove one of the two.", name, place(own.Range)))
			}
		}
	}
	return diags
}

func declared(tiers []string) string {
	if len(tiers) == 0 {
		return "it declares none"
	}
	return "it has: " + enumerated(tiers)
}

// validateStack looks at what builds an environment.
func (d *Definitions) validateStack(env *Environment) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if !d.adrift[env.Name] {
		plan := d.stackPlan(env)
		switch {
		case plan.unknown:
		case env.Terraform != nil && plan.source == nil:
			diags = append(diags, problem(env.Terraform.Range, "No source", "Say which Terraform root or module builds %q: source = \"./stack\". It can be inherited, but no model of it has one.", env.Name))
		case env.Throwaway != nil && plan.source == nil:
			diags = append(diags, problem(env.Throwaway.Range, "Nothing to build", "Instances of %q come and go, but nothing says what builds them. Give it or its model a block terraform { source = … }.", env.Name))
		}
	}
	if env.Throwaway == nil || env.Terraform == nil || env.Terraform.Backend == nil {
		return diags
	}
	for _, expr := range env.Terraform.Backend.Config {
		if mentions(expr, "env", "name") {
			return diags
		}
	}
	return append(diags, problem(env.Terraform.Backend.Range, "Every instance would share one state", "Nothing in the backend tells the instances of %q apart, so that one would overwrite and destroy what another has made. Let a setting hold env.name, as key = \"${env.name}.tfstate\".", env.Name))
}

// validateBackends looks for lasting environments that keep their state at the same place.
func (d *Definitions) validateBackends() hcl.Diagnostics {
	var diags hcl.Diagnostics
	type keeper struct {
		env    *Environment
		config cty.Value
	}
	var keepers []keeper
	for _, env := range d.sorted() {
		if env.Throwaway != nil || env.Terraform == nil || env.Terraform.Backend == nil {
			continue
		}
		backend := env.Terraform.Backend
		config := map[string]cty.Value{"": cty.StringVal(backend.Type)}
		for name, expr := range backend.Config {
			value, problems := expr.Value(nil)
			if problems.HasErrors() {
				config = nil
				break
			}
			config[name] = value
		}
		if len(config) < 2 {
			continue
		}
		this := keeper{env, cty.ObjectVal(config)}
		for _, other := range keepers {
			if this.config.RawEquals(other.config) {
				diags = append(diags, problem(backend.Range, "Two environments would share one state", "The backend at %s, of %q, is the same: one environment would destroy what the other has made. Give each a key of its own.",
					place(other.env.Terraform.Backend.Range), other.env.Name))
				break
			}
		}
		keepers = append(keepers, this)
	}
	return diags
}

// Validate says what is wrong with the definitions when the modules that they use are read, and that Parse has not
// said already: variables that a module does not have, lacks or takes in another type, outputs that it does not have.
// All expressions are evaluated without an instance. Provided are names of variables that the caller's environment
// sets (TF_VAR_…). A reader of nil reads nothing.
func (d *Definitions) Validate(module ModuleReader, provided ...string) hcl.Diagnostics {
	if d.unread {
		return nil
	}
	diags := d.unreported(d.evaluateAll(module, provided))
	sortDiagnostics(diags)
	return diags
}

// evaluateAll evaluates each environment with inputs that are unknown.
func (d *Definitions) evaluateAll(module ModuleReader, provided []string) hcl.Diagnostics {
	if module != nil {
		module = &readOnce{from: module, known: map[string]reading{}}
	}
	var diags hcl.Diagnostics
	for _, env := range d.sorted() {
		_, problems := d.instantiate(env, Inputs{Module: module, Provided: provided}, true)
		diags = append(diags, problems...)
	}
	return diags
}

// readOnce reads each module once.
type readOnce struct {
	from  ModuleReader
	known map[string]reading
}

type reading struct {
	module *Module
	err    error
}

func (r *readOnce) ReadModule(source string) (*Module, error) {
	known, found := r.known[source]
	if !found {
		known.module, known.err = r.from.ReadModule(source)
		r.known[source] = known
	}
	return known.module, known.err
}
