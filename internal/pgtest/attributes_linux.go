package pgtest

import "syscall"

// attributes make the server end at once when the test process does, even by SIGKILL.
func attributes(account *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: account, Pdeathsig: syscall.SIGQUIT}
}
