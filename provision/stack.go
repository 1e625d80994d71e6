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
	nearest   hcl.Range  // the nearest terraform block
	binary    string
	backend   *BackendBlock
	variables []planned // in order of name
}

// planned is a variable with its expression.
type planned struct {
	name string
	expr hcl.Expression
	key  hcl.Range
	from string // the environment that says it
}

func (d *Definitions) stackPlan(env *Environment) stackPlan {
	var plan stackPlan
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
		if tf.Source != "" && plan.source == nil {
			plan.source = tf
		}
		line = append(line, at)
	}
	seen := map[string]bool{}
	for _, at := range line {
		tf := at.Terraform
		// Variables are of a module: those for another one end the line.
		if tf.Source != "" && tf.Source != plan.source.Source {
			break
		}
		for _, name := range tf.Names {
			if !seen[name] {
				seen[name] = true
				plan.variables = append(plan.variables, planned{name, tf.Variables[name], tf.keys[name], at.Name})
			}
		}
	}
	slices.SortFunc(plan.variables, func(a, b planned) int { return strings.Compare(a.name, b.name) })
	return plan
}

// evaluateStack evaluates what builds an environment. The module is nil where nothing is known of it.
func (d *Definitions) evaluateStack(env *Environment, s *scope, in Inputs) (Stack, *Module, hcl.Diagnostics) {
	plan := d.stackPlan(env)
	if plan.source == nil {
		return Stack{}, nil, nil
	}
	stack := Stack{Source: plan.source.Source, Local: plan.source.Local, Binary: plan.binary, Variables: map[string]cty.Value{}}
	var (
		module *Module
		diags  hcl.Diagnostics
	)
	if in.Module != nil {
		var err error
		if module, err = in.Module.ReadModule(stack.Source); err != nil {
			diags = append(diags, problem(plan.source.sourceRange, "The module cannot be read", "Reading the interface of %s: %s.", stack.Source, err))
		}
	}
	for _, v := range plan.variables {
		value, problems := s.variable(v, module)
		diags = append(diags, inherited(problems, env.Name, v.from)...)
		stack.Variables[v.name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(in.Vars)) {
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
	return stack, module, diags
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
		reason := convert.MismatchMessage(value.Type(), declared.Type)
		if declared.Sensitive || value.ContainsMarked() {
			reason = "another type is wanted"
		}
		return value, append(diags, problem(v.expr.Range(), "Wrong type", "The module declares %q as %s, and the value is %s: %s.", v.name, declared.Type.FriendlyName(), kindOf(value), reason))
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

// backend evaluates where a state is kept. Its settings reach a file, so that no secret may be among them.
func (s *scope) backend(block *BackendBlock) (*Backend, hcl.Diagnostics) {
	backend := &Backend{Type: block.Type, Config: map[string]cty.Value{}}
	var diags hcl.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(block.Config)) {
		expr := block.Config[name]
		value, problems := s.evaluate(expr, cty.DynamicPseudoType)
		diags = append(diags, problems...)
		if value.ContainsMarked() {
			diags = append(diags, problem(expr.Range(), "Secret in a backend", "A backend's settings are written to a file, so that a secret must not be among them. Give credentials through the environment, as the backend's documentation says."))
		} else if !value.IsNull() {
			backend.Config[name] = value
		}
	}
	return backend, diags
}
