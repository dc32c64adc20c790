package methods

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/checkout"
)

// slowConsult answers consult when the test sends the answer.
type slowConsult struct {
	asked  chan checkout.Market
	answer chan []checkout.MethodOption // nil: no answer
}

func (g slowConsult) CardFacts(context.Context, string) (checkout.CardFacts, error) {
	return checkout.CardFacts{}, nil
}

func (g slowConsult) Consult(_ context.Context, m checkout.Market, _ checkout.Money) ([]checkout.MethodOption, error) {
	g.asked <- m
	options := <-g.answer
	if options == nil {
		return nil, errors.New("Antom answers U")
	}
	return options, nil
}

func TestTheCacheOfOffersIsBounded(t *testing.T) {
	gateway := slowConsult{asked: make(chan checkout.Market, 10*maxOffers), answer: make(chan []checkout.MethodOption)}
	close(gateway.answer) // every call fails at once
	var passed atomic.Int64
	now := func() time.Time {
		return time.Unix(1_800_000_000, 0).Add(time.Duration(passed.Add(1)) * time.Microsecond)
	}
	s := New(Config{Currency: "SGD", Now: now}, gateway)
	s.find(checkout.Market{Currency: "SGD", Terminal: checkout.TerminalWeb}, checkout.Money{Minor: 4200, Currency: "SGD"})
	for i := range 2 * maxOffers {
		s.find(checkout.Market{Currency: "SGD", Terminal: checkout.TerminalWeb, Country: fmt.Sprint(i)}, checkout.Money{Minor: 4200, Currency: "SGD"})
	}
	if n := len(s.offers.by); n != maxOffers {
		t.Errorf("%d markets are kept", n)
	}
	if s.offers.by[checkout.Market{Currency: "SGD", Terminal: checkout.TerminalWeb}] == nil {
		t.Error("what serves everybody was forgotten first")
	}
}

// askedFor counts the calls of consult until now.
func (g slowConsult) askedFor() (n int) {
	for len(g.asked) > 0 {
		<-g.asked
		n++
	}
	return n
}

func TestNoPageWaitsForConsult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := slowConsult{asked: make(chan checkout.Market, 1000), answer: make(chan []checkout.MethodOption)}
		s := New(Config{Currency: "SGD"}, gateway)
		order := checkout.Order{Total: checkout.Money{Minor: 4200, Currency: "SGD"}, Buyer: checkout.Buyer{Country: "SG"}}
		desktop := checkout.Device{Terminal: checkout.TerminalWeb}
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

		gateway.answer <- options(checkout.MethodOption{Code: "TNG", Enabled: true})
		synctest.Wait()
		expect("a page after the answer", 0, "TNG")
		time.Sleep(offerFresh)
		expect("a page while the answer is renewed", 0, "TNG")
		expect("another one", 0, "TNG")
		expectAsked(1)
		gateway.answer <- options(checkout.MethodOption{Code: "DANA", Enabled: true})
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
		gateway := slowConsult{asked: make(chan checkout.Market, 10), answer: make(chan []checkout.MethodOption)}
		s := New(Config{Currency: "SGD"}, gateway)
		go func() {
			time.Sleep(offerWait / 2)
			gateway.answer <- options(checkout.MethodOption{Code: "TNG", Enabled: true})
		}()
		began := time.Now()
		expectCodes(t, s.consulted(t.Context(), checkout.Order{Total: checkout.Money{Minor: 4200, Currency: "SGD"}}, checkout.Device{Terminal: checkout.TerminalWeb}), "TNG")
		if waited := time.Since(began); waited != offerWait/2 {
			t.Errorf("the page waited %v", waited)
		}
	})
}

// The answer to the call at the start serves the first buyers of every country until
// the answer for their own country has come.
func TestTheFirstBuyerAfterTheStartWaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := slowConsult{asked: make(chan checkout.Market, 10), answer: make(chan []checkout.MethodOption)}
		s := New(Config{Currency: "IDR"}, gateway)
		s.WarmUp()
		for range 3 {
			gateway.answer <- options(checkout.MethodOption{Code: "TNG", Enabled: true})
		}
		synctest.Wait()
		asked := map[checkout.Market]bool{}
		for range 3 {
			asked[<-gateway.asked] = true
		}
		for _, want := range []checkout.Market{{Currency: "IDR", Terminal: checkout.TerminalWeb}, {Currency: "IDR", Terminal: checkout.TerminalWap, OS: checkout.OSAndroid}, {Currency: "IDR", Terminal: checkout.TerminalWap, OS: checkout.OSIOS}} {
			if !asked[want] {
				t.Errorf("nobody asked for %v", want)
			}
		}
		order := checkout.Order{Total: checkout.Money{Minor: 4200_00, Currency: "IDR"}, Buyer: checkout.Buyer{Country: "ID"}}
		began := time.Now()
		for _, d := range []checkout.Device{{Terminal: checkout.TerminalWeb}, {Terminal: checkout.TerminalWap, OS: checkout.OSIOS}} {
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
