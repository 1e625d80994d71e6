package provision

import (
	"time"

	"github.com/hashicorp/hcl/v2"
)

// File is one file of definitions, as read. Paths in it are relative to the directory of Name.
type File struct {
	Name string
	Data []byte
}

// Definitions are all environments that a set of files defines, decoded and validated.
type Definitions struct {
	Environments map[string]*Environment
	Files        []File // what they were decoded from, in order of name

	parsed   map[string]*hcl.File
	tiers    map[string][]TierScale // by environment
	adrift   map[string]bool        // environments whose line of models is unknown or circular
	unread   bool                   // a file is no HCL: there may be more environments, and more in them
	problems hcl.Diagnostics        // what Parse has found
}

// Environment is one `environment` block. Expressions that need an instance are kept and evaluated by Instantiate.
type Environment struct {
	Name      string
	ModelOf   string   // the environment it is a scale model of; "" for none
	Aliases   []string // more words that stand for its name, as in names of resources
	Observe   []Observation
	Documents []Document
	Scale     *Scale
	Tiers     []Tier // in order of name
	Terraform *Terraform
	Throwaway *Throwaway
	Checks    []CheckBlock
	Hooks     []HookBlock
	Parity    *ParityPolicy
	Gates     []Gate    // in the order of the file
	Range     hcl.Range // of the block's header

	modelRange hcl.Range // of what model_of says
}

// Observation is one place where the environment's truth is read, instead of the state of its instance.
type Observation struct {
	Kind string // "terraform", "state", "snapshot", "aws"
	// Source is what `maquette parity` takes on its command line: a path, "dir#workspace", "aws://REGION?…".
	Source string
	Range  hcl.Range
}

// Scale says how an environment is derived from its model.
type Scale struct {
	Ratio     float64 // 0: not given
	RatioText string  // as written: "1/4"
	Minimum   int     // members that no tier of at least as many goes below; 2 unless given
	Budget    int     // members altogether, apportioned by Webster's method; 0: not given
	Tiers     map[string]TierOverride
	Range     hcl.Range

	budgetRange hcl.Range
}

// TierOverride is what `scale { tier "NAME" { … } }` says of one tier.
type TierOverride struct {
	Members int     // 0: not given
	Ratio   float64 // 0: not given
	Minimum int     // 0: not given
	Size    string  // "": the model's
	Range   hcl.Range
}

// Tier is a declared tier.
type Tier struct {
	Name    string
	Members int
	Size    string
	Match   []string // addresses of its resources; none: inferred
	Range   hcl.Range
}

// Terraform is what builds the environment. Where Source is empty it is inherited from the model, and Variables are
// laid over the model's; another Source than the model's starts with no variables, as they are of the model's module.
// A backend is never inherited: two environments must not share a state.
type Terraform struct {
	Source    string // absolute where it is local
	Local     bool
	Binary    string
	Variables map[string]hcl.Expression
	// Names are the variables' names in the order of the file.
	Names        []string
	Backend      *BackendBlock
	Providers    map[string]*ProviderBlock // by name; those of the model hold where there is none of that name
	Range        hcl.Range
	VariablesRng hcl.Range

	keys        map[string]hcl.Range // of the variables' names
	sourceRange hcl.Range
	badSource   bool // there is one, and it is wrong
}

// BackendBlock is a `backend` block, not yet evaluated.
type BackendBlock struct {
	Type   string
	Config map[string]hcl.Expression
	Range  hcl.Range
}

// ProviderBlock is a `provider` block, not yet evaluated.
type ProviderBlock struct {
	Config map[string]hcl.Expression
	Range  hcl.Range
}

// Throwaway says that instances of the environment go away by themselves.
type Throwaway struct {
	TTL    time.Duration
	MaxTTL time.Duration // 0: no limit
	Quota  Quota
	Name   hcl.Expression // nil: ENVIRONMENT-BRANCH
	Range  hcl.Range
}

// CheckBlock is a `check` block, not yet evaluated.
type CheckBlock struct {
	Kind   string // "http", "tcp", "command"
	Config map[string]hcl.Expression
	Range  hcl.Range
}

// Check decides, after Terraform is done, whether an instance is ready. Exactly one of URL, Address and Command is set.
type Check struct {
	Kind     string // "http", "tcp", "command"
	URL      string
	Status   int    // of an http check; 0: any of 200 to 299
	Contains string // of an http check: text that the body must hold
	Address  string // of a tcp check: host:port
	Command  []string
	Dir      string            // of a command check
	Env      map[string]string `json:"-"` // of a command check, beside the caller's; may hold secrets
	Secrets  []string          `json:"-"` // names in Env whose values must not be printed, in order
	Within   time.Duration     // how long it may take until it holds; 30 s unless given
	Interval time.Duration     // between tries; 250 ms unless given
	Timeout  time.Duration     // of one try; 5 s unless given
	Range    hcl.Range
}

// HookBlock is a `hook` block, not yet evaluated.
type HookBlock struct {
	When   string // "before_up", "after_up", "before_down", "after_down", "before_rollback", "after_rollback"
	Config map[string]hcl.Expression
	Range  hcl.Range
}

// Hook is a command that runs before or after an operation.
type Hook struct {
	When     string
	Command  []string
	Dir      string
	Env      map[string]string `json:"-"` // beside the caller's environment; may hold secrets
	Secrets  []string          `json:"-"` // names in Env whose values must not be printed, in order
	Timeout  time.Duration     // 5 m unless given
	Optional bool              // its failure is told and does not fail the operation
	Range    hcl.Range
}
