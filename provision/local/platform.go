package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maquette/maquette/provision"
)

// sweepGrace is how long processes may take to end when they are swept: a little more than services are given by
// default.
const sweepGrace = 12 * time.Second

// Platform finds and takes away what lives of instances on this machine. It implements provision.Platform.
type Platform struct {
	Home string // absolute path
}

var _ provision.Platform = Platform{}

// Leftovers finds processes by their mark, what keepers keep, files of the run directory and reserved ports.
func (p Platform) Leftovers(ctx context.Context, instance, id string) ([]provision.Leftover, error) {
	home := canonical(p.Home)
	living, err := processes(belongs(home, instance, id))
	if err != nil {
		return nil, err
	}
	found := asLeftovers(living)
	for _, k := range keepers {
		kept, err := k.leftovers(ctx, home, instance)
		if err != nil {
			return nil, err
		}
		found = append(found, kept...)
	}
	files, err := runFiles(home, instance)
	if err != nil {
		return nil, err
	}
	found = append(found, files...)
	ports, err := portStore{home}.list()
	if err != nil {
		return nil, err
	}
	for _, r := range ports {
		if r.of(instance, id) {
			found = append(found, r.leftover())
		}
	}
	return found, nil
}

// Sweep ends the processes, lets keepers sweep, and removes the run directory and the reservations. Files stay for as
// long as something lives that they are needed for. Of a stray whose instance's name is lost, "", it sweeps what is
// known by the ID.
func (p Platform) Sweep(ctx context.Context, instance, id string) (gone, left []provision.Leftover, err error) {
	home := canonical(p.Home)
	were, living, err := end(ctx, belongs(home, instance, id), sweepGrace)
	if err != nil {
		return nil, nil, err
	}
	left = asLeftovers(living)
	for _, was := range asLeftovers(were) {
		if !slices.Contains(left, was) {
			gone = append(gone, was)
		}
	}
	for _, k := range keepers {
		swept, kept, err := k.sweep(ctx, home, instance)
		gone, left = append(gone, swept...), append(left, kept...)
		if err != nil {
			return gone, left, err
		}
	}
	if len(left) > 0 {
		return gone, left, nil
	}
	files, err := runFiles(home, instance)
	if err != nil {
		return gone, left, err
	}
	for _, file := range files {
		if err := os.RemoveAll(filepath.Join(home, file.Name)); err != nil {
			file.Detail = err.Error()
			left = append(left, file)
			continue
		}
		gone = append(gone, file)
		dir := filepath.Dir(filepath.Join(home, file.Name))
		prune(dir, filepath.Dir(dir))
	}
	released, err := portStore{home}.release(context.WithoutCancel(ctx), func(r reservation) bool { return r.of(instance, id) })
	for _, r := range released {
		gone = append(gone, r.leftover())
		if instance == "" { // only the ID is known, but whose ports these were is too
			dir := filepath.Join(instanceDir(home, r.Instance), filepath.FromSlash(r.Unit))
			err = errors.Join(err, os.RemoveAll(dir))
			prune(filepath.Dir(dir), instanceDir(home, r.Instance))
		}
	}
	return gone, left, err
}

// Strays finds processes and reservations of this home that belong to none of the instances, by the ID of theirs.
func (p Platform) Strays(_ context.Context, known []string) (map[string][]provision.Leftover, error) {
	home := canonical(p.Home)
	strays := map[string][]provision.Leftover{}
	living, err := processes(func(id identity) bool {
		instance, of := id.owner()
		return of == home && !slices.Contains(known, instance)
	})
	if err != nil {
		return nil, err
	}
	for _, one := range living {
		id, _ := one.owner()
		strays[id] = append(strays[id], one.leftover())
	}
	ports, err := portStore{home}.list()
	if err != nil {
		return nil, err
	}
	for _, r := range ports {
		if r.ID != "" && !slices.Contains(known, r.ID) {
			strays[r.ID] = append(strays[r.ID], r.leftover())
		}
	}
	return strays, nil
}

// belongs says which processes are an instance's, also those that an older one of its name has left.
func belongs(home, instance, id string) func(identity) bool {
	return func(of identity) bool {
		ownerID, ownerHome := of.owner()
		return ownerHome == home && (ownerID == id || instance != "" && of.Instance == instance)
	}
}

func (r reservation) of(instance, id string) bool {
	return r.ID == id || instance != "" && r.Instance == instance
}

func (r reservation) leftover() provision.Leftover {
	return provision.Leftover{
		Kind: "file", Name: filepath.Join("ports", strconv.Itoa(r.port)),
		Detail: fmt.Sprintf("port %d is reserved for %s of %s", r.port, r.Unit, r.Instance),
	}
}

func (p process) leftover() provision.Leftover {
	return provision.Leftover{Kind: "process", Name: p.String(), Detail: "runs for " + p.Instance}
}

func asLeftovers(processes []process) []provision.Leftover {
	var all []provision.Leftover
	for _, p := range processes {
		all = append(all, p.leftover())
	}
	return all
}

// runFiles lists what is in an instance's run directory, by kind and name, relative to the home.
func runFiles(home, instance string) ([]provision.Leftover, error) {
	if instance == "" {
		return nil, nil
	}
	var found []provision.Leftover
	root := instanceDir(home, instance)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil || below == "." {
			return err
		}
		if entry.IsDir() && !strings.Contains(below, string(filepath.Separator)) {
			return nil // a kind
		}
		relative, err := filepath.Rel(home, name)
		if err != nil {
			return err
		}
		found = append(found, provision.Leftover{Kind: "file", Name: relative})
		if entry.IsDir() {
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking at what is left of %s: %w", instance, err)
	}
	return found, nil
}
