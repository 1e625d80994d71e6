// Package terraform reads what Terraform or OpenTofu knows of an environment: the state that its backend holds, the
// provider versions that its lock file selects, and where its modules come from.
//
// It is an I/O edge: it runs the user's own terraform or tofu, on the user's own working directories, and never
// changes them: no workspace is selected or created, nothing is initialised, no state is locked or written.
package terraform
