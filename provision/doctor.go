package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Trouble is something that a crash has left.
type Trouble struct {
	Instance string // "": of none
	What     string
	Mended   bool
	Next     string // what to do about what is not mended, or after; may be empty
}

// Doctor looks for what crashes have left, and mends it unless it is told to only look: operations that have no end,
// states that were cut short, processes of instances that are gone. It destroys no instance: that is for the user to say.
func (l *Lifecycle) Doctor(ctx context.Context, dry bool) ([]Trouble, error) {
	all, err := l.Registry.Instances(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the registry: %w", err)
	}
	var found []Trouble
	var ids []string
	for _, in := range all {
		ids = append(ids, in.ID)
		troubles, err := l.examine(ctx, in, dry)
		found = append(found, troubles...)
		if err != nil {
			return found, err
		}
	}
	lost, err := l.unknownDirectories(ctx)
	if err != nil {
		return found, err
	}
	found = append(found, lost...)
	strays, err := l.strays(ctx, ids, dry)
	return append(found, strays...), err
}

// examine looks at one instance, unless somebody works on it.
func (l *Lifecycle) examine(ctx context.Context, in Instance, dry bool) (found []Trouble, err error) {
	unlock, err := l.Locker.Lock(ctx, in.Name, "doctor", 0)
	var locked *LockedError
	if errors.As(err, &locked) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	// It may have changed before the lock was had.
	in, err = l.Registry.Instance(ctx, in.Name)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for %s in the registry: %w", in.Name, err)
	}
	notes, err := l.Driver.Recover(ctx, in.Name, dry)
	for _, note := range notes {
		found = append(found, Trouble{Instance: in.Name, What: note, Mended: !dry})
	}
	if err != nil {
		return found, fmt.Errorf("looking after the state of %s: %w", in.Name, err)
	}
	stopped, next := interrupted(in.Status)
	if stopped == "" {
		return found, nil
	}
	found = append(found, Trouble{Instance: in.Name, What: "its last operation was killed while it was " + string(in.Status), Mended: !dry, Next: next + in.Name})
	if dry {
		return found, nil
	}
	op, err := l.begin(ctx, &in, "doctor", nil) // which ends the one that was killed
	if err != nil {
		return found, err
	}
	return found, op.end(ctx, op.set(ctx, stopped))
}

// interrupted returns the status that a killed operation leaves, and what to do about it.
func interrupted(status Status) (left Status, next string) {
	switch status {
	case Creating:
		return Failed, "finish or undo it: maquette up, or maquette down "
	case Destroying:
		return DestroyFailed, "finish it: maquette down "
	}
	return "", ""
}

// unknownDirectories finds working directories of instances that the registry does not know. They may hold the only
// state of something that lives: they are left to the user.
func (l *Lifecycle) unknownDirectories(ctx context.Context) ([]Trouble, error) {
	names, err := l.Driver.Instances()
	if err != nil {
		return nil, fmt.Errorf("looking for working directories: %w", err)
	}
	// Read after them: an instance is recorded before anything of it is made.
	known, err := l.Registry.Instances(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the registry: %w", err)
	}
	var found []Trouble
	for _, name := range names {
		if slices.ContainsFunc(known, func(in Instance) bool { return in.Name == name }) {
			continue
		}
		if holder, err := l.Locker.Holder(name); err != nil || holder != nil {
			continue // it is being planned, or just removed
		}
		resources, err := l.Driver.Resources(ctx, Job{Instance: name})
		switch {
		case err != nil:
			found = append(found, Trouble{Instance: name, What: fmt.Sprintf("the registry does not know it, and its state cannot be read: %v", err)})
		case len(resources) > 0:
			found = append(found, Trouble{
				Instance: name, What: "the registry does not know it, and its state knows " + strings.Join(resources, ", "),
				Next: "take it up again with maquette up, then maquette down " + name,
			})
		default:
			found = append(found, Trouble{Instance: name, What: "the registry does not know it, and nothing is left of it but its directory"})
		}
	}
	return found, nil
}

func (l *Lifecycle) strays(ctx context.Context, known []string, dry bool) ([]Trouble, error) {
	strays, err := l.Platform.Strays(ctx, known)
	if err != nil {
		return nil, fmt.Errorf("looking for processes of instances that are gone: %w", err)
	}
	// What was made meanwhile is no stray. It is recorded before anything of it lives, so now it is known.
	all, err := l.Registry.Instances(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the registry: %w", err)
	}
	for _, in := range all {
		delete(strays, in.ID)
	}
	ids := make([]string, 0, len(strays))
	for id := range strays {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var found []Trouble
	for _, id := range ids {
		left := strays[id]
		if !dry {
			if _, left, err = l.Platform.Sweep(ctx, "", id); err != nil {
				return found, fmt.Errorf("ending what is left of an instance that is gone: %w", err)
			}
		}
		for _, stray := range strays[id] {
			found = append(found, Trouble{
				What:   stray.String() + " belongs to an instance that is gone",
				Mended: !dry && !slices.Contains(left, stray),
			})
		}
	}
	return found, nil
}
