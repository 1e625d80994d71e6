// Command maquette-terraform is what stands between maquette and Terraform, Maquette's provider, and what keeps its
// services running. maquette, Terraform and itself start it: see provision/local.
package main

import (
	"os"

	"github.com/maquette/maquette/provision/local"
)

func main() {
	if code, ok := local.Run(); ok {
		os.Exit(code)
	}
	os.Exit(local.Answer())
}
