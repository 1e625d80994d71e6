package provision

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/parity"
)

// Moved is a value of a stack's variables that is another one than was applied last, and the facts that it follows.
type Moved struct {
	Path    string  `json:"path"`    // the variable, and the way into it: "tiers.web.members"
	Old     *string `json:"old"`     // nil: there was none
	New     *string `json:"new"`     // nil: there is none any more
	Because []Fact  `json:"because"` // none: the definition itself has changed
}

// Moved says in what the blueprint is unlike what was applied last, in order of path. Secrets are left out. Of only,
// FactVersions or FactTopology, the variables that follow facts of that kind are changed alone: all others stay as they
// were applied.
func (bp *Blueprint) Moved(applied *Applied, only string) ([]Moved, error) {
	var before Stack
	if applied != nil {
		var err error
		if before, err = applied.Stack.stack(); err != nil {
			return nil, fmt.Errorf("reading what was applied to %s: %w", bp.Instance, err)
		}
	}
	names := map[string]bool{}
	for name := range bp.Stack.Variables {
		names[name] = true
	}
	for name := range before.Variables {
		names[name] = true
	}
	var moved []Moved
	for _, name := range slices.Sorted(maps.Keys(names)) {
		value, has := bp.Stack.Variables[name]
		old, had := before.Variables[name]
		if parity.SecretName(name) || has && holdsSecret(value) || applied != nil && slices.Contains(applied.Stack.Secrets, name) {
			continue
		}
		if only != "" && !slices.ContainsFunc(bp.Follows[name], func(f Fact) bool { return f.Kind == only }) {
			if delete(bp.Stack.Variables, name); had {
				bp.Stack.Variables[name] = old
			}
			continue
		}
		moved = append(moved, movedIn(name, leavesOf(name, old, had), leavesOf(name, value, has), bp.Follows[name])...)
	}
	return moved, nil
}

// leavesOf are the texts of a value, by the way to each.
func leavesOf(name string, value cty.Value, is bool) map[string]string {
	leaves := map[string]string{}
	if !is {
		return leaves
	}
	var walk func(path string, v cty.Value)
	walk = func(path string, v cty.Value) {
		if v.IsNull() {
			return // as good as none
		}
		t := v.Type()
		if !v.IsKnown() || !(t.IsObjectType() || t.IsMapType() || t.IsTupleType() || t.IsListType()) {
			leaves[path] = plainText(v)
			return
		}
		for it := v.ElementIterator(); it.Next(); {
			key, item := it.Element()
			if key.Type() == cty.Number {
				i, _ := key.AsBigFloat().Int64()
				walk(path+"["+strconv.FormatInt(i, 10)+"]", item)
				continue
			}
			walk(path+"."+key.AsString(), item)
		}
	}
	walk(name, value)
	return leaves
}

func movedIn(name string, old, now map[string]string, follows []Fact) []Moved {
	paths := map[string]bool{}
	for path := range old {
		paths[path] = true
	}
	for path := range now {
		paths[path] = true
	}
	var moved []Moved
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		x, had := old[path]
		y, has := now[path]
		if had == has && x == y {
			continue
		}
		m := Moved{Path: path, Because: append([]Fact{}, because(follows, y)...)}
		if had {
			m.Old = &x
		}
		if has {
			m.New = &y
		}
		moved = append(moved, m)
	}
	return moved
}

// because are those facts of a variable that a value in it has come from: those that say it, or all of them where none
// does.
func because(follows []Fact, value string) []Fact {
	said := slices.DeleteFunc(slices.Clone(follows), func(f Fact) bool {
		return f.Value != value && !strings.HasPrefix(f.Value, value+" of ")
	})
	if len(said) == 0 {
		return slices.Clone(follows)
	}
	return said
}
