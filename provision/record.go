package provision

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/maquette/maquette/parity"
)

// record returns the stack as it may be written down: the values of variables that are secret, by their mark, by their
// name or by their looks, are left out.
func (s Stack) record() (StackRecord, error) {
	r := StackRecord{
		Source: s.Source, Local: s.Local, Binary: s.Binary,
		Variables: map[string]json.RawMessage{}, Secrets: []string{},
	}
	for _, name := range s.names() {
		value := s.Variables[name]
		if parity.SecretName(name) || holdsSecret(value) {
			r.Secrets = append(r.Secrets, name)
			continue
		}
		encoded, err := encode(value)
		if err != nil {
			return r, fmt.Errorf("recording the variable %q: %w", name, err)
		}
		r.Variables[name] = encoded
	}
	var err error
	if s.Backend != nil {
		r.Backend = &BackendRecord{Type: s.Backend.Type}
		if r.Backend.Config, err = encodeAll("the backend's", s.Backend.Config); err != nil {
			return r, err
		}
	}
	for name, config := range s.Providers {
		if r.Providers == nil {
			r.Providers = map[string]map[string]json.RawMessage{}
		}
		if r.Providers[name], err = encodeAll("the provider's", config); err != nil {
			return r, err
		}
	}
	return r, nil
}

func encodeAll(whose string, values map[string]cty.Value) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	for name, value := range values {
		encoded, err := encode(value)
		if err != nil {
			return nil, fmt.Errorf("recording %s %q: %w", whose, name, err)
		}
		all[name] = encoded
	}
	return all, nil
}

// stack is the stack that was recorded, but for its secrets.
func (r StackRecord) stack() (Stack, error) {
	s := Stack{Source: r.Source, Local: r.Local, Binary: r.Binary}
	var err error
	if s.Variables, err = decodeAll(r.Variables); err != nil {
		return s, err
	}
	if r.Backend != nil {
		s.Backend = &Backend{Type: r.Backend.Type}
		if s.Backend.Config, err = decodeAll(r.Backend.Config); err != nil {
			return s, err
		}
	}
	for name, config := range r.Providers {
		if s.Providers == nil {
			s.Providers = map[string]map[string]cty.Value{}
		}
		if s.Providers[name], err = decodeAll(config); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s Stack) names() []string {
	names := make([]string, 0, len(s.Variables))
	for name := range s.Variables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// encode writes a value with its type, so that an empty list stays one.
func encode(value cty.Value) (json.RawMessage, error) {
	return ctyjson.Marshal(value, cty.DynamicPseudoType)
}

func decodeAll(encoded map[string]json.RawMessage) (map[string]cty.Value, error) {
	values := map[string]cty.Value{}
	for name, text := range encoded {
		value, err := ctyjson.Unmarshal(text, cty.DynamicPseudoType)
		if err != nil {
			return nil, fmt.Errorf("reading the recorded %q: %w", name, err)
		}
		values[name] = value
	}
	return values, nil
}

// holdsSecret reports whether a value is secret or has a secret in it.
func holdsSecret(value cty.Value) bool {
	if value.ContainsMarked() {
		return true
	}
	found := false
	_ = cty.Walk(value, func(path cty.Path, v cty.Value) (bool, error) {
		if v.IsNull() || !v.IsKnown() || v.Type() != cty.String || v.AsString() == "" {
			return true, nil
		}
		text := v.AsString()
		found = found || parity.LooksSecret(text) || hasUserinfo(text) || slices.ContainsFunc(path, secretStep)
		return !found, nil
	})
	return found
}

func secretStep(step cty.PathStep) bool {
	switch step := step.(type) {
	case cty.GetAttrStep:
		return parity.SecretName(step.Name)
	case cty.IndexStep:
		return step.Key.Type() == cty.String && parity.SecretName(step.Key.AsString())
	}
	return false
}

// hasUserinfo reports whether a text has a URL with a password in it.
func hasUserinfo(text string) bool {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return false
	}
	authority, _, _ := strings.Cut(rest, "/")
	user, _, ok := strings.Cut(authority, "@")
	return ok && strings.Contains(user, ":")
}

// plain returns outputs as they may be recorded and shown: without those that are sensitive, as JSON data.
func plain(outputs map[string]OutputValue) (map[string]any, error) {
	shown := map[string]any{}
	for name, output := range outputs {
		if output.Sensitive || parity.SecretName(name) || holdsSecret(output.Value) {
			continue
		}
		encoded, err := json.Marshal(ctyjson.SimpleJSONValue{Value: output.Value})
		if err != nil {
			return nil, fmt.Errorf("reading the output %q: %w", name, err)
		}
		var value any
		if err := json.Unmarshal(encoded, &value); err != nil {
			return nil, fmt.Errorf("reading the output %q: %w", name, err)
		}
		shown[name] = value
	}
	return shown, nil
}
