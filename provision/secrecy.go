package provision

import (
	"encoding/json"
	"fmt"
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

// What holds secrets prints without them, whichever verb a log or an error prints it with. Of an environment not even
// the names are shown: a secret may be what they are made of.

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
	return strings.TrimSpace("check " + c.Kind + " " + c.URL + c.Address + strings.Join(c.Command, " "))
}

// GoString is String: %#v shows no more.
func (c Check) GoString() string { return c.String() }

func (h Hook) String() string {
	return "hook " + h.When + " " + strings.Join(h.Command, " ")
}

// GoString is String: %#v shows no more.
func (h Hook) GoString() string { return h.String() }
