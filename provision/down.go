package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// DownRequest asks for an instance to be taken away.
type DownRequest struct {
	Instance string
	// Blueprint is the definition as it is now, for its hooks and secrets. Nil: it cannot be had any more, and what was
	// applied is taken away without.
	Blueprint *Blueprint
	// Approve is asked first, with the addresses of what will be destroyed. Nil: it is destroyed at once.
	Approve  func(resources []string) (bool, error)
	Progress func(Event)

	still func(Instance) bool // asked under the lock; nil: yes
}

// Down destroys an instance, proves that nothing is left of it, and only then forgets it. An instance whose destroy
// failed is kept, as such, and can be tried again.
func (l *Lifecycle) Down(ctx context.Context, req DownRequest) (err error) {
	unlock, err := l.Locker.Lock(ctx, req.Instance, "down", l.Wait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	in, err := l.Registry.Instance(ctx, req.Instance)
	if err != nil {
		return fmt.Errorf("looking for %s in the registry: %w", req.Instance, err)
	}
	if req.still != nil && !req.still(in) {
		return fmt.Errorf("%s is not due any more: somebody has extended it", in.Name)
	}
	op, err := l.begin(ctx, &in, "down", req.Progress)
	if err != nil {
		return err
	}
	err = op.destroy(ctx, req)
	if err != nil && !errors.Is(err, ErrDeclined) && in.Status == Destroying { // else nothing was begun: it is what it was, and none that reap is to finish
		left := DestroyFailed
		if ctx.Err() != nil {
			left = Failed // who stops it may have thought better of it: it is not for reap to finish
		}
		err = errors.Join(err, op.set(ctx, left))
	}
	if err = op.end(ctx, err); err != nil {
		return err
	}
	return l.forget(ctx, in.Name)
}

func (op *operation) destroy(ctx context.Context, req DownRequest) error {
	if err := op.recover(ctx); err != nil {
		return err
	}
	stack, err := op.lastStack(ctx, op.instance.Name, req.Blueprint)
	if err != nil {
		return err
	}
	var resources []string
	if stack != nil {
		if resources, err = op.Driver.Resources(ctx, op.job(*stack)); err != nil {
			return err
		}
	}
	if req.Approve != nil {
		switch ok, err := req.Approve(resources); {
		case err != nil:
			return err
		case !ok:
			return ErrDeclined
		}
	}
	if err := op.set(ctx, Destroying); err != nil {
		return err
	}
	if err := op.hooks(ctx, req.Blueprint, "before", nil); err != nil {
		return err
	}
	if len(resources) > 0 {
		if err := op.Driver.Destroy(ctx, op.job(*stack)); err != nil {
			return err
		}
		if resources, err = op.Driver.Resources(ctx, op.job(*stack)); err != nil {
			return err
		}
		if len(resources) > 0 {
			return fmt.Errorf("destroying %s: Terraform ended well, and its state still knows %s\n  Try again: maquette down %s",
				op.instance.Name, strings.Join(resources, ", "), op.instance.Name)
		}
	}
	if err := op.sweep(ctx); err != nil {
		return err
	}
	return op.hooks(ctx, req.Blueprint, "after", nil)
}

// sweep takes away what the state does not know, as after a kill, and fails where something is left.
func (op *operation) sweep(ctx context.Context) error {
	op.phase("verifying")
	gone, left, err := op.Platform.Sweep(ctx, op.instance.Name, op.instance.ID)
	for _, g := range gone {
		op.note("%s was left over and is gone now", g)
	}
	if err != nil {
		return fmt.Errorf("looking for what is left of %s: %w", op.instance.Name, err)
	}
	if len(left) > 0 {
		return fmt.Errorf("destroying %s: %s still there\n  Mend what is said of it and try again: maquette down %s",
			op.instance.Name, list(left), op.instance.Name)
	}
	return nil
}

// String is what is left, for people.
func (l Leftover) String() string {
	if l.Detail == "" {
		return l.Kind + " " + l.Name
	}
	return l.Kind + " " + l.Name + " (" + l.Detail + ")"
}

func list(all []Leftover) string {
	words := make([]string, len(all))
	for i, l := range all {
		words[i] = l.String()
	}
	if len(words) == 1 {
		return words[0] + " is"
	}
	return strings.Join(words, ", ") + " are"
}

// lastStack is the stack that was last applied, with the secrets of the definition as it is now. Nil: nothing was ever
// applied.
func (l *Lifecycle) lastStack(ctx context.Context, instance string, now *Blueprint) (*Stack, error) {
	applied, err := l.Registry.Applied(ctx, instance)
	if err != nil {
		return nil, fmt.Errorf("looking for what was applied to %s: %w", instance, err)
	}
	if len(applied) == 0 {
		return nil, nil
	}
	return applied[len(applied)-1].restore(now)
}

// restore is the stack as it was applied. Its secrets, which are recorded nowhere, are those of the definition now;
// where it has none of that name, Terraform looks for them in TF_VAR_ variables.
func (a Applied) restore(now *Blueprint) (*Stack, error) {
	stack, err := a.Stack.stack()
	if err != nil {
		return nil, fmt.Errorf("reading what was applied to %s: %w", a.Instance, err)
	}
	if now != nil {
		for _, name := range a.Stack.Secrets {
			if value, ok := now.Stack.Variables[name]; ok {
				stack.Variables[name] = value
			}
		}
	}
	return &stack, nil
}
