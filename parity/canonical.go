package parity

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// canonical returns a string with everything that is the environment's own
// replaced by what it stands for.
func (e *environment) canonical(s string) string {
	s, _ = e.replaced(s)
	return s
}

// replaced is canonical; named says that the string names a resource, or that
// something in it does, so that it is not plain.
func (e *environment) replaced(s string) (canonical string, named bool) {
	if t := e.refs.tokens(s); t != "" {
		return t, true
	}
	if a, ok := e.refs.address(s); ok {
		return a, true
	}
	if strings.ContainsAny(s, ":/.,;= \n\t\"'|") {
		in := e.inside(s)
		return e.plain(in), in != s
	}
	return e.plain(s), false
}

// plain replaces account, region and the environment's name, and leaves the
// names of resources as they are.
func (e *environment) plain(s string) string { return e.names.replace(e.located(s)) }

// located replaces account and region.
func (e *environment) located(s string) string {
	if r := e.refs.region; r != "" {
		if strings.Contains(s, r) {
			s = replaceWord(s, r, "{region}")
		}
		for _, short := range e.refs.short {
			if strings.Contains(s, short) {
				s = replaceWord(s, short, "{region}")
			}
		}
	}
	if a := e.refs.account; a != "" && strings.Contains(s, a) {
		s = strings.ReplaceAll(s, a, "{account}")
	}
	if strings.HasSuffix(s, ":root") {
		if m := rootOf.FindStringSubmatch(s); m != nil {
			return m[1] // a policy may name an account either way
		}
	}
	return s
}

var rootOf = lazyregexp.New(`^arn:aws[\w-]*:iam::(\d{12}|\{account\}):root$`)

// replaceWord replaces a region where it is not part of a longer word; the
// letter of a zone may follow.
func replaceWord(s, word, by string) string {
	return replaceWhere(s, s, word, by, func(from, to int) bool {
		return (from == 0 || !isAlnum(s[from-1])) && (to+1 >= len(s) || !isAlnum(s[to]) || !isAlnum(s[to+1]))
	})
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// inside replaces the names of things within a longer text: ARNs with
// something behind them, hosts in URLs, ids in lists.
func (e *environment) inside(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	run := func(text string) {
		if t := e.refs.inRun(text); t != "" {
			b.WriteString(t)
		} else {
			b.WriteString(text)
		}
	}
	start := -1
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isAlnum(c) || strings.IndexByte(`-_.:/@+*$%`, c) >= 0 || c >= 0x80 {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			run(s[start:i])
			start = -1
		}
		b.WriteByte(c)
	}
	if start >= 0 {
		run(s[start:])
	}
	return b.String()
}

// inRun looks up a run of id characters: whole, then ever shorter heads of it,
// then its pieces. It returns "" where nothing is found.
func (r *references) inRun(s string) string {
	if t := r.named(s); t != "" {
		return t
	}
	for i := len(s) - 1; i >= 8; i-- {
		if c := s[i]; c != ':' && c != '/' && c != '*' && c != '.' {
			continue
		}
		if t := r.named(s[:i]); t != "" {
			return t + s[i:]
		}
	}
	var b strings.Builder
	found := false
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != ':' && s[i] != '/' && s[i] != '@' {
			continue
		}
		if t := r.named(s[start:i]); t != "" && !generic(s[start:i]) {
			b.WriteString(t)
			found = true
		} else {
			b.WriteString(s[start:i])
		}
		if i < len(s) {
			b.WriteByte(s[i])
		}
		start = i + 1
	}
	if !found {
		return ""
	}
	return b.String()
}

// named looks a piece of text up, as a name or as an address in a network.
// Short words name things by chance only and are left alone.
func (r *references) named(s string) string {
	if len(s) < 6 && !strings.ContainsAny(s, "-.") {
		return ""
	}
	if t := r.tokens(s); t != "" {
		return t
	}
	if t := r.tokens(strings.TrimSuffix(s, ".")); t != "" {
		return t
	}
	a, _ := r.address(s)
	return a
}

// address writes an IP address or CIDR block inside an own network as the
// network and the offset in it.
func (r *references) address(s string) (string, bool) {
	if len(r.networks) == 0 || len(s) < 7 || s[0] < '0' || s[0] > '9' || strings.Count(s, ".") != 3 {
		return "", false
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return "", false
		}
		p = netip.PrefixFrom(a, 32)
	}
	for bits := p.Bits(); bits >= 8; bits-- {
		n := netip.PrefixFrom(p.Addr(), bits).Masked()
		owner, ok := r.networks[n]
		if !ok {
			continue
		}
		a, b := p.Addr().As4(), n.Addr().As4()
		var off [4]byte
		for k := range off {
			off[k] = a[k] - b[k] // the network's bits are equal
		}
		t := r.token(owner) + "+" + netip.AddrFrom4(off).String()
		if strings.Contains(s, "/") {
			t += "/" + strconv.Itoa(p.Bits())
		}
		return t, true
	}
	return "", false
}

var opaque = lazyregexp.New(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{8,}\b|\b[A-Z0-9]{12,}\b|\b\d{12}\b|-[a-zA-Z0-9]{6}\b`)

// shape is a text without its generated parts, by which two ids of things
// outside of both environments look alike.
func shape(s string) string { return opaque.ReplaceAllString(s, "*") }
