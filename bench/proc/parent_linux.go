package proc

import "syscall"

// diesWithParent keeps a killed measurement from leaving a server behind.
func diesWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}
