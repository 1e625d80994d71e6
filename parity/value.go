package parity

import (
	"sort"
	"strconv"
	"strings"
)

// Kind says what a Value holds.
type Kind uint8

// The kinds of a Value. Null also stands for an attribute that is absent.
const (
	Null    Kind = iota
	Bool         // Text is "true" or "false"
	Number       // Text is the JSON number
	String       // Text is the string
	List         // Items
	Object       // Keys and Items, sorted by key
	Unknown      // known only after Terraform has applied the plan
	Secret       // Text is a keyed digest, or empty where none may be kept
)

// Value is one attribute as Terraform wrote it: a JSON value, with two kinds
// of its own for what a plan cannot know and what a report may not show. The
// zero Value is Null. Values are immutable once built.
type Value struct {
	Kind Kind
	// Document marks a List or Object that the provider holds as a string of
	// JSON (policies, container definitions).
	Document bool
	// Masked marks a String or Number that the source calls sensitive and that
	// is configuration all the same: it is compared, and never shown.
	Masked bool
	at     uint32 // of what is packed, where its row is
	Text   string
	node   *node
}

type node struct {
	keys  []string // of an Object, sorted
	items []Value
	nulls bool  // an Object had members that were null
	boxed bool  // it is no Object but Attributes, which are the only item
	rows  *rows // of an Object that is kept without items
}

// Text returns a String.
func Text(s string) Value { return Value{Kind: String, Text: s} }

// ListOf returns a List of the given items, which it keeps.
func ListOf(items []Value) Value { return Value{Kind: List, node: &node{items: items}} }

// ObjectOf returns an Object. It keeps both slices, which have equal length,
// and sorts them by key; of equal keys the last one wins, as in JSON.
func ObjectOf(keys []string, items []Value) Value {
	n := &node{keys: keys, items: items}
	if !sort.StringsAreSorted(keys) {
		sort.Stable(byKey{n})
	}
	n.dedupe()
	return Value{Kind: Object, node: n}
}

func (n *node) dedupe() {
	w := 0
	for i := range n.keys {
		if i+1 < len(n.keys) && n.keys[i+1] == n.keys[i] {
			continue
		}
		n.keys[w], n.items[w] = n.keys[i], n.items[i]
		w++
	}
	n.keys, n.items = n.keys[:w], n.items[:w]
}

type byKey struct{ *node }

func (b byKey) Len() int           { return len(b.keys) }
func (b byKey) Less(i, j int) bool { return b.keys[i] < b.keys[j] }
func (b byKey) Swap(i, j int) {
	b.keys[i], b.keys[j] = b.keys[j], b.keys[i]
	b.items[i], b.items[j] = b.items[j], b.items[i]
}

// Items returns the elements of a List or the values of an Object, in the
// order of Keys. Of a resource's attributes they are made anew each time.
func (v Value) Items() []Value {
	switch {
	case v.node == nil:
		return nil
	case v.node.rows != nil:
		return v.packed().all()
	}
	return v.node.items
}

// Keys returns the sorted keys of an Object.
func (v Value) Keys() []string {
	if v.node == nil {
		return nil
	}
	return v.node.keys
}

// Get returns the value of an Object's key, Null where it has none.
func (v Value) Get(key string) Value {
	if v.Kind != Object {
		return Value{}
	}
	i := sort.SearchStrings(v.node.keys, key)
	if i == len(v.node.keys) || v.node.keys[i] != key {
		return Value{}
	}
	if v.node.rows != nil {
		return v.packed().item(i)
	}
	return v.node.items[i]
}

// At follows a dotted path through objects and through lists of one block.
func (v Value) At(path string) Value {
	for path != "" {
		name, rest, _ := strings.Cut(path, ".")
		if v.Kind == List && len(v.Items()) == 1 {
			v = v.Items()[0]
		}
		v, path = v.Get(name), rest
	}
	return v
}

// IsScalar reports whether v is a Bool, Number or String.
func (v Value) IsScalar() bool { return v.Kind >= Bool && v.Kind <= String }

// Str returns the text of a String and "" of anything else.
func (v Value) Str() string {
	if v.Kind == String {
		return v.Text
	}
	return ""
}

// Float returns the number a Number, or a String that holds one, stands for.
func (v Value) Float() (float64, bool) {
	if v.Kind != Number && v.Kind != String {
		return 0, false
	}
	if v.Text == "" || strings.IndexByte("0123456789+-.iInN", v.Text[0]) < 0 {
		return 0, false // the error would cost more than all else here
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	return f, err == nil
}

// Empty reports whether providers mean the same by v as by no value at all:
// null, "", false, 0, and lists and objects of nothing else.
func (v Value) Empty() bool {
	switch v.Kind {
	case Null:
		return true
	case Bool:
		return v.Text == "false"
	case Number:
		f, ok := v.Float()
		return ok && f == 0
	case String:
		return v.Text == "" || v.Text == "false" || v.Text == "0"
	case List, Object:
		for _, it := range v.Items() {
			if !it.Empty() || v.Kind == List && it.isMarker() {
				return false
			}
		}
		return true
	}
	return false
}

// isMarker reports whether v is a block that has no settings to make and so
// says something by being there: `none {}`, `block {}`.
func (v Value) isMarker() bool {
	if v.Kind != Object || v.node != nil && v.node.nulls {
		return false
	}
	for _, it := range v.Items() {
		if it.Kind != List && it.Kind != Object || !it.Empty() {
			return false
		}
	}
	return true
}

// withItems returns a copy of v that holds other items under the same keys.
func (v Value) withItems(items []Value) Value {
	v.node, v.at = &node{keys: v.Keys(), items: items, nulls: v.node != nil && v.node.nulls}, 0
	return v
}

// eachString calls f with every string below v.
func eachString(v Value, f func(string)) {
	if v.Kind == String {
		f(v.Text)
	}
	for _, it := range v.Items() {
		eachString(it, f)
	}
}
