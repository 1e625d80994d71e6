package terraform

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/maquette/maquette/provision"
	"github.com/zclconf/go-cty/cty"
)

const (
	masked = "(secret)"
	// minSecret is how long a text must be to be masked: shorter ones are in every line, and guessed at once.
	minSecret = 3
)

// mask takes secrets out of what Terraform and its providers say.
type mask struct{ replacer *strings.Replacer }

func (m mask) apply(s string) string {
	if m.replacer == nil {
		return redact(s)
	}
	return redact(m.replacer.Replace(s))
}

// newMask knows the secret parts of the variables, and all of those that the module declares sensitive, also where the
// caller's environment gives them.
func newMask(variables map[string]cty.Value, module *provision.Module, tokens map[string]string) mask {
	secrets := map[string]bool{}
	for name, value := range variables {
		if module.Variables[name].Sensitive {
			value = value.Mark(provision.Secret)
		}
		collect(value, false, secrets)
	}
	for name, v := range module.Variables {
		if _, ours := variables[name]; v.Sensitive && !ours {
			addSecret(os.Getenv(variablePrefix+name), secrets)
		}
	}
	for _, token := range tokens {
		addSecret(token, secrets)
	}
	if len(secrets) == 0 {
		return mask{}
	}
	// At one place the first that matches wins: the longest must come first.
	all := make([]string, 0, len(secrets))
	for s := range secrets {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	pairs := make([]string, 0, 2*len(all))
	for _, s := range all {
		pairs = append(pairs, s, masked)
	}
	return mask{strings.NewReplacer(pairs...)}
}

// collect finds the texts and numbers in a value that are marked, or inside something that is.
func collect(value cty.Value, secret bool, secrets map[string]bool) {
	secret = secret || value.HasMark(provision.Secret)
	value, _ = value.Unmark()
	if value.IsNull() || !value.IsKnown() {
		return
	}
	switch t := value.Type(); {
	case t == cty.String:
		if secret {
			addSecret(value.AsString(), secrets)
		}
	case t == cty.Number:
		if secret {
			addSecret(value.AsBigFloat().Text('f', -1), secrets)
		}
	case t.IsPrimitiveType():
		// true and false are in every sentence
	case value.CanIterateElements():
		for key, element := range value.Elements() {
			if t.IsMapType() {
				collect(key, secret, secrets)
			}
			collect(element, secret, secrets)
		}
	}
}

// addSecret adds a text in the forms in which it may be met: as it is, line by line, quoted and encoded.
func addSecret(text string, secrets map[string]bool) {
	add := func(s string) {
		if len(strings.TrimSpace(s)) >= minSecret {
			secrets[s] = true
		}
	}
	add(text)
	if len(text) < minSecret {
		return
	}
	for line := range strings.Lines(text) {
		// Short lines of a long text, such as braces, are no secrets.
		if line = strings.TrimSpace(line); len(line) >= 8 {
			add(line)
		}
	}
	// Commands are told as quoted lists, and may hold quoted text themselves.
	for _, q := range []func(string) string{quoteJSON, quoteHCL} {
		once := q(text)
		add(once)
		add(quoteJSON(once))
		add(quoteHCL(once))
	}
	add(url.QueryEscape(text))
	add(url.PathEscape(text))
	add(base64.StdEncoding.EncodeToString([]byte(text)))
}

func quoteJSON(text string) string {
	quoted, _ := json.Marshal(text) // a text has always a form
	return string(quoted[1 : len(quoted)-1])
}
