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
	if getenv := l.getenv; getenv("PUBLIC_URL") == "" {
		host, err := networkAddress()
		if err != nil {
			return err
		}
		l.getenv = func(name string) string {
			if name == "PUBLIC_URL" {
				return "http://" + netip.AddrPortFrom(host, 8080).String()
			}
			return getenv(name)
		}
	}
	return serve(ctx, l)
}

// networkAddress is this machine's address on the local network: the one that it would reach the
// internet from, or else any private one.
func networkAddress() (netip.Addr, error) {
	var found []net.Addr
	if conn, err := net.Dial("udp4", "198.51.100.1:9"); err == nil { // sends nothing
		found = append(found, conn.LocalAddr())
		_ = conn.Close()
	}
	others, _ := net.InterfaceAddrs()
	for _, address := range append(found, others...) {
		text, _, _ := strings.Cut(address.String(), "/")
		if udp, ok := address.(*net.UDPAddr); ok {
			text = udp.IP.String()
		}
		if ip, err := netip.ParseAddr(text); err == nil && ip.Is4() && ip.IsPrivate() {
			return ip, nil
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
