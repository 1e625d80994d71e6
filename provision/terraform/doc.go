// Package terraform drives the user's own Terraform or OpenTofu. It is an I/O edge, with two sides that never write to
// a directory of the user's.
//
// Dir reads what Terraform knows of an environment: the state that its backend holds, the provider versions that its
// lock file selects, and where its modules come from. It changes nothing: no workspace is selected or created, nothing
// is initialised, no state is locked or written.
//
// Driver makes environments: it implements provision.Driver. Terraform runs in a directory of links to the user's files
// below the home, so that any root works as it is, and through Shim, so that it can always write its state. Values of
// variables reach nothing but Terraform's environment.
//
// The flow of an operation: settle what a kill has left (recover.go, states.go), find the tool and its settings
// (binary.go, cliconfig.go, mirror.go), lay out the working directory (workdir.go, links.go, tfvars.go), do what
// `terraform init` is for (init.go, lockfile.go), run Terraform (run.go, environ.go, variables.go) behind the shim
// (shim.go, attach.go, journal.go, running.go), and hear what it says (events.go, mask.go).
package terraform
