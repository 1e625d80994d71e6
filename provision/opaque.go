package provision

import (
	"errors"
	"math/big"
	"reflect"
	"strconv"

	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/parity"
)

// sealed is a secret of a snapshot: its digest within this run, "" where the snapshot keeps none.
type sealed struct{ digest string }

// MarshalJSON is an error: nothing is made of a secret.
func (*sealed) MarshalJSON() ([]byte, error) { return nil, errors.New("a secret cannot be written") }

// secretType is the type of secrets in rules. They can be compared, and nothing else: neither shown nor looked into.
var secretType = cty.CapsuleWithOps("secret", reflect.TypeFor[sealed](), &cty.CapsuleOps{
	GoString:     func(any) string { return parity.Hidden },
	TypeGoString: func(reflect.Type) string { return "secret" },
	Equals: func(a, b any) cty.Value {
		x, y := a.(*sealed).digest, b.(*sealed).digest
		if x == "" || y == "" {
			return cty.UnknownVal(cty.Bool)
		}
		return cty.BoolVal(x == y)
	},
	RawEquals: func(a, b any) bool { return a == b || a.(*sealed).digest != "" && *a.(*sealed) == *b.(*sealed) },
	HashKey:   func(v any) string { return v.(*sealed).digest },
})

// observed is a value of a snapshot as expressions see it. What is sensitive and no secret has the mark Secret.
func observed(v parity.Value) cty.Value {
	value := observedOpenly(v)
	if v.Masked {
		return value.Mark(Secret)
	}
	return value
}

func observedOpenly(v parity.Value) cty.Value {
	switch v.Kind {
	case parity.Bool:
		return cty.BoolVal(v.Text == "true")
	case parity.Number:
		// Beyond these no provider's numbers are, and it would take long to write them.
		if f, err := strconv.ParseFloat(v.Text, 64); err == nil && len(v.Text) <= 64 {
			if number, err := cty.ParseNumberVal(v.Text); err == nil && f != 0 {
				return number
			}
			return cty.NumberVal(big.NewFloat(f))
		}
		return cty.DynamicVal
	case parity.String:
		return cty.StringVal(v.Text)
	case parity.List:
		items := make([]cty.Value, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = observed(item)
		}
		return cty.TupleVal(items)
	case parity.Object:
		items := make(map[string]cty.Value, len(v.Keys()))
		values := v.Items()
		for i, key := range v.Keys() {
			items[key] = observed(values[i])
		}
		return cty.ObjectVal(items)
	case parity.Secret:
		return cty.CapsuleVal(secretType, &sealed{v.Text})
	case parity.Unknown:
		return cty.DynamicVal
	}
	return cty.NullVal(cty.DynamicPseudoType)
}
