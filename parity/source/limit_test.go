package source

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLimitedFailsRatherThanEnds(t *testing.T) {
	data, err := io.ReadAll(&limited{r: strings.NewReader("0123456789"), left: 4})
	assert.Equal(t, "0123", string(data))
	assert.ErrorContains(t, err, "more than 4 GiB")
	// What ends in time is read whole.
	data, err = io.ReadAll(&limited{r: strings.NewReader("0123"), left: 5})
	assert.NoError(t, err)
	assert.Equal(t, "0123", string(data))
}

// endless is a state with one text that does not end.
type endless struct {
	head strings.Reader
	sent int64
}

func (e *endless) Read(p []byte) (int, error) {
	if n, err := e.head.Read(p); err == nil {
		return n, nil
	}
	for i := range p {
		p[i] = 'x'
	}
	e.sent += int64(len(p))
	return len(p), nil
}

func TestValueWithoutEnd(t *testing.T) {
	for name, head := range map[string]string{
		"state":      `{"version":4,"resources":[{"mode":"managed","type":"aws_launch_template","name":"x","instances":[{"attributes":{"user_data":"`,
		"show -json": `{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"a.b","values":{"x":"`,
		"snapshot":   `{"schema":"maquette/snapshot/v1","resources":[{"type":"a","attributes":{"x":"`,
	} {
		e := &endless{head: *strings.NewReader(head)}
		_, err := Read("big.json", e)
		assert.ErrorContains(t, err, "reading big.json at /", name)
		assert.ErrorContains(t, err, ": one value has more than 256 MiB\n  No provider writes such a value", name)
		assert.NotContains(t, err.Error(), "jsontext", name)
		assert.Less(t, e.sent, int64(valueLimit+4<<20), "%s: it was noticed late", name)
	}
}
