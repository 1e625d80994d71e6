package source

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/maquette/maquette/parity"
)

// values reads a module of `terraform show -json`: a state's values or a
// plan's planned values.
func (d *document) values(module parity.Value, depth int) error {
	if depth > 64 {
		return errors.New("modules nest more than 64 levels deep")
	}
	if err := members(module, moduleKinds); err != nil {
		return fmt.Errorf("module %q: %w", clip(module.Get("address").Str()), err)
	}
	for _, v := range module.Get("resources").Items() {
		if err := members(v, shownKinds); err != nil {
			return fmt.Errorf("resource %q: %w", clip(v.Get("address").Str()), err)
		}
		r := parity.Resource{
			Module: module.Get("address").Str(), Type: v.Get("type").Str(), Name: v.Get("name").Str(),
			Provider: v.Get("provider_name").Str(), Tainted: v.Get("tainted").Text == "true",
			Deposed: v.Get("deposed_key").Str() != "", Attributes: v.Get("values"),
		}
		if v.Kind != parity.Object || r.Type == "" || r.Name == "" {
			return fmt.Errorf("a resource of module %q has no type or no name", clip(r.Module))
		}
		if err := instanceKey(&r, v.Get("index")); err != nil {
			return err
		}
		if r.Attributes.Kind != parity.Object {
			r.Attributes = parity.ObjectOf(nil, nil)
		}
		switch mode := v.Get("mode").Str(); mode {
		case "data":
			d.external(r)
			continue
		case "managed":
		default:
			return fmt.Errorf("%s has the unknown mode %q", clip(r.Address), clip(mode))
		}
		r.Attributes = hideMask(r.Attributes, v.Get("sensitive_values"))
		d.snap.Resources = append(d.snap.Resources, r)
	}
	for _, child := range module.Get("child_modules").Items() {
		if child.Kind != parity.Object {
			return fmt.Errorf("a child of module %q is no object", clip(module.Get("address").Str()))
		}
		if err := d.values(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

var (
	changeKinds = map[string]parity.Kind{"address": parity.String, "deposed": parity.String, "change": parity.Object}
	moduleKinds = map[string]parity.Kind{"address": parity.String, "resources": parity.List, "child_modules": parity.List}
	shownKinds  = map[string]parity.Kind{
		"address": parity.String, "mode": parity.String, "type": parity.String, "name": parity.String,
		"provider_name": parity.String, "values": parity.Object, "tainted": parity.Bool, "deposed_key": parity.String,
	}
)

// dataSources reads only the data sources of a module.
func (d *document) dataSources(module parity.Value, depth int) error {
	if depth > 64 {
		return errors.New("modules nest more than 64 levels deep")
	}
	for _, v := range module.Get("resources").Items() {
		if v.Get("mode").Str() == "data" {
			d.external(parity.Resource{
				Module: module.Get("address").Str(), Type: v.Get("type").Str(), Name: v.Get("name").Str(), Attributes: v.Get("values"),
			})
		}
	}
	for _, child := range module.Get("child_modules").Items() {
		if err := d.dataSources(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// hideMask marks what a mask of the same form says is sensitive.
func hideMask(v, mask parity.Value) parity.Value {
	return overlay(v, mask, hide)
}

// overlay applies f to every part of v at which mask is true.
func overlay(v, mask parity.Value, f func(parity.Value) parity.Value) parity.Value {
	switch {
	case mask.Kind == parity.Bool && mask.Text == "true":
		return f(v)
	case mask.Kind == parity.Object && v.Kind != parity.List:
		keys := append([]string(nil), v.Keys()...)
		items := append([]parity.Value(nil), v.Items()...)
		at := make(map[string]int, len(keys))
		for i, k := range keys {
			at[k] = i
		}
		for i, k := range mask.Keys() {
			if j, ok := at[k]; ok {
				items[j] = overlay(items[j], mask.Items()[i], f)
			} else if c := overlay(parity.Value{}, mask.Items()[i], f); c.Kind != parity.Null {
				keys, items = append(keys, k), append(items, c)
			}
		}
		if len(keys) == 0 {
			return v
		}
		return parity.ObjectOf(keys, items)
	case mask.Kind == parity.List && v.Kind != parity.Object:
		items := append([]parity.Value(nil), v.Items()...)
		for i, m := range mask.Items() {
			if i == len(items) {
				items = append(items, parity.Value{})
			}
			items[i] = overlay(items[i], m, f)
		}
		if len(items) == 0 {
			return v
		}
		return parity.ListOf(items)
	}
	return v
}

// change keeps what a plan says of a resource beyond its planned values.
func (d *document) change(v parity.Value) error {
	if err := members(v, changeKinds); err != nil {
		return err
	}
	address, change := v.Get("address").Str(), v.Get("change")
	if address == "" {
		return errors.New("a planned change has no address")
	}
	if v.Get("deposed").Str() != "" {
		return nil
	}
	if d.unknown == nil {
		d.unknown, d.sensitive, d.created = map[string]parity.Value{}, map[string]parity.Value{}, map[string]bool{}
	}
	d.unknown[address] = change.Get("after_unknown")
	d.sensitive[address] = change.Get("after_sensitive")
	if actions := change.Get("actions").Items(); len(actions) == 1 && actions[0].Str() == "create" {
		d.created[address] = true
	}
	return nil
}

// plan completes the planned values with what is unknown yet, and with what
// the configuration says those unknowns will refer to.
func (d *document) plan(name string) {
	if d.errored {
		d.snap.Incomplete = append(d.snap.Incomplete, parity.Gap{Source: name, Reason: "the plan ended with an error: it does not hold everything"})
	}
	if d.incomplete && !d.errored {
		d.snap.Incomplete = append(d.snap.Incomplete, parity.Gap{Source: name, Reason: "the plan is partial (targets or deferred changes): it does not hold everything"})
	}
	configs := map[string]parity.Value{}
	d.modules(d.config.Get("root_module"), "", configs, 0)
	for i := range d.snap.Resources {
		r := &d.snap.Resources[i]
		r.Planned = d.created[r.Address]
		r.Attributes = hideMask(r.Attributes, d.sensitive[r.Address])
		unknown := func(parity.Value) parity.Value { return parity.Value{Kind: parity.Unknown} }
		r.Attributes = overlay(r.Attributes, d.unknown[r.Address], unknown)
		r.Attributes = refer(r.Attributes, configs[parity.WithoutKeys(r.Address)], r.Module)
	}
	providers := map[string]string{}
	for _, p := range d.config.Get("provider_config").Items() {
		v := p.Get("version_constraint").Str()
		if full := p.Get("full_name").Str(); full != "" && exact(v) {
			providers[full] = v
		}
	}
	d.snap.Providers = providers
}

// exact reports whether a version constraint allows one version only.
func exact(constraint string) bool {
	return constraint != "" && !strings.ContainsAny(constraint, "<>~!=,* ")
}

// modules collects the configuration of every resource by its address without
// instance keys, and where each module's code is from.
func (d *document) modules(module parity.Value, path string, configs map[string]parity.Value, depth int) {
	if depth > 64 {
		return
	}
	prefix := ""
	if path != "" {
		prefix = path + "."
	}
	for _, r := range module.Get("resources").Items() {
		configs[prefix+r.Get("address").Str()] = r.Get("expressions")
	}
	calls := module.Get("module_calls")
	for i, name := range calls.Keys() {
		call := calls.Items()[i]
		at := prefix + "module." + name
		if d.snap.Modules == nil {
			d.snap.Modules = map[string]parity.Module{}
		}
		d.snap.Modules[at] = parity.Module{Source: call.Get("source").Str(), Version: call.Get("version_constraint").Str()}
		d.modules(call.Get("module"), at, configs, depth+1)
	}
}

// refer replaces what a plan cannot know by what its configuration refers to:
// a security group that is yet to be made has no id, but it has an address.
func refer(v, config parity.Value, module string) parity.Value {
	switch {
	case v.Kind == parity.Unknown:
		if target := references(config); target != "" {
			if module != "" {
				target = module + "." + target
			}
			return parity.Text(parity.ReferenceTo(target))
		}
	case v.Kind == parity.Object && config.Kind == parity.Object:
		items := append([]parity.Value(nil), v.Items()...)
		for i, k := range v.Keys() {
			items[i] = refer(items[i], config.Get(k), module)
		}
		return parity.ObjectOf(append([]string(nil), v.Keys()...), items)
	case v.Kind == parity.List && config.Kind == parity.List:
		items := append([]parity.Value(nil), v.Items()...)
		for i := range items {
			if i < len(config.Items()) {
				items[i] = refer(items[i], config.Items()[i], module)
			}
		}
		return parity.ListOf(items)
	}
	return v
}

// references returns the address of the one resource that an expression
// refers to, "" where it is none or several.
func references(expression parity.Value) string {
	seen := map[string]bool{}
	for _, ref := range expression.Get("references").Items() {
		parts := strings.Split(parity.WithoutKeys(ref.Str()), ".")
		if len(parts) < 2 {
			continue
		}
		switch parts[0] {
		case "var", "local", "module", "data", "each", "count", "path", "self", "terraform":
			continue
		}
		seen[parts[0]+"."+parts[1]] = true
	}
	if len(seen) != 1 {
		return ""
	}
	targets := make([]string, 0, 1)
	for t := range seen {
		targets = append(targets, t)
	}
	sort.Strings(targets)
	return targets[0]
}
