package handlers_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// openPage is the event stream of an open page.
type openPage struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (s *shop) watches(path string) *openPage {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "GET", s.url+path+"/events", nil)
	must(s.t, err)
	stream, err := http.DefaultClient.Do(req)
	must(s.t, err)
	s.t.Cleanup(func() { stream.Body.Close() })
	if kind := stream.Header.Get("Content-Type"); kind != "text/event-stream" {
		s.t.Fatalf("the stream is %s", kind)
	}
	return &openPage{s.t, bufio.NewScanner(stream.Body)}
}

// gets waits for the next event and expects a status in it.
func (p *openPage) gets(status string) {
	p.t.Helper()
	for p.lines.Scan() {
		if text, data := strings.CutPrefix(p.lines.Text(), "data: "); data {
			if !strings.Contains(text, `"status":"`+status+`"`) {
				p.t.Fatalf("the page gets %s, want %s", text, status)
			}
			return
		}
	}
	p.t.Fatalf("the stream ended before %s", status)
}

// endsAt waits for an event with a status, whatever comes before.
func (p *openPage) endsAt(status string) {
	p.t.Helper()
	for p.lines.Scan() {
		if strings.Contains(p.lines.Text(), `"status":"`+status+`"`) {
			return
		}
	}
	p.t.Fatalf("the stream ended before %s", status)
}

func TestAnOpenPageGetsAChangeAtOnce(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	page := shop.watches(path)
	page.gets("processing")
	must(t, shop.control.Pay(started.PaymentRequestID))
	page.gets("paid")
}

// There is no inquiry about an order without an attempt, so that only the ledger can
// inform the page.
func TestAnOpenPageGetsAChangeByACommandBesideTheServer(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	pages := []*openPage{shop.watches(path), shop.watches(path)}
	for _, page := range pages {
		page.gets("open")
	}
	begun := time.Now()
	must(t, shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")))
	for _, page := range pages {
		page.gets("cancelled")
	}
	t.Logf("received within %v", time.Since(begun))
	shop.watches(path).gets("cancelled") // a page opened later, too
}

// What a page gets before and after a restart fits together,
// because both are what is stored.
func TestAPageThatComesBackAfterARestartMissesNothing(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	page := shop.watches(path)
	page.gets("processing")
	desk := shop.desk() // stands in for the server after its restart
	must(t, shop.control.Pay(started.PaymentRequestID))
	page.gets("paid")
	o, err := desk.Order(t.Context(), strings.TrimPrefix(path, "/checkout/"))
	must(t, err)
	changed, stop := desk.Watch(o.ID, o.Token)
	defer stop()
	if o.Status != checkout.OrderPaid {
		t.Errorf("who comes back reads %s, want paid", o.Status)
	}
	<-changed // a change between reading and watching is read again
	_, err = shop.service.Refund(t.Context(), o.ID, 100, by("refund"))
	must(t, err)
	for o.Status != checkout.OrderPartiallyRefunded {
		<-changed
		o, err = desk.Order(t.Context(), o.Token)
		must(t, err)
	}
}

func TestAnOpenPageGetsThatItsOrderHasExpired(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.starts(path, "GCASH")
	page := shop.watches(path)
	page.gets("processing")
	shop.passes(61 * time.Minute)
	shop.sweeps()
	page.endsAt("expired")
}

func TestAnOpenPageGetsARefund(t *testing.T) {
	shop := newShop(t)
	_, path, order := shop.paidBy("GCASH")
	page := shop.watches(path)
	page.gets("paid")
	_, err := shop.service.Refund(t.Context(), order, 0, by("all"))
	must(t, err)
	page.endsAt("refunded")
}
