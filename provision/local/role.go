package local

import (
	"fmt"
	"os"

	"github.com/maquette/maquette/provision/terraform"
	"github.com/maquette/maquette/provision/terraform/install"
)

// Run runs this process as what it was started for by another one: the shim around Terraform, what installs
// Terraform, a process that keeps services running, or Terraform's provider. ok is false where it was started for none of them.
func Run() (code int, ok bool) {
	switch os.Getenv(envRole) {
	case terraform.RoleShim:
		return terraform.Shim(Attach), true
	case terraform.RoleInstall:
		return install.Run(), true
	case RoleSupervisor:
		return Supervise(), true
	}
	// The cookie may be inherited by a command that is run from within a provider: that has arguments.
	if os.Getenv("TF_PLUGIN_MAGIC_COOKIE") == "" || len(os.Args) > 1 {
		return 0, false
	}
	if err := Serve(); err != nil {
		fmt.Fprintf(os.Stderr, "maquette: serving Terraform's provider: %v\n", err)
		return 1, true
	}
	return 0, true
}
