package main

import (
	"fmt"
	"os"

	"github.com/maquette/maquette/provision/local"
	"github.com/maquette/maquette/provision/terraform"
)

// runRole runs this binary as what it was started for by another process: Terraform's provider, the shim around
// Terraform, or a process that keeps services running. ok is false where it is the command that a user runs.
func runRole() (code int, ok bool) {
	switch role := os.Getenv("MAQUETTE_ROLE"); role {
	case "terraform":
		return terraform.Shim(local.Attach), true
	case local.RoleSupervisor:
		return local.Supervise(), true
	}
	// The cookie may be inherited by a command that is run from within a provider: that has arguments.
	if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") == "" || len(os.Args) > 1 {
		return 0, false
	}
	if err := local.Serve(); err != nil {
		fmt.Fprintf(os.Stderr, "maquette: serving Terraform's provider: %v\n", err)
		return exitError, true
	}
	return exitOK, true
}
