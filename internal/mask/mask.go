// Package mask takes secrets out of what other programs say.
package mask

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
)

const (
	// Shown is what is shown in a secret's place.
	Shown = "(secret)"
	// minSecret is how many bytes a text must have to be masked: shorter ones are in many words, and guessed at once.
	minSecret = 4
	// minLine is that of one line of several: short lines of a long text, such as braces, are no secrets.
	minLine = 8
)

// Mask knows secrets. The zero value knows none.
type Mask struct {
	replacer *strings.Replacer
	// Longest is how many bytes the longest text has that is masked: so much may be lost at a cut.
	Longest int
}

// New masks the secrets in the forms in which they may be met: as they are, line by line, quoted and encoded.
func New(secrets ...string) Mask {
	known := map[string]bool{}
	for _, secret := range secrets {
		add(known, secret)
	}
	if len(known) == 0 {
		return Mask{}
	}
	// At one place the first that matches wins: the longest must come first.
	all := slices.SortedFunc(maps.Keys(known), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(all))
	for _, secret := range all {
		pairs = append(pairs, secret, Shown)
	}
	return Mask{strings.NewReplacer(pairs...), len(all[0])}
}

// Apply returns a text without the secrets.
func (m Mask) Apply(text string) string {
	if m.replacer == nil {
		return text
	}
	return m.replacer.Replace(text)
}

func add(known map[string]bool, secret string) {
	form := func(text string) {
		if len(strings.TrimSpace(text)) >= minSecret {
			known[text] = true
		}
	}
	if len(secret) < minSecret {
		return
	}
	form(secret)
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); len(line) >= minLine {
			form(line)
		}
	}
	// Commands are told as quoted lists, and may hold quoted text themselves.
	for _, quote := range []func(string) string{quoteJSON, QuoteHCL} {
		once := quote(secret)
		form(once)
		form(quoteJSON(once))
		form(QuoteHCL(once))
	}
	form(url.QueryEscape(secret))
	form(url.PathEscape(secret))
	form(base64.StdEncoding.EncodeToString([]byte(secret)))
}

func quoteJSON(text string) string {
	quoted, _ := json.Marshal(text) // a text has always a form
	return string(quoted[1 : len(quoted)-1])
}

var hclEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{")

// QuoteHCL writes a text as Terraform does between quotes.
func QuoteHCL(text string) string { return hclEscapes.Replace(text) }
