// Package probe finds out whether an instance is ready, and runs the hooks around operations: HTTP requests, TCP
// connections and commands, each with a limit of time.
//
// What a command prints goes to the log, less the values of the variables that the definition has given it.
package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/maquette/maquette/provision"
)

const (
	defaultWithin   = 30 * time.Second
	defaultInterval = 250 * time.Millisecond
	defaultTimeout  = 5 * time.Second
	defaultHook     = 5 * time.Minute
	defaultGrace    = 5 * time.Second
)

// Prober implements provision.Prober. The zero value works.
type Prober struct {
	// Environ is the environment of commands, less what makes our own binary play another role. Nil: the process's.
	Environ []string
	// Grace is how long a command that has to stop may take from SIGTERM until SIGKILL. 0: 5 s.
	Grace time.Duration
}

var _ provision.Prober = Prober{}

// try is one attempt; nil: the check holds.
type try func(ctx context.Context) error

// hopeless is an error that another try would not mend.
type hopeless struct{ error }

func (h hopeless) Unwrap() error { return h.error }

// Check tries until the check holds, or its time is over. It says in the log when the reason changes. When the context
// is cancelled it ends at once, with the context's error.
func (p Prober) Check(ctx context.Context, c provision.Check, log io.Writer) error {
	if log == nil {
		log = io.Discard
	}
	within, interval := cmp.Or(c.Within, defaultWithin), cmp.Or(c.Interval, defaultInterval)
	c.Timeout = min(cmp.Or(c.Timeout, defaultTimeout), within)

	subject, attempt, done, err := p.prepare(c, log)
	if err != nil {
		return fmt.Errorf("%s: %w", subject, err)
	}
	defer done()
	started := time.Now()
	limit, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var last error
	for tries := 1; ; tries++ {
		err := once(limit, c.Timeout, attempt)
		if err == nil {
			say(log, "check "+c.Kind+": ", fmt.Sprintf("%s holds after %s, try %d", subject, since(started), tries))
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.As(err, &hopeless{}) {
			return fmt.Errorf("%s: %w", subject, err)
		}
		// A try that was cut short by the end of all is no reason, where there is another one.
		if last == nil || !over(limit) {
			if last == nil || brief(last) != brief(err) {
				say(log, "check "+c.Kind+": ", fmt.Sprintf("%s: not yet: %s", subject, brief(err)))
			}
			last = err
		}
		select {
		case <-limit.Done():
		case <-time.After(interval):
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if limit.Err() != nil {
			return fmt.Errorf("%s does not hold after %s, %s: %w", subject, within, count(tries, "try", "tries"), last)
		}
	}
}

// prepare returns how errors call what is checked, one try of it, and what is to be called in the end.
func (p Prober) prepare(c provision.Check, log io.Writer) (subject string, attempt try, done func(), err error) {
	switch c.Kind {
	case "http":
		return prepareHTTP(c)
	case "tcp":
		return prepareTCP(c)
	case "command":
		if len(c.Command) == 0 {
			break
		}
		command := command{args: c.Command, dir: c.Dir, env: c.Env, secret: c.Secrets, prefix: "check command: "}
		return command.name(), func(ctx context.Context) error { return p.run(ctx, command, log) }, func() {}, nil
	}
	return "check", nil, nil, fmt.Errorf("there is nothing to check in a check of kind %q", c.Kind)
}

func once(ctx context.Context, timeout time.Duration, attempt try) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return attempt(ctx)
}

// over reports whether the time of a context is over. Connections know that by the clock, before its timer has fired.
func over(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// Hook runs a hook. When the context is cancelled it is stopped, and the error is the context's.
func (p Prober) Hook(ctx context.Context, h provision.Hook, log io.Writer) error {
	if log == nil {
		log = io.Discard
	}
	if len(h.Command) == 0 {
		return errors.New("the hook has no command")
	}
	limit, cancel := context.WithTimeout(ctx, cmp.Or(h.Timeout, defaultHook))
	defer cancel()
	command := command{args: h.Command, dir: h.Dir, env: h.Env, secret: h.Secrets, prefix: cmp.Or(h.When, "hook") + ": "}
	err := p.run(limit, command, log)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", command.name(), err)
	}
	return nil
}

// say writes one line to the log, in one piece: several checks may share it. A log that cannot be written, its owner
// finds out; it must not make a check fail.
func say(log io.Writer, prefix, line string) {
	_, _ = io.WriteString(log, prefix+line+"\n")
}

// brief is an error without what the log has already, or what is another each time.
func brief(err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.why
	}
	return err.Error()
}

func since(started time.Time) time.Duration {
	return time.Since(started).Round(time.Millisecond)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
