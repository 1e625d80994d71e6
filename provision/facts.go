package provision

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

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

// gap says what could not be read; "" where all was.
func (f *Facts) gap() string {
	for _, gap := range f.snapshot.Incomplete {
		return strings.TrimSpace(gap.Source + ": " + gap.Reason)
	}
	return ""
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
			kind, key := instanceKey(index.Key)
			meant = slices.DeleteFunc(slices.Clone(all), func(r *parity.Resource) bool { return r.KeyKind != kind || r.Key != key })
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
	return nil, nil, problem(want.at, "Unknown resource", "%q has no %s.%s.%s", want.environment, want.typ, want.name, suggest(want.typ, slices.Sorted(maps.Keys(types))))
}

// addresses lists a few.
func addresses(all []*parity.Resource) string {
	var list []string
	for i, r := range all {
		if i == 5 {
			return strings.Join(list, ", ") + fmt.Sprintf(" and %d more", len(all)-i)
		}
		list = append(list, r.Address())
	}
	return strings.Join(list, ", ")
}

// follow goes along a path into a resource.
func (f *Facts) follow(r *parity.Resource, path hcl.Traversal, want sought) (parity.Value, *hcl.Diagnostic) {
	at := r.Attributes.Value()
	for _, s := range path {
		if name, where, ok := step(hcl.Traversal{s}, 0); ok {
			next, diag := member(r, at, name, where)
			if diag != nil {
				return at, diag
			}
			at = next
			continue
		}
		index, ok := s.(hcl.TraverseIndex)
		if !ok || index.Key.Type() != cty.Number {
			return at, problem(want.at, "Not here", "An observed value is had by names and indexes.")
		}
		i, _ := index.Key.AsBigFloat().Int64()
		if at.Kind != parity.List || i < 0 || int(i) >= len(at.Items()) {
			return at, problem(index.SrcRange, "No such element", "%s has no element %s there.", r.Address(), keyText(index.Key))
		}
		at = at.Items()[i]
	}
	return at, nil
}

// member is the value of a key.
func member(r *parity.Resource, v parity.Value, key string, at hcl.Range) (parity.Value, *hcl.Diagnostic) {
	switch {
	case v.Kind == parity.Secret, v.Kind == parity.Unknown:
		return v, nil // told by the caller
	case v.Kind == parity.List:
		return v, problem(at, "A list", "%s has a list there: name one of its elements first, as [0].", r.Address())
	case v.Kind != parity.Object:
		return v, problem(at, "Unknown attribute", "%s has no %q there.", r.Address(), key)
	case !slices.Contains(v.Keys(), key) && r.Partial:
		return v, problem(at, "Incomplete observation", "%q of %s was not read.", key, r.Address())
	case !slices.Contains(v.Keys(), key):
		return v, problem(at, "Unknown attribute", "%s has no %q.%s", r.Address(), key, suggest(key, v.Keys()))
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
