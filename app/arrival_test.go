package app

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
	"antom-checkout/db/dbtest"
)

// arrivals has one program close orders whose pages are open at another one, which shares its
// PostgreSQL, and measures how long each change takes from the order to close to the page.
func arrivals(t testing.TB, n int) (took []time.Duration) {
	s, err := Load(nil, environ{
		"DATABASE_URL": dbtest.NewPostgres(t), "SESSION_KEY": strings.Repeat("k", 32), "PUBLIC_URL": "http://127.0.0.1", "RATE_LIMITS": "off",
		"MAIL_DIR": t.TempDir(),
	}.get)
	noError(t, err)
	var programs [2]*Program
	for i := range programs {
		programs[i], err = Build(t.Context(), s, Outside{Beside: true})
		noError(t, err)
		t.Cleanup(func() { noError(t, programs[i].Close()) })
	}
	here, there := programs[0], programs[1]
	noError(t, here.Store.Seed(t.Context(), s.Shop.Currency))
	pages := httptest.NewServer(there.NewHandler())
	t.Cleanup(func() { there.stop(); pages.CloseClientConnections(); pages.Close() })
	for i := range n {
		o, err := here.Services.Shop.PlaceOrder(t.Context(), shop.OrderRequest{
			FormKey: fmt.Sprint("form", i), Cart: []checkout.CartLine{{SKU: "MUG-01", Quantity: 1}},
			Buyer: checkout.Buyer{Email: "ann@example.com", Name: "Ann", Country: "SG", Address1: "1 Test Road", PostalCode: "018956"},
		})
		noError(t, err)
		took = append(took, arrival(t, here, pages.URL, o))
	}
	return took
}

// arrival opens the page of an order, has the program close it, and waits until the page says so.
func arrival(t testing.TB, here *Program, pages string, o checkout.Order) time.Duration {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, pages+"/checkout/"+o.Token+"/events", nil)
	noError(t, err)
	stream, err := http.DefaultClient.Do(req)
	noError(t, err)
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	says := func(status checkout.OrderStatus) {
		for lines.Scan() {
			if strings.Contains(lines.Text(), `"status":"`+string(status)+`"`) {
				return
			}
		}
		t.Fatalf("the page of order %s never says %s: %v", o.ID, status, lines.Err())
	}
	says(checkout.OrderOpen)
	begun := time.Now()
	noError(t, here.Services.Payments.Cancel(ctx, o.ID, checkout.Key{Operator: checkout.CommandLine, Idempotency: o.ID}))
	says(checkout.OrderCancelled)
	return time.Since(begun)
}

func TestAChangeOfOneProgramReachesAPageOfAnother(t *testing.T) {
	t.Logf("within %v", arrivals(t, 2))
}
