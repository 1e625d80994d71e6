package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// RollbackRequest asks for an instance to be what it was when it was last good.
type RollbackRequest struct {
	Instance string
	// Blueprint is the definition as it is now, for its checks, hooks and secrets. Nil: there are none.
	Blueprint *Blueprint
	Approve   Approve
	Progress  func(Event)
}

// Rollback applies the last definition that was good and is not what is applied now. Where the source has changed since,
// it says so: the source itself is the user's, and not kept.
func (l *Lifecycle) Rollback(ctx context.Context, req RollbackRequest) (_ *UpResult, err error) {
	unlock, err := l.Locker.Lock(ctx, req.Instance, "rollback", l.Wait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	in, err := l.Registry.Instance(ctx, req.Instance)
	if err != nil {
		return nil, fmt.Errorf("looking for %s in the registry: %w", req.Instance, err)
	}
	applied, err := l.Registry.Applied(ctx, in.Name)
	if err != nil {
		return nil, fmt.Errorf("looking for what was applied to %s: %w", in.Name, err)
	}
	target := lastGood(applied)
	if target == nil {
		return nil, fmt.Errorf("rolling %s back: there is no other definition that was applied and passed its checks\n  See: maquette show %s", in.Name, in.Name)
	}
	stack, err := target.restore(req.Blueprint)
	if err != nil {
		return nil, err
	}
	op, err := l.begin(ctx, &in, "rollback", req.Progress)
	if err != nil {
		return nil, err
	}
	before := in
	op.before = &before
	in.Branch, in.Commit = target.Branch, target.Commit
	if err := op.set(ctx, Creating); err != nil {
		return nil, op.end(ctx, err)
	}
	op.note("back to what was applied at %s", target.At.Local().Format("2006-01-02 15:04:05"))
	if digest, err := l.Driver.Digest(*stack); err == nil && digest != target.Digest {
		op.note("%s has changed since; it is applied as it is now", stack.Source)
	}
	outputs, err := op.apply(ctx, req.Blueprint, *stack, req.Approve)
	return &UpResult{Instance: in, Outputs: outputs}, op.end(ctx, err)
}

// lastGood returns the newest good one that is another than the newest, which is what is applied now.
func lastGood(applied []Applied) *Applied {
	if len(applied) == 0 {
		return nil
	}
	now := applied[len(applied)-1]
	for i := len(applied) - 1; i >= 0; i-- {
		if a := applied[i]; a.Good && (!now.Good || !a.same(now)) {
			return &a
		}
	}
	return nil
}

// same reports whether two definitions would make the same.
func (a Applied) same(b Applied) bool {
	x, errX := json.Marshal(a.Stack) // maps are written in order of their keys
	y, errY := json.Marshal(b.Stack)
	return errX == nil && errY == nil && string(x) == string(y) && a.Digest == b.Digest && a.Branch == b.Branch && a.Commit == b.Commit
}
