package terraform

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// Attached is our provider, served from within the shim for one run of Terraform's, which would start it as a process
// about four times. It serves this run alone: its configuration, and so the instance it works for, is that of the process.
type Attached struct {
	Network, Address string // where it listens: "unix" and a path
	// End ends it, after Terraform. Where that has not come to its own end, the provider may still be at work: that is
	// cancelled, and has a while to leave things in order.
	End func(orderly bool)
}

// attach serves our provider, and adds to Terraform's environment where to find it. Where that does not work out,
// Terraform starts the provider itself, from the mirror.
func (s shim) attach(env []string, applies bool) (end func(orderly bool), with []string) {
	none := func(bool) {}
	if s.addresses == "" || s.serve == nil {
		return none, env
	}
	a, err := s.serve(applies)
	if err != nil {
		fmt.Fprintf(os.Stderr, "maquette: serving the provider from the shim: %v\n", err)
		return none, env
	}
	config := map[string]tfexec.ReattachConfig{}
	for _, address := range strings.Split(s.addresses, ",") {
		config[address] = tfexec.ReattachConfig{
			Protocol: "grpc", ProtocolVersion: 6, Pid: os.Getpid(),
			Test: true, // it is not Terraform's to end
			Addr: tfexec.ReattachConfigAddr{Network: a.Network, String: a.Address},
		}
	}
	text, err := json.Marshal(config)
	if err != nil {
		a.End(true)
		return none, env
	}
	return a.End, append(env[:len(env):len(env)], "TF_REATTACH_PROVIDERS="+string(text))
}
