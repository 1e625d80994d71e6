package provision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Lifecycle makes instances, changes them and takes them away. Whatever kills it, and whenever, the registry and the
// working directories are such that the next operation sees the truth and can finish or undo.
type Lifecycle struct {
	Registry Registry
	Driver   Driver
	Platform Platform
	Prober   Prober
	Locker   Locker
	Logs     Logs

	Now   func() time.Time
	NewID func() string // a random id for a new instance
	Actor string        // who asks: user@host
	PID   int
	Wait  time.Duration // for another operation on the same instance to end; 0: not at all
}

// Logs keeps the logs of operations.
type Logs interface {
	// Create opens a new log of an instance.
	Create(instance, name string) (io.WriteCloser, error)
	// Remove removes all logs of an instance.
	Remove(instance string) error
}

// Results of operations.
const (
	ResultOK          = "ok"
	ResultFailed      = "failed"
	ResultInterrupted = "interrupted"
	ResultDeclined    = "declined" // nothing was done, as the user did not approve
	ResultDespite     = "despite"  // done, although what was planned had findings that fail
)

// ErrDeclined says that the user did not approve of what was planned. Nothing was done.
var ErrDeclined = errors.New("not approved, nothing was changed")

// operation is one operation on an instance while it runs. The instance's lock is held.
type operation struct {
	*Lifecycle
	id       int64
	kind     string
	instance *Instance
	before   *Instance // as it was; nil: it is new
	touched  bool      // something was or may have been changed
	despite  string    // what was found in the plan, and was no obstacle
	log      io.WriteCloser
	progress func(Event)
}

// begin records the operation and opens its log.
func (l *Lifecycle) begin(ctx context.Context, in *Instance, kind string, progress func(Event)) (*operation, error) {
	started := l.Now().UTC()
	log := started.Format("20060102T150405.000000Z") + "-" + kind + ".log"
	id, err := l.Registry.Begin(ctx, Operation{
		Instance: in.Name, Kind: kind, Actor: l.Actor, PID: l.PID, Started: started, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("recording the %s of %s: %w", kind, in.Name, err)
	}
	op := &operation{Lifecycle: l, id: id, kind: kind, instance: in, progress: progress}
	if op.log, err = l.Logs.Create(in.Name, log); err != nil {
		return nil, op.end(ctx, fmt.Errorf("opening the log of the %s of %s: %w", kind, in.Name, err))
	}
	fmt.Fprintf(op.log, "%s of %s by %s\n", kind, in.Name, l.Actor)
	return op, nil
}

// end records how the operation ended, and returns that.
func (op *operation) end(ctx context.Context, err error) error {
	result, reason := ResultOK, ""
	switch {
	case err == nil && op.despite != "":
		result, reason = ResultDespite, op.despite
	case errors.Is(err, ErrDeclined):
		result, reason = ResultDeclined, strings.TrimSuffix(strings.TrimSuffix(err.Error(), ErrDeclined.Error()), ": ")
	case err != nil && ctx.Err() != nil:
		result, reason = ResultInterrupted, "stopped by the user"
	case err != nil:
		result, reason = ResultFailed, err.Error()
	}
	if op.log != nil {
		fmt.Fprintf(op.log, "%s: %s\n", op.kind, result)
		if reason != "" {
			fmt.Fprintln(op.log, reason)
		}
		if closeErr := op.log.Close(); closeErr != nil && err == nil {
			err = fmt.Errorf("writing the log of the %s of %s: %w", op.kind, op.instance.Name, closeErr)
			result, reason = ResultFailed, err.Error()
		}
	}
	// What has happened is recorded also when the user has stopped it.
	recordErr := op.Registry.End(context.WithoutCancel(ctx), op.id, op.Now().UTC(), result, reason)
	if recordErr != nil {
		recordErr = fmt.Errorf("recording the end of the %s of %s: %w", op.kind, op.instance.Name, recordErr)
	}
	return errors.Join(err, recordErr)
}

// set records the instance's status.
func (op *operation) set(ctx context.Context, status Status) error {
	op.instance.Status = status
	op.instance.UpdatedAt = op.Now().UTC()
	if err := op.Registry.Update(context.WithoutCancel(ctx), *op.instance); err != nil {
		return fmt.Errorf("recording that %s is %s: %w", op.instance.Name, status, err)
	}
	return nil
}

func (op *operation) tell(e Event) {
	if op.progress != nil {
		op.progress(e)
	}
}

func (op *operation) note(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	fmt.Fprintln(op.log, "note: "+message)
	op.tell(Event{Kind: EventNote, Message: message})
}

func (op *operation) phase(name string) {
	fmt.Fprintln(op.log, name)
	op.tell(Event{Kind: EventPhase, Message: name})
}

func (op *operation) job(stack Stack) Job {
	return Job{Instance: op.instance.Name, ID: op.instance.ID, Stack: stack, Tags: op.instance.tags(), Progress: op.progress, Log: op.log}
}

// recover mends what a kill has left in the instance's working directory.
func (op *operation) recover(ctx context.Context) error {
	notes, err := op.Driver.Recover(ctx, op.instance.Name, false)
	for _, note := range notes {
		op.note("%s", note)
	}
	return err
}

// hooks runs the hooks of a moment, one after the other. A blueprint of nil has none.
func (op *operation) hooks(ctx context.Context, bp *Blueprint, moment string, outputs map[string]OutputValue) error {
	if bp == nil {
		return nil
	}
	when := moment + "_" + op.kind
	hooks, diags := bp.Hooks(when, outputs)
	if diags.HasErrors() {
		return diags
	}
	for _, hook := range hooks {
		op.phase("hook " + when)
		err := op.Prober.Hook(ctx, hook, op.log)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case hook.Optional:
			op.note("hook %s failed: %v", when, err)
		default:
			return fmt.Errorf("hook %s of %s: %w", when, op.instance.Name, err)
		}
	}
	return nil
}
