package provision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// UpRequest asks for an instance to be as its blueprint says.
type UpRequest struct {
	Blueprint *Blueprint
	TTL       time.Duration // instead of the definition's; 0: the definition's
	Approve   Approve       // nil: it is applied at once, in one run
	Progress  func(Event)
}

// Approve decides on what is planned, before anything is changed. An error, as ErrDeclined, stops it. What was found in the
// plan and is no obstacle, as the user has said, is recorded.
type Approve func(ctx context.Context, plan Planned) (despite string, err error)

// Planned is what is planned.
type Planned struct {
	Changes []Change
	// JSON reads the plan as `terraform show -json` writes it. It holds secrets.
	JSON func() ([]byte, error)
}

// UpResult is the instance as it is now. Outputs include sensitive ones.
type UpResult struct {
	Instance Instance
	Outputs  map[string]OutputValue
}

// Up makes an instance, or makes it what its blueprint says now. The instance is recorded before Terraform starts; when
// Up fails it is kept, as failed, so that Up or Down can be tried again.
func (l *Lifecycle) Up(ctx context.Context, req UpRequest) (_ *UpResult, err error) {
	bp := req.Blueprint
	unlock, err := l.Locker.Lock(ctx, bp.Instance, "up", l.Wait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	in, before, err := l.admit(ctx, bp, req.TTL)
	if err != nil {
		return nil, err
	}
	op, err := l.begin(ctx, in, "up", req.Progress)
	if err != nil {
		return nil, err
	}
	op.before = before
	outputs, err := op.apply(ctx, bp, bp.Stack, req.Approve)
	err = op.end(ctx, err)
	if errors.Is(err, ErrDeclined) && before == nil {
		err = errors.Join(err, l.forget(ctx, in.Name))
	}
	return &UpResult{Instance: *in, Outputs: outputs}, err
}

// admit returns the instance to work on, recorded, and what it was before: nil for a new one.
func (l *Lifecycle) admit(ctx context.Context, bp *Blueprint, ttl time.Duration) (in, before *Instance, err error) {
	now := l.Now().UTC()
	found, err := l.Registry.Instance(ctx, bp.Instance)
	fresh := errors.Is(err, ErrNotFound)
	switch {
	case fresh:
		found = Instance{Name: bp.Instance, ID: l.NewID(), Environment: bp.Environment, Owner: bp.Owner, CreatedAt: now}
	case err != nil:
		return nil, before, fmt.Errorf("looking for %s in the registry: %w", bp.Instance, err)
	case found.Environment != bp.Environment:
		return nil, before, fmt.Errorf("%s is an instance of %s, not of %s\n  Give the new one another --name", bp.Instance, found.Environment, bp.Environment)
	}
	if !fresh {
		was := found
		before = &was
	}
	found.Branch, found.Commit = bp.Branch, bp.Commit
	found.Status, found.UpdatedAt = Creating, now

	var quota Quota
	if life := bp.Lifetime; life != nil {
		quota, found.MaxTTL = life.Quota, life.MaxTTL
		if fresh && ttl == 0 {
			ttl = life.TTL
		}
		switch {
		case life.MaxTTL > 0 && ttl > life.MaxTTL:
			return nil, before, fmt.Errorf("%s may live for %s at most; --ttl %s is longer", bp.Instance, Duration(life.MaxTTL), Duration(ttl))
		case ttl > 0:
			found.ExpiresAt = found.CreatedAt.Add(ttl)
			if !found.ExpiresAt.After(now) {
				return nil, before, fmt.Errorf("%s was made at %s: with --ttl %s its time would be over already\n  It lives until %s; to let it live longer: maquette extend %s",
					bp.Instance, found.CreatedAt.Local().Format(time.DateTime), Duration(ttl), before.ExpiresAt.Local().Format(time.DateTime), bp.Instance)
			}
		}
	} else if ttl > 0 {
		return nil, before, fmt.Errorf("%s is a lasting environment: it has no --ttl\n  Give it a `throwaway` block if it should go away by itself", bp.Environment)
	}

	if fresh {
		err = l.Registry.Create(ctx, found, quota)
	} else {
		err = l.Registry.Update(ctx, found)
	}
	if err != nil {
		return nil, before, fmt.Errorf("recording %s: %w", bp.Instance, err)
	}
	return &found, before, nil
}

// apply makes the stack be, checks that it is ready, and records both. Where it comes to nothing before anything was
// touched, an instance that there was is as it was before.
func (op *operation) apply(ctx context.Context, bp *Blueprint, stack Stack, approve Approve) (map[string]OutputValue, error) {
	outputs, err := op.build(ctx, bp, stack, approve)
	switch {
	case err == nil:
		return outputs, op.set(ctx, Ready)
	case !op.touched && op.before != nil:
		*op.instance = *op.before
		return nil, errors.Join(err, op.set(ctx, op.before.Status))
	case errors.Is(err, ErrDeclined): // a new one, that is forgotten
		return nil, err
	}
	return outputs, errors.Join(err, op.set(ctx, Failed))
}

func (op *operation) build(ctx context.Context, bp *Blueprint, stack Stack, approve Approve) (outputs map[string]OutputValue, err error) {
	if err := op.recover(ctx); err != nil {
		return nil, err
	}
	if approve != nil {
		changes, err := op.Driver.Plan(ctx, op.job(stack), true)
		if err != nil {
			return nil, err
		}
		// It may hold secrets: whether it comes to be applied or not, it goes.
		defer func() { err = errors.Join(err, op.Driver.Drop(op.instance.Name)) }()
		if op.despite, err = approve(ctx, planOf(ctx, op.Driver, op.job(stack), changes)); err != nil {
			return nil, err
		}
		if op.despite != "" {
			op.note("applied despite %s", op.despite)
		}
	}
	applied, err := op.saveApplied(ctx, stack)
	if err != nil {
		return nil, err
	}
	op.touched = true
	if err := op.hooks(ctx, bp, "before", nil); err != nil {
		return nil, err
	}
	if approve != nil {
		outputs, err = op.Driver.ApplyPlanned(ctx, op.job(stack))
	} else {
		outputs, err = op.Driver.Apply(ctx, op.job(stack))
	}
	if err != nil {
		return nil, err
	}
	if op.instance.Outputs, err = plain(outputs); err != nil {
		return outputs, err
	}
	op.instance.URL, _ = op.instance.Outputs["url"].(string)
	if err := op.check(ctx, bp, outputs); err != nil {
		return outputs, err
	}
	if err := op.hooks(ctx, bp, "after", outputs); err != nil {
		return outputs, err
	}
	if err := op.Registry.MarkGood(ctx, applied); err != nil {
		return outputs, fmt.Errorf("recording that %s is good: %w", op.instance.Name, err)
	}
	return outputs, nil
}

func planOf(ctx context.Context, driver Driver, job Job, changes []Change) Planned {
	return Planned{changes, func() ([]byte, error) { return driver.Planned(ctx, job) }}
}

func (op *operation) saveApplied(ctx context.Context, stack Stack) (int64, error) {
	record, err := stack.record()
	if err != nil {
		return 0, err
	}
	digest, err := op.Driver.Digest(stack)
	if err != nil {
		return 0, err
	}
	id, err := op.Registry.SaveApplied(ctx, Applied{
		Instance: op.instance.Name, Operation: op.id, At: op.Now().UTC(),
		Branch: op.instance.Branch, Commit: op.instance.Commit, Stack: record, Digest: digest,
	})
	if err != nil {
		return 0, fmt.Errorf("recording what is applied to %s: %w", op.instance.Name, err)
	}
	return id, nil
}

// check waits until all checks hold, side by side. A blueprint of nil has none.
func (op *operation) check(ctx context.Context, bp *Blueprint, outputs map[string]OutputValue) error {
	if bp == nil {
		return nil
	}
	checks, diags := bp.Checks(outputs)
	if diags.HasErrors() {
		return diags
	}
	if len(checks) == 0 {
		return nil
	}
	op.phase("checking")
	errs := Hold(ctx, op.Prober, checks, op.log)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, err := range errs {
		if at := checks[i].Range; err != nil {
			errs[i] = fmt.Errorf("check %q (%s:%d): %w", checks[i].Kind, at.Filename, at.Start.Line, err)
		}
	}
	return errors.Join(errs...)
}

// Hold waits, side by side, until checks hold. It returns the error of each, nil for one that holds.
func Hold(ctx context.Context, prober Prober, checks []Check, log io.Writer) []error {
	errs := make([]error, len(checks))
	shared := &sharedWriter{to: log}
	var wg sync.WaitGroup
	for i, check := range checks {
		wg.Go(func() { errs[i] = prober.Check(ctx, check, shared) })
	}
	wg.Wait()
	return errs
}

// forget removes the traces of an instance of which nothing was ever made.
func (l *Lifecycle) forget(ctx context.Context, name string) error {
	ctx = context.WithoutCancel(ctx)
	if err := l.Driver.Remove(ctx, name); err != nil {
		return err
	}
	if err := l.Logs.Remove(name); err != nil {
		return fmt.Errorf("removing the logs of %s: %w", name, err)
	}
	if err := l.Registry.Remove(ctx, name); err != nil {
		return fmt.Errorf("removing %s from the registry: %w", name, err)
	}
	return nil
}

// sharedWriter lets several checks write to one log.
type sharedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *sharedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}
