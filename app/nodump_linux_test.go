package app

import (
	"syscall"
	"testing"
)

// A program that takes core dumps through a pipe takes them also where their limit is 0.
func TestTheServerModeCannotBeDumped(t *testing.T) {
	p := &Program{Settings: Settings{CardServer: true}}
	if err := p.dumpNoCore(t.Context()); err != nil {
		t.Fatal(err)
	}
	dumpable, _, problem := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_GET_DUMPABLE, 0, 0)
	if dumpable != 0 || problem != 0 {
		t.Errorf("the kernel may dump the process: %d, %v", dumpable, problem)
	}
}
