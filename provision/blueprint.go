package provision

import (
	"time"

	"github.com/zclconf/go-cty/cty"
)

// Inputs are what a definition does not say: who wants an instance, and of what.
type Inputs struct {
	// Name of the instance. Empty: the definition's `throwaway { name = … }`, or ENVIRONMENT-BRANCH, made fit for DNS;
	// for a lasting environment its own name.
	Name   string
	Branch string
	Commit string
	Owner  string
	// Vars are values for Terraform variables that are laid over the definition's, as text in the form that Terraform
	// takes from TF_VAR_ environment variables.
	Vars map[string]string
	// Secret looks up secret("NAME"). Nil: no secret is known.
	Secret func(name string) (value string, ok bool)
	// Provided are the names of Terraform variables that the caller's environment sets (TF_VAR_…): they are not missing.
	Provided []string
	// Observed are the facts of the environments that Definitions.Wanted names. What expressions ask of others is unknown.
	Observed map[string]*Facts
	// Module reads the interface of the Terraform root or module at a source. Nil: variables are not checked against it.
	Module ModuleReader
}

// Blueprint is one instance, all expressions evaluated but for those of checks and hooks that need outputs.
type Blueprint struct {
	Environment string // the definition's name: "try"
	Instance    string // "try-feature-x"; of a lasting environment its own name
	Branch      string
	Commit      string
	Owner       string
	Lifetime    *Lifetime // nil: a lasting environment
	Tiers       []TierScale
	Stack       Stack
	Follows     map[string][]Fact // by variable: what was observed, and the tiers of the model, that its value follows

	// What is still to be evaluated, with outputs.
	environment *Environment
	scope       *scope
}

// Lifetime is how long an instance of a throwaway environment may live, and how many there may be.
type Lifetime struct {
	TTL    time.Duration // from creation
	MaxTTL time.Duration // from creation, with all extensions; 0: no limit
	Quota  Quota
}

// Quota bounds the instances of one environment. 0: no bound.
type Quota struct {
	PerOwner int
	Total    int
}

// TierScale is one tier as it is in the model and as it will be in the instance.
type TierScale struct {
	Name     string `json:"name"`
	Baseline int    `json:"baseline"` // members in the environment this is a model of; 0: it has no such tier
	Members  int    `json:"members"`
	Size     string `json:"size,omitempty"`
}

// Stack is the Terraform configuration of one instance, with its variables and where its state is.
type Stack struct {
	// Source is the absolute path of the user's own root or module, or a source that `terraform init -from-module` takes.
	Source string
	// Local says that Source is a directory on this machine.
	Local bool
	// Variables by name. Secret ones carry the mark Secret and must reach nothing but Terraform's environment.
	Variables map[string]cty.Value
	// Backend nil: the state is kept beside the instance, on this machine.
	Backend *Backend
	// Providers are settings of providers, by name, for a source that needs them and does not configure them itself.
	Providers map[string]map[string]cty.Value
	// Binary is the path or name of the terraform or tofu to run. Empty: the caller's choice.
	Binary string
}

// Backend is where a state is kept, as in Terraform's `backend` block.
type Backend struct {
	Type   string
	Config map[string]cty.Value
}

// secretMark is the type of the mark Secret.
type secretMark struct{}

// Secret marks values that must not be printed, stored or logged.
var Secret = secretMark{}

// Module is the interface of a Terraform root or module.
type Module struct {
	Variables map[string]Variable
	Outputs   map[string]Output
}

// Variable is an input variable of a module.
type Variable struct {
	Type      cty.Type // cty.DynamicPseudoType where it declares none
	Required  bool     // it has no default
	Sensitive bool
	// Literal says that Terraform takes the text of TF_VAR_ as it is, and not as an expression: variables of type
	// string, number or bool, and those that declare no type.
	Literal bool
}

// Output is an output value of a module.
type Output struct {
	Sensitive bool
}

// ModuleReader reads the interface of a module. For a source that is not on this machine it returns nil and no error:
// nothing is known.
type ModuleReader interface {
	ReadModule(source string) (*Module, error)
}
