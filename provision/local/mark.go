package local

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// What a process of the platform carries in its environment to say whose it is.
const (
	envRole   = "MAQUETTE_ROLE"
	envMark   = "MAQUETTE_MARK"  // ID@HOME
	envUnit   = "MAQUETTE_UNIT"  // KIND/NAME: "services/web"
	envNonce  = "MAQUETTE_NONCE" // random, of one run of a supervisor
	envMember = "MEMBER"
)

// RoleSupervisor is the role of the long-lived processes of our own binary.
const RoleSupervisor = "supervisor"

// identity is what a process says of itself.
type identity struct {
	Mark, Unit, Nonce, Instance, Member, Role string
}

// environ is how a process says that it is this.
func (id identity) environ() []string {
	return []string{envMark + "=" + id.Mark, envUnit + "=" + id.Unit, envNonce + "=" + id.Nonce, envInstance + "=" + id.Instance}
}

// owner splits the mark into the instance's ID and its home.
func (id identity) owner() (instanceID, home string) {
	instanceID, home, _ = strings.Cut(id.Mark, "@")
	return instanceID, home
}

// dir is the unit's run directory.
func (id identity) dir() string {
	_, home := id.owner()
	return filepath.Join(instanceDir(home, id.Instance), filepath.FromSlash(id.Unit))
}

// identify reads an identity out of an environment. It is false for processes without a mark.
func identify(environ []string) (identity, bool) {
	var id identity
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		switch name {
		case envMark:
			id.Mark = value
		case envUnit:
			id.Unit = value
		case envNonce:
			id.Nonce = value
		case envInstance:
			id.Instance = value
		case envMember:
			id.Member = value
		case envRole:
			id.Role = value
		}
	}
	return id, id.Mark != ""
}

// mark is what processes of an instance carry.
func mark(home, id string) string { return id + "@" + home }

// process is a living process of the platform.
type process struct {
	PID int
	identity
}

// String names the process for people: "process 4711 (web.1)".
func (p process) String() string {
	_, name, _ := strings.Cut(p.Unit, "/")
	switch {
	case p.Role == RoleSupervisor:
		name += ", supervisor"
	case p.Member != "":
		name += "." + p.Member
	}
	return fmt.Sprintf("process %d (%s)", p.PID, name)
}

// processes returns what lives and matches, in order of number. Processes of other users are not seen.
func processes(match func(identity) bool) ([]process, error) {
	all, err := marked()
	if err != nil {
		return nil, fmt.Errorf("looking for processes: %w", err)
	}
	all = slices.DeleteFunc(all, func(p process) bool { return !match(p.identity) })
	slices.SortFunc(all, func(a, b process) int { return cmp.Compare(a.PID, b.PID) })
	return all, nil
}

// alive says whether the process is still there and still the same.
func (p process) alive() bool {
	id, ok := identityOf(p.PID)
	return ok && id == p.identity
}

// signal sends a signal to the process if it still is the same. Where the system has handles of processes (Linux), no
// other process can get it, even if the number is given anew meanwhile.
func (p process) signal(sig syscall.Signal) {
	handle, err := os.FindProcess(p.PID)
	if err != nil {
		return
	}
	defer handle.Release()
	if p.alive() {
		_ = handle.Signal(sig) // gone is as good
	}
}

// killTime is how long the kernel may take to take killed processes away.
const killTime = 5 * time.Second

// end ends all processes that match: it asks supervisors first, since they would start others anew, then asks all, and
// kills what is there after the grace. It returns what was there, and of this what still is.
func end(ctx context.Context, match func(identity) bool, grace time.Duration) (were, left []process, err error) {
	seen := map[int]process{}
	defer func() {
		for _, p := range seen {
			were = append(were, p)
		}
		slices.SortFunc(were, func(a, b process) int { return cmp.Compare(a.PID, b.PID) })
	}()
	asked := map[int]bool{}
	killing := time.Now().Add(grace)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		if left, err = processes(match); err != nil || len(left) == 0 {
			return were, left, err
		}
		supervised := slices.ContainsFunc(left, func(p process) bool { return p.Role == RoleSupervisor })
		late := !time.Now().Before(killing)
		for _, p := range left {
			seen[p.PID] = p
			switch {
			case late:
				p.signal(syscall.SIGKILL)
			case !asked[p.PID] && (!supervised || p.Role == RoleSupervisor):
				asked[p.PID] = true
				p.signal(syscall.SIGTERM)
			}
		}
		if time.Now().After(killing.Add(killTime)) {
			return were, left, nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			killing = time.Now() // no more patience, but no less care
			ctx = context.WithoutCancel(ctx)
		}
	}
}
