package app

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"net"
	"net/netip"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// demo serves the shop with its sandbox on the local network, for a phone.
func demo(ctx context.Context, l *line) error {
	var missing error
	getenv := l.getenv
	l.getenv = func(name string) string {
		text := getenv(name)
		if name != "PUBLIC_URL" || text != "" {
			return text
		}
		var at netip.Addr
		if at, missing = networkAddress(); missing != nil {
			return ""
		}
		return "http://" + netip.AddrPortFrom(at, 8080).String()
	}
	s, err := l.load()
	if err == nil {
		err = missing
	}
	if err != nil {
		return err
	}
	return serveWith(ctx, l, s)
}

// networkAddress is this machine's address on the local network: the one that it would reach the
// internet from, or else any private one.
func networkAddress() (netip.Addr, error) {
	var found []netip.Addr
	if conn, err := net.Dial("udp4", "198.51.100.1:9"); err == nil { // sends nothing
		if at, err := netip.ParseAddrPort(conn.LocalAddr().String()); err == nil {
			found = append(found, at.Addr())
		}
		_ = conn.Close()
	}
	others, _ := net.InterfaceAddrs()
	for _, other := range others {
		if network, err := netip.ParsePrefix(other.String()); err == nil {
			found = append(found, network.Addr())
		}
	}
	for _, at := range found {
		if at.Is4() && at.IsPrivate() {
			return at, nil
		}
	}
	return netip.Addr{}, errors.New("this machine has no private IPv4 address; give PUBLIC_URL the address at which the phone reaches it, such as http://192.168.1.20:8080")
}

// printCode prints a QR code for a terminal, black on white whatever its colours are. Each
// character shows two modules, one above the other.
func printCode(w io.Writer, text string) error {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return err
	}
	const quiet = 4 // the margin that a QR code needs to be recognised, ISO/IEC 18004
	size := code.Bounds().Dx()
	black := func(x, y int) bool {
		return x >= 0 && y >= 0 && x < size && y < size && code.At(x, y) == color.Black
	}
	halves := map[[2]bool]string{{false, false}: " ", {true, false}: "▀", {false, true}: "▄", {true, true}: "█"}
	for y := -quiet; y < size+quiet; y += 2 {
		var row strings.Builder
		for x := -quiet; x < size+quiet; x++ {
			row.WriteString(halves[[2]bool{black(x, y), black(x, y+1)}])
		}
		if _, err := fmt.Fprintf(w, "\x1b[30;107m%s\x1b[0m\n", row.String()); err != nil {
			return err
		}
	}
	return nil
}
