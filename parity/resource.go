package parity

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// KeyKind tells a resource of a `count` from one of a `for_each`.
type KeyKind uint8

// A resource's instance key.
const (
	NoKey KeyKind = iota
	CountKey
	ForEachKey
)

// Resource is one resource instance. Neither pointer is nil.
type Resource struct {
	*Declaration
	*Place
	// Attributes are named as in the Terraform provider, but for one of the name
	// OnlyLive.
	Attributes Attributes
	Tainted    bool
	Deposed    bool // an object that Terraform replaced and could not delete yet
	// Planned says that the resource is yet to be made: what its configuration
	// leaves out, the provider has still to fill in.
	Planned bool
	// Partial says that the source does not tell everything: what the resource
	// leaves out was not read.
	Partial bool
	// Unmanaged says that the resource is live and in no Terraform state, where
	// the source was held against one.
	Unmanaged bool
	sealed    bool // it came from a sealed snapshot into one that is not
}

// NewResource returns a resource of a declaration and a place of its own.
func NewResource(of Declaration, at Place, attributes Value) Resource {
	return Resource{Declaration: &of, Place: &at, Attributes: AttributesOf(attributes)}
}

// Declaration is what a resource has in common with others: the instances of its
// block, and of the same block in other instances of its module, may share one.
type Declaration struct {
	Type     string
	Name     string
	Provider string // registry.terraform.io/hashicorp/aws
	Schema   int    // version of the resource's schema in its provider
}

// Place is where a resource is among those of its declaration. Those of other
// declarations may share it.
type Place struct {
	Module  string // module.web["a"], "" in the root module
	Key     string // the index or key, without brackets and quotes
	KeyKind KeyKind
}

// Attributes is a Value in less room, which is an Object of nearly all resources.
type Attributes struct {
	node *node
	at   uint32
}

// AttributesOf returns a value as attributes.
func AttributesOf(v Value) Attributes {
	switch {
	case v.Kind == Null:
		return Attributes{}
	case v.Kind != Object || v.Document:
		return Attributes{node: &node{items: []Value{v}, boxed: true}}
	}
	return Attributes{v.node, v.at}
}

// Value returns the attributes as a value.
func (a Attributes) Value() Value {
	switch {
	case a.node == nil:
		return Value{}
	case a.node.boxed:
		return a.node.items[0]
	}
	return Value{Kind: Object, node: a.node, at: a.at}
}

// Get returns the attribute of a name, Null where there is none.
func (a Attributes) Get(name string) Value { return a.Value().Get(name) }

// At follows a dotted path as that of a Value does.
func (a Attributes) At(path string) Value { return a.Value().At(path) }

// Keys returns the names of the attributes, sorted.
func (a Attributes) Keys() []string { return a.Value().Keys() }

// Items returns the attributes in the order of Keys.
func (a Attributes) Items() []Value { return a.Value().Items() }

func (a Attributes) packed() packed { return a.Value().packed() }

// OnlyLive names the attribute that holds what only running things tell and no
// Terraform state: the images and packages that run, where they run, what
// maintenance is pending.
const OnlyLive = "live"

var instanceKeys = lazyregexp.New(`\[("([^"\\]|\\.)*"|\d+)\]`)

// WithoutKeys is an address without its instance keys: module.a["x"].b.c[0]
// becomes module.a.b.c, as configurations name it.
func WithoutKeys(address string) string {
	if !strings.Contains(address, "[") {
		return address
	}
	return instanceKeys.ReplaceAllString(address, "")
}

// Address is how Terraform calls the resource: module.web["a"].aws_instance.app[0]
func (r *Resource) Address() string {
	switch r.KeyKind {
	case CountKey:
		return r.Block() + "[" + r.Key + "]"
	case ForEachKey:
		return r.Block() + "[" + quoteKey(r.Key) + "]"
	}
	return r.Block()
}

// Block is the resource's address without its own instance key.
func (r *Resource) Block() string {
	if r.Module == "" {
		return r.Type + "." + r.Name
	}
	return r.Module + "." + r.Type + "." + r.Name
}

// quoteKey writes a for_each key as Terraform does in addresses.
func quoteKey(key string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range key {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(key[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 1<<16:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// compareBlocks orders resources by their blocks' addresses, of which few have to
// be made for it.
func compareBlocks(a, b *Resource) int {
	for _, p := range [][2]string{{a.Module, b.Module}, {a.Type, b.Type}} {
		if p[0] == p[1] {
			continue
		}
		if order, ok := byHead(p[0], p[1]); ok {
			return order
		}
		return strings.Compare(a.Block(), b.Block())
	}
	return strings.Compare(a.Name, b.Name)
}

// byHead orders two texts by what they begin with. It is not ok if one of them begins with
// the other, so that what follows counts.
func byHead(x, y string) (order int, ok bool) {
	return strings.Compare(x, y), !strings.HasPrefix(x, y) && !strings.HasPrefix(y, x)
}
