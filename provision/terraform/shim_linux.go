package terraform

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// terraform-exec has its child killed when we die: that would be the shim, which is to outlive us. The signal belongs
// to the thread that it was set on, the first one, where only init functions are sure to run. Staying on that thread
// also keeps Terraform's parent alive for as long as the shim is: the kernel looks at the thread that has started it.
func init() {
	if os.Getenv(envRole) == RoleShim {
		runtime.LockOSThread()
		// It cannot fail with a valid signal.
		_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0, 0, 0)
	}
}

// attributes has Terraform stop gently when the shim is killed.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
