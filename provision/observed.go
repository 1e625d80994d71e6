package provision

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/maquette/maquette/internal/mask"
	"github.com/maquette/maquette/parity"
)

// Fact is something observed that a value follows.
type Fact struct {
	Text  string `json:"text"` // as the definition refers to it: "observed.production.aws_db_instance.main.engine_version"
	Value string `json:"value"`
	// Kind is what the value is about: "versions", "topology" or "configuration".
	Kind string `json:"kind"`
}

// The kinds of facts.
const (
	FactVersions      = "versions"
	FactTopology      = "topology"
	FactConfiguration = "configuration"
)

// sought is what a traversal of observed… or a call of version looks for.
type sought struct {
	at          hcl.Range
	environment string
	module      string        // with instance keys; "" for any
	typ, name   string        // of a resource; typ "tier" for a tier
	path        hcl.Traversal // of the attribute in the resource, from its instance key on, or of the fact of the tier
}

// seek reads a traversal of observed….
func (s *scope) seek(t hcl.Traversal) (want sought, diag *hcl.Diagnostic) {
	want.at = t.SourceRange()
	environment, at, ok := step(t, 1)
	if !ok {
		return want, problem(want.at, "Nothing observed", "Say of which environment, and what: observed.production.tier.web.members, or observed.production.aws_db_instance.main.engine_version.")
	}
	want.environment = environment
	if diag := s.observable(environment, at); diag != nil {
		return want, diag
	}
	rest := t[2:]
	for len(rest) > 1 {
		if word, _, ok := step(rest, 0); !ok || word != "module" {
			break
		}
		name, _, ok := step(rest, 1)
		if !ok {
			return want, problem(want.at, "Nothing observed", "A module has a name: observed.%s.module.NAME.TYPE.NAME.ATTRIBUTE.", environment)
		}
		if want.module != "" {
			want.module += "."
		}
		want.module += "module." + name
		rest = rest[2:]
		if len(rest) > 0 {
			if index, ok := rest[0].(hcl.TraverseIndex); ok {
				want.module += "[" + keyText(index.Key) + "]"
				rest = rest[1:]
			}
		}
	}
	typ, _, isType := step(rest, 0)
	name, _, isName := step(rest, 1)
	if !isType || !isName {
		return want, problem(want.at, "Nothing observed", "Say what of %s: tier.NAME.members, or the attribute of a resource as TYPE.NAME.ATTRIBUTE.", environment)
	}
	want.typ, want.name, want.path = typ, name, rest[2:]
	if typ == "tier" {
		known := []string{"members", "size", "zones"}
		what, at, ok := step(rest, 2)
		if !ok {
			return want, problem(want.at, "Nothing observed", "Say what of the tier: %s.", enumerated(known))
		}
		if !slices.Contains(known, what) {
			return want, problem(at, "Unknown name", "An observed tier has no %q; it has: %s.%s", what, enumerated(known), suggest(what, known))
		}
	}
	return want, nil
}

// observable says why an environment cannot be referred to.
func (s *scope) observable(environment string, at hcl.Range) *hcl.Diagnostic {
	env := s.environments[environment]
	switch {
	case env == nil:
		names := slices.Sorted(maps.Keys(s.environments))
		return problem(at, "Unknown environment", "No environment %q is defined. There are: %s.%s", environment, enumerated(names), suggest(environment, names))
	case env.Throwaway != nil:
		return problem(at, "Nothing to observe", "Instances of %q come and go: there is not one that could be observed. Refer to a lasting environment.", environment)
	case environment == s.environment:
		return problem(at, "Circle", "%q cannot follow what it runs itself.", environment)
	}
	return nil
}

// instanceKey is a key as resources have it.
func instanceKey(key cty.Value) (parity.KeyKind, string) {
	if key.Type() == cty.Number {
		return parity.CountKey, key.AsBigFloat().Text('f', -1)
	}
	return parity.ForEachKey, key.AsString()
}

// keyText writes an instance key as addresses have it.
func keyText(key cty.Value) string {
	kind, text := instanceKey(key)
	if kind == parity.ForEachKey {
		return `"` + mask.QuoteHCL(text) + `"`
	}
	return text
}

// find returns what is observed.
func (s *scope) find(want sought) (cty.Value, *hcl.Diagnostic) {
	facts := s.facts[want.environment]
	if facts == nil {
		return cty.DynamicVal, problem(want.at, "Not observed", "%q was not observed.", want.environment)
	}
	if want.typ == "tier" {
		return facts.tierFact(want)
	}
	return facts.attribute(want)
}

// literals are the arguments of a call of version: which environment is observed is known before anything is evaluated.
func literals(call *hclsyntax.FunctionCallExpr) ([]string, *hcl.Diagnostic) {
	bad := func(at hcl.Range) *hcl.Diagnostic {
		return problem(at, "Bad version", "A version is had by three literal texts, the environment, the tier and what of it: version(\"production\", \"web\", \"image\").")
	}
	if len(call.Args) != 3 || call.ExpandFinal {
		return nil, bad(call.Range())
	}
	var args []string
	for _, arg := range call.Args {
		value, diags := arg.Value(nil)
		if diags.HasErrors() || value.IsNull() || value.Type() != cty.String {
			return nil, bad(arg.Range())
		}
		args = append(args, value.AsString())
	}
	return args, nil
}

// checkVersion looks at a call of version.
func (s *scope) checkVersion(call *hclsyntax.FunctionCallExpr) *hcl.Diagnostic {
	args, diag := literals(call)
	if diag == nil {
		diag = s.observable(args[0], call.Args[0].Range())
	}
	if diag == nil && s.facts[args[0]] != nil {
		_, diag = s.facts[args[0]].version(args[0], args[1], args[2], call.Range())
	}
	return diag
}

// versionFunc is version("ENVIRONMENT", "TIER", "WHAT"). That there is one, scope.check has seen to.
func (s *scope) versionFunc() function.Function {
	text := function.Parameter{Type: cty.String}
	params := []function.Parameter{text, text, text}
	for i, name := range []string{"environment", "tier", "what"} {
		params[i].Name = name
	}
	return function.New(&function.Spec{
		Params: params,
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			facts := s.facts[args[0].AsString()]
			if facts == nil {
				return cty.UnknownVal(cty.String).RefineNotNull(), nil
			}
			value, diag := facts.version(args[0].AsString(), args[1].AsString(), args[2].AsString(), hcl.Range{})
			if diag != nil {
				return cty.NilVal, diag
			}
			return value, nil
		},
	})
}

// branch is a part of the object that observed… is in one expression: of all that was observed it holds what the
// expression names.
type branch struct {
	value *cty.Value
	keys  map[string]*branch
	list  bool // its keys are numbers
}

func (b *branch) at(key string) *branch {
	if b.keys == nil {
		b.keys = map[string]*branch{}
	}
	if b.keys[key] == nil {
		b.keys[key] = &branch{}
	}
	return b.keys[key]
}

func (b *branch) cty() cty.Value {
	if b.value != nil {
		return *b.value
	}
	if b.list {
		var items []cty.Value
		for key, item := range b.keys {
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i < 0 || i > maxMembers {
				continue // no resource has it: told before
			}
			for len(items) <= i {
				items = append(items, cty.NullVal(cty.DynamicPseudoType))
			}
			items[i] = item.cty()
		}
		return cty.TupleVal(items)
	}
	fields := map[string]cty.Value{}
	for key, child := range b.keys {
		fields[key] = child.cty()
	}
	return cty.ObjectVal(fields)
}

// observed is the value of "observed" in an expression. That all is there, scope.check has seen to.
func (s *scope) observed(expr hcl.Expression) cty.Value {
	root := &branch{}
	for _, t := range expr.Variables() {
		if t.RootName() != "observed" {
			continue
		}
		want, diag := s.seek(t)
		if diag != nil || s.facts[want.environment] == nil {
			return cty.DynamicVal
		}
		value, diag := s.find(want)
		if diag != nil {
			return cty.DynamicVal
		}
		at := root
		for _, step := range t[1:] {
			switch step := step.(type) {
			case hcl.TraverseAttr:
				at = at.at(step.Name)
			case hcl.TraverseIndex:
				kind, key := instanceKey(step.Key)
				at.list = at.list || kind == parity.CountKey
				at = at.at(key)
			}
		}
		at.value = &value
	}
	return root.cty()
}

// factsOf are what an expression's value follows, in the order of the text.
func (s *scope) factsOf(expr hcl.Expression, file *hcl.File) []Fact {
	if file == nil {
		return nil
	}
	var all []Fact
	add := func(at hcl.Range, kind string, value cty.Value) {
		fact := Fact{oneLine(string(at.SliceBytes(file.Bytes))), plainText(value), kind}
		if !slices.Contains(all, fact) {
			all = append(all, fact)
		}
	}
	for _, t := range expr.Variables() {
		switch t.RootName() {
		case "observed":
			want, diag := s.seek(t)
			if diag != nil || s.facts[want.environment] == nil {
				continue
			}
			if value, diag := s.find(want); diag == nil {
				add(want.at, s.facts[want.environment].kind(want), value)
			}
		case "tier":
			name, _, _ := step(t, 1)
			for _, tier := range s.tiers {
				if tier.Name != name || tier.Baseline == 0 {
					continue
				}
				value := cty.StringVal(tier.Size)
				if what, _, _ := step(t, 2); what != "size" {
					value = cty.StringVal(fmt.Sprintf("%d of %d", tier.Members, tier.Baseline))
				}
				add(t.SourceRange(), FactTopology, value)
			}
		}
	}
	for _, call := range callsOf(expr, "version") {
		args, diag := literals(call)
		if diag != nil || s.facts[args[0]] == nil {
			continue
		}
		if value, diag := s.facts[args[0]].version(args[0], args[1], args[2], call.Range()); diag == nil {
			add(call.Range(), FactVersions, value)
		}
	}
	return all
}

// plainText writes a value for people to read.
func plainText(value cty.Value) string {
	if text, err := convert.Convert(value, cty.String); err == nil && !text.IsNull() && text.IsKnown() && !text.IsMarked() {
		return text.AsString()
	}
	encoded, err := json.Marshal(ctyjson.SimpleJSONValue{Value: value})
	if err != nil {
		return parity.Hidden
	}
	return string(encoded)
}
