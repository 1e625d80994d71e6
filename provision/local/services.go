package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ServiceStatus is a service or a balancer of an instance, as its supervisor says.
type ServiceStatus struct {
	Kind    string // "service", "balancer"
	Name    string
	Running bool // its supervisor lives
	LogDir  string
	Members []MemberStatus // as last told; of one that does not run only their numbers, ports and last exits are true
}

// MemberLog is the path of a member's log. What is older is in the same path with ".1" after it.
func (s ServiceStatus) MemberLog(member int) string { return memberLog(s.LogDir, member) }

// Services returns the services and then the balancers of an instance, in order of name.
func Services(home, instance string) ([]ServiceStatus, error) {
	home = canonical(home)
	var all []ServiceStatus
	for _, kind := range []struct{ dir, name string }{{kindService, "service"}, {kindBalancer, "balancer"}} {
		entries, err := os.ReadDir(filepath.Join(instanceDir(home, instance), kind.dir))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("reading the services of %s: %w", instance, err)
		}
		for _, entry := range entries {
			u := unit{&providerData{Home: home, Instance: instance}, kind.dir, entry.Name()}
			s := ServiceStatus{Kind: kind.name, Name: entry.Name(), LogDir: u.logDir()}
			var st status
			switch err := readJSON(filepath.Join(u.dir(), statusFile), &st); {
			case err == nil:
				s.Running, s.Members = u.supervisor(&st).alive(), st.Members
			case !errors.Is(err, os.ErrNotExist):
				return nil, fmt.Errorf("reading the status of %s of %s: %w", u.ref(), instance, err)
			}
			if !s.Running {
				for i := range s.Members {
					s.Members[i].PID, s.Members[i].State = 0, StateStopped
				}
			}
			all = append(all, s)
		}
	}
	return all, nil
}
