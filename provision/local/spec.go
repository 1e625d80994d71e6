package local

import (
	"maps"
	"slices"
	"time"

	"github.com/maquette/maquette/provision/local/wire"
)

// spec is what a supervisor is to keep running. It may hold secrets, so it goes from the provider to the supervisor by
// a pipe, and is never written down.
type spec struct {
	Generation int64 // of one supervisor's specs, counted up

	Name        string
	Ports       []int // one a member
	Command     []string
	Environment map[string]string
	Base        map[string]string // what of the provider's own environment members get
	Balancer    *balancerConfig   // the one member is this, served by the supervisor itself; nil: Command
	Dir         string            // absolute
	Version     string
	Health      health
	Restart     string
	Stop        time.Duration // between asking to stop and killing
	Start       time.Duration // until a member has to be ready
}

// When a member that has ended is started again.
const (
	restartAlways    = "always"
	restartOnFailure = "on-failure"
	restartNever     = "never"
)

// health is how a member shows that it is ready.
type health struct {
	Type     string // checkHTTP, checkTCP, checkNone
	Path     string // of an http check
	Interval time.Duration
	Timeout  time.Duration // of one check
}

// The types of health checks. checkNone is for members that listen to nobody: they are ready when they have run for a
// while.
const (
	checkHTTP = "http"
	checkTCP  = "tcp"
	checkNone = "none"
)

// sameMember says whether a member that runs as s says needs no restart to be as next says.
func (s *spec) sameMember(next *spec, member int) bool {
	return s.Ports[member] == next.Ports[member] && s.Dir == next.Dir && s.Version == next.Version &&
		slices.Equal(s.Command, next.Command) && maps.Equal(s.Environment, next.Environment)
}

// status is what a supervisor tells of itself in its status file. It holds no secrets.
type status struct {
	PID        int                 `json:"pid"`
	Mark       string              `json:"mark"`
	Nonce      string              `json:"nonce"`
	Generation int64               `json:"generation"`        // of the spec that is in effect, or on its way
	Settled    bool                `json:"settled"`           // it is in effect, or has failed
	Problem    string              `json:"problem,omitempty"` // why it has failed
	Culprit    int                 `json:"culprit,omitempty"` // the member that is to blame
	Targets    []int               `json:"targets,omitempty"` // of a balancer
	Members    []wire.MemberStatus `json:"members"`
}
