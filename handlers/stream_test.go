package handlers_test

import (
	"bufio"
	"context"
	"net/http"
	"runtime"
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
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second) // an event that does not come fails the test
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+path+"/events", nil)
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

// ends expects the hint when to come back, and the end of the stream.
func (p *openPage) ends() {
	p.t.Helper()
	for p.lines.Scan() {
		if p.lines.Text() == "retry: 10000" {
			for p.lines.Scan() {
				if p.lines.Text() != "" {
					p.t.Fatalf("after the hint comes %q", p.lines.Text())
				}
			}
			return
		}
	}
	p.t.Fatal("the stream ended without a hint when to come back")
}

func TestTheOldestStreamMakesRoom(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*settings)
		most   int
		same   bool // all streams are of one order
	}{
		"of an order": {func(s *settings) { s.rateLimits = true }, 20, true},
		"of a client": {func(s *settings) { s.rateLimits = true }, 200, false},
		"of all":      {func(s *settings) { s.maxStreams = 30 }, 30, false},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, c.change)
			path := shop.newBuyer().orders()
			var pages []*openPage
			for n := range c.most + 2 {
				if !c.same && n > 0 && n%20 == 0 {
					path = shop.newBuyer().orders()
				}
				page := shop.watches(path)
				page.gets("open")
				pages = append(pages, page)
			}
			pages[0].ends()
			pages[1].ends()
			must(t, shop.service.Cancel(t.Context(), shop.audit()["order"][0]["id"].(string), by("c")))
			pages[2].gets("cancelled") // the next oldest is open
		})
	}
}

// README says how much memory streams take; with the client of this test it is twice
// as much.
func TestAStreamTakesLittleMemory(t *testing.T) {
	const streams, most = 400, 2 * 64 << 10
	shop := newShop(t)
	path := shop.newBuyer().orders()
	shop.watches(path).gets("open")
	before := memoryInUse()
	for range streams {
		shop.watches(path).gets("open")
	}
	each := (memoryInUse() - before) / streams
	t.Logf("a stream and its client take %d bytes", each)
	if each > most {
		t.Errorf("a stream and its client take %d bytes, want at most %d", each, most)
	}
}

func memoryInUse() int64 {
	var m runtime.MemStats
	for range 3 { // pools keep what they hold over a collection
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
