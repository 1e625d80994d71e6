package provision

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
)

// Facts are what one environment runs now, for the expressions that refer to it.
type Facts struct {
	snapshot *parity.Snapshot
	tiers    []parity.ObservedTier
	catalog  *catalog.Catalog
}

// NewFacts seals the snapshot. Words are more names of the environment.
func NewFacts(s *parity.Snapshot, cat *catalog.Catalog, words ...string) *Facts {
	return &Facts{s, parity.Survey(s, cat, words...), cat}
}

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
	for at := env; ; at = d.model(at) {
		if len(at.Tiers) > 0 {
			return nil
		}
		if d.model(at) != nil {
			continue
		}
		if len(at.Observe) == 0 {
			return nil
		}
		return at
	}
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

// gap says what could not be read; "" where all was.
func (f *Facts) gap() string {
	for _, gap := range f.snapshot.Incomplete {
		return strings.TrimSpace(gap.Source + ": " + gap.Reason)
	}
	return ""
}

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

// keyText writes an instance key as addresses have it.
func keyText(key cty.Value) string {
	if key.Type() == cty.Number {
		return key.AsBigFloat().Text('f', -1)
	}
	return fmt.Sprintf("%q", key.AsString())
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

// tier finds one by its name.
func (f *Facts) tier(name, environment string, at hcl.Range) (*parity.ObservedTier, *hcl.Diagnostic) {
	var names []string
	for i := range f.tiers {
		if f.tiers[i].Name == name {
			return &f.tiers[i], nil
		}
		names = append(names, f.tiers[i].Name)
	}
	if why := f.gap(); why != "" {
		return nil, problem(at, "Incomplete observation", "No tier %q was seen in %q, of which not all could be read: %s.", name, environment, why)
	}
	if len(names) == 0 {
		return nil, problem(at, "Unknown tier", "No tier was seen in %q.", environment)
	}
	return nil, problem(at, "Unknown tier", "No tier %q was seen in %q; there are: %s.%s", name, environment, enumerated(names), suggest(name, names))
}

func (f *Facts) tierFact(want sought) (cty.Value, *hcl.Diagnostic) {
	tier, diag := f.tier(want.name, want.environment, want.at)
	if diag != nil {
		return cty.DynamicVal, diag
	}
	unknown := func(what string) (cty.Value, *hcl.Diagnostic) {
		return cty.DynamicVal, problem(want.at, "Not known", "%s of the tier %q of %q could not be told from what was observed.", what, want.name, want.environment)
	}
	if why := f.gap(); why != "" {
		return cty.DynamicVal, problem(want.at, "Incomplete observation", "Not all of %q could be read, so that its tier %q may have more: %s.", want.environment, want.name, why)
	}
	switch what, _, _ := step(want.path, 0); what {
	case "members":
		if tier.Members < 0 {
			return unknown("The members")
		}
		return cty.NumberIntVal(int64(tier.Members)), nil
	case "zones":
		if tier.Zones == 0 {
			return unknown("The zones")
		}
		return cty.NumberIntVal(int64(tier.Zones)), nil
	default:
		if tier.Size == "" {
			return unknown("The size")
		}
		return cty.StringVal(tier.Size), nil
	}
}

// attribute finds an attribute of a resource. Of several resources that are meant, it has to be the same in all.
func (f *Facts) attribute(want sought) (cty.Value, *hcl.Diagnostic) {
	meant, path, diag := f.resources(want)
	if diag != nil {
		return cty.DynamicVal, diag
	}
	if len(path) == 0 && len(meant) > 1 {
		return cty.DynamicVal, problem(want.at, "Ambiguous", "%q has several of %s.%s: %s. Name one of them, or an attribute.", want.environment, want.typ, want.name, addresses(meant))
	}
	var found parity.Value
	for i, r := range meant {
		value, diag := f.follow(r, path, want)
		if diag != nil {
			return cty.DynamicVal, diag
		}
		if i > 0 && !observedOpenly(value).RawEquals(observedOpenly(found)) {
			return cty.DynamicVal, problem(want.at, "Ambiguous", "The value is not the same in all of %s. Name one of them.", addresses(meant))
		}
		found = value
	}
	switch holds := kindsIn(found); {
	case holds[parity.Secret]:
		return cty.DynamicVal, problem(want.at, "Secret", "The value is a secret of %q: it cannot be used elsewhere. Give this environment a secret of its own: secret(\"NAME\").", want.environment)
	case holds[parity.Unknown]:
		return cty.DynamicVal, problem(want.at, "Not known", "The value is known only after %q was applied.", want.environment)
	}
	return observedOpenly(found), nil
}

// resources are those that are meant, and the path that is left once an instance key is taken from it.
func (f *Facts) resources(want sought) ([]*parity.Resource, hcl.Traversal, *hcl.Diagnostic) {
	var meant []*parity.Resource
	var names []string
	for i := range f.snapshot.Resources {
		r := &f.snapshot.Resources[i]
		if r.Deposed || r.Type != want.typ {
			continue
		}
		if r.Name != want.name {
			names = append(names, r.Name)
			continue
		}
		if want.module == "" || r.Module == want.module || parity.WithoutKeys(r.Module) == want.module {
			meant = append(meant, r)
		}
	}
	path := want.path
	if len(meant) > 0 && meant[0].KeyKind != parity.NoKey && len(path) > 0 {
		if index, ok := path[0].(hcl.TraverseIndex); ok {
			path = path[1:]
			all := meant
			meant = slices.DeleteFunc(slices.Clone(all), func(r *parity.Resource) bool {
				return "["+keyText(index.Key)+"]" != r.Address[strings.LastIndex(r.Address, "["):]
			})
			if len(meant) == 0 {
				return nil, nil, problem(index.SrcRange, "Unknown resource", "%q has no %s.%s with the key %s; it has: %s.", want.environment, want.typ, want.name, keyText(index.Key), addresses(all))
			}
		}
	}
	if len(meant) > 0 {
		return meant, path, nil
	}
	if why := f.gap(); why != "" {
		return nil, nil, problem(want.at, "Incomplete observation", "No %s.%s was seen in %q, of which not all could be read: %s.", want.typ, want.name, want.environment, why)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 0 {
		return nil, nil, problem(want.at, "Unknown resource", "%q has no %s called %q; there are: %s.%s", want.environment, want.typ, want.name, enumerated(names), suggest(want.name, names))
	}
	types := map[string]bool{}
	for _, r := range f.snapshot.Resources {
		types[r.Type] = true
	}
	return nil, nil, problem(want.at, "Unknown resource", "%q has no %s.%s%s", want.environment, want.typ, want.name, suggestOr(want.typ, slices.Sorted(maps.Keys(types))))
}

func suggestOr(word string, known []string) string {
	if hint := suggest(word, known); hint != "" {
		return "." + hint
	}
	return "."
}

// addresses lists a few.
func addresses(all []*parity.Resource) string {
	var list []string
	for i, r := range all {
		if i == 5 {
			return strings.Join(list, ", ") + fmt.Sprintf(" and %d more", len(all)-i)
		}
		list = append(list, r.Address)
	}
	return strings.Join(list, ", ")
}

// follow goes along a path into a resource.
func (f *Facts) follow(r *parity.Resource, path hcl.Traversal, want sought) (parity.Value, *hcl.Diagnostic) {
	at := r.Attributes
	for _, s := range path {
		switch s := s.(type) {
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.Number {
				i, _ := s.Key.AsBigFloat().Int64()
				if at.Kind != parity.List || i < 0 || int(i) >= len(at.Items()) {
					return at, problem(s.SrcRange, "No such element", "%s has no element %s there.", r.Address, keyText(s.Key))
				}
				at = at.Items()[i]
				continue
			}
			next, diag := member(r, at, s.Key.AsString(), s.SrcRange)
			if diag != nil {
				return at, diag
			}
			at = next
		case hcl.TraverseAttr:
			next, diag := member(r, at, s.Name, s.SrcRange)
			if diag != nil {
				return at, diag
			}
			at = next
		default:
			return at, problem(want.at, "Not here", "An observed value is had by names and indexes.")
		}
	}
	return at, nil
}

// member is the value of a key.
func member(r *parity.Resource, v parity.Value, key string, at hcl.Range) (parity.Value, *hcl.Diagnostic) {
	switch {
	case v.Kind == parity.Secret, v.Kind == parity.Unknown:
		return v, nil // told by the caller
	case v.Kind == parity.List:
		return v, problem(at, "A list", "%s has a list there: name one of its elements first, as [0].", r.Address)
	case v.Kind != parity.Object:
		return v, problem(at, "Unknown attribute", "%s has no %q there.", r.Address, key)
	case !slices.Contains(v.Keys(), key) && r.Partial:
		return v, problem(at, "Incomplete observation", "%q of %s was not read.", key, r.Address)
	case !slices.Contains(v.Keys(), key):
		return v, problem(at, "Unknown attribute", "%s has no %q.%s", r.Address, key, suggest(key, v.Keys()))
	}
	return v.Get(key), nil
}

// kindsIn are the kinds of all values in a value; what is masked counts as a secret.
func kindsIn(v parity.Value) map[parity.Kind]bool {
	kinds := map[parity.Kind]bool{}
	var walk func(parity.Value)
	walk = func(v parity.Value) {
		kinds[v.Kind] = true
		if v.Masked {
			kinds[parity.Secret] = true
		}
		for _, item := range v.Items() {
			walk(item)
		}
	}
	walk(v)
	return kinds
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

// version is what a tier runs: "engine" is the attribute engine_version, another word an attribute or, as rules do, all
// versions of that kind.
func (f *Facts) version(environment, name, what string, at hcl.Range) (cty.Value, *hcl.Diagnostic) {
	tier, diag := f.tier(name, environment, at)
	if diag != nil {
		return cty.DynamicVal, diag
	}
	var found []parity.ObservedVersion
	known := map[string]bool{}
	for _, v := range tier.Versions {
		known[v.What] = true
	}
	for _, fits := range []func(last string, v parity.ObservedVersion) bool{
		func(last string, _ parity.ObservedVersion) bool { return last == what+"_version" },
		func(last string, _ parity.ObservedVersion) bool { return last == what },
		func(last string, v parity.ObservedVersion) bool {
			return v.What == what && !strings.HasSuffix(last, "_actual")
		},
	} {
		for _, v := range tier.Versions {
			if fits(v.Path[strings.LastIndexByte(v.Path, '.')+1:], v) {
				found = append(found, v)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		return cty.DynamicVal, problem(at, "Unknown version", "The tier %q of %q has no version of its %q%s", name, environment, what, hasVersions(slices.Sorted(maps.Keys(known))))
	}
	for _, v := range found {
		switch {
		case v.Value.Kind == parity.Unknown:
			return cty.DynamicVal, problem(at, "Not known", "%s of %s is known only after %q was applied.", v.Path, v.Address, environment)
		case v.Value.Kind == parity.Secret || v.Value.Masked:
			return cty.DynamicVal, problem(at, "Secret", "%s of %s is a secret of %q.", v.Path, v.Address, environment)
		case v.Value.Text != found[0].Value.Text:
			return cty.DynamicVal, problem(at, "Ambiguous", "The tier %q of %q runs several: %s of %s is not as %s of %s. Name one: observed.%s.TYPE.NAME.ATTRIBUTE.",
				name, environment, v.Path, v.Address, found[0].Path, found[0].Address, environment)
		}
	}
	return cty.StringVal(found[0].Value.Text), nil
}

func hasVersions(known []string) string {
	if len(known) == 0 {
		return ", nor of anything else."
	}
	return "; it has: " + enumerated(known) + "."
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
		for i, step := range t[1:] {
			key := ""
			switch step := step.(type) {
			case hcl.TraverseAttr:
				key = step.Name
			case hcl.TraverseIndex:
				key = strings.Trim(keyText(step.Key), `"`)
				if step.Key.Type() == cty.String {
					key = step.Key.AsString()
				}
				at.list = at.list || step.Key.Type() == cty.Number && i > 0
			}
			at = at.at(key)
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
		text := strings.Join(strings.Fields(string(at.SliceBytes(file.Bytes))), " ")
		fact := Fact{text, plainText(value), kind}
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

// kind is what an observed value is about.
func (f *Facts) kind(want sought) string {
	if want.typ == "tier" {
		return FactTopology
	}
	var names []string
	for _, s := range want.path {
		if s, ok := s.(hcl.TraverseAttr); ok {
			names = append(names, s.Name)
		}
	}
	switch f.catalog.Type(want.typ).Aspect(strings.Join(names, ".")).Kind {
	case catalog.Version:
		return FactVersions
	case catalog.Count, catalog.Size, catalog.Placement:
		return FactTopology
	}
	return FactConfiguration
}
