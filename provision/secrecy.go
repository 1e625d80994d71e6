package provision

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// MarshalJSON writes the stack without its secrets.
func (s Stack) MarshalJSON() ([]byte, error) {
	record, err := s.record()
	if err != nil {
		return nil, err
	}
	return json.Marshal(record)
}

// What holds secrets prints without them, whichever verb a log or an error prints it with.

func (s Stack) String() string {
	text, err := json.Marshal(s)
	if err != nil {
		return "stack of " + s.Source
	}
	return string(text)
}

// GoString is String: %#v shows no more.
func (s Stack) GoString() string { return s.String() }

func (b Blueprint) String() string {
	return fmt.Sprintf("%s of %s: %s", b.Instance, b.Environment, b.Stack)
}

// GoString is String: %#v shows no more.
func (b Blueprint) GoString() string { return b.String() }

func (c Check) String() string {
	return strings.TrimSpace("check " + c.Kind + " " + c.URL + c.Address + strings.Join(c.Command, " ") + shownEnv(c.Env))
}

// GoString is String: %#v shows no more.
func (c Check) GoString() string { return c.String() }

func (h Hook) String() string {
	return "hook " + h.When + " " + strings.Join(h.Command, " ") + shownEnv(h.Env)
}

// GoString is String: %#v shows no more.
func (h Hook) GoString() string { return h.String() }

// shownEnv names the variables of an environment.
func shownEnv(env map[string]string) string {
	if len(env) == 0 {
		return ""
	}
	names := make([]string, 0, len(env))
	for name := range env {
		names = append(names, name)
	}
	slices.Sort(names)
	return " with " + strings.Join(names, ", ")
}
