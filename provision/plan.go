package provision

import (
	"context"
	"errors"
	"fmt"
)

// Plan says what Up would change. It makes nothing, and leaves nothing of an instance that there was not before. look, if
// it is not nil, is given the plan, and its error is Plan's.
func (l *Lifecycle) Plan(ctx context.Context, bp *Blueprint, progress func(Event), look func(Planned) error) (_ []Change, err error) {
	unlock, err := l.Locker.Lock(ctx, bp.Instance, "plan", l.Wait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	in, err := l.Registry.Instance(ctx, bp.Instance)
	fresh := errors.Is(err, ErrNotFound)
	switch {
	case err != nil && !fresh:
		return nil, fmt.Errorf("looking for %s in the registry: %w", bp.Instance, err)
	case fresh:
		in = Instance{Name: bp.Instance, ID: l.NewID(), Owner: bp.Owner}
		if bp.Lifetime != nil {
			in.ExpiresAt = l.Now().Add(bp.Lifetime.TTL)
		}
		defer func() { err = errors.Join(err, l.Driver.Remove(context.WithoutCancel(ctx), bp.Instance)) }()
	case in.Environment != bp.Environment:
		return nil, fmt.Errorf("%s is an instance of %s, not of %s\n  Give the new one another --name", bp.Instance, in.Environment, bp.Environment)
	}
	job := Job{Instance: in.Name, ID: in.ID, Stack: bp.Stack, Tags: in.tags(), Progress: progress}
	changes, err := l.Driver.Plan(ctx, job, look != nil)
	if err != nil || look == nil {
		return changes, err
	}
	defer func() { err = errors.Join(err, l.Driver.Drop(in.Name)) }()
	return changes, look(planOf(ctx, l.Driver, job, changes))
}
