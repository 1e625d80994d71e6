package parity

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// policyForm writes out a principal that a policy gives in short.
func policyForm(key string, v Value) Value {
	if (key == "Principal" || key == "NotPrincipal") && v.Kind == String && v.Text == "*" {
		v = ObjectOf([]string{"AWS"}, []Value{Text("*")})
		v.Document = true
	}
	return v
}

// dangling reports whether a text names only things without a counterpart:
// that they are missing is reported, and this follows from it.
func (d *differ) dangling(text string, inCandidate bool) bool {
	if inCandidate {
		return d.c.refs.unpaired(d.c.refs.head(text))
	}
	return d.b.refs.unpaired(d.b.refs.head(text))
}

func (d *differ) scalar(b, c Value, p place) {
	if equal, foreign := d.equal(b, c, p); !equal || foreign {
		d.emit(difference{path: p.path, attr: p.attr, base: b, cand: c, foreign: foreign})
	}
}

// equal compares two scalars. foreign says that the candidate names what the
// baseline owns.
func (d *differ) equal(b, c Value, p place) (equal, foreign bool) {
	if b.Text == c.Text {
		if b.Kind == String && d.b.names.has(b.Text) && !d.c.names.has(b.Text) {
			d.stuck = append(d.stuck, difference{path: p.path, attr: p.attr, base: b, cand: c, foreign: true})
		}
		return true, b.Kind == String && d.foreign(b.Text, p)
	}
	if d.b.names.has(b.Text) && d.c.names.has(c.Text) {
		d.varying = append(d.varying, LastKey(p.path))
		return true, false
	}
	if !d.strict || b.Kind != c.Kind { // in a document, the text "1.10" is not "1.1"
		if x, ok := b.Float(); ok {
			if y, ok := c.Float(); ok && x == y {
				return true, false
			}
		}
	}
	a := d.t.Aspect(p.attr)
	if b.Kind != String && c.Kind != String || a.Kind == catalog.Version && !namesThings[a.Detail] {
		return false, false
	}
	if d.dangling(b.Text, false) || d.dangling(c.Text, true) {
		return true, false
	}
	x, namedB := d.b.replaced(b.Text)
	y, namedC := d.c.replaced(c.Text)
	if x == y || elide(x) == elide(y) || strings.TrimSpace(x) == strings.TrimSpace(y) {
		return true, false
	}
	lb, lc := d.b.located(b.Text), d.c.located(c.Text)
	if d.sameWords(lb, lc) {
		return true, false
	}
	if strings.Contains(x, "|") || strings.Contains(y, "|") {
		if shareOwner(x, y) {
			return true, false
		}
	}
	// What is a resource in one environment only (the zone's own record in
	// staging) is still the same name.
	if (namedB || namedC) && elide(d.b.names.replace(lb)) == elide(d.c.names.replace(lc)) {
		return true, false
	}
	if a.Kind == catalog.Reference {
		if isDefault(b.Text) && isDefault(c.Text) {
			return true, false
		}
		if len(d.b.refs.find(b.Text)) == 0 && len(d.c.refs.find(c.Text)) == 0 && elide(shape(x)) == elide(shape(y)) {
			d.unresolved++
			return true, false
		}
	}
	return false, d.foreign(c.Text, p)
}

// namesThings are the versions that are given by naming an image, a layer or
// an object, which may be the environment's own; others are mere numbers.
var namesThings = map[string]bool{"image": true, "layer": true, "release": true}

// isDefault reports whether a text names what the provider sets by default.
func isDefault(s string) bool {
	return strings.HasPrefix(s, "default:") || strings.HasPrefix(s, "default.") || strings.HasPrefix(s, "alias/aws/") || s == "default"
}

// foreign reports whether a text of the candidate's names a resource that is
// the baseline's own, or a host that carries the baseline's name.
func (d *differ) foreign(text string, p place) bool {
	if len(text) < 8 {
		return false
	}
	a := d.t.Aspect(p.attr)
	if a.Kind == catalog.Version || a.Kind == catalog.Identity {
		return false
	}
	owned := func(e *environment) bool { return len(e.refs.find(e.refs.head(text))) > 0 }
	// A path or a host that carries the baseline's name leads there.
	if strings.ContainsAny(text, "/.") && !strings.ContainsAny(text, " \n@") && a.Detail != "tag" {
		if n := d.b.names.replace(text); n != text && d.c.names.replace(text) == text {
			return true
		}
	}
	if strong(text) && owned(d.b) && !owned(d.c) {
		return true
	}
	// A given name is the baseline's if it carries the baseline's name.
	if n := d.b.names.replace(text); n != text && n != envToken && d.c.names.replace(text) == text &&
		len(d.b.refs.find(text)) > 0 && len(d.c.refs.find(text)) == 0 {
		return true
	}
	if i := strings.Index(text, "://"); i >= 0 && i < 12 {
		host, _, _ := strings.Cut(text[i+3:], "/")
		host = host[strings.LastIndexByte(host, '@')+1:]
		if len(d.b.refs.find(host)) > 0 && len(d.c.refs.find(host)) == 0 && strings.Contains(host, ".") {
			return true
		}
		return strings.Contains(host, ".") && d.b.names.replace(host) != host && d.c.names.replace(host) == host
	}
	return false
}

// sameWords reports whether two texts differ only in words that name the
// environment, each in its own: "staging-tools-prod" and "staging-tools-stg".
func (d *differ) sameWords(b, c string) bool {
	if len(b) > 200 || len(c) > 200 {
		return false
	}
	x := make([]string, 0, 32)
	eachWord(b, func(from, to int) { x = append(x, b[from:to]) })
	n, same := 0, true
	eachWord(c, func(from, to int) {
		same = same && n < len(x)
		if y := c[from:to]; same {
			same = strings.EqualFold(x[n], y) || d.b.names.has(x[n]) && d.c.names.has(y)
		}
		n++
	})
	return same && n == len(x) && separators(b) == separators(c)
}

// separators is what stands between the words of a text.
func separators(s string) string {
	return strings.Map(func(r rune) rune {
		if isWordRune(r) {
			return -1
		}
		return r
	}, s)
}

// LastKey is the last name of a path, without quotes: what differs, in short.
func LastKey(path string) string {
	path = strings.TrimSuffix(path, ".value")
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		path = path[i+1:]
	}
	return strings.Trim(path, `"]`)
}

// shareOwner reports whether two tokens have an owner in common.
func shareOwner(x, y string) bool {
	for _, t := range strings.Split(x, "|") {
		if strings.HasPrefix(t, "{") && slices.Contains(strings.Split(y, "|"), t) {
			return true
		}
	}
	return false
}

// text is a value in canonical form, equal for values that mean the same in
// their environments.
func (e *environment) text(t *catalog.Type, attr string, v Value) string {
	switch v.Kind {
	case Null:
		return ""
	case Unknown:
		return "?"
	case Secret:
		return Hidden
	case Bool:
		return v.Text
	case Number, String:
		if f, ok := v.Float(); ok && len(v.Text) < 16 {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		if t.Aspect(attr).Kind == catalog.Reference && len(e.refs.find(v.Text)) == 0 {
			return elide(shape(e.canonical(v.Text)))
		}
		return elide(e.canonical(v.Text))
	case List:
		parts := make([]string, 0, len(v.Items()))
		for _, it := range v.Items() {
			parts = append(parts, e.text(t, attr, it))
		}
		if unordered(t, attr, v) || elementKey(v) != "" {
			sort.Strings(parts)
			parts = slices.Compact(parts)
		}
		if v.Document && len(parts) == 1 {
			return parts[0] // policies write a list of one as they like
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	var b strings.Builder
	b.WriteByte('(')
	userKeys := !v.Document && t.IsMap(attr)
	for i, k := range v.Keys() {
		it := v.Items()[i]
		sub := attr
		if v.Document {
			it = policyForm(k, it)
			if !plainKey.MatchString(k) {
				k = elide(e.canonical(k)) // condition keys name issuers
			}
		}
		if !userKeys {
			sub = attr + "." + k
			if it.Empty() || t.Aspect(sub).Kind == catalog.Identity {
				continue
			}
		}
		fmt.Fprintf(&b, "%s=%s;", k, e.text(t, sub, it))
	}
	b.WriteByte(')')
	return b.String()
}
