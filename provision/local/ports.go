package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Ports are given out of a range below the one that systems take for outgoing connections (32768 on Linux, 49152
// elsewhere), in which nobody else's would be in the way at random.
const (
	firstPort = 20000
	lastPort  = 29999
)

// reservation is who has a port, as HOME/ports/PORT says.
type reservation struct {
	ID       string `json:"id"` // of the instance
	Instance string `json:"instance"`
	Unit     string `json:"unit"`
	Member   int    `json:"member"`

	port int
}

// portStore is a home's reservations. They hold over restarts of what listens, and of the machine.
type portStore struct{ home string }

func (s portStore) dir() string { return filepath.Join(s.home, "ports") }

func (s portStore) path(port int) string { return filepath.Join(s.dir(), strconv.Itoa(port)) }

// reserve gives the owner ports for members 0 to n-1, and takes back none. Members keep what they have; those that do
// not run yet only what nobody has taken meanwhile.
func (s portStore) reserve(ctx context.Context, owner reservation, n int, running bool) ([]int, error) {
	unlock, err := lockDir(ctx, s.dir())
	if err != nil {
		return nil, fmt.Errorf("reserving ports: %w", err)
	}
	defer unlock()
	all, err := s.list()
	if err != nil {
		return nil, err
	}
	taken := map[int]reservation{}
	ports := make([]int, n)
	for _, r := range all {
		taken[r.port] = r
		if r.sameUnit(owner) && r.Member >= 0 && r.Member < n {
			if !running && !freeSoon(r.port) {
				if err := os.Remove(s.path(r.port)); err != nil {
					return nil, fmt.Errorf("releasing port %d: %w", r.port, err)
				}
				continue
			}
			ports[r.Member] = r.port
			if r.ID != owner.ID { // left by a namesake
				owner.Member = r.Member
				if err := s.write(r.port, owner); err != nil {
					return nil, err
				}
			}
		}
	}
	for member, port := range ports {
		if port != 0 {
			continue
		}
		owner.Member = member
		if ports[member], err = s.find(owner, taken); err != nil {
			return nil, err
		}
		taken[ports[member]] = owner
	}
	return ports, nil
}

// reserveOne gives the owner, of which there is one member, a certain port.
func (s portStore) reserveOne(ctx context.Context, owner reservation, port int) error {
	unlock, err := lockDir(ctx, s.dir())
	if err != nil {
		return fmt.Errorf("reserving port %d: %w", port, err)
	}
	defer unlock()
	all, err := s.list()
	if err != nil {
		return err
	}
	for _, r := range all {
		switch {
		case r.port != port:
		case r.sameUnit(owner):
			return s.write(port, owner)
		case !s.stale(r):
			return fmt.Errorf("reserving port %d: %s of instance %s has it; give another port, or none to get a free one", port, r.Unit, r.Instance)
		}
	}
	if !free(port) {
		return fmt.Errorf("reserving port %d: another process listens on it; give another port, or none to get a free one", port)
	}
	return s.write(port, owner)
}

// find reserves a port that nobody has. Where the search starts depends on the owner alone, so that who is made anew
// tends to get what it had, and searches do not meet.
func (s portStore) find(owner reservation, taken map[int]reservation) (int, error) {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%d", s.home, owner.Instance, owner.Unit, owner.Member)
	const n = lastPort - firstPort + 1
	start := int(h.Sum32() % n)
	for i := range n {
		port := firstPort + (start+i)%n
		if r, ok := taken[port]; ok && !s.stale(r) || !free(port) {
			continue
		}
		return port, s.write(port, owner)
	}
	return 0, fmt.Errorf("reserving a port for %s: all of %d to %d are taken; take an instance down", owner.Unit, firstPort, lastPort)
}

// stale says that the owner is gone without having given its port back. An owner's run directory is made before it
// reserves, and removed after it releases.
func (s portStore) stale(r reservation) bool {
	_, err := os.Stat(filepath.Join(instanceDir(s.home, r.Instance), filepath.FromSlash(r.Unit)))
	return errors.Is(err, os.ErrNotExist) && free(r.port)
}

// dying is how long a process that was killed may hold its port: it cannot be told from a stranger any more.
const dying = 500 * time.Millisecond

// freeSoon is free, with time for who is dying.
func freeSoon(port int) bool {
	for deadline := time.Now().Add(dying); !free(port); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// free says that nobody listens on a port of this machine's loopback.
func free(port int) bool {
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
				continue // no IPv6 here
			}
			return false
		}
		l.Close()
	}
	return true
}

// write records an owner, under the lock. A file is whole as soon as it is there.
func (s portStore) write(port int, owner reservation) error {
	if err := writeJSON(s.path(port), owner); err != nil {
		return fmt.Errorf("reserving port %d: %w", port, err)
	}
	return nil
}

// list returns all reservations, in order of port.
func (s portStore) list() ([]reservation, error) {
	entries, err := os.ReadDir(s.dir())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the reserved ports: %w", err)
	}
	var all []reservation
	for _, entry := range entries {
		port, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue // one that is being written
		}
		data, err := os.ReadFile(s.path(port))
		if errors.Is(err, os.ErrNotExist) {
			continue // released meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("reading the reserved ports: %w", err)
		}
		r := reservation{port: port}
		_ = json.Unmarshal(data, &r) // one that cannot be read is nobody's
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b reservation) int { return a.port - b.port })
	return all, nil
}

// release gives back the ports that match, and returns them.
func (s portStore) release(ctx context.Context, match func(reservation) bool) ([]reservation, error) {
	if _, err := os.Stat(s.dir()); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	unlock, err := lockDir(ctx, s.dir())
	if err != nil {
		return nil, fmt.Errorf("releasing ports: %w", err)
	}
	defer unlock()
	all, err := s.list()
	if err != nil {
		return nil, err
	}
	var released []reservation
	for _, r := range all {
		if !match(r) {
			continue
		}
		if err := os.Remove(s.path(r.port)); err != nil {
			return released, fmt.Errorf("releasing port %d: %w", r.port, err)
		}
		released = append(released, r)
	}
	return released, nil
}

func (r reservation) sameUnit(other reservation) bool {
	return r.Instance == other.Instance && r.Unit == other.Unit
}
