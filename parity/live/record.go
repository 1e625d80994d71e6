package live

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maquette/maquette/parity"
)

// awsProvider is whose types and attribute names are used.
const awsProvider = "registry.terraform.io/hashicorp/aws"

// record is one thing that was found.
type record struct {
	typ   string
	name  string // as people know it, "" where it has no name of its own
	attrs obj
	// tags are those it bears; nil where it bears none or they are not known.
	tags map[string]string
	// ownTags says that the provider keeps the tags in an attribute of its own.
	ownTags bool
	// told, if set, looks the tags up: at once where they decide whether it belongs,
	// else with its details.
	told func() map[string]string
	vpc  string // that it lies in
	// live is what only running things tell.
	live obj
	// instances are the ids of a group's machines.
	instances []string

	// partOf are the things it belongs to and comes with, uses those that
	// belong to it although they stand for themselves.
	partOf, uses []key
	// needs, if set, is a thing without which there is no such resource: another
	// service may find it later.
	needs key
	// detail asks what is asked of chosen ones only; nil for nothing.
	detail func()

	reader  *reader
	address address
	chosen  bool
	asked   bool // for its details
	dropped bool // its details say that it is no resource of the user's
}

// key names a record by its type and its id or ARN.
type key struct{ typ, id string }

// address is where a resource stands among Terraform's.
type address struct {
	module, name string
	kind         parity.KeyKind
	key          string
}

// add notes what was found. Attributes that are not in attrs were not read.
func (r *reader) add(rec record) *record {
	rec.reader = r
	if rec.attrs["region"] == nil {
		delete(rec.attrs, "region")
	}
	if rec.told != nil && r.source.Select.byTags() {
		rec.tags, rec.told = rec.told(), nil
	}
	own := &rec
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, own)
	for _, k := range own.keys() {
		if k.id != "" {
			r.index[k] = own
		}
	}
	return own
}

// recorded reports whether a thing was found.
func (r *run) recorded(k key) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.index[k] != nil
}

// external notes what the environment names and does not consist of.
func (r *run) external(x parity.External) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.externals = append(r.externals, x)
}

// claim reports, once of each thing, that it is to be asked for.
func (r *run) claim(k key) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	again := r.claimed[k]
	r.claimed[k] = true
	return !again
}

func (rec *record) text(attr string) string { return text(rec.attrs[attr]) }

// keys are what others name the record by.
func (rec *record) keys() []key {
	ks := []key{{rec.typ, rec.text("id")}}
	if arn := rec.text("arn"); arn != "" {
		ks = append(ks, key{rec.typ, arn})
	}
	return ks
}

// tell notes what only running things tell.
func (rec *record) tell(attr string, v any) {
	rec.reader.mu.Lock()
	defer rec.reader.mu.Unlock()
	if rec.live == nil {
		rec.live = obj{}
	}
	rec.live[attr] = v
}

// several are texts, each once and in order: one, as a rule.
type several map[string]bool

func (s several) list() []string { return slices.Sorted(maps.Keys(s)) }

func (s several) text() string { return strings.Join(s.list(), ", ") }

// versions are what is found of each name.
type versions map[string]several

// add notes a version, unless it is "".
func (v versions) add(name, version string) {
	if version == "" {
		return
	}
	if v[name] == nil {
		v[name] = several{}
	}
	v[name][version] = true
}

func (v versions) value() map[string]string {
	out := map[string]string{}
	for name, all := range v {
		out[name] = all.text()
	}
	return out
}

// calledBy is the name that people know it by.
func (rec *record) calledBy() string {
	if rec.name != "" {
		return rec.name
	}
	return rec.tags["Name"]
}

// resource is the record as parity takes it.
func (rec *record) resource() parity.Resource {
	if rec.tags != nil && !rec.ownTags {
		own := obj{}
		for k, v := range rec.tags {
			if !strings.HasPrefix(k, "aws:") {
				own[k] = v
			}
		}
		rec.attrs["tags_all"] = own
	}
	if len(rec.live) > 0 {
		rec.attrs[parity.OnlyLive] = rec.live
	}
	return parity.Resource{
		Declaration: &parity.Declaration{Type: rec.typ, Name: rec.address.name, Provider: awsProvider},
		Place:       &parity.Place{Module: rec.address.module, KeyKind: rec.address.kind, Key: rec.address.key}, Partial: true,
		Unmanaged: rec.reader.known.unmanaged(rec), Attributes: parity.AttributesOf(value(rec.attrs)),
	}
}

// name gives every chosen record an address: its own in the known state, else
// one made of its name.
func (r *run) name(chosen []*record) {
	groups := map[string][]*record{}
	for _, rec := range chosen {
		if rec.address = r.known.address(rec); rec.address.name != "" {
			continue
		}
		rec.address.name = identifier(r.label(rec, 0))
		block := rec.typ + "." + rec.address.name
		groups[block] = append(groups[block], rec)
	}
	taken := r.known.blocks()
	for _, block := range slices.Sorted(maps.Keys(groups)) {
		list := groups[block]
		if taken[block] {
			for _, rec := range list {
				rec.address.name += "_live"
			}
		}
		if len(list) == 1 {
			continue
		}
		slices.SortFunc(list, func(a, b *record) int {
			return strings.Compare(a.reader.region+a.order()+a.text("id"), b.reader.region+b.order()+b.text("id"))
		})
		for i, rec := range list {
			rec.address.kind, rec.address.key = parity.CountKey, strconv.Itoa(i)
		}
	}
}

// order is by what members of one name are put in order before their ids.
func (rec *record) order() string { return rec.text("availability_zone") + " " + rec.text("name") }

// label is the record's name, else that of what it belongs to.
func (r *run) label(rec *record, depth int) string {
	if n := rec.calledBy(); n != "" {
		return n
	}
	if depth < 8 {
		for _, k := range rec.partOf {
			if owner := r.index[k]; owner != nil {
				return r.label(owner, depth+1)
			}
		}
	}
	return "this"
}

// identifier makes of a name what Terraform takes for one.
func identifier(name string) string {
	id := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if id = strings.Trim(id, "_-"); id == "" {
		return "this"
	}
	return id
}

// obj is a block of attributes. Pointers stand for what they point to; what is
// nil is written as the provider writes absence in states, as empty.
type obj map[string]any

// block is the provider's way to write one nested block.
func block(o obj) []obj { return []obj{o} }

// blocks makes a block of each item.
func blocks[T any](items []T, f func(T) obj) []obj {
	out := make([]obj, 0, len(items))
	for _, it := range items {
		out = append(out, f(it))
	}
	return out
}

// list makes a list of one thing of each item.
func list[T, V any](items []T, f func(T) V) []V {
	out := make([]V, 0, len(items))
	for _, it := range items {
		out = append(out, f(it))
	}
	return out
}

// hostPort joins the two, "" where there is no host yet.
func hostPort(host *string, port *int32) string {
	if host == nil || port == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d", *host, *port)
}

// text is the text that a string, or a pointer to one, holds.
func text(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case *string:
		if s != nil {
			return *s
		}
	}
	return ""
}

// secret is a value that the provider marks as sensitive.
type secret string

// unread stands for a value that is there and is not read.
type unread struct{}

// value converts what the SDK gives.
func value(v any) parity.Value {
	switch x := v.(type) {
	case nil:
		return parity.Text("")
	case parity.Value:
		return x
	case secret:
		return parity.Value{Kind: parity.Secret, Text: string(x)}
	case unread:
		return parity.Value{Kind: parity.Unknown}
	case time.Time:
		return parity.Text(x.UTC().Format(time.RFC3339))
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer:
		if r.IsNil() {
			return value(reflect.Zero(r.Type().Elem()).Interface())
		}
		return value(r.Elem().Interface())
	case reflect.String:
		return parity.Text(r.String())
	case reflect.Bool:
		return parity.Value{Kind: parity.Bool, Text: strconv.FormatBool(r.Bool())}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return parity.Value{Kind: parity.Number, Text: strconv.FormatInt(r.Int(), 10)}
	case reflect.Float32, reflect.Float64:
		return parity.Value{Kind: parity.Number, Text: strconv.FormatFloat(r.Float(), 'g', -1, 64)}
	case reflect.Slice:
		items := make([]parity.Value, r.Len())
		for i := range items {
			items[i] = value(r.Index(i).Interface())
		}
		return parity.ListOf(items)
	case reflect.Map:
		keys := make([]string, 0, r.Len())
		for _, k := range r.MapKeys() {
			keys = append(keys, k.String())
		}
		slices.Sort(keys)
		items := make([]parity.Value, len(keys))
		for i, k := range keys {
			items[i] = value(r.MapIndex(reflect.ValueOf(k).Convert(r.Type().Key())).Interface())
		}
		return parity.ObjectOf(keys, items)
	}
	panic(fmt.Sprintf("live: no value is made of %T", v)) // a mistake in a reader
}
