package parity

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity/catalog"
)

// Hidden is what stands in place of a secret in everything that is shown.
const Hidden = "(secret)"

// secrets are the plain texts of one run's snapshots that must not be shown.
// They live in memory only.
type secrets struct {
	key      []byte
	values   map[string]bool
	replacer *strings.Replacer // nil until first use
	heads    []uint64          // the hashes of what values begin with, as bits
	skips    []uint8           // after which two bytes such a beginning ends how much later, at the earliest
}

// minEmbedded is the length from which a secret is also looked for in other
// strings; shorter ones would hide words that are no secret.
const minEmbedded = 6

func (s *secrets) add(text string) {
	if len(text) >= minEmbedded && text != Hidden && !s.values[text] && !commonText(text) {
		s.values[strings.Clone(text)] = true
		s.replacer = nil
	}
}

var (
	wordsOnly = lazyregexp.New(`^[a-z][a-z_.-]{0,14}$|^[A-Z][a-z]{0,10}$`)
	regionish = lazyregexp.New(`^[a-z]{2}(-[a-z]+)+-\d[a-z]?$`)
	addressed = lazyregexp.New(`^(arn:|[a-z][a-z0-9+.-]*://[^@]*$|/[\w/.-]*$)`)
	harmless  = lazyregexp.New(`^(true|false|on|off|yes|no|enabled|disabled|none|\d{1,6}|\d{1,6}\.\d{1,3})$`)
)

// commonText reports whether a text that is marked as secret is of a form that
// stands in many other places for its own sake (an engine's or environment's
// name, a region, an address), so that hiding it everywhere would hide the
// report and no secret.
func commonText(text string) bool {
	return wordsOnly.MatchString(text) || regionish.MatchString(text) || addressed.MatchString(text) ||
		hostShaped(text) || harmless.MatchString(text)
}

// scrub returns text with every known secret hidden.
func (s *secrets) scrub(text string) string {
	if s == nil || len(text) < minEmbedded || len(s.values) == 0 {
		return text
	}
	s.build()
	switch {
	case !mayHold(s, text):
		return text
	case s.values[text]:
		return Hidden
	}
	return s.replacer.Replace(text)
}

// headLength is how much of each secret mayHold looks for.
const headLength = minEmbedded

// mayHold is false where no secret is in a text.
func mayHold[T string | []byte](s *secrets, text T) bool {
	for i := headLength; i <= len(text); {
		if n := s.skips[pairOf(text[i-2:])]; n > 0 {
			i += int(n)
			continue
		}
		h := headHash(text[i-headLength:])
		if s.heads[h>>6]&(1<<(h&63)) != 0 {
			return true
		}
		i++
	}
	return false
}

func pairOf[T string | []byte](t T) uint16 { return uint16(t[0]) | uint16(t[1])<<8 }

// headHash is a number below 1<<16 for the first bytes of a text.
func headHash[T string | []byte](t T) uint32 {
	x := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 | uint64(t[4])<<32 | uint64(t[5])<<40
	return uint32(x * 0x9e3779b97f4a7c15 >> 48)
}

// build makes ready to look for the secrets that are known.
func (s *secrets) build() {
	if s.replacer != nil {
		return
	}
	s.heads = make([]uint64, 1<<10)
	s.skips = bytes.Repeat([]byte{headLength - 1}, 1<<16)
	for v := range s.values {
		h := headHash(v)
		s.heads[h>>6] |= 1 << (h & 63)
		for i := range headLength - 1 {
			pair := pairOf(v[i:])
			s.skips[pair] = min(s.skips[pair], byte(headLength-2-i))
		}
	}
	pairs := make([]string, 0, 2*len(s.values))
	for v := range s.values {
		pairs = append(pairs, v, Hidden)
	}
	// Replacer prefers the earliest match and, of those, the first argument:
	// longer secrets first, so that none leaves a tail.
	sortPairsByLength(pairs)
	s.replacer = strings.NewReplacer(pairs...)
}

// digest is comparable within one run, or across runs with the user's key.
func (s *secrets) digest(text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// runKey makes digests of one process comparable with each other and worthless
// to anybody else.
var runKey = func() []byte {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		panic(err) // documented never to happen
	}
	return key
}()

// Seal prepares a snapshot: JSON held in strings becomes data, encoded scripts
// text, and what is secret by the catalogue, its name or its looks becomes a
// Secret, of which only a keyed digest is kept. What the source marks as
// sensitive and is configuration by all else (the provider marks the value of
// every Systems Manager parameter) is Masked: compared, and never shown. A
// sealed snapshot is left as it is.
func (s *Snapshot) Seal(cat *catalog.Catalog) {
	s.sortResources()
	s.packAll()
	if s.Sealed {
		return
	}
	s.Sealed = true
	s.secrets = &secrets{key: runKey, values: map[string]bool{}}
	ps := newPackedSealer(s.secrets, s.pack)
	var t *catalog.Type // of the resources of one type, that mostly follow each other
	of := ""
	for i := range s.Resources {
		r := &s.Resources[i]
		if r.sealed {
			continue
		}
		if t == nil || r.Type != of {
			t, of = cat.Type(r.Type), r.Type
		}
		r.Attributes = AttributesOf(ps.attributes(r.Attributes.Value(), t))
	}
	// A secret may also stand inside strings that nobody marked; only now are
	// all of them known.
	s.hide(s.secrets)
}

// hide takes the given secrets, its own or another snapshot's, out of all
// strings of the snapshot.
func (s *Snapshot) hide(secrets *secrets) {
	if secrets == nil || len(secrets.values) == 0 {
		return
	}
	s.packAll()
	s.hidePacked(secrets)
}

// packAll keeps the attributes of all resources in one Packer.
func (s *Snapshot) packAll() {
	for i := 0; s.pack == nil && i < len(s.Resources); i++ {
		if n := s.Resources[i].Attributes.packed(); n.ok() {
			s.pack = n.in
		}
	}
	if s.pack == nil {
		s.pack = NewPacker()
	}
	for i := range s.Resources {
		a := &s.Resources[i].Attributes
		if n := a.packed(); !n.ok() || n.in != s.pack {
			*a = AttributesOf(s.pack.Pack(a.Value()))
		}
	}
}

type sealer struct {
	*secrets
	t    *catalog.Type
	root Value // the resource's attributes
	in   *Packer
}

// entryNames are the keys under which an entry of a list has its name.
var entryNames = []string{"name", "key", "Name", "Key"}

// secureString is how Systems Manager marks a parameter as secret.
const secureString = "SecureString"

// object seals the fields of a resource, block, map or document. path is the
// object's attribute path; named says that its keys are the user's own words
// (environment variables), so that they tell secrets too.
func (s sealer) object(v Value, path string, named bool) Value {
	items := append([]Value(nil), v.Items()...)
	// {name: DB_PASSWORD, value: …}, as containers and parameters have them.
	entry := ""
	if named || path != "" {
		for _, k := range entryNames {
			if n := v.Get(k).Str(); n != "" {
				entry = n
				break
			}
		}
	}
	for i, key := range v.Keys() {
		p := key
		if path != "" {
			p = path + "." + key
		}
		secret := s.isSecret(p, key, named || path != "" && !s.t.InSchema()) ||
			entry != "" && (key == "value" || key == "Value") && SecretName(entry)
		items[i] = s.value(items[i], p, secret)
	}
	return v.withItems(items)
}

// isSecret judges an attribute by its meaning, and a key of the user's, or of
// a provider without a schema at hand, by its name as well.
func (s sealer) isSecret(path, key string, nested bool) bool {
	if s.t.Aspect(path).Kind == catalog.Secret {
		return true
	}
	if nested && SecretName(key) {
		return true
	}
	return (path == "value" || path == "insecure_value") && s.root.Get("type").Str() == secureString
}

// isFlag reports whether a word of a command line says that the next one is a secret.
func isFlag(word string) bool {
	return strings.HasPrefix(word, "-") && SecretName(strings.TrimLeft(word, "-"))
}

func (s sealer) value(v Value, path string, secret bool) Value {
	if v.Kind == String && !secret {
		v = s.decodeString(v, path)
	}
	switch v.Kind {
	case Secret: // marked by the source
		if secret || LooksSecret(v.Text) || s.t.Aspect(path).Kind == catalog.Identity || s.t.Kind == documentType {
			return s.value(Text(v.Text), path, true)
		}
		return s.mask(s.decodeString(Text(v.Text), path), path)
	case String:
		if secret || LooksSecret(v.Text) {
			if v.Text == "" {
				return v
			}
			s.add(v.Text)
			return Value{Kind: Secret, Text: s.digest(v.Text)}
		}
		v.Text = s.hideInside(v.Text)
	case Number:
		if secret {
			return Value{Kind: Secret, Text: s.digest(v.Text)}
		}
	case List:
		items := append([]Value(nil), v.Items()...)
		for i := range items {
			// A command line gives a secret as the word behind its flag.
			flagged := i > 0 && isFlag(v.Items()[i-1].Str())
			if flagged && items[i].Kind == String && !strings.HasPrefix(items[i].Text, "-") {
				items[i] = s.value(items[i], path, true)
				continue
			}
			if items[i].Kind == Object {
				if secret {
					items[i] = s.hideAll(items[i])
				} else {
					items[i] = s.object(items[i], path, v.Document)
				}
			} else {
				items[i] = s.value(items[i], path, secret)
			}
		}
		v = v.withItems(items)
	case Object:
		if secret {
			return s.hideAll(v)
		}
		v = s.object(v, path, true)
	}
	return v
}

// hideAll makes every scalar below v a secret.
func (s sealer) hideAll(v Value) Value {
	switch v.Kind {
	case List, Object:
		items := append([]Value(nil), v.Items()...)
		for i := range items {
			items[i] = s.hideAll(items[i])
		}
		return v.withItems(items)
	case String, Number:
		return s.value(v, "", true)
	}
	return v
}

// mask hides what the source marks as sensitive without taking it out of the
// comparison. Keys inside it can still tell a true secret.
func (s sealer) mask(v Value, path string) Value {
	switch v.Kind {
	case List, Object:
		if v.Kind == Object {
			v = s.object(v, path, true)
		} else {
			v = s.value(v, path, false)
		}
		items := make([]Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = it
			if it.Kind != Secret {
				items[i] = s.mask(it, path)
			}
		}
		return v.withItems(items)
	case String, Number:
		if harmless.MatchString(v.Text) {
			return v
		}
		s.add(v.Text)
		v.Masked = true
	}
	return v
}

// minEncoded is the length from which a text may be an encoded script.
const minEncoded = 16

// decodeString turns JSON documents into data and encoded scripts into text.
func (s sealer) decodeString(v Value, path string) Value {
	t := v.Text
	if bracketed(t) {
		if doc, ok := s.in.document(t); ok {
			return doc
		}
		return v
	}
	if len(t) >= minEncoded && len(t)%4 == 0 && mayEncode(path) {
		if raw, err := base64.StdEncoding.DecodeString(t); err == nil && utf8.Valid(raw) && !strings.ContainsRune(string(raw), 0) {
			v.Text = string(raw)
		}
	}
	return v
}

// bracketed reports whether a text may be a document.
func bracketed(t string) bool {
	return len(t) >= 2 && (t[0] == '{' && t[len(t)-1] == '}' || t[0] == '[' && t[len(t)-1] == ']')
}

// document reads a text of JSON as a document.
func (p *Packer) document(text string) (Value, bool) {
	raw := jsontext.Value(text)
	if !raw.IsValid(jsontext.AllowDuplicateNames(true)) {
		return Value{}, false
	}
	scan := p.documentScanner(raw)
	v, err := scan.value(0)
	return markDocument(v), err == nil
}

// packDocument is document without a tree, and in place of all that was added.
func (p *Packer) packDocument(raw jsontext.Value) bool {
	if !raw.IsValid(jsontext.AllowDuplicateNames(true)) {
		return false
	}
	scan := p.documentScanner(raw)
	sorted, err := scan.pack(0, 0)
	if err == nil && !sorted {
		scan.at, p.form, p.ids = 0, p.form[:0], p.ids[:0]
		var v Value
		v, err = scan.value(0)
		p.add(markDocument(v))
	}
	return err == nil
}

func (p *Packer) documentScanner(raw []byte) scanner {
	return scanner{p: p, raw: raw, maxDepth: maxDocumentDepth, marks: formDocument}
}

func markDocument(v Value) Value {
	if v.Kind == List || v.Kind == Object {
		items := make([]Value, len(v.Items()))
		for i, it := range v.Items() {
			items[i] = markDocument(it)
		}
		v = v.withItems(items)
		v.Document = true
	}
	return v
}

var (
	secretWord = lazyregexp.New(`(?i)(password|passwd|passphrase|(^|[_\-./])(pwd|pass|secret|token|credentials?|apikey|dsn)$|(api|private|secret|access|signing|encryption|auth|client|account|license|master)[_\-.]?(key|secret|token)$|connection[_\-.]?string$|(secret|api|access|auth)[A-Z]?[a-z]*Key$|[a-z](Secret|Token)$)`)
	plainWord  = lazyregexp.New(`(?i)[_\-.](policy|length|ttl|expiry|expires|age|days|version|arn|arns|name|id|ids|file|path|enabled|rotation|required|reset|min|max|count|url|uri|endpoint|header|type|algorithm|parameter)$`)
	secretText = lazyregexp.New(`^(-----BEGIN [A-Z ]*PRIVATE KEY-----|(AKIA|ASIA)[A-Z0-9]{16}$|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_|glpat-|xox[abprs]-|sk_live_|rk_live_|sk-[A-Za-z0-9_\-]{20,}|SG\.[\w\-]{16,}|eyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.)`)
	userInfo   = lazyregexp.New(`://([^\s/:@"']*):([^\s/@"']+)@`)
	assignment = lazyregexp.New(`(?i)([\w.\-]*(?:passwd|password|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|pwd)[\w\-]*)(\s*=\s*|:\s+|\s+)("[^"\n]+"|'[^'\n]+'|[^\s"',;&]+)`)
	bearer     = lazyregexp.New(`(?i)\b(bearer|basic)\s+([\w.~+/=-]{8,})`)
	keyBlock   = lazyregexp.New(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)
)

// SecretName reports whether a key's name says that its value is secret.
func SecretName(key string) bool {
	return len(key) >= 3 && mayBeSecret(key) && secretWord.MatchString(key) && !plainWord.MatchString(key)
}

// secretEnds are those of the names that secretWord matches, but for passwords.
var secretEnds = []string{"pwd", "pass", "secret", "token", "credential", "credentials", "key", "dsn", "string"}

// mayBeSecret is false of nearly all names that secretWord does not match.
func mayBeSecret(key string) bool {
	lower := strings.ToLower(key)
	return strings.Contains(lower, "passw") || strings.Contains(lower, "passp") ||
		strings.Contains(lower, "\u017f") || // in expressions, the same letter as s
		slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(lower, end) })
}

// remarkable is false of nearly all texts: those of ASCII characters that sealing
// leaves as they are, wherever they stand, and that are no flag.
func remarkable(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	var marks uint8
	for _, c := range text {
		marks |= marksOf[c] | c&utf8.RuneSelf
	}
	return marks != 0 || text[0] == '{' || text[0] == '[' || text[0] == '-' || len(text) >= minLooks && secretHead(string(text[:2]))
}

// minLooks is how long secrets are that are known by their looks.
const minLooks = 16

// LooksSecret reports whether a text is of a form that only secrets have.
func LooksSecret(text string) bool {
	return len(text) >= minLooks && secretHead(text[:2]) && secretText.MatchString(text)
}

// secretHead reports whether one of those forms begins so.
func secretHead(text string) bool {
	switch text {
	case "--", "AK", "AS", "gh", "gi", "gl", "xo", "sk", "rk", "SG", "ey":
		return true
	}
	return false
}

// assigns is false where no assignment to a name that tells a secret is in a
// text: one without its words.
func assigns(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= 0x80:
			return assignment.MatchString(text) // letters that fold to others
		case i+3 > len(text):
		case c == 'p' || c == 'P' || c == 's' || c == 'S' || c == 't' || c == 'T' || c == 'k' || c == 'K':
			switch strings.ToLower(text[i : i+3]) {
			case "pas", "pwd", "sec", "tok", "key":
				return assignment.MatchString(text)
			}
		}
	}
	return false
}

const markAt, markAssigns, markSpace = 1, 2, 4

// marksOf says which secrets a text may carry that holds a byte. What they are
// replaced by holds none of these.
var marksOf = [256]uint8{
	'@': markAt, '=': markAssigns, ' ': markAssigns | markSpace, '\t': markSpace, '\n': markSpace, '\f': markSpace, '\r': markSpace,
}

// hideInside hides the secrets that a longer text carries: passwords in URLs,
// assignments in scripts and command lines, private keys.
func (s *secrets) hideInside(text string) string {
	if len(text) < 8 {
		return text
	}
	var marks uint8
	for i := range len(text) {
		marks |= marksOf[text[i]]
	}
	if marks == 0 {
		return text
	}
	if marks&markAt != 0 && strings.Contains(text, "://") {
		text = replaceGroup(userInfo, text, 2, s.add)
	}
	if marks&markAssigns != 0 && assigns(text) {
		text = hideAssignments(text, s.add)
	}
	if marks&markSpace != 0 && bearer.MatchString(text) {
		text = replaceGroup(bearer, text, 2, s.add)
	}
	if marks&markSpace != 0 && strings.Contains(text, "PRIVATE KEY-----") {
		text = keyBlock.ReplaceAllString(text, Hidden)
	}
	return text
}

// hideAssignments hides what is assigned to a name that tells a secret. Words
// that merely follow such a name in prose ("token required") stay.
func hideAssignments(text string, found func(string)) string {
	var b strings.Builder
	last := 0
	for _, m := range assignment.FindAllStringSubmatchIndex(text, -1) {
		name, sep, value := text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]
		flag := strings.HasPrefix(name, "-")
		if plainWord.MatchString(name) || !flag && strings.TrimSpace(sep) == "" || strings.HasPrefix(value, "$") || value == Hidden {
			continue
		}
		value = strings.Trim(value, `"'`)
		found(value)
		b.WriteString(text[last:m[6]])
		b.WriteString(Hidden)
		last = m[7]
	}
	b.WriteString(text[last:])
	return b.String()
}

// replaceGroup hides one group of every match and reports what it held.
func replaceGroup(re *lazyregexp.Regexp, text string, group int, found func(string)) string {
	var b strings.Builder
	last := 0
	for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[2*group], m[2*group+1]
		if text[from:to] == Hidden {
			continue
		}
		found(text[from:to])
		b.WriteString(text[last:from])
		b.WriteString(Hidden)
		last = to
	}
	b.WriteString(text[last:])
	return b.String()
}
