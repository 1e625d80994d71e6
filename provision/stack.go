package provision

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// stackPlan is what builds an environment, gathered along its line of models and not yet evaluated.
type stackPlan struct {
	source    *Terraform // the nearest that has a source; nil: nothing builds it
	unknown   bool       // there may be one: what is said of it is wrong
	nearest   hcl.Range  // the nearest terraform block
	binary    string
	backend   *BackendBlock
	variables []planned // in order of name
	providers map[string]plannedProvider
}

// plannedProvider are the settings of a provider, and whose they are.
type plannedProvider struct {
	*ProviderBlock
	from string // the environment that says it
}

// planned is a variable with its expression.
type planned struct {
	name string
	expr hcl.Expression
	key  hcl.Range
	from string // the environment that says it
}

func (d *Definitions) stackPlan(env *Environment) stackPlan {
	plan := stackPlan{providers: map[string]plannedProvider{}}
	if env.Terraform != nil {
		plan.backend = env.Terraform.Backend
	}
	var line []*Environment
	for at := env; at != nil; at = d.model(at) {
		tf := at.Terraform
		if tf == nil {
			continue
		}
		if len(line) == 0 {
			plan.nearest = tf.Range
		}
		if plan.binary == "" {
			plan.binary = tf.Binary
		}
		switch {
		case plan.source != nil || plan.unknown:
		case tf.badSource:
			plan.unknown = true
		case tf.Source != "":
			plan.source = tf
		}
		line = append(line, at)
		for name, provider := range tf.Providers {
			if plan.providers[name].ProviderBlock == nil {
				plan.providers[name] = plannedProvider{provider, at.Name}
			}
		}
	}
	// Variables are of a module: those for another one end the line. Which one an environment means, it says or the
	// next in the line does.
	for i := range line {
		from := slices.IndexFunc(line[i:], func(at *Environment) bool { return at.Terraform.Source != "" || at.Terraform.badSource })
		if plan.source != nil && (from < 0 || line[i+from].Terraform.Source != plan.source.Source) {
			break
		}
		for _, name := range line[i].Terraform.Names {
			if !slices.ContainsFunc(plan.variables, func(v planned) bool { return v.name == name }) {
				plan.variables = append(plan.variables, planned{name, line[i].Terraform.Variables[name], line[i].Terraform.keys[name], line[i].Name})
			}
		}
	}
	slices.SortFunc(plan.variables, func(a, b planned) int { return strings.Compare(a.name, b.name) })
	return plan
}

// Root returns the absolute directory of the user's own root or module that builds an environment, be it said by a model
// of it; "" where there is none on this machine.
func (d *Definitions) Root(environment string) string {
	env := d.Environments[environment]
	if env == nil {
		return ""
	}
	if source := d.stackPlan(env).source; source != nil && source.Local {
		return source.Source
	}
	return ""
}

// evaluateStack evaluates what builds an environment; without a source, to say what is wrong with the rest. The module is nil where nothing is known of it. follows are the facts that the variables follow.
func (d *Definitions) evaluateStack(env *Environment, s *scope, in Inputs) (_ Stack, _ *Module, follows map[string][]Fact, _ hcl.Diagnostics) {
	plan := d.stackPlan(env)
	stack := Stack{Binary: plan.binary, Variables: map[string]cty.Value{}}
	var (
		module *Module
		diags  hcl.Diagnostics
	)
	follows = map[string][]Fact{}
	if plan.source != nil {
		stack.Source, stack.Local = plan.source.Source, plan.source.Local
	}
	if plan.source != nil && in.Module != nil {
		var err error
		if module, err = in.Module.ReadModule(stack.Source); err != nil {
			diags = append(diags, problem(plan.source.sourceRange, "The module cannot be read", "Reading the interface of %s: %s.", stack.Source, err))
		}
	}
	for _, v := range plan.variables {
		value, problems := s.variable(v, module)
		diags = append(diags, inherited(problems, env.Name, v.from)...)
		stack.Variables[v.name] = value
		if facts := s.factsOf(v.expr, d.parsed[v.expr.Range().Filename]); len(facts) > 0 {
			follows[v.name] = facts
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Vars)) {
		delete(follows, name)
		value, diag := given(name, in.Vars[name], module)
		if diag != nil {
			diags = append(diags, diag)
		}
		stack.Variables[name] = value
	}
	// Null is no value: with it, an environment leaves to the module what its model says.
	maps.DeleteFunc(stack.Variables, func(_ string, value cty.Value) bool { return value.IsNull() })
	if lacking := missing(module, stack.Variables, in.Provided); len(lacking) > 0 {
		diags = append(diags, problem(plan.nearest, "Missing variables", "The module %s has no default for: %s. Give each a value in variables = { … }, by --var NAME=VALUE or by the environment variable TF_VAR_NAME.",
			stack.Source, strings.Join(lacking, ", ")))
	}
	if plan.backend != nil {
		backend, problems := s.backend(plan.backend)
		diags = append(diags, problems...)
		stack.Backend = backend
	}
	for _, name := range slices.Sorted(maps.Keys(plan.providers)) {
		provider := plan.providers[name]
		config, problems := s.settings("provider", provider.Config, provider.Range)
		diags = append(diags, inherited(problems, env.Name, provider.from)...)
		if stack.Providers == nil {
			stack.Providers = map[string]map[string]cty.Value{}
		}
		stack.Providers[name] = config
	}
	return stack, module, follows, diags
}

// variable evaluates a variable, in the type that the module declares for it.
func (s *scope) variable(v planned, module *Module) (cty.Value, hcl.Diagnostics) {
	value, diags := s.evaluate(v.expr, cty.DynamicPseudoType)
	if module == nil {
		return value, diags
	}
	declared, known := module.Variables[v.name]
	if !known {
		return value, append(diags, problem(v.key, "Unknown variable", "The module has no variable %q; %s%s", v.name, has(module), suggest(v.name, variables(module))))
	}
	if diags.HasErrors() {
		return value, diags
	}
	converted, err := convert.Convert(value, declared.Type)
	if err != nil {
		reason := ": " + err.Error()
		if declared.Sensitive || value.ContainsMarked() {
			reason = ""
		}
		return value, append(diags, problem(v.expr.Range(), "Wrong type", "The module declares %q as %s, and the value is %s%s.", v.name, declared.Type.FriendlyName(), kindOf(value), reason))
	}
	if declared.Sensitive {
		converted = converted.Mark(Secret)
	}
	return converted, diags
}

func has(module *Module) string {
	if len(module.Variables) == 0 {
		return "it has none."
	}
	return "it has: " + enumerated(variables(module)) + "."
}

func variables(module *Module) []string { return slices.Collect(maps.Keys(module.Variables)) }

// given reads a variable from text, as Terraform reads TF_VAR_NAME. Its errors do not show the text, which nobody has
// said is no secret.
func given(name, text string, module *Module) (cty.Value, *hcl.Diagnostic) {
	declared := Variable{Type: cty.DynamicPseudoType, Literal: true}
	if module != nil {
		var known bool
		if declared, known = module.Variables[name]; !known {
			return cty.DynamicVal, unplaced("Unknown variable", "--var %s: the module has no variable %q; %s%s", name, name, has(module), suggest(name, variables(module)))
		}
	}
	value := cty.StringVal(text)
	if !declared.Literal {
		parsed, ok := literalText(text)
		if !ok {
			return cty.DynamicVal, unplaced("Bad value", "--var %s: the module declares it as %s, so that its value is written as in HCL, without variables: --var '%s=[\"a\", \"b\"]'.", name, declared.Type.FriendlyName(), name)
		}
		value = parsed
	}
	converted, err := convert.Convert(value, declared.Type)
	if err != nil {
		return cty.DynamicVal, unplaced("Wrong type", "--var %s: the module declares it as %s, and the value is none.", name, declared.Type.FriendlyName())
	}
	if declared.Sensitive {
		converted = converted.Mark(Secret)
	}
	return converted, nil
}

// literalText reads a text as an HCL expression that refers to nothing.
func literalText(text string) (cty.Value, bool) {
	if bounded([]byte(text), "").HasErrors() {
		return cty.NilVal, false
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, false
	}
	value, diags := expr.Value(nil)
	return value, !diags.HasErrors()
}

// unplaced is an error about what was asked for, and not about a line.
func unplaced(summary, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...)}
}

// missing returns the variables that have neither a default nor a value.
func missing(module *Module, values map[string]cty.Value, provided []string) []string {
	if module == nil {
		return nil
	}
	var names []string
	for name, variable := range module.Variables {
		_, found := values[name]
		if variable.Required && !found && !slices.Contains(provided, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// settingSecrets are what Terraform's backends and providers call their credentials. Not all that sounds like one is: secret_suffix of
// kubernetes is a name, and credentials of gcs usually a path.
var settingSecrets = []string{
	"access_key", "access_token", "client_certificate_password", "client_secret", "encryption_key", "password", "sas_token",
	"secret_key", "security_token", "token",
}

// backend evaluates where a state is kept.
func (s *scope) backend(block *BackendBlock) (*Backend, hcl.Diagnostics) {
	config, diags := s.settings("backend", block.Config, block.Range)
	return &Backend{Type: block.Type, Config: config}, diags
}

// settings evaluates what is said for a part of Terraform's. It reaches a file and the registry, so that no secret may
// be among it, also where the definition has it in clear.
func (s *scope) settings(what string, config map[string]hcl.Expression, at hcl.Range) (map[string]cty.Value, hcl.Diagnostics) {
	values := map[string]cty.Value{}
	var diags hcl.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(config)) {
		expr := config[name]
		value, problems := s.evaluate(expr, cty.DynamicPseudoType)
		diags = append(diags, problems...)
		switch {
		case value.ContainsMarked():
			diags = append(diags, problem(expr.Range(), "Secret in a "+what, "A %[1]s's settings are written to a file, so that a secret must not be among them. Give credentials through the environment, as the %[1]s's documentation says.", what))
		case value.IsNull():
		case holdsSecret(value), slices.Contains(settingSecrets, name): // whose line is not shown
			diags = append(diags, problem(at, "Secret in a "+what, "%q holds a secret, and a %[2]s's settings are written to a file. Give credentials through the environment, as the %[2]s's documentation says.", name, what))
		default:
			values[name] = value
		}
	}
	return values, diags
}

// Variable is the expression of a variable that builds an environment, and the environment that says it, which may be a
// model of that one; nil where none does.
func (d *Definitions) Variable(environment, name string) (expr hcl.Expression, from string) {
	if env := d.Environments[environment]; env != nil {
		for _, v := range d.stackPlan(env).variables {
			if v.name == name {
				return v.expr, v.from
			}
		}
	}
	return nil, ""
}

// FollowsTier reports whether what builds an environment follows a tier of it.
func (d *Definitions) FollowsTier(environment, tier string) bool {
	env := d.Environments[environment]
	return env != nil && slices.ContainsFunc(d.stackPlan(env).variables, func(v planned) bool { return mentions(v.expr, "tier", tier) })
}
