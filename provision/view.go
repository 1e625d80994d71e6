package provision

import (
	"context"
	"fmt"
	"time"
)

// View is an instance as people want to see it: what is recorded of it, and who works on it now.
type View struct {
	Instance
	State  string  // "ready", "failed", "expired", "interrupted", "up running", …
	Holder *Holder // nil: nobody works on it
}

// Views returns all instances, in order of name.
func (l *Lifecycle) Views(ctx context.Context) ([]View, error) {
	all, err := l.Registry.Instances(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the registry: %w", err)
	}
	views := make([]View, 0, len(all))
	for _, in := range all {
		view, err := l.view(in)
		if err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, nil
}

// View returns one instance.
func (l *Lifecycle) View(ctx context.Context, name string) (View, error) {
	in, err := l.Registry.Instance(ctx, name)
	if err != nil {
		return View{}, fmt.Errorf("looking for %s in the registry: %w", name, err)
	}
	return l.view(in)
}

func (l *Lifecycle) view(in Instance) (View, error) {
	holder, err := l.Locker.Holder(in.Name)
	if err != nil {
		return View{}, fmt.Errorf("looking at the lock of %s: %w", in.Name, err)
	}
	return View{Instance: in, State: state(in, holder, l.Now()), Holder: holder}, nil
}

func state(in Instance, holder *Holder, now time.Time) string {
	expired := !in.ExpiresAt.IsZero() && !in.ExpiresAt.After(now)
	switch {
	case holder != nil:
		return holder.Operation + " running"
	case in.Status == Creating:
		return "interrupted"
	case in.Status == Destroying:
		return "destroy-interrupted"
	case in.Status == Ready && expired:
		return "expired"
	}
	return string(in.Status)
}

// LastStack is the stack that was last applied to an instance, without its secrets. Nil: nothing ever was.
func (l *Lifecycle) LastStack(ctx context.Context, instance string) (*Stack, error) {
	return l.lastStack(ctx, instance, nil)
}
