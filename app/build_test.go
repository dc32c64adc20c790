package app

import (
	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// freeAddress is one that was free a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// What one attempt to start has taken, the next one finds free.
func TestAProgramThatCannotStartReleasesEverything(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := load(t, environ{
		"ADDR": freeAddress(t), "SANDBOX_ADDR": freeAddress(t), "METRICS_ADDR": taken.Addr().String(),
		"DATABASE_URL": filepath.Join(t.TempDir(), "shop.db"),
	})
	if _, err := Build(t.Context(), s, Outside{}); err == nil {
		t.Fatal("a program is built with an address that is taken")
	}
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one after the first has ended
		p, err := Build(t.Context(), s, Outside{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Build(t.Context(), s, Outside{}); err == nil {
			t.Error("two servers have one database")
		}
		beside, err := Build(t.Context(), s, Outside{Beside: true})
		if err != nil {
			t.Fatal(err)
		}
		if beside.Settings.Antom.BaseURL != p.Settings.Antom.BaseURL || beside.Settings.AntomPrivateKey.Reveal() != p.Settings.AntomPrivateKey.Reveal() {
			t.Error("a command beside the server uses another sandbox")
		}
		if err := beside.Close(); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestThereIsOneClock(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	s := load(t, environ{"CLOCK_OFFSET": "36h", "DATABASE_URL": filepath.Join(t.TempDir(), "shop.db")})
	p, err := Build(t.Context(), s, Outside{Beside: true, Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Store.Seed(t.Context(), "SGD"); err != nil {
		t.Fatal(err)
	}
	order, err := p.Services.Shop.PlaceOrder(t.Context(), shop.OrderRequest{
		FormKey: "form", Cart: []checkout.CartLine{{SKU: "MUG-01", Quantity: 1}},
		Buyer: checkout.Buyer{Email: "ann@example.com", Name: "Ann", Country: "SG", Address1: "1 Test Road", PostalCode: "018956"},
	})
	if err != nil {
		t.Fatal(err)
	}
	placed := func() time.Time { return order.CreatedAt }
	for name, now := range map[string]func() time.Time{"the program": p.Now, "the shop": placed, "the pages": p.PagesConfig().Now} {
		if got := now(); !got.Equal(noon.Add(36 * time.Hour)) {
			t.Errorf("%s has its own time, %v", name, got)
		}
	}
}
