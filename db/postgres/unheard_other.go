//go:build !linux

package postgres

import "syscall"

// giveUpUnheard sets nothing where the kernel has no such option.
func giveUpUnheard(_, _ string, _ syscall.RawConn) error { return nil }
