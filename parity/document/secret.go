package document

import (
	"fmt"
	"strings"

	"github.com/maquette/maquette/internal/glob"
	"github.com/maquette/maquette/parity"
)

// CheckPattern says what is wrong with a pattern of secret keys.
func CheckPattern(pattern string) error {
	for _, part := range strings.Split(pattern, ".") {
		if part == "" {
			return fmt.Errorf(`%q is no pattern of keys; write it as "payments.*.key", or "pin" for a key anywhere`, pattern)
		}
	}
	return nil
}

// Hide makes Secret what patterns say is: all below the keys that they match. In a pattern, dots stand between keys,
// and * for any part of one; lists have no place in it. One without a dot holds for keys at any depth. It returns the
// patterns that have matched nothing, too.
func Hide(v parity.Value, patterns []string) (hidden parity.Value, unmatched []string) {
	h := hider{matched: map[string]bool{}}
	for _, p := range patterns {
		h.patterns = append(h.patterns, strings.Split(p, "."))
	}
	if len(patterns) > 0 {
		v = h.value(v, nil)
	}
	for _, p := range patterns {
		if !h.matched[p] {
			unmatched = append(unmatched, p)
		}
	}
	return v, unmatched
}

type hider struct {
	patterns [][]string
	matched  map[string]bool
}

func (h hider) value(v parity.Value, at []string) parity.Value {
	switch v.Kind {
	case parity.List:
		items := make([]parity.Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = h.value(it, at)
		}
		return parity.ListOf(items)
	case parity.Object:
		keys, items := make([]string, len(v.Keys())), make([]parity.Value, len(v.Items()))
		for i, key := range v.Keys() {
			// A key with dots is several steps, as properties mean it.
			below := append(at[:len(at):len(at)], strings.Split(key, ".")...)
			keys[i], items[i] = key, v.Items()[i]
			if h.matches(below, strings.Count(key, ".")+1) {
				items[i] = secret(items[i])
			} else {
				items[i] = h.value(items[i], below)
			}
		}
		return parity.ObjectOf(keys, items)
	}
	return v
}

// matches reports whether a pattern matches a path, of which the last steps are new.
func (h hider) matches(at []string, fresh int) (found bool) {
	for _, pattern := range h.patterns {
		for end := len(at) - fresh + 1; end <= len(at); end++ {
			steps := at[:end]
			if len(pattern) == 1 {
				steps = at[end-1 : end]
			}
			if matchSteps(pattern, steps) {
				h.matched[strings.Join(pattern, ".")] = true
				found = true
			}
		}
	}
	return found
}

func matchSteps(pattern, steps []string) bool {
	if len(pattern) != len(steps) {
		return false
	}
	for i, p := range pattern {
		if !glob.Match(p, steps[i]) {
			return false
		}
	}
	return true
}

// secret makes every scalar below v one.
func secret(v parity.Value) parity.Value {
	switch v.Kind {
	case parity.List, parity.Object:
		items := make([]parity.Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = secret(it)
		}
		if v.Kind == parity.List {
			return parity.ListOf(items)
		}
		return parity.ObjectOf(append([]string(nil), v.Keys()...), items)
	case parity.String, parity.Number, parity.Bool:
		if v.Text != "" {
			return parity.Value{Kind: parity.Secret, Text: v.Text}
		}
	}
	return v
}
