package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Instance is one living copy of an environment, as the registry knows it. It is recorded before Terraform starts and
// forgotten after a destroy that was verified, never earlier.
type Instance struct {
	Name        string
	ID          string // random, of this copy alone: marks its processes and files, so that no namesake is taken for it
	Environment string
	Branch      string
	Commit      string
	Owner       string
	Status      Status
	URL         string
	Outputs     map[string]any // without sensitive ones
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ExpiresAt   time.Time     // zero: never
	MaxTTL      time.Duration // 0: no limit
}

// tags say whose an instance is, and until when: to people who come upon what it is made of.
func (in *Instance) tags() map[string]string {
	tags := map[string]string{"Environment": in.Name}
	if in.Owner != "" {
		tags["Owner"] = in.Owner
	}
	if !in.ExpiresAt.IsZero() {
		tags["Expires"] = in.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return tags
}

// Status is what the last operation has left. Whether an operation is running now, its lock tells.
type Status string

// The statuses.
const (
	Creating      Status = "creating"       // up is running, or was killed
	Ready         Status = "ready"          // applied, and all checks held
	Failed        Status = "failed"         // apply, a check or a hook failed
	Destroying    Status = "destroying"     // down is running, or was killed
	DestroyFailed Status = "destroy-failed" // kept until a destroy succeeds
)

// Operation is one thing done to an instance.
type Operation struct {
	ID       int64
	Instance string // name
	Kind     string // "up", "down", "rollback", "extend", "reap"
	Actor    string // who: user@host
	PID      int
	Started  time.Time
	Ended    time.Time // zero: running, or killed
	Result   string    // "ok", "failed", "interrupted"; "" while it has none
	Error    string    // why it failed; no secrets
	Log      string    // path of its log, relative to the instance's directory
}

// Applied is a definition as it was applied to an instance: evaluated, and without its secrets.
type Applied struct {
	ID        int64
	Instance  string // name
	Operation int64
	At        time.Time
	Good      bool // all checks held
	Branch    string
	Commit    string
	Stack     StackRecord
	Digest    string // of the module's source; "" where it is not on this machine
}

// StackRecord is a Stack as it is recorded: as JSON, and without its secrets.
type StackRecord struct {
	Source    string                     `json:"source"`
	Local     bool                       `json:"local"`
	Binary    string                     `json:"binary,omitempty"`
	Variables map[string]json.RawMessage `json:"variables"` // by name, with their types
	Secrets   []string                   `json:"secrets"`   // names of the variables that are not recorded
	Backend   *BackendRecord             `json:"backend,omitempty"`
	// Providers are settings of providers, by name; they are no secrets.
	Providers map[string]map[string]json.RawMessage `json:"providers,omitempty"`
}

// BackendRecord is a Backend as it is recorded. Its settings are no secrets.
type BackendRecord struct {
	Type   string                     `json:"type"`
	Config map[string]json.RawMessage `json:"config"`
}

// ErrNotFound says that the registry knows no such instance.
var ErrNotFound = errors.New("no such instance")

// ErrExists says that there is an instance of this name.
var ErrExists = errors.New("an instance of this name exists")

// QuotaError says that one more instance would be too many.
type QuotaError struct {
	Environment string
	Owner       string // "": the limit is of all owners together
	Limit       int
	Have        []string // the instances that count, by name
}

func (e *QuotaError) Error() string {
	if e.Owner != "" {
		return fmt.Sprintf("%s has %d of %d instances of %s", e.Owner, len(e.Have), e.Limit, e.Environment)
	}
	return fmt.Sprintf("there are %d of %d instances of %s", len(e.Have), e.Limit, e.Environment)
}

// Registry remembers instances, what was done to them and what was applied. All methods are safe for use by several
// processes at once.
type Registry interface {
	// Create records a new instance; the quota is held in the same transaction. It returns ErrExists or a *QuotaError.
	Create(ctx context.Context, in Instance, quota Quota) error
	// Instance returns ErrNotFound where there is none of this name.
	Instance(ctx context.Context, name string) (Instance, error)
	// Instances returns all, in order of name.
	Instances(ctx context.Context) ([]Instance, error)
	// Update records the changed instance of the same name and ID; ErrNotFound.
	Update(ctx context.Context, in Instance) error
	// Remove forgets the instance with its definitions. Its operations are kept.
	Remove(ctx context.Context, name string) error

	// Begin records an operation and returns its id. Operations of the same instance that have no end are ended as
	// "interrupted": the caller holds the instance's lock, so nobody works on them.
	Begin(ctx context.Context, op Operation) (int64, error)
	End(ctx context.Context, id int64, at time.Time, result, reason string) error
	// Operations returns those of an instance, oldest first.
	Operations(ctx context.Context, instance string) ([]Operation, error)

	// SaveApplied records what is about to be applied, not good yet, and returns its id.
	SaveApplied(ctx context.Context, a Applied) (int64, error)
	// MarkGood says that what was applied has passed its checks.
	MarkGood(ctx context.Context, id int64) error
	// Applied returns what was applied to an instance, oldest first.
	Applied(ctx context.Context, instance string) ([]Applied, error)
}
