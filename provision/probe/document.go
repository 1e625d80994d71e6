package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/document"
	"github.com/maquette/maquette/provision"
)

// Document runs the command of a document and returns what it prints, which goes into no log: it may hold secrets. Its
// errors are shown, and are masked: by what the definition gives the command, and by the caller's variables whose names
// say that they are secret. When the context is cancelled it is stopped, and the error is the context's.
func (p Prober) Document(ctx context.Context, d provision.Document) ([]byte, error) {
	limit, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	out := &bounded{full: cancel}
	c := command{args: d.Command, dir: d.Dir, env: maps.Clone(d.Env), secret: d.SecretNames(), stdout: out}
	if c.env == nil {
		c.env = map[string]string{}
	}
	for _, entry := range p.environ(command{}) {
		name, value, _ := strings.Cut(entry, "=")
		if _, given := c.env[name]; !given && parity.SecretName(name) && name != "PWD" && name != "OLDPWD" {
			c.env[name], c.secret = value, append(c.secret, name)
		}
	}
	err := p.run(limit, c, io.Discard)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case out.over:
		return nil, fmt.Errorf("%s: it prints more than %d MiB\n  Have it print the part that is configuration", c.name(), document.Limit>>20)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", c.name(), err)
	}
	return out.kept.Bytes(), nil
}

// bounded keeps what a document may have, and says when there is more.
type bounded struct {
	kept bytes.Buffer // not embedded: its ReadFrom would go round Write
	full func()
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) > document.Limit {
		b.over = true
		b.full()
		return 0, errors.New("too much")
	}
	return b.kept.Write(p)
}
