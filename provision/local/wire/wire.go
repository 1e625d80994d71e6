// Package wire is what maquette and maquette-terraform say to each other of what the built-in platform keeps running. The
// platform is in a program of its own, so that a maquette that compares carries neither it nor the libraries of a
// Terraform provider.
//
// maquette starts `maquette-terraform QUESTION`, writes a Request to it, and reads one Reply. It holds the pipe open
// until then: the other program ends at once when the pipe does, so that nothing is swept for a command that is no more
// and holds no lock.
package wire

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/maquette/maquette/provision"
)

// Program is the name of the program that is the built-in platform, and that stands between maquette and Terraform.
const Program = "maquette-terraform"

// ProviderVersion is the version under which the platform's provider is handed to Terraform.
const ProviderVersion = "0.1.0"

// The questions.
const (
	Sweep    = "sweep"    // an instance, as provision.Platform does
	Strays   = "strays"   // those of a home, as provision.Platform does
	Services = "services" // and balancers of instances
)

// Request is what is asked.
type Request struct {
	Home      string   // absolute
	Instance  string   // to sweep
	ID        string   // of it
	Known     []string // IDs of instances that are no strays
	Instances []string // whose services are told
}

// Reply is the answer. What was done before an error is told beside it.
type Reply struct {
	Gone, Left []provision.Leftover
	Strays     map[string][]provision.Leftover
	Services   map[string][]ServiceStatus // by instance
	Error      string                     // "": none
}

// ServiceStatus is a service or a balancer of an instance, as its supervisor says.
type ServiceStatus struct {
	Kind    string // "service", "balancer"
	Name    string
	Running bool // its supervisor lives
	LogDir  string
	Members []MemberStatus // as last told; of one that does not run only their numbers, ports and last exits are true
}

// MemberLog is the path of a member's log. What is older is in the same path with ".1" after it.
func (s ServiceStatus) MemberLog(member int) string { return MemberLog(s.LogDir, member) }

// MemberLog is where a member's output is, in the directory of its service's logs.
func MemberLog(logDir string, member int) string {
	return filepath.Join(logDir, fmt.Sprintf("member-%d.log", member))
}

// MemberStatus is one member of a service.
type MemberStatus struct {
	Member   int       `json:"member"`
	PID      int       `json:"pid,omitempty"` // 0: does not run
	Port     int       `json:"port"`
	State    string    `json:"state"`
	Since    time.Time `json:"since"`               // when it came into this state
	Restarts int       `json:"restarts"`            // since the supervisor began
	Exit     string    `json:"last_exit,omitempty"` // how it ended the last time
	Reason   string    `json:"reason,omitempty"`    // why it is not ready
}

// The states of members.
const (
	StateStarting  = "starting"  // runs, and is not ready yet
	StateReady     = "ready"     // runs, and its health check holds
	StateUnhealthy = "unhealthy" // ran well, and its health check fails
	StateWaiting   = "waiting"   // has ended, and will be started again
	StateFailed    = "failed"    // has ended with a failure, and will not be started again
	StateDone      = "done"      // has ended well, and will not be started again
	StateStopping  = "stopping"
	StateStopped   = "stopped"
)

// Lives says whether the member is as its restart policy wants it: it runs, or has done its work.
func (m MemberStatus) Lives() bool {
	switch m.State {
	case StateStarting, StateReady, StateUnhealthy, StateDone:
		return true
	}
	return false
}

// Ready says whether the member answers, or has done its work.
func (m MemberStatus) Ready() bool { return m.State == StateReady || m.State == StateDone }
