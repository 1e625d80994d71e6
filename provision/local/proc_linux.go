package local

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// diesWithParent says that members end with their supervisor, however that ends.
const diesWithParent = true

// memberAttr makes a process the first of a group of its own, which the kernel kills when the thread that started it
// is no more.
func memberAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// marked returns the processes that carry a mark.
func marked() ([]process, error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var found []process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if id, ok := identityOf(pid); ok {
			found = append(found, process{pid, id})
		}
	}
	return found, nil
}

// identityOf reads what a process says of itself. Of the dead, of those that only wait to be waited for, and of those
// of other users there is nothing to read.
func identityOf(pid int) (identity, bool) {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil || !bytes.Contains(environ, []byte(envMark+"=")) {
		return identity{}, false
	}
	return identify(strings.Split(string(environ), "\x00"))
}

// The addresses, as /proc/net has them, at which a connection to 127.0.0.1 is answered.
var reachable = map[string]bool{
	"0100007F":                         true, // 127.0.0.1
	"00000000":                         true, // 0.0.0.0
	"00000000000000000000000000000000": true, // ::, which answers for IPv4 as well
	"0000000000000000FFFF00000100007F": true, // ::ffff:127.0.0.1
}

const listenState = "0A"

// listening returns the sockets that listen on a port of 127.0.0.1, by the number of their inode.
func listening(port int) (map[string]bool, error) {
	suffix := strings.ToUpper(hex.EncodeToString([]byte{byte(port >> 8), byte(port)}))
	inodes := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if os.IsNotExist(err) {
			continue // no IPv6
		}
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			fields := strings.Fields(lines.Text())
			if len(fields) < 10 || fields[3] != listenState {
				continue
			}
			if address, p, _ := strings.Cut(fields[1], ":"); p == suffix && reachable[address] {
				inodes[fields[9]] = true
			}
		}
		err = lines.Err()
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return inodes, nil
}

// holders says whether somebody listens on a port of 127.0.0.1, and whether all who do are among the processes: first
// the one given, which usually is the one, then all that match.
func holders(port, first int, match func(identity) bool) (listens, all bool, err error) {
	sockets, err := listening(port)
	if err != nil || len(sockets) == 0 {
		return false, false, err
	}
	strike(sockets, first)
	if len(sockets) == 0 {
		return true, true, nil
	}
	others, err := processes(match)
	if err != nil {
		return true, false, err
	}
	for _, p := range others {
		strike(sockets, p.PID)
	}
	return true, len(sockets) == 0, nil
}

// strike takes the sockets of a process out of a set.
func strike(sockets map[string]bool, pid int) {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd/"
	f, err := os.Open(dir)
	if err != nil {
		return
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	for _, name := range names {
		if target, err := os.Readlink(dir + name); err == nil {
			if inode, ok := strings.CutPrefix(target, "socket:["); ok {
				delete(sockets, strings.TrimSuffix(inode, "]"))
			}
		}
	}
}
