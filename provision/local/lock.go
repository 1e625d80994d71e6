package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockDir makes a directory, and waits until no other process has it locked. The lock goes with the process. Its holder
// may remove the directory: who waits for it meanwhile makes a new one.
func lockDir(ctx context.Context, dir string) (unlock func(), err error) {
	for {
		err := os.MkdirAll(dir, 0o700)
		if errors.Is(err, os.ErrNotExist) {
			continue // one above it was removed meanwhile, being empty
		}
		if err != nil {
			return nil, err
		}
		f, err := os.Open(dir)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := flock(ctx, f); err != nil {
			f.Close()
			return nil, fmt.Errorf("waiting for %s, on which another process works: %w", dir, err)
		}
		locked, err1 := f.Stat()
		there, err2 := os.Stat(dir)
		if err1 == nil && err2 == nil && os.SameFile(locked, there) {
			return func() { f.Close() }, nil
		}
		f.Close() // of a directory that was removed
	}
}

func flock(ctx context.Context, f *os.File) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
