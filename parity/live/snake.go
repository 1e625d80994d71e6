package live

import (
	"reflect"
	"strings"
	"time"
	"unicode"
)

// snaked writes a structure of the SDK's as the provider does where both have the
// same names but for their form. What is not set is left out.
func snaked(v any) obj {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	out := obj{}
	for i := range r.NumField() {
		f := r.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		if x, ok := snakedValue(r.Field(i)); ok {
			out[snake(f.Name)] = x
		}
	}
	return out
}

func snakedValue(v reflect.Value) (any, bool) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, false
		}
		v = v.Elem()
	}
	_, isTime := v.Interface().(time.Time)
	switch {
	case isTime:
		return v.Interface(), true
	case v.Kind() == reflect.Struct:
		return block(snaked(v.Interface())), true
	case v.Kind() == reflect.Slice && v.Len() == 0, v.Kind() == reflect.Map && v.Len() == 0:
		return nil, false
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		out := make([]obj, v.Len())
		for i := range out {
			out[i] = snaked(v.Index(i).Interface())
		}
		return out, true
	case v.Kind() == reflect.Interface:
		return nil, false // a union; those that matter are written out
	}
	return v.Interface(), true
}

// snake writes a Go name with underscores: RateBasedStatement, ARN, SizeInGiB.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) {
			if i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
