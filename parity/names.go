package parity

import (
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// envToken stands for the environment's own name in canonical text.
const envToken = "{env}"

// nameForms are the usual forms of environments' names. A name is known by
// any of its forms; the first is the one that reports use.
var nameForms = [][]string{
	{"production", "prod", "prd"},
	{"staging", "stage", "stg", "stag"},
	{"development", "develop", "dev", "devel"},
	{"testing", "test", "tst"},
	{"preproduction", "preprod", "pre"},
	{"nonproduction", "nonprod"},
	{"acceptance", "uat", "acc"},
	{"integration", "int"},
	{"sandbox", "sbx"},
	{"quality", "qa"},
	{"performance", "perf"},
	{"demo"},
	{"try"},
	{"live"},
	{"canary"},
	{"dr"},
}

var formsOf = func() map[string][]string {
	m := map[string][]string{}
	for _, forms := range nameForms {
		for _, f := range forms {
			m[f] = forms
		}
	}
	return m
}()

// formLengths are, by first letter, the lengths of the forms, as bits: nearly
// every word can be told from it to be none.
var formLengths = func() (lengths ['z' + 1]uint32) {
	for f := range formsOf {
		lengths[f[0]] |= 1 << len(f)
	}
	return lengths
}()

// formsIn is formsOf a word in any case.
func formsIn(word string) []string {
	if word == "" {
		return nil
	}
	if c := word[0] | 0x20; c <= 'z' && formLengths[c]&(1<<len(word)) == 0 {
		return nil
	}
	return formsOf[strings.ToLower(word)]
}

// nameSet is the words, in lower case, that name one environment.
type nameSet struct {
	words   map[string]bool
	longest int // in bytes
	// parts are words without which none of the words occurs in a text: those
	// that hold no other.
	parts   []string
	phrases []string // names of several words, longest first
}

func newNameSet(words ...string) *nameSet {
	n := &nameSet{words: map[string]bool{}}
	n.add(words...)
	return n
}

// has reports whether a word names the environment, in any case.
func (n *nameSet) has(word string) bool {
	return len(word) <= utf8.UTFMax*n.longest && n.words[strings.ToLower(word)]
}

// add adds words and their usual forms; "prod-eu" is a production too.
func (n *nameSet) add(names ...string) {
	for _, w := range names {
		w = strings.ToLower(w)
		if w == "" {
			continue
		}
		n.words[w] = true
		eachWord(w, func(from, to int) {
			for _, f := range formsOf[w[from:to]] {
				n.words[f] = true
			}
		})
	}
	n.parts, n.phrases = nil, nil
	words := sortedKeys(n.words)
	sort.SliceStable(words, func(i, j int) bool { return len(words[i]) > len(words[j]) })
	for i, w := range words {
		n.longest = max(n.longest, len(w))
		if strings.ContainsAny(w, "-_. ") {
			n.phrases = append(n.phrases, w)
		}
		if !slices.ContainsFunc(words[i+1:], func(part string) bool { return strings.Contains(w, part) }) {
			n.parts = append(n.parts, w)
		}
	}
}

// eachWord calls f with the bounds of every word of s: runs of letters, with a
// new word where a lower-case letter is followed by a capital, and runs of
// digits.
func eachWord(s string, f func(from, to int)) {
	start, last := 0, noWord
	for i, r := range s {
		var c class
		if r < utf8.RuneSelf { // nearly all are
			c = classes[r]
		} else {
			c = classOf(r)
		}
		if c != last && (c != smallLetter || last != capital) {
			if last != noWord {
				f(start, i)
			}
			start = i
		}
		last = c
	}
	if last != noWord {
		f(start, len(s))
	}
}

type class uint8

const (
	noWord class = iota
	capital
	smallLetter
	digit
)

// classes are those of the ASCII characters.
var classes = func() (all [utf8.RuneSelf]class) {
	for r := range all {
		all[r] = classOf(rune(r))
	}
	return all
}()

// classOf is what a character is in a word.
func classOf(r rune) class {
	switch {
	case unicode.IsUpper(r):
		return capital
	case unicode.IsLetter(r):
		return smallLetter
	case unicode.IsDigit(r):
		return digit
	}
	return noWord
}

// replace puts {env} in place of every word that names the environment.
func (n *nameSet) replace(s string) string {
	from, to := n.within(s)
	if from == to {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(envToken))
	last := 0
	hit := func(from, to int) bool {
		if !n.has(s[from:to]) {
			return false
		}
		b.WriteString(s[last:from])
		b.WriteString(envToken)
		last = to
		return true
	}
	type span struct{ from, to int }
	run := make([]span, 0, 8) // words that touch: "pre" "prod" is one word when written preprod
	flush := func() {
		if len(run) > 1 && hit(run[0].from, run[len(run)-1].to) {
			run = run[:0]
			return
		}
		for i, w := range run {
			// prod1 and stg2 are names with a number, as a whole.
			if hit(w.from, w.to) && i+2 == len(run) && run[i+1].to-run[i+1].from <= 2 && isDigit(s[run[i+1].from]) {
				last = run[i+1].to
				break
			}
		}
		run = run[:0]
	}
	// Names of several words (blue-green, us-live) are looked for as they are.
	for _, w := range n.phrases {
		s = replaceFold(s, w)
	}
	if len(n.phrases) > 0 {
		from, to = 0, len(s)
	}
	eachWord(s[from:to], func(start, end int) {
		start, end = from+start, from+end
		if len(run) > 0 && run[len(run)-1].to != start {
			flush()
		}
		run = append(run, span{start, end})
	})
	flush()
	b.WriteString(s[last:])
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// replaceFold replaces a name of several words where no letter or digit
// touches it.
func replaceFold(s, name string) string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return s
	}
	return replaceWhere(s, low, name, envToken, func(from, to int) bool {
		before, _ := utf8.DecodeLastRuneInString(s[:from])
		after, _ := utf8.DecodeRuneInString(s[to:])
		return !isWordRune(before) && !isWordRune(after)
	})
}

// replaceWhere replaces in s each occurrence of word that is accepted. It is
// looked for in searched, which has the same length.
func replaceWhere(s, searched, word, by string, accept func(from, to int) bool) string {
	var b strings.Builder
	last := 0
	for i := 0; ; {
		j := strings.Index(searched[i:], word)
		if j < 0 {
			break
		}
		from, to := i+j, i+j+len(word)
		i = to
		if !accept(from, to) {
			continue
		}
		b.WriteString(s[last:from])
		b.WriteString(by)
		last = to
	}
	b.WriteString(s[last:])
	return b.String()
}

func isWordRune(r rune) bool {
	return classOf(r) != noWord
}

// within returns the bounds of that part of a text in which words that name the
// environment may be: from the first to the last that holds one. They are equal
// where there is none.
func (n *nameSet) within(s string) (from, to int) {
	if len(n.parts) == 0 {
		return 0, 0
	}
	low := strings.ToLower(s)
	from = len(s)
	for _, part := range n.parts {
		if i := strings.Index(low, part); i >= 0 {
			from, to = min(from, i), max(to, strings.LastIndex(low, part)+len(part))
		}
	}
	switch {
	case to == 0:
		return 0, 0
	case len(low) != len(s):
		return 0, len(s)
	}
	separates := func(r rune) bool { return classOf(r) == noWord }
	if i := strings.LastIndexFunc(s[:from], separates); i < 0 {
		from = 0
	} else {
		_, size := utf8.DecodeRuneInString(s[i:])
		from = i + size
	}
	if i := strings.IndexFunc(s[to:], separates); i < 0 {
		to = len(s)
	} else {
		to += i
	}
	return from, to
}

// elide leaves the environment's name out of a canonical text, with one
// separator: production is often the one that says no name.
func elide(s string) string {
	if strings.Contains(s, "www.") {
		s = strings.Replace(strings.TrimPrefix(s, "www."), "://www.", "://", 1)
	}
	if !strings.Contains(s, envToken) {
		return s
	}
	// Before a dot or slash the name is the head of a host or path.
	e := strings.ReplaceAll(s, envToken+".", "")
	e = withoutToken(e, true)
	return withoutToken(e, false)
}

// withoutToken leaves out each {env}: of those that a separator comes before,
// with it; or of all, with the separator that comes behind.
func withoutToken(s string, before bool) string {
	const separators = "-_./"
	var b strings.Builder
	for {
		head, tail, found := strings.Cut(s, envToken)
		if found {
			b.Grow(len(s))
		}
		switch {
		case !found && b.Len() == 0:
			return s
		case !found:
			b.WriteString(s)
			return b.String()
		case !before:
			b.WriteString(head)
			if tail != "" && strings.IndexByte(separators, tail[0]) >= 0 {
				tail = tail[1:]
			}
		case head != "" && strings.IndexByte(separators, head[len(head)-1]) >= 0:
			b.WriteString(head[:len(head)-1])
		default:
			b.WriteString(head)
			b.WriteString(envToken)
		}
		s = tail
	}
}

// environmentNames finds the words that name each environment. What the
// snapshots say of themselves comes first (given names, tags), then what the
// names of their resources have in common, then which word of the baseline's
// names stands where the candidate has another.
func environmentNames(base, cand *environment) (b, c *nameSet) {
	b, c = newNameSet(base.word), newNameSet(cand.word)
	b.add(base.snap.Environment)
	c.add(cand.snap.Environment)
	sb, sc := substitution(base.snap, cand.snap, b, c)
	b.add(sb)
	c.add(sc)
	// An environment that names itself nowhere is known by what its settings
	// say where the other's say its own name.
	switch {
	case len(b.words) == 0 && len(c.words) > 0:
		b.add(spoken(base.snap, cand.snap, c))
	case len(c.words) == 0 && len(b.words) > 0:
		c.add(spoken(cand.snap, base.snap, b))
	}
	return b, c
}

// NamedIn returns the usual name of an environment that stands as a word in a text, and not in another one that has the
// other environment's in its place; "" where there is none, or several.
func NamedIn(text, other string) string {
	there := map[string]bool{}
	for _, w := range wordsOf(other) {
		there[w] = true
	}
	name := ""
	for _, w := range wordsOf(text) {
		if f := formsOf[w]; f != nil && !there[w] {
			if name != "" && name != f[0] {
				return ""
			}
			name = f[0]
		}
	}
	return name
}

// spoken finds the word for an environment without a name, in the values that
// stand where the other environment's own name stands as a value.
func spoken(nameless, other *Snapshot, names *nameSet) string {
	same := sameAddresses(nameless.Resources, other.Resources)
	votes := map[string]int{}
	var walk func(x, y Value)
	walk = func(x, y Value) {
		switch {
		case x.Kind == String && y.Kind == String && len(x.Text) < 20:
			w := strings.ToLower(x.Text)
			if names.has(y.Text) && formsOf[w] != nil {
				votes[formsOf[w][0]]++
			}
		case x.Kind == List && y.Kind == List:
			for i := range min(len(x.Items()), len(y.Items())) {
				walk(x.Items()[i], y.Items()[i])
			}
		case x.Kind == Object && y.Kind == Object:
			items := x.Items()
			for i, k := range x.Keys() {
				walk(items[i], y.Get(k))
			}
		}
	}
	for i := range nameless.Resources {
		if o := same[i]; o != nil {
			walk(nameless.Resources[i].Attributes.Value(), o.Attributes.Value())
		}
	}
	if w := most(votes); w != "" {
		return w
	}
	if names.has("staging") || names.has("development") || names.has("acceptance") || names.has("testing") {
		return "production" // the one that needs no name
	}
	return ""
}

// ownWord is the name by which a snapshot's resources call their environment.
func ownWord(s *Snapshot) string {
	votes := map[string]int{}
	for i := range s.Resources {
		n := s.Resources[i].Attributes.packed()
		if !n.ok() {
			continue
		}
		for _, leaf := range n.layout.tags {
			if w := strings.ToLower(n.text(leaf)); w != "" && len(w) <= 40 {
				votes[w] += 4
			}
		}
		for _, g := range n.layout.given {
			text := n.text(g.leaf)
			eachWord(text, func(from, to int) {
				if f := formsIn(text[from:to]); f != nil {
					votes[f[0]]++
				}
			})
		}
	}
	return most(votes)
}

// givenName is one of nameAttributes that a resource has as text.
type givenName struct {
	attribute int
	leaf      uint32
}

// findNames notes where a resource's own names and those of its environment are.
func (l *layout) findNames() {
	for i, k := range nameAttributes {
		if at, ok := slices.BinarySearch(l.keys, k); ok && l.kids[at].kind == String {
			l.given = append(l.given, givenName{i, l.first[at]})
		}
	}
	for _, tags := range []string{"tags_all", "tags", "labels"} {
		at, ok := slices.BinarySearch(l.keys, tags)
		if !ok || l.kids[at].kind != Object {
			continue
		}
		for j, k := range l.kids[at].keys {
			switch strings.ToLower(k) {
			case "environment", "env", "stage", "environment_name", "env_name":
				if l.kids[at].kids[j].kind == String {
					l.tags = append(l.tags, l.first[at]+l.kids[at].first[j])
				}
			}
		}
		return
	}
}

// nameAttributes hold the names that people give to resources.
var nameAttributes = []string{
	"name", "id", "identifier", "bucket", "function_name", "cluster_identifier", "replication_group_id",
	"cluster_id", "cluster_name", "family", "domain_name", "alarm_name", "name_prefix", "db_name", "topic_name",
}

// substitution compares the names of resources with equal addresses and
// returns the one word that most often stands where the other has another.
func substitution(base, cand *Snapshot, b, c *nameSet) (from, to string) {
	// Where the addresses carry the name too, the one of the same type and
	// order is the counterpart, if its address differs by one word as well.
	same := sameAddresses(base.Resources, cand.Resources)
	nth := sync.OnceValue(func() map[string][]*Resource {
		m := map[string][]*Resource{}
		for i := range cand.Resources {
			r := &cand.Resources[i]
			m[r.Type] = append(m[r.Type], r)
		}
		return m
	})
	ordinal := sync.OnceValue(func() []int {
		order, seen := make([]int, len(base.Resources)), map[string]int{}
		for i := range base.Resources {
			t := base.Resources[i].Type
			order[i] = seen[t]
			seen[t]++
		}
		return order
	})
	type tally struct {
		votes  map[string]int
		differ int
	}
	vote := func(from, to int) tally {
		t := tally{votes: map[string]int{}}
		for i := from; i < to; i++ {
			r := &base.Resources[i]
			o := same[i]
			if o == nil {
				if n := ordinal()[i]; n < len(nth()[r.Type]) {
					x := nth()[r.Type][n]
					if w, v, ok := oneWord(r.Address(), x.Address()); ok {
						o = x
						t.differ++
						t.votes[w+"\x00"+v]++
					}
				}
			}
			if o == nil {
				continue
			}
			eachName(r, o, func(k, x, y, name string) {
				if k == "id" && (x == name || strong(x) || strong(y)) {
					return
				}
				x, y = elide(b.replace(x)), elide(c.replace(y))
				if x == "" || y == "" || x == y {
					return
				}
				t.differ++
				if w, v, ok := oneWord(x, y); ok {
					t.votes[w+"\x00"+v]++
				}
			})
		}
		return t
	}
	parts := make([]tally, max(1, min(runtime.GOMAXPROCS(0), len(base.Resources)/256)))
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() {
			parts[i] = vote(len(base.Resources)*i/len(parts), len(base.Resources)*(i+1)/len(parts))
		})
	}
	wg.Wait()
	votes, differ := map[string]int{}, 0
	for _, t := range parts {
		differ += t.differ
		for w, n := range t.votes {
			votes[w] += n
		}
	}
	if best := most(votes); best != "" && votes[best] >= 3 && 2*votes[best] > differ {
		from, to, _ = strings.Cut(best, "\x00")
	}
	return from, to
}

// sameAddresses returns, of each resource, one of others with its address, or
// nil.
func sameAddresses(resources, others []Resource) []*Resource {
	same := make([]*Resource, len(resources))
	type address struct {
		module, typ, name, key string
		kind                   KeyKind
	}
	of := func(r *Resource) address { return address{r.Module, r.Type, r.Name, r.Key, r.KeyKind} }
	inOrder(len(resources), len(others),
		func(i int) address { return of(&resources[i]) }, func(i int) address { return of(&others[i]) },
		func(i, o int) { same[i] = &others[o] })
	return same
}

// inOrder calls f, for each of n things that is among m others, with both places; of
// others that are equal, with the last. Both are in one order, so that most are
// found where the one before was.
func inOrder[T comparable](n, m int, thing, other func(int) T, f func(i, o int)) {
	table := sync.OnceValue(func() map[T]int {
		at := make(map[T]int, m)
		for o := range m {
			at[other(o)] = o
		}
		return at
	})
	next := 0
	for i := range n {
		if next == m || thing(i) != other(next) || next+1 < m && other(next+1) == other(next) {
			o, ok := table()[thing(i)]
			if !ok {
				continue
			}
			next = o
		}
		f(i, next)
		next++
	}
}

// eachName calls f with the names that two resources have in the same
// attribute, and with the first one's "name".
func eachName(r, o *Resource, f func(attribute, x, y, name string)) {
	x, y := r.Attributes.packed(), o.Attributes.packed()
	if !x.ok() || !y.ok() {
		return
	}
	gx, gy := x.layout.given, y.layout.given
	name := ""
	if len(gx) > 0 && nameAttributes[gx[0].attribute] == "name" {
		name = x.text(gx[0].leaf)
	}
	for i, j := 0, 0; i < len(gx) && j < len(gy); {
		switch {
		case gx[i].attribute < gy[j].attribute:
			i++
		case gx[i].attribute > gy[j].attribute:
			j++
		default:
			f(nameAttributes[gx[i].attribute], x.text(gx[i].leaf), y.text(gy[j].leaf), name)
			i, j = i+1, j+1
		}
	}
}

// oneWord returns the words in which x and y differ when it is exactly one.
func oneWord(x, y string) (string, string, bool) {
	wx, wy := chunks(x), chunks(y)
	if len(wx) != len(wy) {
		return "", "", false
	}
	from, to, n := "", "", 0
	for i := range wx {
		if wx[i] != wy[i] {
			from, to = wx[i], wy[i]
			n++
		}
	}
	isName := func(w string) bool { return len(w) >= 2 && unicode.IsLetter(rune(w[0])) }
	return from, to, n == 1 && isName(from) && isName(to)
}

// chunks are the runs of letters and digits of a text, in lower case.
func chunks(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !isWordRune(r) })
}

func wordsOf(s string) []string {
	var ws []string
	eachWord(s, func(from, to int) { ws = append(ws, strings.ToLower(s[from:to])) })
	return ws
}

// most returns the key with the most votes, the first by name of equals.
func most(votes map[string]int) string {
	keys := make([]string, 0, len(votes))
	for k := range votes {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	best := ""
	for _, k := range keys {
		if best == "" || votes[k] > votes[best] {
			best = k
		}
	}
	return best
}
