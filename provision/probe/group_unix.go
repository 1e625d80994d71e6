//go:build unix

package probe

import (
	"errors"
	"os"
	"syscall"
)

// terminate asks a command to stop, and all that it has started and that has not left its group.
func terminate(process *os.Process) error {
	err := syscall.Kill(-process.Pid, syscall.SIGTERM)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// kill ends what is left of a command's group.
func kill(process *os.Process) {
	_ = syscall.Kill(-process.Pid, syscall.SIGKILL)
}
