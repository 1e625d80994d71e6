package source

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/maquette/maquette/parity"
)

// resource reads one element of a state's or a snapshot's resources.
func (d *document) resource(v parity.Value) error {
	if v.Get("instances").Kind == parity.List || v.Get("mode").Kind != parity.Null && v.Get("attributes").Kind == parity.Null {
		d.hasState = true
		return d.stateResource(v)
	}
	return d.snapshotResource(v)
}

var providerAddress = regexp.MustCompile(`provider\["([^"]+)"\]`)

// stateResource reads one element of a state's resources, with its instances.
func (d *document) stateResource(v parity.Value) error {
	base := parity.Resource{
		Module: v.Get("module").Str(), Type: v.Get("type").Str(), Name: v.Get("name").Str(),
		Provider: v.Get("provider").Str(),
	}
	if base.Type == "" || base.Name == "" {
		return errors.New("a resource has no type or no name")
	}
	if m := providerAddress.FindStringSubmatch(base.Provider); m != nil {
		base.Provider = m[1]
	}
	mode := v.Get("mode").Str()
	for _, inst := range v.Get("instances").Items() {
		r := base
		if err := instanceKey(&r, inst.Get("index_key")); err != nil {
			return err
		}
		r.Attributes = inst.Get("attributes")
		if r.Attributes.Kind != parity.Object {
			if inst.Get("attributes_flat").Kind == parity.Object {
				return withHint("Run `terraform apply -refresh-only` once; it rewrites the attributes.",
					"%s is stored in the flat form of Terraform 0.11", r.Address)
			}
			r.Attributes = parity.ObjectOf(nil, nil)
		}
		if mode == "data" {
			d.external(r)
			continue
		}
		if mode != "managed" {
			return fmt.Errorf("%s has the unknown mode %q", r.Address, clip(mode))
		}
		r.Schema, _ = strconv.Atoi(inst.Get("schema_version").Text)
		r.Tainted = inst.Get("status").Str() == "tainted"
		r.Deposed = inst.Get("deposed").Str() != ""
		for _, path := range inst.Get("sensitive_attributes").Items() {
			r.Attributes = hidePath(r.Attributes, path.Items())
		}
		d.snap.Resources = append(d.snap.Resources, r)
	}
	return nil
}

// instanceKey sets a resource's key and address.
func instanceKey(r *parity.Resource, key parity.Value) error {
	prefix := ""
	if r.Module != "" {
		prefix = r.Module + "."
	}
	r.Address = prefix + r.Type + "." + r.Name
	switch key.Kind {
	case parity.Null:
	case parity.Number:
		r.KeyKind, r.Key = parity.CountKey, key.Text
		r.Address += "[" + key.Text + "]"
	case parity.String:
		r.KeyKind, r.Key = parity.ForEachKey, key.Text
		r.Address += "[" + strconv.Quote(key.Text) + "]"
	default:
		return fmt.Errorf("%s has an index_key that is neither number nor string", r.Address)
	}
	return nil
}

// external keeps what names a data source; its attributes are not compared.
func (d *document) external(r parity.Resource) {
	e := parity.External{Address: "data." + r.Type + "." + r.Name}
	if r.Module != "" {
		e.Address = r.Module + "." + e.Address
	}
	for _, name := range []string{"id", "arn"} {
		if s := r.Attributes.Get(name).Str(); s != "" {
			e.Names = append(e.Names, s)
		}
	}
	if len(e.Names) > 0 {
		d.snap.Externals = append(d.snap.Externals, e)
	}
}

// hidePath marks what lies at a path of a state's sensitive_attributes. A path
// that leads nowhere marks nothing; one that cannot be read marks all.
func hidePath(v parity.Value, steps []parity.Value) parity.Value {
	if len(steps) == 0 {
		return hide(v)
	}
	step := steps[0]
	switch step.Get("type").Str() {
	case "get_attr":
		return edit(v, step.Get("value").Str(), -1, func(c parity.Value) parity.Value { return hidePath(c, steps[1:]) })
	case "index":
		key := step.Get("value")
		if key.Kind == parity.Object {
			key = key.Get("value")
		}
		i, err := strconv.Atoi(key.Text)
		if v.Kind == parity.List && (err != nil || i < 0 || i >= len(v.Items())) {
			return hide(v) // an element of a set is named by its value
		}
		return edit(v, key.Text, i, func(c parity.Value) parity.Value { return hidePath(c, steps[1:]) })
	}
	return hide(v)
}

// edit replaces one child of an object or list.
func edit(v parity.Value, key string, index int, f func(parity.Value) parity.Value) parity.Value {
	switch v.Kind {
	case parity.Object:
		items := append([]parity.Value(nil), v.Items()...)
		for i, k := range v.Keys() {
			if k == key {
				items[i] = f(items[i])
			}
		}
		return parity.ObjectOf(append([]string(nil), v.Keys()...), items)
	case parity.List:
		if index >= 0 && index < len(v.Items()) {
			items := append([]parity.Value(nil), v.Items()...)
			items[index] = f(items[index])
			return parity.ListOf(items)
		}
	}
	return v
}

// hide makes every string and number below v a secret.
func hide(v parity.Value) parity.Value {
	switch v.Kind {
	case parity.String, parity.Number:
		if v.Text != "" {
			return parity.Value{Kind: parity.Secret, Text: v.Text}
		}
	case parity.List, parity.Object:
		items := make([]parity.Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = hide(it)
		}
		if v.Kind == parity.List {
			return parity.ListOf(items)
		}
		return parity.ObjectOf(append([]string(nil), v.Keys()...), items)
	}
	return v
}

// modulePath drops the instance keys of an address's modules:
// module.a["x"].module.b[0] becomes module.a.module.b.
var instanceKeys = regexp.MustCompile(`\[("([^"\\]|\\.)*"|\d+)\]`)

func withoutKeys(address string) string {
	if !strings.Contains(address, "[") {
		return address
	}
	return instanceKeys.ReplaceAllString(address, "")
}
