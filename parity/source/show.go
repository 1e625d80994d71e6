package source

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/maquette/maquette/parity"
)

// shown adds one of the resources of a module.
func (d *document) shown(v parity.Value, module string) error {
	if err := members(v, shownKinds); err != nil {
		return fmt.Errorf("resource %q: %w", clip(v.Get("address").Str()), err)
	}
	of := parity.Declaration{Type: v.Get("type").Str(), Name: v.Get("name").Str(), Provider: v.Get("provider_name").Str()}
	if v.Kind != parity.Object || of.Type == "" || of.Name == "" {
		return fmt.Errorf("a resource of module %q has no type or no name", clip(module))
	}
	at := parity.Place{Module: module}
	if err := instanceKey(&at, v.Get("index")); err != nil {
		return fmt.Errorf("%s has %w", blockOf(of, at), err)
	}
	attributes := v.Get("values")
	if attributes.Kind != parity.Object {
		attributes = parity.ObjectOf(nil, nil)
	}
	switch mode := v.Get("mode").Str(); mode {
	case "data":
		d.external(of, at, attributes)
		return nil
	case "managed":
	default:
		return fmt.Errorf("%s has the unknown mode %q", clip(addressOf(of, at)), clip(mode))
	}
	d.add(parity.Resource{
		Declaration: d.declared(of), Attributes: parity.AttributesOf(d.pack.Pack(laidOver(attributes, v.Get("sensitive_values"), hide))),
		Tainted: v.Get("tainted").Text == "true", Deposed: v.Get("deposed_key").Str() != "",
	}, at)
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

// laidOver is overlay, without a tree of attributes that it would not change.
func laidOver(v, mask parity.Value, f func(parity.Value) parity.Value) parity.Value {
	if form, ok := v.Form(); ok && !overlays(form, mask, true) {
		return v
	}
	return overlay(v, mask, f)
}

// overlays reports whether overlay may change what has a form. That an object
// had members that were null is lost where a mask has it, too; of the attributes
// as a whole it does not matter.
func overlays(form parity.Form, mask parity.Value, whole bool) bool {
	switch {
	case mask.Kind == parity.Bool:
		return mask.Text == "true"
	case mask.Kind == parity.Object && form.Kind() != parity.List:
		if form.Nulls() && form.Len() > 0 && !whole {
			return true
		}
		for i, k := range mask.Keys() {
			if overlays(form.Get(k), mask.Items()[i], false) {
				return true
			}
		}
	case mask.Kind == parity.List && form.Kind() != parity.Object:
		if form.Kind() != parity.List || len(mask.Items()) > form.Len() {
			return len(mask.Items()) > 0
		}
		for i, m := range mask.Items() {
			if overlays(form.Item(i), m, false) {
				return true
			}
		}
	}
	return false
}

// overlay applies f to every part of v at which mask is true.
func overlay(v, mask parity.Value, f func(parity.Value) parity.Value) parity.Value {
	switch {
	case mask.Kind == parity.Bool && mask.Text == "true":
		return f(v)
	case mask.Kind == parity.Object && v.Kind != parity.List:
		keys := append([]string(nil), v.Keys()...)
		items := append([]parity.Value(nil), v.Items()...)
		for i, k := range mask.Keys() {
			if j, ok := slices.BinarySearch(v.Keys(), k); ok {
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

// change is what a plan says of a resource beyond its planned values.
type change struct {
	unknown, sensitive parity.Value // masks
	created            bool         // it is yet to be made
}

func (d *document) change(v parity.Value) error {
	if err := members(v, changeKinds); err != nil {
		return err
	}
	address, what := v.Get("address").Str(), v.Get("change")
	if address == "" {
		return errors.New("a planned change has no address")
	}
	if v.Get("deposed").Str() != "" {
		return nil
	}
	actions := what.Get("actions").Items()
	c := change{
		unknown: what.Get("after_unknown"), sensitive: what.Get("after_sensitive"),
		created: len(actions) == 1 && actions[0].Str() == "create",
	}
	if d.changes == nil {
		d.changes, d.alike = map[string]*change{}, map[change]*change{}
	}
	if before := d.changes[address]; before != nil {
		c.created = c.created || before.created
	}
	if d.alike[c] == nil {
		d.alike[c] = &c
	}
	d.changes[address] = d.alike[c]
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
		address := r.Address()
		attributes := r.Attributes.Value()
		if c := d.changes[address]; c != nil {
			r.Planned = c.created
			attributes = laidOver(attributes, c.sensitive, hide)
			attributes = laidOver(attributes, c.unknown, func(parity.Value) parity.Value { return parity.Value{Kind: parity.Unknown} })
		}
		if config := configs[parity.WithoutKeys(address)]; config.Kind != parity.Null {
			if form, ok := attributes.Form(); !ok || refers(form, config, true) {
				attributes = refer(attributes, config, r.Module)
			}
		}
		r.Attributes = parity.AttributesOf(d.pack.Pack(attributes))
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

// refers reports whether refer would change what has a form and holds nothing
// unknown: only that an object had members that were null is lost.
func refers(form parity.Form, config parity.Value, whole bool) bool {
	switch {
	case form.Kind() == parity.Object && config.Kind == parity.Object:
		if form.Nulls() && (form.Len() == 0 || !whole) {
			return true
		}
		for i, k := range config.Keys() {
			if refers(form.Get(k), config.Items()[i], false) {
				return true
			}
		}
	case form.Kind() == parity.List && config.Kind == parity.List:
		for i := range min(form.Len(), len(config.Items())) {
			if refers(form.Item(i), config.Items()[i], false) {
				return true
			}
		}
	}
	return false
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
