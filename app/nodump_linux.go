package app

import "syscall"

// forbidDumps has the kernel make no core dump of this process, whatever is done with core
// dumps on this machine: a program that takes them through a pipe gets them also where
// their limit is 0. Other processes of the same user cannot read its memory either.
func forbidDumps() error {
	if _, _, problem := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0); problem != 0 {
		return problem
	}
	return nil
}
