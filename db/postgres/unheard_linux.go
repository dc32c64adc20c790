package postgres

import (
	"strings"
	"syscall"
)

// tcpUserTimeout is TCP_USER_TIMEOUT, which package syscall does not name.
const tcpUserTimeout = 0x12

// giveUpUnheard has the kernel end a connection when the other machine has not confirmed for
// a while that it has received what was sent. Otherwise it sends again for a quarter of an hour.
func giveUpUnheard(network, _ string, conn syscall.RawConn) (err error) {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	failed := conn.Control(func(socket uintptr) {
		err = syscall.SetsockoptInt(int(socket), syscall.IPPROTO_TCP, tcpUserTimeout, int(unheardFor.Milliseconds())) // #nosec G115 -- a descriptor is small
	})
	if failed != nil {
		return failed
	}
	return err
}
