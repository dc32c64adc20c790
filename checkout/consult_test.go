package checkout

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/antom"
)

// slowConsult answers consult when it is told to.
type slowConsult struct {
	Gateway
	asked  chan market
	answer chan []antom.PaymentOption // nil: no answer
}

func (g slowConsult) Consult(_ context.Context, r *antom.ConsultRequest) (*antom.ConsultResponse, error) {
	g.asked <- market{Currency(r.PaymentAmount.Currency()), r.Env.TerminalType, r.Env.OSType, r.UserRegion}
	options := <-g.answer
	if options == nil {
		return &antom.ConsultResponse{}, &antom.Error{Op: "consult", Code: "UNKNOWN_EXCEPTION", Status: antom.StatusUnknown}
	}
	return &antom.ConsultResponse{PaymentOptions: options}, nil
}

func TestTheCacheOfOffersIsBounded(t *testing.T) {
	gateway := slowConsult{asked: make(chan market, 10*maxOffers), answer: make(chan []antom.PaymentOption)}
	close(gateway.answer) // nobody answers anything
	var passed atomic.Int64
	now := func() time.Time {
		return time.Unix(1_800_000_000, 0).Add(time.Duration(passed.Add(1)) * time.Microsecond)
	}
	s := New(Config{Currency: "SGD", Now: now}, nil, gateway)
	s.look(market{currency: "SGD", terminal: antom.TerminalWeb}, Money{4200, "SGD"})
	for i := range 2 * maxOffers {
		s.look(market{currency: "SGD", terminal: antom.TerminalWeb, country: fmt.Sprint(i)}, Money{4200, "SGD"})
	}
	if n := len(s.offers.by); n != maxOffers {
		t.Errorf("%d markets are kept", n)
	}
	if s.offers.by[market{currency: "SGD", terminal: antom.TerminalWeb}] == nil {
		t.Error("what serves everybody was forgotten first")
	}
}

// askedFor counts what has been asked by now.
func (g slowConsult) askedFor() (n int) {
	for len(g.asked) > 0 {
		<-g.asked
		n++
	}
	return n
}

func TestNoPageWaitsForConsult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := slowConsult{asked: make(chan market, 1000), answer: make(chan []antom.PaymentOption)}
		s := New(Config{Currency: "SGD"}, nil, gateway)
		order := Order{Total: Money{4200, "SGD"}, Buyer: Buyer{Country: "SG"}}
		desktop := Device{Terminal: antom.TerminalWeb}
		expect := func(what string, took time.Duration, want string) {
			t.Helper()
			began := time.Now()
			list := s.consulted(t.Context(), order, desktop)
			if waited := time.Since(began); waited != took {
				t.Errorf("%s: the page waited %v, want %v", what, waited, took)
			}
			expectCodes(t, list, want)
		}
		expectAsked := func(want int) {
			t.Helper()
			synctest.Wait()
			if got := gateway.askedFor(); got != want {
				t.Errorf("Antom was asked %d times, want %d", got, want)
			}
		}

		var pages sync.WaitGroup
		for range 50 {
			pages.Go(func() { expect("the first pages", offerWait, "") })
		}
		pages.Wait()
		expect("a page after them", 0, "")
		expectAsked(1)

		gateway.answer <- options(antom.PaymentOption{PaymentMethodType: "TNG", Enabled: true})
		synctest.Wait()
		expect("a page after the answer", 0, "TNG")
		time.Sleep(offerFresh)
		expect("a page while the answer is renewed", 0, "TNG")
		expect("another one", 0, "TNG")
		expectAsked(1)
		gateway.answer <- options(antom.PaymentOption{PaymentMethodType: "DANA", Enabled: true})
		synctest.Wait()
		expect("a page after the new answer", 0, "DANA")

		close(gateway.answer) // from now on Antom answers U
		time.Sleep(offerFresh)
		expect("a page after a failed question", 0, "DANA")
		expectAsked(1)
		expect("a page soon after", 0, "DANA")
		expectAsked(0)
		time.Sleep(offerRetry)
		expect("a page later", 0, "DANA")
		expectAsked(1)
		time.Sleep(offerStale)
		expect("a page when the answer is too old", 0, "")
		expectAsked(1)
		expect("a page that does not ask again", 0, "")
		expectAsked(0)
	})
}

func TestAQuickFirstAnswerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := slowConsult{asked: make(chan market, 10), answer: make(chan []antom.PaymentOption)}
		s := New(Config{Currency: "SGD"}, nil, gateway)
		go func() {
			time.Sleep(offerWait / 2)
			gateway.answer <- options(antom.PaymentOption{PaymentMethodType: "TNG", Enabled: true})
		}()
		began := time.Now()
		expectCodes(t, s.consulted(t.Context(), Order{Total: Money{4200, "SGD"}}, Device{Terminal: antom.TerminalWeb}), "TNG")
		if waited := time.Since(began); waited != offerWait/2 {
			t.Errorf("the page waited %v", waited)
		}
	})
}

// What was asked at start serves the first buyers of every country, while the
// answer for their own is on its way.
func TestTheFirstBuyerAfterTheStartWaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := slowConsult{asked: make(chan market, 10), answer: make(chan []antom.PaymentOption)}
		s := New(Config{Currency: "IDR"}, nil, gateway)
		s.WarmUp()
		for range 3 {
			gateway.answer <- options(antom.PaymentOption{PaymentMethodType: "TNG", Enabled: true})
		}
		synctest.Wait()
		asked := map[market]bool{}
		for range 3 {
			asked[<-gateway.asked] = true
		}
		for _, want := range []market{{"IDR", antom.TerminalWeb, "", ""}, {"IDR", antom.TerminalWap, antom.OSAndroid, ""}, {"IDR", antom.TerminalWap, antom.OSIOS, ""}} {
			if !asked[want] {
				t.Errorf("nobody asked for %v", want)
			}
		}
		order := Order{Total: Money{4200_00, "IDR"}, Buyer: Buyer{Country: "ID"}}
		began := time.Now()
		for _, d := range []Device{{Terminal: antom.TerminalWeb}, {Terminal: antom.TerminalWap, OS: antom.OSIOS}} {
			expectCodes(t, s.consulted(t.Context(), order, d), "TNG")
		}
		if time.Since(began) != 0 {
			t.Error("a page waited")
		}
		synctest.Wait()
		if n := gateway.askedFor(); n != 2 {
			t.Errorf("Antom was asked %d times for the buyer's own country, want 2", n)
		}
		close(gateway.answer)
	})
}
