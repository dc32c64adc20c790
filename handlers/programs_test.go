package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/checkout/payments"
	"antom-checkout/handlers"
)

// Several programs share one PostgreSQL behind one address. Nothing that one of them remembers
// decides: what it knows alone, the others would do otherwise.

// another is one more program of a shop: its clock may be ahead.
type another struct {
	*app.Program
	address string
}

func onPostgres(s *settings) { s.postgres = true }

// joins starts another program of the shop.
func (s *shop) joins(ahead time.Duration) *another {
	s.t.Helper()
	outside := s.outside
	outside.Clock = func() time.Time { return s.outside.Clock().Add(ahead) }
	program, err := app.Build(s.t.Context(), s.settings, outside)
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, program.Close()) })
	cfg, done := program.PagesConfig(), make(chan struct{})
	cfg.Sandbox, cfg.Done = true, done
	server := httptest.NewServer(handlers.New(cfg, program.Services, program.Client, program.Store))
	s.t.Cleanup(func() { close(done); server.CloseClientConnections(); server.Close() })
	return &another{program, strings.TrimPrefix(server.URL, "http://")}
}

// balancer leads requests to the shop's address to one of its programs.
type balancer string

func (to balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	led := r.Clone(r.Context())
	led.Host, led.URL.Host = r.URL.Host, string(to)
	return http.DefaultTransport.RoundTrip(led)
}

// at is the same browser, whose requests are led to another program.
func (b *buyer) at(p *another) *buyer {
	there, client := *b, *b.client
	client.Transport, there.client = balancer(p.address), &client
	return &there
}

// watches opens a page at this program.
func (p *another) watches(s *shop, path string) *openPage {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	s.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path+"/events", nil)
	must(s.t, err)
	stream, err := balancer(p.address).RoundTrip(req)
	must(s.t, err)
	s.t.Cleanup(func() { stream.Body.Close() })
	return &openPage{s.t, bufio.NewScanner(stream.Body)}
}

// received are the moments at which Antom was asked for something.
func (s *shop) received(operations ...string) (at []time.Time) {
	for _, m := range s.control.Messages() {
		if m.Direction == "in" && slices.Contains(operations, m.Operation) {
			at = append(at, m.At)
		}
	}
	return at
}

// Sixty pages of one payment are open at two programs whose clocks differ. Antom is asked once in
// two seconds all the same.
func TestProgramsInquireOncePerPause(t *testing.T) {
	shop := newShop(t, onPostgres)
	other := shop.joins(5 * time.Second)
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	var pages []*openPage
	for range 30 {
		pages = append(pages, shop.watches(path), other.watches(shop, path))
	}
	for _, page := range pages {
		page.gets("processing")
	}
	for end := time.Now().Add(20 * time.Second); len(shop.received("inquiryPayment")) < 2; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("Antom is not asked")
		}
		buyer.get(path + "/status")
		buyer.at(other).get(path + "/status")
	}
	asked := shop.received("inquiryPayment")
	for i := 1; i < len(asked); i++ {
		if pause := asked[i].Sub(asked[i-1]); pause < 1900*time.Millisecond { // requests are under way for some time
			t.Errorf("Antom is asked after %v", pause)
		}
	}
	must(t, shop.control.Pay(started.PaymentRequestID))
	for _, page := range pages {
		page.endsAt("paid")
	}
}

// A buyer presses Pay in several windows, which different programs answer: there is one payment,
// for which Antom was asked once.
func TestOneBuyerStartsAtThreeProgramsAtOnce(t *testing.T) {
	shop := newShop(t, onPostgres)
	second, third := shop.joins(5*time.Second), shop.joins(-5*time.Second)
	for n := range 3 {
		first := shop.newBuyer()
		path := first.orders()
		windows := []*buyer{first, first.at(second), first.at(third)}
		started := make([]action, 6)
		var all sync.WaitGroup
		for i := range started {
			all.Go(func() { started[i] = windows[i%3].starts(path, "GCASH") })
		}
		all.Wait()
		for _, a := range started {
			if a.status != http.StatusOK || a.PaymentRequestID != started[0].PaymentRequestID || a.Action.Type != started[0].Action.Type {
				t.Errorf("started are %+v and %+v", started[0], a)
			}
		}
		if asked := len(shop.received("pay", "createPaymentSession")); asked != n+1 {
			t.Errorf("Antom was asked for %d payments of %d orders", asked, n+1)
		}
	}
}

// Who tries stolen cards is refused at every program after as many declines as at one.
func TestDeclinedCardsOfAllProgramsCount(t *testing.T) {
	shop := newShop(t, onPostgres, withLimits)
	other := shop.joins(5 * time.Second)
	here := shop.newBuyer()
	there, path := here.at(other), here.orders()
	for _, b := range []*buyer{here, there, here, there, there} {
		b.tries(path)
	}
	for _, b := range []*buyer{here, there} {
		b.postJSON(path+"/payments", `{"method":"CARD"}`).sees(http.StatusTooManyRequests, cardsRefused)
		b.get(path).sees(http.StatusOK, cardsRefused)
	}
}

// What one address may look up, and how often a password may be wrong, is counted at all programs
// together.
func TestTriesAtAllProgramsCount(t *testing.T) {
	shop := newShop(t, onPostgres, withLimits)
	other := shop.joins(5 * time.Second)
	shop.hires(operators.Owner)
	both := []*buyer{shop.newBuyer(), shop.newBuyer().at(other)}
	for n := range 20 {
		both[n%2].post("/orders/lookup", fmt.Sprintf("number=BBBBB-AAAA%c", 'A'+n), "email=ann@example.com").sees(http.StatusSeeOther)
	}
	for n := range 5 {
		both[n%2].post("/dashboard/sign-in", "email=owner@example.com", "password=wrong").sees(http.StatusUnprocessableEntity)
	}
	for _, b := range both {
		b.post("/orders/lookup", "number=CCCCC-AAAAA", "email=ann@example.com").sees(http.StatusTooManyRequests)
		b.post("/dashboard/sign-in", "email=owner@example.com", "password="+personPassword).sees(http.StatusTooManyRequests, "Too many wrong tries")
	}
}

// A notification that came to one program before another one had learned Antom's id of the
// payment is applied to its order then.
func TestANotificationThatNoProgramKnewYetIsApplied(t *testing.T) {
	shop := newShop(t, onPostgres)
	other := shop.joins(5 * time.Second)
	buyer := shop.newBuyer().at(other)
	path := buyer.orders()
	id := buyer.starts(path, "CARD").PaymentRequestID
	shop.notify(`{"notifyType":"CAPTURE_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
		`"captureRequestId":"C1","captureId":"20260101","paymentId":"20260101194010890100111650285726898","captureAmount":{"currency":"SGD","value":"4800"}}`)
	shop.expectCount(1, "notification", "applied", false)
	shop.sweeps() // finds nothing yet, and would look again in an hour
	req := shop.notifyRequest(strings.Replace(paymentResult, "ID", id, 1))
	res, err := balancer(other.address).RoundTrip(req)
	must(t, err)
	res.Body.Close()
	other.Services.Payments.SweepOnce(t.Context())
	shop.expectCount(2, "notification", "applied", true)
	shop.expectCount(1, "order", "status", "paid")
}

// mailings counts emails by what they are called; a second one under the same name counts, too.
type mailings struct {
	mu sync.Mutex
	by map[checkout.EmailKind]int
}

func (m *mailings) Mail(_ context.Context, email checkout.Email) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.by[email.Kind]++
	return nil
}

// Three programs sweep at once: each email goes out once, also the one that was asked for at one
// of them.
func TestAnEmailGoesOutOnceFromThreePrograms(t *testing.T) {
	sent := &mailings{by: map[checkout.EmailKind]int{}}
	shop := newShop(t, onPostgres, func(s *settings) { s.mailer = sent })
	second, third := shop.joins(5*time.Second), shop.joins(-5*time.Second)
	_, _, order := shop.paidBy("GCASH")
	o, err := shop.store.OrderByID(t.Context(), order)
	must(t, err)
	shop.newBuyer().at(second).post("/orders/lookup", "number="+o.Number, "email=ann@example.com").sees(http.StatusSeeOther)
	second.Services.Payments.SweepOnce(t.Context()) // it notes the answer, and may send it
	var all sync.WaitGroup
	for _, service := range []*payments.Service{shop.service, second.Services.Payments, third.Services.Payments} {
		all.Go(func() {
			for range 3 { // one after another, as the program sweeps
				service.SweepOnce(t.Context())
			}
		})
	}
	all.Wait()
	for _, kind := range []checkout.EmailKind{checkout.EmailReceipt, checkout.EmailLink} {
		if sent.by[kind] != 1 {
			t.Errorf("%d emails are %s, want one: %v", sent.by[kind], kind, sent.by)
		}
	}
}

// A key of the merchant API that is used at two programs at once does its work once. An endpoint
// that is switched off at one program gets nothing from another, and a product that one has
// changed is so at the other.
func TestWhatIsKeptAtOneProgramHoldsAtAnother(t *testing.T) {
	shop := newShop(t, onPostgres)
	other := shop.joins(5 * time.Second)
	_, _, order := shop.paidBy("GCASH")
	p := shop.newProgram()
	replies := make([]reply, 10)
	var all sync.WaitGroup
	for i := range replies {
		all.Go(func() {
			at := []*program{p, p.at("http://" + other.address)}[i%2]
			replies[i] = at.calls(http.MethodPost, "/orders/"+order+"/refunds", `{"amount":100}`, "Idempotency-Key", "once")
		})
	}
	all.Wait()
	worked := 0
	for _, r := range replies {
		if r.status == http.StatusOK && r.header.Get("Idempotent-Replayed") == "" {
			worked++
		}
	}
	if refunds := len(shop.audit()["refund"]); worked != 1 || refunds != 1 {
		t.Errorf("%d of ten have done the work, and there are %d refunds", worked, refunds)
	}

	hook := p.newReceiver()
	shop.paidBy("GCASH")
	_, err := shop.store.ChangeEndpoint(t.Context(), hook.id, func(e checkout.WebhookEndpoint) checkout.WebhookEndpoint {
		e.Off = checkout.EndpointOffByHand
		return e
	})
	must(t, err)
	must(t, other.Webhooks.DeliverOnce(t.Context()))
	if len(hook.got) > 0 {
		t.Errorf("an endpoint that is off got %d events", len(hook.got))
	}

	mug := shop.product("MUG-01")
	mug.Name = "Stoneware mug"
	must(t, shop.store.ImportProducts(t.Context(), []checkout.Product{mug.Product}))
	shop.newBuyer().at(other).get("/products/MUG-01").sees(http.StatusOK, "Stoneware mug")
}
