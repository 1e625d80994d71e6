package probe

import "syscall"

// attributes make a command the head of a group of its own, which can be ended as a whole. It ends also when we are
// killed: nobody would wait for it any more.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
