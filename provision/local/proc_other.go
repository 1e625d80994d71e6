//go:build !linux

package local

import (
	"syscall"

	"github.com/shirou/gopsutil/v4/net"
	ps "github.com/shirou/gopsutil/v4/process"
)

// diesWithParent says that members end with their supervisor, however that ends.
const diesWithParent = false

// memberAttr makes a process the first of a group of its own. This system does not end children with their parent: who
// takes over from a supervisor that was killed ends them by their mark.
func memberAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// marked returns the processes that carry a mark.
func marked() ([]process, error) {
	pids, err := ps.Pids()
	if err != nil {
		return nil, err
	}
	var found []process
	for _, pid := range pids {
		if id, ok := identityOf(int(pid)); ok {
			found = append(found, process{int(pid), id})
		}
	}
	return found, nil
}

// identityOf reads what a process says of itself. Of the dead and of those of other users there is nothing to read.
func identityOf(pid int) (identity, bool) {
	environ, err := (&ps.Process{Pid: int32(pid)}).Environ()
	if err != nil {
		return identity{}, false
	}
	return identify(environ)
}

// holders says whether somebody listens on a port of 127.0.0.1, and whether all who do are among the processes: the
// first given, and all that match.
func holders(port, first int, match func(identity) bool) (listens, all bool, err error) {
	connections, err := net.Connections("tcp")
	if err != nil {
		return false, false, err
	}
	all = true
	for _, c := range connections {
		if c.Status != "LISTEN" || int(c.Laddr.Port) != port {
			continue
		}
		switch c.Laddr.IP {
		case "127.0.0.1", "0.0.0.0", "*", "::":
			listens = true
			id, ok := identityOf(int(c.Pid))
			all = all && (int(c.Pid) == first || ok && match(id))
		}
	}
	return listens, listens && all, nil
}
