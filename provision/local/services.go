package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/maquette/maquette/provision/local/wire"
)

// Services returns the services and then the balancers of an instance, in order of name.
func Services(home, instance string) ([]wire.ServiceStatus, error) {
	home = canonical(home)
	var all []wire.ServiceStatus
	for _, kind := range []struct{ dir, name string }{{kindService, "service"}, {kindBalancer, "balancer"}} {
		entries, err := os.ReadDir(filepath.Join(instanceDir(home, instance), kind.dir))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("reading the services of %s: %w", instance, err)
		}
		for _, entry := range entries {
			u := unit{&providerData{Home: home, Instance: instance}, kind.dir, entry.Name()}
			s := wire.ServiceStatus{Kind: kind.name, Name: entry.Name(), LogDir: u.logDir()}
			var st status
			switch err := readJSON(filepath.Join(u.dir(), statusFile), &st); {
			case err == nil:
				s.Running, s.Members = u.supervisor(&st).alive(), st.Members
			case !errors.Is(err, os.ErrNotExist):
				return nil, fmt.Errorf("reading the status of %s of %s: %w", u.ref(), instance, err)
			}
			if !s.Running {
				for i := range s.Members {
					s.Members[i].PID, s.Members[i].State = 0, wire.StateStopped
				}
			}
			all = append(all, s)
		}
	}
	return all, nil
}
