package parity

import "slices"

// Form is what is known of packed attributes, or of a part of them, without
// making a tree of it. The zero Form is that of Null.
type Form struct{ l *layout }

// Form returns the form of attributes that are packed, false for others.
func (v Value) Form() (Form, bool) {
	n := v.packed()
	if !n.ok() {
		return Form{}, false
	}
	return Form{n.layout}, true
}

// Kind is that of the value.
func (f Form) Kind() Kind {
	if f.l == nil {
		return Null
	}
	return f.l.kind
}

// Nulls reports whether an Object had members that were null.
func (f Form) Nulls() bool { return f.l != nil && f.l.nulls }

// Len is how many items a List or an Object has.
func (f Form) Len() int {
	if f.l == nil {
		return 0
	}
	return len(f.l.kids)
}

// Item is the form of one of the items.
func (f Form) Item(i int) Form { return Form{f.l.kids[i]} }

// Get is the form of what an Object has at a key.
func (f Form) Get(key string) Form {
	if f.Kind() != Object {
		return Form{}
	}
	i, ok := slices.BinarySearch(f.l.keys, key)
	if !ok {
		return Form{}
	}
	return Form{f.l.kids[i]}
}
