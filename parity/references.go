package parity

import (
	"math"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity/catalog"
)

// references maps every string that names something of one environment to
// what it names, so that ids, ARNs and endpoints can be compared.
type references struct {
	env      *environment
	owned    []owners          // by the number of a text of the snapshot's
	others   map[string]owners // of what is no such text
	further  []further         // targets beside the units, which are targets by their index
	called   []string          // what further ones are called
	calledAs map[string]int32  // and where that is
	single   []int32           // each target's number, at it
	lists    []sharers
	traits   []trait             // by the number of a text that may be a name
	inside   map[uint32][]string // and the names in it, if it has several
	accounts map[string]int      // how many ARNs are of each, and of each region
	regions  map[string]int
	account  string
	region   string
	short    []string               // usual abbreviations of the region
	networks map[netip.Prefix]int32 // the CIDR blocks of own VPCs
}

// target is what a string names: a unit, or one of its attributes, or
// something outside of the environment.
type target struct {
	u    *unit  // nil: it is outside
	attr string // "" for the thing itself; of what is outside, its name
}

// further is a target that is no unit.
type further struct {
	unit int32 // whose attribute it is; -1: it is outside
	name int32 // which of those that they are called
}

// owners are the targets that a text names: one, by its number plus one, or the
// negative number of a list.
type owners int32

const nobody owners = 0

// sharers are targets that share a name. It is weak if others may have it by chance.
type sharers struct {
	targets []int32
	weak    bool
}

// trait says, as bits, what a text is like.
type trait uint8

const (
	genericName trait = 1 << iota
	strongName
	severalNames
	lookedInto // for names in it
)

// selfNames are the attributes by which a resource is known to others.
var selfNames = map[string]bool{
	"id": true, "arn": true, "name": true, "identifier": true, "bucket": true, "function_name": true,
	"cluster_identifier": true, "replication_group_id": true, "cluster_id": true, "cluster_name": true,
	"arn_without_revision": true, "family": true, "alarm_name": true, "allocation_id": true, "arn_suffix": true,
	"key_id": true, "invoke_arn": true, "qualified_arn": true, "self_link": true,
}

// generic are texts that name so many things that they name nothing.
func generic(s string) bool {
	if len(s) < 4 {
		return true
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return s == "true" || s == "false" || s == "default" || s == "available" || s == "active" || s == "$LATEST"
		}
	}
	return len(s) < 9 // plain numbers
}

// loopback has the port, which one on the machine has.
var loopback = lazyregexp.New(`^(https?://)?127\.\d+\.\d+\.\d+:\d+$`)

// hostShaped reports whether a text is a host's full name, with or without a port.
func hostShaped(s string) bool {
	s, port, found := strings.Cut(s, ":")
	if found && (port == "" || strings.Trim(port, "0123456789") != "") {
		return false
	}
	labels, length, letters := 0, 0, true // of the last: whether it is nothing but letters
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z':
			length++
		case isDigit(c) || c == '-' || c == '_':
			length++
			letters = false
		case c == '.' && length > 0:
			labels, length, letters = labels+1, 0, true
		default:
			return false
		}
	}
	return labels >= 2 && length >= 2 && letters
}

// idShaped reports whether a text is of a form of AWS's ids: subnet-0a1b2c3d,
// a UUID, db-ABCDEFGHIJKL.
func idShaped(s string) bool {
	hex := func(s string) bool {
		return strings.IndexFunc(s, func(c rune) bool { return !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') }) < 0
	}
	if i := strings.IndexByte(s, '-'); i >= 1 && i <= 12 && (len(s) == i+9 || len(s) == i+18) && hex(s[i+1:]) &&
		strings.IndexFunc(s[:i], func(c rune) bool { return c < 'a' || c > 'z' }) < 0 {
		return true
	}
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		return hex(s[:8]) && hex(s[9:13]) && hex(s[14:18]) && hex(s[19:23]) && hex(s[24:])
	}
	for _, prefix := range []string{"db", "cluster", "Z"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			rest = strings.TrimPrefix(rest, "-")
			return len(rest) >= 10 && strings.IndexFunc(rest, func(c rune) bool { return !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z') }) < 0
		}
	}
	return false
}

// strong reports whether a text can only be the name of one thing.
func strong(s string) bool {
	host, _, _ := strings.Cut(s, "/")
	return strings.HasPrefix(s, "arn:") || strings.HasPrefix(s, "${") || idShaped(s) || hostShaped(host) ||
		strings.Contains(s, "127.") && loopback.MatchString(s) || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "projects/") || strings.HasPrefix(s, "/subscriptions/")
}

// look notes what the texts are like that may be names. All that needs their
// wording is done here, before they are compressed.
func (e *environment) look() {
	texts := e.snap.pack.texts
	r := &references{env: e, traits: make([]trait, texts.count()), inside: map[uint32][]string{}}
	e.refs = r
	r.accounts, r.regions = map[string]int{}, map[string]int{}
	var names []string
	for i := range e.snap.Resources {
		m := &e.snap.Resources[i]
		n := m.Attributes.packed()
		if m.Deposed || !n.ok() {
			continue
		}
		t := e.cat.Type(m.Type)
		plan := e.plan(n, t)
		for _, x := range plan.self {
			id := n.id(x.leaf)
			text := texts.at(id)
			if generic(text) {
				r.traits[id] |= genericName
				continue
			}
			if strong(text) {
				r.traits[id] |= strongName
			} else if x.lateFor(t) {
				continue
			}
			if x.key == "arn" || x.key == "id" {
				r.countARN(text)
			}
		}
		for _, x := range plan.computed {
			id := n.id(x.leaf)
			if x.network || r.traits[id]&lookedInto != 0 || texts.size(id) < minComputed {
				continue
			}
			r.traits[id] |= lookedInto
			text := texts.at(id)
			if strong(text) {
				r.traits[id] |= strongName
			}
			names = names[:0]
			eachNameIn(text, func(name string) { names = append(names, name) })
			if len(names) == 1 && names[0] == text {
				continue
			}
			r.traits[id] |= severalNames
			own := make([]string, len(names))
			for i, name := range names {
				own[i] = strings.Clone(name)
			}
			r.inside[id] = own
		}
	}
}

// lateFor reports whether the name counts only if nothing else has it: parts often
// take over their owner's id.
func (x selfName) lateFor(t *catalog.Type) bool { return x.key == "id" && follows[t.Kind] }

func (e *environment) buildReferences(planned bool) {
	r := e.refs
	r.owned, r.others = make([]owners, e.snap.pack.texts.count()), map[string]owners{}
	r.single, r.networks, r.calledAs = make([]int32, len(e.units)), map[netip.Prefix]int32{}, map[string]int32{}
	for i, u := range e.all() {
		r.single[i] = int32(i)
		if planned {
			r.add(ReferenceTo(WithoutKeys(u.members()[0].Block())), int32(i))
		}
	}
	// The things themselves first, then whatever else names them: a NAT
	// gateway's network interface may be a resource of its own.
	late := map[uint32]int32{} // by the number of the text
	for i, u := range e.all() {
		own := int32(i)
		for _, m := range u.members() {
			n := m.Attributes.packed()
			if !n.ok() {
				continue
			}
			for _, x := range e.plan(n, u.typ).self {
				id := n.id(x.leaf)
				switch {
				case r.traits[id]&genericName != 0: // another's name, or no name: a parameter group's family
				case x.lateFor(u.typ) && r.traits[id]&strongName == 0:
					late[id] = own
				default:
					r.owned[id] = r.with(r.owned[id], own, r.traits[id]&strongName == 0)
				}
			}
		}
	}
	for id, own := range late {
		if r.owned[id] == nobody {
			r.owned[id] = owners(own + 1)
		}
	}
	if len(r.accounts) == 0 { // a plan of what is yet to be made has no ids
		for _, u := range e.all() {
			eachString(u.members()[0].Attributes.Value(), r.countARN)
		}
	}
	r.account, r.region = most(r.accounts), most(r.regions)
	r.short = regionShort(r.region)
	known := map[*plan]*rows{} // whose fixed texts were the last to be registered
	for i, u := range e.all() {
		own, attrs := int32(i), map[string]int32{}
		for _, m := range u.members() {
			n := m.Attributes.packed()
			if !n.ok() {
				continue
			}
			plan := e.plan(n, u.typ)
			for _, x := range plan.computed {
				switch {
				case x.network:
					r.networkOf(u, own, n.text(x.leaf))
				case n.slot[x.leaf] < 0 && known[plan] == n.rows:
					// At one place, a text is registered for the first that has it.
				default:
					r.computed(u, x.path, n.id(x.leaf), attrs)
				}
			}
			known[plan] = n.rows
		}
	}
	for _, x := range e.snap.Externals {
		t := r.register(-1, e.names.replace(countIndex.ReplaceAllString(x.Address, "")))
		for _, n := range x.Names {
			if r.ownersOf(n) == nobody && !generic(n) {
				r.add(n, t)
			}
		}
	}
	r.traits, r.inside, r.calledAs = nil, nil, nil
}

// computed registers the names that the provider gave to parts of a resource:
// endpoints, interfaces, records that validate a certificate.
func (r *references) computed(u *unit, path string, id uint32, attrs map[string]int32) {
	number := func() int32 {
		if _, ok := attrs[path]; !ok {
			attrs[path] = r.register(int32(u.index), path)
		}
		return attrs[path]
	}
	texts := r.env.snap.pack.texts
	isID := strings.HasSuffix(path, "_id")
	switch {
	case texts.size(id) < minComputed:
	case r.traits[id]&severalNames != 0:
		for _, name := range r.inside[id] {
			first, _, _ := strings.Cut(name, ",")
			known := strong(first)
			if !known && (!isID || name == r.account) || r.ownersOf(name) != nobody || !known && commonText(name) {
				continue
			}
			r.add(name, number())
		}
	case r.owned[id] != nobody:
	case r.traits[id]&strongName != 0:
		r.owned[id] = owners(number() + 1)
	case isID:
		if name := texts.at(id); name != r.account && !commonText(name) {
			r.owned[id] = owners(number() + 1)
		}
	}
}

// minComputed is the length from which a text may be the name of a part.
const minComputed = 8

// eachNameIn calls f with a text, the elements of a list with commas, and the
// hosts in them.
func eachNameIn(text string, f func(string)) {
	one := func(name string) {
		if name == "" {
			return
		}
		f(name)
		host := name
		if _, after, ok := strings.Cut(name, "://"); ok {
			if after != "" {
				f(after) // issuers are named without the scheme
			}
			host, _, _ = strings.Cut(after, "/")
		}
		host, _, _ = strings.Cut(host, ":")
		if host != name && hostShaped(host) {
			f(host)
		}
	}
	one(strings.TrimSuffix(text, "."))
	if strings.Contains(text, ",") {
		for name := range strings.SplitSeq(text, ",") {
			one(name)
		}
	}
}

// regionShort returns the usual abbreviations of a region: use1, ue1.
func regionShort(region string) []string {
	parts := strings.Split(region, "-")
	if len(parts) != 3 {
		return nil
	}
	dir := map[string]string{
		"north": "n", "south": "s", "east": "e", "west": "w", "central": "c",
		"northeast": "ne", "southeast": "se", "northwest": "nw", "southwest": "sw",
	}[parts[1]]
	if dir == "" || parts[0] == "" {
		return nil
	}
	return []string{parts[0] + dir + parts[2], parts[0][:1] + dir + parts[2], parts[0] + dir[:1] + parts[2]}
}

func (r *references) countARN(s string) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return
	}
	var parts [4]string // partition, service, region, account
	for i := range parts {
		if parts[i], rest, ok = strings.Cut(rest, ":"); !ok {
			return
		}
	}
	if len(parts[3]) == 12 {
		r.accounts[parts[3]]++
	}
	if parts[2] != "" {
		r.regions[parts[2]]++
	}
}

// maxOwners is how many things may share a name; one that more share names
// none of them, and belongs to everybody.
const (
	maxOwners        = 32
	everybody owners = math.MinInt32
)

// register returns the number of a target that is no unit.
func (r *references) register(unit int32, name string) int32 {
	called, ok := r.calledAs[name]
	if !ok {
		called = int32(len(r.called))
		r.called = append(r.called, name)
		r.calledAs[name] = called
	}
	n := int32(len(r.single))
	r.further, r.single = append(r.further, further{unit, called}), append(r.single, n)
	return n
}

// target is that of a number.
func (r *references) target(n int32) target {
	if units := r.env.units; int(n) < len(units) {
		return target{u: &units[n]}
	}
	x := r.further[int(n)-len(r.env.units)]
	t := target{attr: r.called[x.name]}
	if x.unit >= 0 {
		t.u = &r.env.units[x.unit]
	}
	return t
}

func (r *references) add(text string, t int32) {
	if id, ok := r.env.snap.pack.texts.number(text); ok {
		r.owned[id] = r.with(r.owned[id], t, r.owned[id] > 0 && !strong(text))
		return
	}
	have, ok := r.others[text]
	if !ok {
		text = strings.Clone(text)
	}
	r.others[text] = r.with(have, t, have > 0 && !strong(text))
}

// with returns the owners of a name, which may be weak, with one more.
func (r *references) with(have owners, t int32, weak bool) owners {
	switch {
	case have == nobody:
		return owners(t + 1)
	case have == everybody || have == owners(t+1):
		return have
	case have > 0:
		r.lists = append(r.lists, sharers{[]int32{int32(have) - 1, t}, weak})
		return owners(-len(r.lists))
	}
	list := &r.lists[-have-1].targets
	switch {
	case (*list)[0] == t:
	case len(*list) == maxOwners:
		return everybody
	case !slices.Contains(*list, t):
		*list = append(*list, t)
	}
	return have
}

func (r *references) ownersOf(text string) owners {
	if id, ok := r.env.snap.pack.texts.number(text); ok {
		return r.owned[id]
	}
	return r.others[text]
}

// find returns the targets that a text names.
func (r *references) find(text string) []int32 { return r.list(r.ownersOf(text)) }

// at returns the targets that a leaf of a resource names.
func (r *references) at(n packed, leaf uint32) []int32 {
	return r.list(r.owned[n.id(leaf)])
}

func (r *references) list(o owners) []int32 {
	switch {
	case o == nobody || o == everybody:
		return nil
	case o > 0:
		return r.single[o-1 : o : o]
	}
	return r.lists[-o-1].targets
}

// weak reports whether many share a name that others may have by chance.
func (r *references) weak(o owners) bool { return o < 0 && o != everybody && r.lists[-o-1].weak }

// token is the name of a target that is equal for counterparts.
func (r *references) token(t int32) string {
	x := r.target(t)
	if x.u == nil {
		return "{" + x.attr + "}"
	}
	key := x.u.commonKey()
	if x.attr != "" {
		key += "." + x.attr
	}
	return "{" + key + "}"
}

// tokens is the token of everything that a text names, "" of nothing.
func (r *references) tokens(text string) string {
	list := r.find(text)
	switch len(list) {
	case 0:
		return ""
	case 1:
		return r.token(list[0])
	}
	all := make([]string, len(list))
	for i, t := range list {
		all[i] = r.token(t)
	}
	sort.Strings(all)
	out := all[:1]
	for _, t := range all[1:] {
		if t != out[len(out)-1] {
			out = append(out, t)
		}
	}
	return strings.Join(out, "|")
}

// head is the longest head of a text that names something: an ARN without the
// path behind it; the text itself where no head does.
func (r *references) head(text string) string {
	if len(text) < 8 || r.ownersOf(text) != nobody {
		return text
	}
	for i := len(text) - 1; i >= 8; i-- {
		if c := text[i]; c == ':' || c == '/' || c == '*' {
			if r.ownersOf(text[:i]) != nobody {
				return text[:i]
			}
		}
	}
	return text
}

// unpaired reports whether everything that a text names has no counterpart.
func (r *references) unpaired(text string) bool {
	list := r.find(text)
	for _, t := range list {
		if x := r.target(t); x.u == nil || x.u.pair() != nil {
			return false
		}
	}
	return len(list) > 0
}
