// Package lock holds that one operation at a time works on an instance, across processes of one machine.
//
// A lock is the kernel's, on a file: whoever dies, however, has let go of it. The file tells who holds it; what it says
// is of worth only while it is locked.
package lock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/maquette/maquette/provision"
)

const (
	// grace is how long Lock tries, whatever it was asked to wait: Holder, of another process, keeps the lock for some
	// microseconds when it looks whether anybody has it.
	grace = 100 * time.Millisecond
	// pollMin and pollMax bound the pause between two tries.
	pollMin, pollMax = 5 * time.Millisecond, 100 * time.Millisecond
)

// Locks implements provision.Locker.
type Locks struct {
	// Dir is where the files are: NAME.lock each, while somebody holds it. It is made where it is missing.
	Dir string
}

var _ provision.Locker = Locks{}

// Lock takes the lock of an instance. While somebody else has it, Lock waits, and returns a *provision.LockedError when
// the time is over. What it returns lets go of the lock, and may be called more than once.
func (l Locks) Lock(ctx context.Context, instance, operation string, wait time.Duration) (unlock func() error, err error) {
	path, err := l.path(instance)
	if err != nil {
		return nil, err
	}
	failed := func(err error) error { return fmt.Errorf("locking %s: %w", instance, err) }
	if err := os.MkdirAll(l.Dir, 0o700); err != nil {
		return nil, failed(err)
	}
	deadline := time.Now().Add(max(wait, grace))
	for pause := pollMin; ; pause = min(2*pause, pollMax) {
		if err := ctx.Err(); err != nil {
			return nil, failed(err)
		}
		file, err := try(path)
		if err != nil {
			return nil, failed(err)
		}
		if file != nil {
			if err := write(path, operation); err != nil {
				return nil, failed(errors.Join(err, file.Unlock()))
			}
			return sync.OnceValue(func() error { return release(file, instance) }), nil
		}
		if left := time.Until(deadline); left > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(min(pause, left)):
			}
			continue
		}
		holder, err := l.Holder(instance)
		if err != nil {
			return nil, err
		}
		if holder != nil {
			return nil, &provision.LockedError{Instance: instance, Holder: *holder}
		}
		// It has just become free.
	}
}

// Holder tells who holds the lock of an instance; nil for nobody. It does not say no to anybody who wants the lock.
func (l Locks) Holder(instance string) (*provision.Holder, error) {
	path, err := l.path(instance)
	if err != nil {
		return nil, err
	}
	// Who has just taken the lock has not written yet.
	for end := time.Now().Add(grace); ; time.Sleep(pollMin) {
		file := flock.New(path, flock.SetFlag(os.O_RDONLY))
		free, err := file.TryRLock()
		if free {
			err = file.Unlock()
		}
		if free && err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("looking who has locked %s: %w", instance, err)
		}
		holder, err := read(path)
		if err == nil {
			return holder, nil
		}
		if time.Now().After(end) {
			return unknown(path), nil
		}
	}
}

// path is the file of an instance's lock. A name that leads elsewhere is refused.
func (l Locks) path(instance string) (string, error) {
	if instance == "" || strings.HasPrefix(instance, ".") || strings.ContainsAny(instance, "/\\:\x00") {
		return "", fmt.Errorf("%q is no name of an instance: it must not be empty, start with a dot or hold a slash, backslash or colon", instance)
	}
	return filepath.Join(l.Dir, instance+".lock"), nil
}

// try locks the file, or returns nil when somebody else has it locked.
func try(path string) (*flock.Flock, error) {
	for {
		file := flock.New(path)
		locked, err := file.TryLock()
		if err != nil || !locked {
			return nil, err
		}
		same, err := stillThere(file)
		if same {
			return file, nil
		}
		// Who had the lock before has removed the file between our opening and our locking it: what we have locked has
		// no name any more, and others lock another file.
		if err := errors.Join(err, file.Unlock()); err != nil {
			return nil, err
		}
	}
}

// stillThere reports whether the path still leads to the file that is locked.
func stillThere(file *flock.Flock) (bool, error) {
	locked, err := file.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Stat(file.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(locked, named), err
}

// release removes the file and lets go of the lock, in this order: nobody can have locked what is removed.
func release(file *flock.Flock, instance string) error {
	same, err := stillThere(file)
	if same {
		err = os.Remove(file.Path())
	}
	if err := errors.Join(err, file.Unlock()); err != nil {
		return fmt.Errorf("unlocking %s: %w", instance, err)
	}
	return nil
}

func write(path, operation string) error {
	holder, err := json.Marshal(provision.Holder{Operation: operation, Actor: Actor(), PID: os.Getpid(), Since: time.Now().UTC()})
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(holder, '\n'), 0o600)
}

func read(path string) (*provision.Holder, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	holder := &provision.Holder{}
	return holder, json.Unmarshal(data, holder)
}

// unknown is the holder whose file does not say who it is.
func unknown(path string) *provision.Holder {
	holder := &provision.Holder{Operation: "an unknown operation", Actor: "somebody"}
	if info, err := os.Stat(path); err == nil {
		holder.Since = info.ModTime().UTC()
	}
	return holder
}
