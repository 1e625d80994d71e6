package provision

import (
	"context"
	"io"
	"time"

	"github.com/zclconf/go-cty/cty"
)

// Job is a stack to work on, and for whom.
type Job struct {
	Instance string // name: it has one working directory
	ID       string // marks the instance's processes and files
	Stack    Stack
	Tags     map[string]string // whose it is and until when, for providers that tag what they make
	// Progress is told of what Terraform does. Nil: nobody listens. It is called from one goroutine at a time.
	Progress func(Event)
	// Log takes what Terraform says, as lines of text, without secrets. Nil: nothing is kept.
	Log io.Writer
}

// Event is one step of Terraform's, from its machine-readable output.
type Event struct {
	Kind     EventKind
	Address  string // of a resource; "" where there is none
	Action   string // "create", "update", "delete", "replace", "read"
	Elapsed  time.Duration
	Message  string
	Severity string // of a diagnostic: "error", "warning"
	Detail   string // of a diagnostic
	Add      int    // of a summary
	Change   int
	Destroy  int
}

// EventKind is what an event tells.
type EventKind string

// The kinds.
const (
	EventPhase      EventKind = "phase"      // Message names it: "initialising", "planning", "applying"
	EventPlanned    EventKind = "planned"    // a change is planned
	EventStart      EventKind = "start"      // work on a resource has begun
	EventProgress   EventKind = "progress"   // and goes on
	EventComplete   EventKind = "complete"   // and is done
	EventErrored    EventKind = "errored"    // and failed
	EventDiagnostic EventKind = "diagnostic" // an error or a warning
	EventSummary    EventKind = "summary"    // what is planned or was done, in numbers
	EventNote       EventKind = "note"       // what was found or mended beside the work itself
)

// Change is one planned change.
type Change struct {
	Address string `json:"address"`
	Action  string `json:"action"` // "create", "update", "delete", "replace", "read"
}

// OutputValue is an output of a stack.
type OutputValue struct {
	Value     cty.Value
	Sensitive bool
}

// Driver runs Terraform on working directories of its own, one for each instance. The caller holds the instance's lock.
// Cancelling the context interrupts Terraform gently, and the method returns when it has written its state.
type Driver interface {
	// Plan says what Apply would do. Keep true keeps the plan, for ApplyPlanned; it holds secrets, so it is to be
	// applied or dropped soon.
	Plan(ctx context.Context, job Job, keep bool) ([]Change, error)
	// Planned is the plan that Plan has kept, as data: what `terraform show -json` says of it. It holds secrets.
	Planned(ctx context.Context, job Job) ([]byte, error)
	// Apply makes the stack be, in one run.
	Apply(ctx context.Context, job Job) (map[string]OutputValue, error)
	// ApplyPlanned applies the plan that Plan has kept, and drops it.
	ApplyPlanned(ctx context.Context, job Job) (map[string]OutputValue, error)
	// Drop drops a plan that was kept.
	Drop(instance string) error
	// Destroy takes everything away that the state knows. Required variables without a value are given an empty one.
	Destroy(ctx context.Context, job Job) error
	// Outputs reads the outputs from the state.
	Outputs(ctx context.Context, job Job) (map[string]OutputValue, error)
	// Resources returns the addresses of all managed resources in the state.
	Resources(ctx context.Context, job Job) ([]string, error)
	// Recover looks for what a kill has left in the working directory: a state that is empty or cut short is replaced
	// by the last good copy, plans are dropped. It says what it did, and touches nothing when dry.
	Recover(ctx context.Context, instance string, dry bool) ([]string, error)
	// Instances returns the names that have a working directory, in order.
	Instances() ([]string, error)
	// Remove removes the working directory. It refuses while the state there knows resources.
	Remove(ctx context.Context, instance string) error
	// Digest tells whether the source has changed: of all its files and those of the local modules it calls.
	Digest(stack Stack) (string, error)
}

// Leftover is something of an instance's on this machine that should not be there.
type Leftover struct {
	Kind   string // "process", "database", "checkout", "file"
	Name   string // "process 4711 (web.1)"
	Detail string
}

// Platform is what the built-in platform can say of this machine, whatever Terraform's state knows.
type Platform interface {
	// Sweep ends and removes what lives of an instance, and returns what it could not.
	Sweep(ctx context.Context, instance, id string) (gone, left []Leftover, err error)
	// Strays finds what carries the mark of an instance of this home that is not among the given IDs.
	Strays(ctx context.Context, known []string) (map[string][]Leftover, error)
}

// Prober runs checks and hooks.
type Prober interface {
	// Check returns nil as soon as the check holds, and why it does not when its time is over.
	Check(ctx context.Context, c Check, log io.Writer) error
	// Hook runs a hook; its output goes to the log.
	Hook(ctx context.Context, h Hook, log io.Writer) error
}

// Locker holds that one operation at a time works on an instance.
type Locker interface {
	// Lock returns a *LockedError while somebody else holds it, after waiting for as long as it is allowed to.
	Lock(ctx context.Context, instance, operation string, wait time.Duration) (unlock func() error, err error)
	// Holder tells who holds the lock; nil for nobody.
	Holder(instance string) (*Holder, error)
}

// Holder is who works on an instance.
type Holder struct {
	Operation string    `json:"operation"`
	Actor     string    `json:"actor"`
	PID       int       `json:"pid"`
	Since     time.Time `json:"since"`
}

// LockedError says that somebody else works on the instance.
type LockedError struct {
	Instance string
	Holder   Holder
}

func (e *LockedError) Error() string {
	return e.Holder.Operation + " of " + e.Instance + " by " + e.Holder.Actor + " has been running since " +
		e.Holder.Since.Local().Format(time.DateTime) + "\n  Wait for it: --wait 5m"
}
