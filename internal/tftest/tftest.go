// Package tftest gives tests the Terraform that they drive.
package tftest

import (
	"os"
	"os/exec"
	"testing"
)

// Require returns the binary that tests drive: terraform or else tofu on PATH. Without one they fail, as a test that did
// not run has proved nothing; MAQUETTE_NO_TERRAFORM=1 says that this is known.
func Require(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("MAQUETTE_NO_TERRAFORM") == "1" {
		t.Skip("MAQUETTE_NO_TERRAFORM=1: not run, as it needs Terraform or OpenTofu")
	}
	t.Fatal("this test needs Terraform or OpenTofu. Put one on PATH, or run `make test`, which installs one in bin/; " +
		"MAQUETTE_NO_TERRAFORM=1 skips the tests that need it.")
	return ""
}
