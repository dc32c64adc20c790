package app

import (
	"context"
	"image/color"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// A phone on the local network buys: the shop leads it to the sandbox at the shop's own host.
func TestAPhoneOnTheLocalNetworkBuys(t *testing.T) {
	addr := freeAddress(t)
	p := runProgram(t, environ{"PUBLIC_URL": "http://192.168.7.7:8080", "ADDR": addr, "METRICS_ADDR": "", "INTEGRATION": "api"})
	if p.shop != "http://192.168.7.7:8080" || !strings.HasPrefix(p.sandbox, "http://127.0.0.1:") {
		t.Fatalf("the shop is at %s, the sandbox at %s", p.shop, p.sandbox)
	}
	var dialer net.Dialer
	p.client.Transport = &http.Transport{DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(to)
		if port == "8080" {
			return dialer.DialContext(ctx, network, addr)
		}
		return dialer.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}}
	path := p.orders()
	_, _, text := p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"GCASH"}`)
	page := regexp.MustCompile(`http://192\.168\.7\.7:[0-9]+/buyer/[A-Z0-9]+`).FindString(text)
	if page == "" {
		t.Fatalf("the start is answered %s", text)
	}
	if status, _, shown := p.send("GET", page, "", ""); status != http.StatusOK || !strings.Contains(shown, "GCash") {
		t.Errorf("the wallet's page is answered %d %.300s", status, shown)
	}
	if status, header, _ := p.send("POST", page, "application/x-www-form-urlencoded", "act=pay"); status != http.StatusSeeOther || !strings.HasPrefix(header.Get("Location"), p.shop) {
		t.Errorf("after paying the phone is led by %d to %s", status, header.Get("Location"))
	}
	if status, _, _ := p.send("GET", p.sandbox, "", ""); status != http.StatusOK {
		t.Errorf("this machine's own people find the control room closed: %d", status)
	}
}

// Signed messages about real money do not cross a network in the clear.
func TestAnAccountIsNotServedByHTTP(t *testing.T) {
	expectProblems(t, account(environ{"PUBLIC_URL": "http://10.0.0.1"}), nil, "PUBLIC_URL")
}

func TestThePrintedCodeHoldsTheAddress(t *testing.T) {
	const address = "http://192.168.7.7:8080"
	var printed strings.Builder
	if err := printCode(&printed, address); err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	upper, lower := "▀█", "▄█"
	for i, row := range strings.Split(strings.TrimSuffix(printed.String(), "\n"), "\n") {
		row = strings.TrimSuffix(strings.TrimPrefix(row, "\x1b[30;107m"), "\x1b[0m")
		x := -4
		for _, shown := range row {
			for half, drawn := range []string{upper, lower} {
				y := 2*i - 4 + half
				inside := x >= 0 && y >= 0 && x < code.Bounds().Dx() && y < code.Bounds().Dy()
				if black := inside && code.At(x, y) == color.Black; black != strings.ContainsRune(drawn, shown) {
					t.Fatalf("the module at %d, %d is printed %q", x, y, shown)
				}
			}
			x++
		}
	}
}
