package terraform

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/shirou/gopsutil/v4/process"

	"github.com/maquette/maquette/internal/atomicfile"
)

const (
	lockFile = "terraform.lock" // held by the shim for as long as Terraform runs
	pidFile  = "terraform.pid"  // of Terraform itself, which may outlive a shim that is killed
	lockPoll = 20 * time.Millisecond
)

// lock waits for a Terraform that an earlier operation has left running.
func (s shim) lock() (*flock.Flock, error) {
	lock := flock.New(filepath.Join(s.dir, lockFile), flock.SetPermissions(0o600))
	for {
		switch locked, err := lock.TryLock(); {
		case err != nil:
			return nil, err
		case locked && !terraformRuns(s.dir):
			return lock, nil
		case locked:
			if err := lock.Unlock(); err != nil {
				return nil, err
			}
		}
		select {
		case <-s.signals:
			return nil, errInterrupted
		case <-time.After(lockPoll):
			if os.Getppid() != s.parent {
				return nil, errInterrupted
			}
		}
	}
}

// whileIdle calls a function while no Terraform runs on the instance, and none can start. Where one runs, waiting is
// called once and its end is awaited.
func whileIdle(ctx context.Context, dir string, waiting func(), work func() error) (err error) {
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	for told := false; ; {
		locked, err := lock.TryLock()
		if err != nil {
			return err
		}
		if locked && !terraformRuns(dir) {
			break
		}
		if locked {
			if err := lock.Unlock(); err != nil {
				return err
			}
		}
		if !told {
			waiting()
			told = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPoll):
		}
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	return work()
}

// writePID notes which process Terraform is. Its start time tells it from a later one of the same number.
func writePID(dir string, pid int) error {
	started, err := startTime(pid)
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, pidFile), fmt.Appendf(nil, "%d %d\n", pid, started))
}

func removePID(dir string) { _ = os.Remove(filepath.Join(dir, pidFile)) }

// terraformRuns tells whether the Terraform that was noted still lives.
func terraformRuns(dir string) bool {
	content, err := os.ReadFile(filepath.Join(dir, pidFile))
	if err != nil {
		return false
	}
	var pid int
	var started int64
	if _, err := fmt.Sscanf(string(content), "%d %d", &pid, &started); err != nil {
		return false
	}
	now, err := startTime(pid)
	return err == nil && now == started
}

// startTime returns when a process was started, in milliseconds. A process that has ended and was not waited for counts
// as gone.
func startTime(pid int) (int64, error) {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return 0, err
	}
	if status, err := p.Status(); err == nil && len(status) > 0 && status[0] == process.Zombie {
		return 0, fs.ErrNotExist
	}
	return p.CreateTime()
}
