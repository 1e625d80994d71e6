package terraform

import (
	"maps"
	"os"
	"slices"

	"github.com/maquette/maquette/internal/mask"
	"github.com/maquette/maquette/provision"
	"github.com/zclconf/go-cty/cty"
)

// secretMask takes secrets, and credentials in URLs, out of what Terraform and its providers say.
type secretMask struct{ mask.Mask }

func (m secretMask) apply(text string) string { return redact(m.Apply(text)) }

// newMask knows the secret parts of the variables, and all of those that the module declares sensitive, also where the
// caller's environment gives them.
func newMask(variables map[string]cty.Value, module *provision.Module, tokens map[string]string) secretMask {
	secrets := slices.Collect(maps.Values(tokens))
	for name, value := range variables {
		if module.Variables[name].Sensitive {
			value = value.Mark(provision.Secret)
		}
		secrets = collect(value, false, secrets)
	}
	for name, v := range module.Variables {
		if _, ours := variables[name]; v.Sensitive && !ours {
			secrets = append(secrets, os.Getenv(variablePrefix+name))
		}
	}
	return secretMask{mask.New(secrets...)}
}

// collect adds the texts and numbers in a value that are marked, or inside something that is.
func collect(value cty.Value, secret bool, secrets []string) []string {
	secret = secret || value.HasMark(provision.Secret)
	value, _ = value.Unmark()
	if value.IsNull() || !value.IsKnown() {
		return secrets
	}
	switch t := value.Type(); {
	case t == cty.String:
		if secret {
			secrets = append(secrets, value.AsString())
		}
	case t == cty.Number:
		if secret {
			secrets = append(secrets, value.AsBigFloat().Text('f', -1))
		}
	case t.IsPrimitiveType():
		// true and false are in every sentence
	case value.CanIterateElements():
		for key, element := range value.Elements() {
			if t.IsMapType() {
				secrets = collect(key, secret, secrets)
			}
			secrets = collect(element, secret, secrets)
		}
	}
	return secrets
}
