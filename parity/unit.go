package parity

import (
	"iter"
	"slices"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity/catalog"
)

// A unit is what is compared as one: a resource, or the interchangeable
// resources (members) of one `count`, `for_each` or replicated module.
type unit struct {
	*label
	*group
	index    uint32 // in its environment's units
	paired   uint32 // that of its counterpart in the other environment's, plus one; 0: it has none
	from, to uint32 // which of the group's members are its own
}

// group is what the units of one module have in common.
type group struct {
	module string // its canonical path
	env    *environment
	all    *[]*Resource // the members of all units, one unit's after the other's
}

// pair is the unit's counterpart in the other environment, nil if it has none.
func (u *unit) pair() *unit {
	if u.paired == 0 {
		return nil
	}
	return &u.env.other.units[u.paired-1]
}

func (u *unit) members() []*Resource { return (*u.all)[u.from:u.to:u.to] }

// label is what units are called in their modules, equal for counterparts.
type label struct {
	typ  *catalog.Type
	name string // canonical block name
	each string // canonical for_each key, or what else tells units of a block apart
	text string // all of it, as an address
}

// labelKey is what a label is made of.
type labelKey struct {
	typ                *catalog.Type
	name, each, suffix string
}

// environment is one snapshot, prepared for comparison.
type environment struct {
	snap  *Snapshot
	word  string // by which its resources call it
	names *nameSet
	cat   *catalog.Catalog
	units []unit
	other *environment // whose units theirs are paired with
	refs  *references
	plans map[planKey]*plan
	// survey is made with the rest where several comparisons share it.
	survey *survey

	// What functions said of texts that come often.
	canonicalNames, modulePaths, stems, zoneStems, texts map[string]string
	lastModule, lastPath                                 string
	labels                                               map[labelKey]*label
}

// key is the unit's canonical address, equal for counterparts.
func (u *unit) key() string {
	if u.module == "" {
		return u.text
	}
	return u.module + "." + u.text
}

// commonKey is the key of a unit and its counterpart alike: the lesser of both.
func (u *unit) commonKey() string {
	if u.pair() != nil && byUnitKey(u.pair(), u) < 0 {
		return u.pair().key()
	}
	return u.key()
}

// address is how the user knows the unit: its only member's address, or what
// the members' addresses have in common.
func (u *unit) address() string {
	if len(u.members()) == 1 {
		return u.members()[0].Address()
	}
	first := u.members()[0].Block()
	for _, m := range u.members()[1:] {
		if m.Block() != first {
			return commonAddress(u.members())
		}
	}
	if u.each != "" && u.members()[0].KeyKind == ForEachKey {
		return commonAddress(u.members())
	}
	return first
}

// commonAddress writes * where the members' addresses differ.
func commonAddress(members []*Resource) string {
	a, b := members[0].Address(), members[len(members)-1].Address()
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && j < len(b)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	return a[:i] + "*" + a[len(a)-j:]
}

var (
	zoneName = lazyregexp.New(`(\b|_)` + regionName + `[a-z]$|^[a-z]{3}\d-az\d$`)
	ordinal  = lazyregexp.New(`(^|[-_./ ])(az)?-?(\d+[a-f]?|[a-f]\d*|one|two|three|four|five|six|seven|eight|nine|ten|first|second|third|fourth|alpha|beta|gamma|delta|epsilon)$`)
	digits   = lazyregexp.New(`\d+$`)
)

// regionName is how clouds name regions; AWS appends the letter of a zone,
// Google a dash and the letter.
const regionName = `(us|eu|ap|sa|ca|me|af|il|cn|mx|us-gov|europe|asia|australia|northamerica|southamerica|africa)-(north|south|east|west|central|northeast|southeast|northwest|southwest)-?\d-?`

// stem drops from a name what only numbers its bearers: "web-1", "private_b",
// "us-east-1a" are members of "web", "private" and "".
func stem(s string) string {
	for {
		t := zoneName.ReplaceAllString(s, "")
		t = ordinal.ReplaceAllString(t, "")
		t = strings.TrimRight(digits.ReplaceAllString(t, ""), "-_./ ")
		if t == s {
			return s
		}
		s = t
	}
}

var zoneLetter = lazyregexp.New(`(^|[-_./ ])((az)?-?[1-6]?[a-f]|az-?\d)$`)

// zoneStem drops from a name only the zone it is for.
func zoneStem(s string) string {
	t := zoneLetter.ReplaceAllString(zoneName.ReplaceAllString(s, ""), "")
	return strings.TrimRight(t, "-_./ ")
}

// canonicalName is a name without the environment's, as far as something is
// left of it.
func (e *environment) canonicalName(s string) string {
	return remembered(&e.canonicalNames, s, func(s string) string {
		c := e.names.replace(s)
		if x := strings.Trim(elide(c), "-_."); x != "" {
			return x
		}
		return c
	})
}

// kept is a text that may be kept, whatever it is a part of.
func (e *environment) kept(text string) string { return remembered(&e.texts, text, strings.Clone) }

// remembered is f of a text, worked out once. The text may be a part of a larger one.
func remembered(known *map[string]string, s string, f func(string) string) string {
	result, ok := (*known)[s]
	if !ok {
		if *known == nil {
			*known = map[string]string{}
		}
		result = f(s)
		(*known)[strings.Clone(s)] = result
	}
	return result
}

// buildUnits groups the snapshot's resources. Deposed objects are no members.
func (e *environment) buildUnits() {
	type found struct { // in one module
		*group
		units map[*label]uint32
	}
	modules := map[string]*found{}
	var all []*Resource
	order := make([]unit, 0, e.starts())            // to is how many members each has
	unitOf := make([]uint32, len(e.snap.Resources)) // its number in the order
	var last *Resource
	var in *found // the module of the last
	of := uint32(0)
	for i := range e.snap.Resources {
		r := &e.snap.Resources[i]
		if r.Deposed {
			continue
		}
		if last == nil || !r.follows(last) {
			if m := e.modulePath(r.Module); in == nil || in.module != m {
				if in = modules[m]; in == nil {
					in = &found{&group{m, e, &all}, map[*label]uint32{}}
					modules[m] = in
				}
			}
			label := e.labelOf(r)
			n, known := in.units[label]
			if !known {
				n = uint32(len(order))
				in.units[label] = n
				order = append(order, unit{label: label, group: in.group})
			}
			last, of = r, n
		}
		unitOf[i] = of
		order[of].to++
	}
	e.units = e.arranged(order, unitOf, &all)
}

// follows reports whether a resource is, like another, one of those that a block makes
// by its count.
func (r *Resource) follows(o *Resource) bool {
	return o.KeyKind == CountKey && r.KeyKind == CountKey && r.Name == o.Name && r.Type == o.Type && r.Module == o.Module
}

// starts is how many units there are at most, but for those that are split.
func (e *environment) starts() int {
	n := 0
	var last *Resource
	for i := range e.snap.Resources {
		if r := &e.snap.Resources[i]; !r.Deposed {
			if last == nil || !r.follows(last) {
				n++
			}
			last = r
		}
	}
	return n
}

// arranged gives each unit its members, and splits those that are several.
func (e *environment) arranged(order []unit, unitOf []uint32, all *[]*Resource) []unit {
	members := uint32(0)
	for i := range order {
		u := &order[i]
		u.from, u.to, members = members, members, members+u.to
	}
	*all = make([]*Resource, members)
	for i := range e.snap.Resources {
		if r := &e.snap.Resources[i]; !r.Deposed {
			u := &order[unitOf[i]]
			(*all)[u.to] = r
			u.to++
		}
	}
	splits, more := map[int][]part{}, 0
	for i := range order {
		u := &order[i]
		members := u.members()
		if u.typ.Scale != catalog.NotCounted || len(members) == 1 {
			continue
		}
		source := e.source(members[0])
		blocks := slices.ContainsFunc(members[1:], func(r *Resource) bool { return e.source(r) != source })
		splits[i] = e.split(slices.Clone(members), blocks)
		more += len(splits[i]) - 1
	}
	units := slices.Grow(order, more)[:len(order)+more]
	at := len(units)
	add := func(u unit) {
		at--
		u.index = uint32(at)
		units[at] = u
	}
	for i := len(order) - 1; i >= 0; i-- { // from behind, where there is room
		u := order[i]
		if splits[i] == nil {
			add(u)
			continue
		}
		for _, part := range slices.Backward(splits[i]) {
			p := u
			p.from = u.to - uint32(len(part.list))
			copy((*all)[p.from:], part.list)
			u.to = p.from
			if part.suffix != "" {
				p.label = e.label(labelKey{u.typ, u.name, u.each, part.suffix})
			}
			add(p)
		}
	}
	return units
}

// all are the environment's units.
func (e *environment) all() iter.Seq2[int, *unit] {
	return func(yield func(int, *unit) bool) {
		for i := range e.units {
			if !yield(i, &e.units[i]) {
				return
			}
		}
	}
}

// labelOf is what the unit is called that a resource belongs to, by its address alone.
func (e *environment) labelOf(r *Resource) *label {
	t := e.cat.Type(r.Type)
	shortened := e.canonicalName
	by := func(known *map[string]string, short func(string) string) func(string) string {
		return func(s string) string {
			return remembered(known, s, func(s string) string { return short(e.canonicalName(s)) })
		}
	}
	switch {
	case t.Members != nil:
		// A group of its own for each zone is one tier; api_v1 and api_v2,
		// of many members each, are two.
		shortened = by(&e.zoneStems, zoneStem)
	case t.Scale != catalog.NotCounted || follows[t.Kind]:
		shortened = by(&e.stems, stem)
	}
	key := labelKey{typ: t, name: shortened(r.Name)}
	if key.name == "" {
		key.name = e.canonicalName(r.Name)
	}
	if r.KeyKind == ForEachKey {
		key.each = shortened(r.Key)
	}
	return e.label(key)
}

// label is the one that is made of a key.
func (e *environment) label(key labelKey) *label {
	l := e.labels[key]
	if l == nil {
		l = &label{typ: key.typ, name: key.name, each: key.each, text: key.typ.Name + "." + key.name}
		if key.each != "" {
			l.text += "[" + key.each + "]"
		}
		if key.suffix != "" {
			l.text += key.suffix
			l.each = key.suffix
		}
		if e.labels == nil {
			e.labels = map[labelKey]*label{}
		}
		e.labels[key] = l
	}
	return l
}

type part struct {
	suffix string
	list   []*Resource
}

// follows names the kinds of things that come one for each member of what they
// belong to, so that how many there are is that one's matter.
var follows = map[string]bool{
	"alarm": true, "attachment": true, "address": true, "health_check": true, "part": true, "dns": true,
}

// source is the block of configuration a resource comes from, as far as its
// address tells: `count` of a module or a block does not make another one.
func (e *environment) source(r *Resource) string {
	return e.names.replace(countIndex.ReplaceAllString(r.Block(), ""))
}

var (
	countIndex = lazyregexp.New(`\[\d+\]`)
	numbering  = lazyregexp.New(`\b` + regionName + `[a-z]\b|\b[0-9a-f]{8,}\b|\d+`)
)

// split separates the resources of a type that is not counted when they are
// distinct things: blocks whose names fell together without the environment's
// name, and `count` used as a list of differently named things.
func (e *environment) split(list []*Resource, blocks bool) []part {
	byName := map[string][]*Resource{}
	var order []string
	for _, r := range list {
		k := ""
		if r.KeyKind == CountKey {
			if n := stem(numbering.ReplaceAllString(e.canonicalName(r.givenName()), "0")); n != "" {
				k = "{" + n + "}"
			}
		}
		if blocks && !follows[e.cat.Type(r.Type).Kind] {
			k += "#" + e.source(r)
		}
		if r.KeyKind == ForEachKey && !follows[e.cat.Type(r.Type).Kind] {
			k += "=" + e.names.replace(r.Key)
		}
		if byName[k] == nil {
			order = append(order, k)
		}
		byName[k] = append(byName[k], r)
	}
	if len(order) == 1 {
		return []part{{"", list}}
	}
	parts := make([]part, 0, len(order))
	for _, k := range order {
		parts = append(parts, part{k, byName[k]})
	}
	return parts
}

var moduleStep = lazyregexp.New(`module\.([^.\[]+)(\["((?:[^"\\]|\\.)*)"\]|\[\d+\])?`)

// modulePath is a module's path without indices and the environment's name.
func (e *environment) modulePath(path string) string {
	if path != e.lastModule { // resources are in the order of their modules
		e.lastModule, e.lastPath = path, remembered(&e.modulePaths, path, e.newModulePath)
	}
	return e.lastPath
}

func (e *environment) newModulePath(path string) string {
	steps := moduleStep.FindAllStringSubmatch(path, -1)
	out := make([]string, 0, len(steps))
	for _, m := range steps {
		step := "module." + e.canonicalName(m[1])
		if k := stem(e.canonicalName(m[3])); k != "" {
			step += "[" + k + "]"
		}
		out = append(out, step)
	}
	return strings.Join(out, ".")
}

// givenName is the name that people gave to a resource, "" where they did not.
func (r *Resource) givenName() string {
	for _, k := range nameAttributes {
		if k == "id" {
			continue
		}
		if s := r.Attributes.Get(k).Str(); s != "" {
			return s
		}
	}
	return r.tag("Name")
}

// isTags reports whether an attribute holds a resource's tags.
func isTags(attr string) bool { return attr == "tags" || attr == "tags_all" }

// tag returns a tag's value, whatever the case of its key.
func (r *Resource) tag(name string) string {
	for _, attr := range []string{"tags_all", "tags", "labels"} {
		t := r.Attributes.Get(attr)
		if t.Kind != Object {
			continue
		}
		if s := t.Get(name).Str(); s != "" {
			return s
		}
		for i, k := range t.Keys() {
			if strings.EqualFold(k, name) {
				return t.Items()[i].Str()
			}
		}
	}
	return ""
}

// byUnitKey orders units by their key, for output.
func byUnitKey(x, y *unit) int {
	if x.module == y.module {
		return strings.Compare(x.text, y.text)
	}
	if order, ok := byHead(x.module, y.module); ok {
		return order
	}
	return strings.Compare(x.key(), y.key())
}

// sortedUnits returns some of an environment's units by their key.
func sortedUnits(e *environment, some func(*unit) bool) []*unit {
	var out []*unit
	for _, u := range e.all() {
		if some(u) {
			out = append(out, u)
		}
	}
	slices.SortStableFunc(out, byUnitKey)
	return out
}
