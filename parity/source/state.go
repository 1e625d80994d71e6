package source

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
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

var providerAddress = lazyregexp.New(`provider\["([^"]+)"\]`)

// stateResource reads one element of a state's resources, with its instances.
func (d *document) stateResource(v parity.Value) error {
	if err := members(v, stateResourceKinds); err != nil {
		return err
	}
	b := block{
		module: v.Get("module").Str(), mode: v.Get("mode").Str(),
		Declaration: parity.Declaration{Type: v.Get("type").Str(), Name: v.Get("name").Str(), Provider: v.Get("provider").Str()},
	}
	if b.Type == "" || b.Name == "" {
		return errors.New("a resource has no type or no name")
	}
	b.Provider = d.provider(b.Provider)
	for _, inst := range v.Get("instances").Items() {
		if err := d.stateInstance(b, inst); err != nil {
			return err
		}
	}
	return nil
}

// block is what a state says of a resource beside its instances.
type block struct {
	module, mode string
	parity.Declaration
}

// stateInstance reads an instance of a resource.
func (d *document) stateInstance(b block, inst parity.Value) error {
	if inst.Kind != parity.Object {
		return fmt.Errorf("an instance of %s.%s is no object", clip(b.Type), clip(b.Name))
	}
	b.Schema, _ = strconv.Atoi(inst.Get("schema_version").Text)
	at := parity.Place{Module: b.module}
	if err := instanceKey(&at, inst.Get("index_key")); err != nil {
		return fmt.Errorf("%s has %w", blockOf(b.Declaration, at), err)
	}
	if err := members(inst, instanceKinds); err != nil {
		return fmt.Errorf("%s: %w", addressOf(b.Declaration, at), err)
	}
	attributes := inst.Get("attributes")
	if attributes.Kind != parity.Object {
		if inst.Get("attributes_flat").Kind == parity.Object {
			return withHint("Run `terraform apply -refresh-only` once; it rewrites the attributes.",
				"%s is stored in the flat form of Terraform 0.11", addressOf(b.Declaration, at))
		}
		attributes = parity.ObjectOf(nil, nil)
		if b.mode == "managed" {
			d.snap.Incomplete = append(d.snap.Incomplete, parity.Gap{Source: d.snap.Sources[0], Reason: addressOf(b.Declaration, at) + " has no attributes"})
		}
	}
	if b.mode == "data" {
		d.external(b.Declaration, at, attributes)
		return nil
	}
	if b.mode != "managed" {
		return fmt.Errorf("%s has the unknown mode %q", addressOf(b.Declaration, at), clip(b.mode))
	}
	attributes = undynamic(attributes)
	for _, path := range inst.Get("sensitive_attributes").Items() {
		attributes = hidePath(attributes, path.Items())
	}
	d.add(parity.Resource{
		Declaration: d.declared(b.Declaration), Attributes: parity.AttributesOf(d.pack.Pack(attributes)),
		Tainted: inst.Get("status").Str() == "tainted", Deposed: inst.Get("deposed").Str() != "",
	}, at)
	return nil
}

// declared is a declaration that all of its resources share.
func (d *document) declared(x parity.Declaration) *parity.Declaration {
	have := d.declarations[x]
	if have == nil {
		if d.declarations == nil {
			d.declarations = map[parity.Declaration]*parity.Declaration{}
		}
		own := x
		have = &own
		d.declarations[x] = have
	}
	return have
}

// add adds a resource, which has no place yet, to the snapshot.
func (d *document) add(r parity.Resource, at parity.Place) {
	r.Place = d.placed(at)
	if n := len(d.snap.Resources); n == cap(d.snap.Resources) {
		more := n/4 + 16
		const enough, most = 4000, 256 // to judge by; times as many as are there, as the beginning may tell little
		if read := d.lim.read; read < d.size && n > enough {
			more = min(int(float64(n)*float64(d.size-read)/float64(read)*9/8)+n/16, most*n)
		}
		d.snap.Resources = append(make([]parity.Resource, 0, n+more), d.snap.Resources...)
	}
	d.snap.Resources = append(d.snap.Resources, r)
}

// placed is a place that all resources of a module share which are there.
func (d *document) placed(at parity.Place) *parity.Place {
	if at.Module != d.module || len(d.places) > maxWords { // a module's resources follow each other
		d.module = strings.Clone(at.Module)
		clear(d.places)
	}
	have := d.places[at]
	if have == nil {
		if d.places == nil {
			d.places = map[parity.Place]*parity.Place{}
		}
		own := parity.Place{Module: d.module, Key: strings.Clone(at.Key), KeyKind: at.KeyKind}
		have = &own
		d.places[own] = have
	}
	return have
}

func addressOf(of parity.Declaration, at parity.Place) string {
	r := parity.NewResource(of, at, parity.Value{})
	return r.Address()
}

func blockOf(of parity.Declaration, at parity.Place) string {
	r := parity.NewResource(of, at, parity.Value{})
	return r.Block()
}

// provider is the address in what a state calls a resource's provider.
func (d *document) provider(text string) string {
	address, ok := d.providers[text]
	if !ok {
		address = text
		if m := providerAddress.FindStringSubmatch(text); m != nil {
			address = m[1]
		}
		if d.providers == nil {
			d.providers = map[string]string{}
		}
		d.providers[text] = address
	}
	return address
}

// The kinds that the members of a state's resources and instances have, where
// they are there. What has another was not written by Terraform, and reading on
// would leave out what it says.
var (
	stateResourceKinds = map[string]parity.Kind{
		"module": parity.String, "mode": parity.String, "type": parity.String, "name": parity.String,
		"provider": parity.String, "instances": parity.List,
	}
	instanceKinds = map[string]parity.Kind{
		"attributes": parity.Object, "attributes_flat": parity.Object, "schema_version": parity.Number,
		"status": parity.String, "deposed": parity.String, "sensitive_attributes": parity.List,
	}
)

// members checks the kinds of those of v's members that are there.
func members(v parity.Value, kinds map[string]parity.Kind) error {
	for i, key := range v.Keys() {
		if want, ok := kinds[key]; ok && v.Items()[i].Kind != want {
			return fmt.Errorf("%s is no %s", key, kindNames[want])
		}
	}
	return nil
}

var kindNames = map[parity.Kind]string{
	parity.Bool: "boolean", parity.Number: "number", parity.String: "string", parity.List: "list", parity.Object: "object",
}

// undynamic takes the wrapping off the attributes whose type is any: a state
// holds them as {"value": …, "type": …}, and `terraform show -json` as they are.
func undynamic(attributes parity.Value) parity.Value {
	mayBe := func(keys []string) bool { return len(keys) <= 2 && slices.Contains(keys, "type") }
	if !attributes.AnyObject(mayBe) {
		return attributes
	}
	var items []parity.Value // copied on the first change only
	for i, v := range attributes.Items() {
		inner, ok := dynamic(v)
		if !ok {
			continue
		}
		if items == nil {
			items = append(items, attributes.Items()...)
		}
		items[i] = inner
	}
	if items == nil {
		return attributes
	}
	return parity.ObjectOf(append([]string(nil), attributes.Keys()...), items)
}

// dynamic returns the value in {"value": …, "type": …} where the type is one,
// and the value's own.
func dynamic(v parity.Value) (parity.Value, bool) {
	if v.Kind != parity.Object || len(v.Keys()) > 2 || v.Get("type").Kind == parity.Null {
		return v, false
	}
	if len(v.Keys()) == 2 && v.Keys()[1] != "value" {
		return v, false
	}
	inner := v.Get("value")
	return inner, conforms(inner, v.Get("type"))
}

// conforms reports whether a value is of a type, as states write types:
// "string", ["list","string"], ["object",{"a":"string"}].
func conforms(v, typ parity.Value) bool {
	if typ.Kind == parity.String {
		switch typ.Text {
		case "string":
			return v.Kind == parity.String || v.Kind == parity.Null
		case "number":
			return v.Kind == parity.Number || v.Kind == parity.Null
		case "bool":
			return v.Kind == parity.Bool || v.Kind == parity.Null
		}
		return typ.Text == "dynamic"
	}
	parts := typ.Items()
	if typ.Kind != parity.List || len(parts) < 2 {
		return false
	}
	switch parts[0].Str() {
	case "list", "set", "tuple":
		return v.Kind == parity.List || v.Kind == parity.Null
	case "map", "object":
		return v.Kind == parity.Object || v.Kind == parity.Null
	}
	return false
}

// instanceKey sets a place's key. The error says what the resource has instead of one.
func instanceKey(at *parity.Place, key parity.Value) error {
	switch key.Kind {
	case parity.Null:
	case parity.Number:
		if n, err := strconv.ParseUint(key.Text, 10, 32); err != nil || strconv.FormatUint(n, 10) != key.Text {
			return fmt.Errorf("the index %s, which is no count", clip(key.Text))
		}
		at.KeyKind, at.Key = parity.CountKey, key.Text
	case parity.String:
		at.KeyKind, at.Key = parity.ForEachKey, key.Text
	default:
		return errors.New("an index_key that is neither number nor string")
	}
	return nil
}

// external keeps what names a data source; its attributes are not compared.
func (d *document) external(of parity.Declaration, at parity.Place, attributes parity.Value) {
	e := parity.External{Address: "data." + of.Type + "." + of.Name}
	if at.Module != "" {
		e.Address = at.Module + "." + e.Address
	}
	for _, name := range []string{"id", "arn"} {
		if s := attributes.Get(name).Str(); s != "" {
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
	// An attribute of any type is wrapped, and paths do not say so.
	if inner, ok := dynamic(v); ok && v.Get(stepName(step)).Kind == parity.Null {
		return hidePath(inner, steps)
	}
	switch step.Get("type").Str() {
	case "get_attr":
		if v.Kind == parity.List {
			return hide(v) // no path that Terraform writes
		}
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

// stepName is the key that a step of a path leads to.
func stepName(step parity.Value) string {
	key := step.Get("value")
	if key.Kind == parity.Object {
		key = key.Get("value")
	}
	return key.Str()
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
