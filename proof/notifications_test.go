package proof_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/checkout/shop"
)

// inWorld tells a story in which nothing goes wrong but what the test asks for.
func inWorld(t *testing.T, story func(t *testing.T, s *simulation)) {
	testKeys()
	folder := tempFolder(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSimulation(t, 1, folder)
		defer s.world.end()
		defer s.world.wires.close()
		story(t, s)
		if t.Failed() {
			for _, line := range s.world.story {
				t.Log(line)
			}
		}
	})
}

// ordersAndStarts places an order and starts a payment for it.
func (s *simulation) ordersAndStarts(method string, mode checkout.Mode) (checkout.Order, payments.Started) {
	s.t.Helper()
	p := s.world.program()
	o, err := p.services.Shop.PlaceOrder(s.t.Context(), shop.OrderRequest{
		FormKey: fmt.Sprint("by hand ", len(s.orders)), Buyer: ann, Language: "en", Cart: []checkout.CartLine{{SKU: "MUG", Quantity: 1}},
	})
	must(s.t, err)
	s.orders = append(s.orders, o)
	started, err := p.service.Start(s.t.Context(), o.Token, checkout.Attempt{Method: method, Mode: mode, Device: browser})
	must(s.t, err)
	return o, started
}

// A notification that comes many times, spaced or at once, has one effect.
func TestANotificationThatComesAgainHasOneEffect(t *testing.T) {
	for name, again := range map[string]func(notify func()){
		"8 times, spaced": func(notify func()) {
			for range 8 {
				time.Sleep(10 * time.Minute)
				notify()
			}
		},
		"64 at once": func(notify func()) {
			var senders sync.WaitGroup
			for range 64 {
				senders.Go(notify)
			}
			senders.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, s *simulation) {
				// The copies are sent beside Antom's own sending of the notification.
				s.world.wires.keepCopies()
				_, started := s.ordersAndStarts("GCASH", checkout.ModeAPI)
				must(t, s.world.control.Pay(started.Payment.RequestID))
				time.Sleep(time.Minute)
				copied := s.world.wires.firstCopy()
				again(func() {
					res, err := serve(t.Context(), s.world.program().pages, copied.request, copied.body)
					must(t, err)
					if res.StatusCode != http.StatusOK || !acknowledges(res) {
						t.Errorf("answered with %s", res.Status)
					}
				})
				time.Sleep(time.Hour)
				for _, problem := range s.problems() {
					t.Error(problem)
				}
				s.expectRows(t, 1, `SELECT count(*) FROM notifications`)
				s.expectRows(t, 1, `SELECT count(*) FROM transitions WHERE subject = 'order' AND to_status = 'paid'`)
				s.expectRows(t, 1, `SELECT count(*) FROM outbox WHERE topic = 'order.paid' AND attempts = 1`)
			})
		})
	}
}

func (s *simulation) expectRows(t *testing.T, want int, query string) {
	t.Helper()
	if got := s.world.wires.count(s.world.program(), query); got != want {
		t.Errorf("%d by %s, want %d", got, query, want)
	}
}

// Three of ten calls end in a timeout, half of them after Antom has applied them; no
// order is lost, paid twice or left unfinished.
func TestTwoHundredOrdersThroughTimeouts(t *testing.T) {
	t.Parallel()
	orders := short(200, 40)
	inWorld(t, func(t *testing.T, s *simulation) {
		for _, applied := range []bool{true, false} {
			chance := 0.15
			if !applied {
				chance = 0.15 / 0.85 // of the calls that the first fault leaves
			}
			_, err := s.world.control.AddFault(sandbox.Fault{Kind: sandbox.Timeout, Apply: applied, Chance: chance})
			must(t, err)
		}
		for i := range orders {
			method, mode := []string{"CARD", "GCASH", "ALIPAY_CN"}[i%3], []checkout.Mode{checkout.ModeSDK, checkout.ModeAPI}[i%2]
			s.acting.Go(func() { s.buysThroughTimeouts(i, method, mode) })
			time.Sleep(time.Second)
		}
		s.acting.Wait()
		s.calm()
		for _, problem := range s.problems() {
			t.Error(problem)
		}
		paid := s.world.wires.count(s.world.program(), `SELECT count(*) FROM orders WHERE ever_paid OR status = 'authorized'`)
		t.Logf("%d of %d orders are paid", paid, orders)
		if paid < orders*9/10 {
			t.Errorf("only %d of %d orders are paid", paid, orders)
		}
	})
}

// buysThroughTimeouts is a patient buyer, who presses the button again until there is
// an attempt to pay.
func (s *simulation) buysThroughTimeouts(i int, method string, mode checkout.Mode) {
	p := s.world.program()
	o, err := p.services.Shop.PlaceOrder(s.t.Context(), shop.OrderRequest{
		FormKey: fmt.Sprint("patient ", i), Buyer: ann, Language: "en", Cart: []checkout.CartLine{{SKU: "MUG", Quantity: 1}},
	})
	if err != nil {
		s.t.Error(err)
		return
	}
	for range 20 {
		started, err := p.service.Start(s.t.Context(), o.Token, checkout.Attempt{Method: method, Mode: mode, Device: browser})
		if err == nil && started.Action.Type != checkout.ActionWait {
			if err := s.world.control.Pay(started.Payment.RequestID); err != nil {
				s.t.Errorf("order %d, %s: %v", i, started.Action.Type, err)
			}
			return
		}
		time.Sleep(3 * time.Second)
	}
}
