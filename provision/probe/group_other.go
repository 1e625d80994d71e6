//go:build !unix

package probe

import (
	"os"
	"syscall"
)

func attributes() *syscall.SysProcAttr { return nil }

func terminate(process *os.Process) error { return process.Kill() }

func kill(*os.Process) {}
