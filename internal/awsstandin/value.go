package awsstandin

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// members returns a copy of what an object or a map holds; nil where it is null or unknown.
func members(v tftypes.Value) map[string]tftypes.Value {
	var m map[string]tftypes.Value
	if v.Type() == nil || !v.IsKnown() || v.IsNull() || v.As(&m) != nil {
		return nil
	}
	return maps.Clone(m)
}

// member returns one of an object's; null of no type where there is none.
func member(v tftypes.Value, name string) tftypes.Value { return members(v)[name] }

// items returns what a list, set or tuple holds.
func items(v tftypes.Value) []tftypes.Value {
	var list []tftypes.Value
	if v.Type() == nil || !v.IsKnown() || v.IsNull() || v.As(&list) != nil {
		return nil
	}
	return list
}

// text returns a text that is known.
func text(v tftypes.Value) (string, bool) {
	var s string
	if v.Type() == nil || !v.Type().Is(tftypes.String) || !v.IsKnown() || v.IsNull() || v.As(&s) != nil {
		return "", false
	}
	return s, true
}

// truth reports whether a value is true, and known.
func truth(v tftypes.Value) bool {
	var b bool
	return v.Type() != nil && v.Type().Is(tftypes.Bool) && v.IsKnown() && !v.IsNull() && v.As(&b) == nil && b
}
