package methods

import (
	"context"
	"slices"
	"sync"
	"time"

	"antom-checkout/checkout"
)

// Antom's offer is cached for all buyers of one market: currency, kind of device and
// country. A buyer does not wait for a renewal: the cached answer serves until the new
// one has come. The key of the cache holds no amount; each method's limits are cached
// with it and compared with each order.
const (
	offerFresh     = 5 * time.Minute        // before an answer is renewed
	offerStale     = 30 * time.Minute       // before one that cannot be renewed is forgotten
	offerRetry     = 30 * time.Second       // after a call without an answer
	offerWait      = 300 * time.Millisecond // for the very first answer: too short for a buyer to perceive, mostly enough for Antom
	consultTimeout = 40 * time.Second       // for one answer
	maxOffers      = 256                    // kept at a time
)

// offers caches the answers of consult.
type offers struct {
	mu    sync.Mutex
	by    map[checkout.Market]*offer
	names map[string]method // methods of consult's answers that the table lacks, by code
}

// offer is the cached answer for one market.
type offer struct {
	methods []method      // the last answer; nil when there has been none
	at      time.Time     // when it came
	asked   time.Time     // when the last call was begun
	running bool          // that call has not ended
	failed  bool          // that call brought no answer
	coming  chan struct{} // closed when that call has ended
}

// consulted is what Antom offers for an order and a device, or nil when that is not
// known. It waits for the very first answer only, and not long: until then the
// configured list serves.
func (s *Methods) consulted(ctx context.Context, o checkout.Order, d checkout.Device) []method {
	m := checkout.Market{Currency: o.Total.Currency, Terminal: d.Terminal, OS: d.OS, Country: o.Buyer.Country, Manual: s.manual(o)}
	known, coming, patience := s.find(m, o.Total)
	if known != nil || patience <= 0 {
		return known
	}
	select {
	case <-coming:
	case <-time.After(patience):
	case <-ctx.Done():
	}
	known, _, _ = s.find(m, o.Total)
	return known
}

// WarmUp calls consult for the shop's currency before the first buyer comes. It does
// not wait for the answers.
func (s *Methods) WarmUp() {
	usual := checkout.Money{Minor: 100, Currency: s.cfg.Currency}
	for range s.cfg.Currency.Exponent() {
		usual.Minor *= 10
	}
	for _, device := range []checkout.Market{
		{Terminal: checkout.TerminalWeb},
		{Terminal: checkout.TerminalWap, OS: checkout.OSAndroid},
		{Terminal: checkout.TerminalWap, OS: checkout.OSIOS},
	} {
		device.Currency, device.Manual = s.cfg.Currency, s.cfg.ManualCapture
		s.find(device, usual)
	}
}

// find is the cached answer for a market. It renews the answer in the background when
// that is due. A caller that gets nil may wait for coming, no longer than patience.
func (s *Methods) find(m checkout.Market, amount checkout.Money) (known []method, coming <-chan struct{}, patience time.Duration) {
	now := s.now()
	all := &s.offers
	all.mu.Lock()
	defer all.mu.Unlock()
	o := all.by[m]
	if o == nil {
		o = &offer{}
		all.add(m, o)
	}
	if o.due(now) {
		o.asked, o.running, o.coming = now, true, make(chan struct{})
		go s.renew(m, o, amount)
	}
	anywhere := m
	anywhere.Country = ""
	for _, answer := range []*offer{o, all.by[anywhere]} {
		if answer != nil && answer.methods != nil && now.Sub(answer.at).Abs() < offerStale {
			return answer.methods, nil, 0
		}
	}
	return nil, o.coming, offerWait - now.Sub(o.asked).Abs()
}

// due reports whether it is time to call consult, or to call it again.
func (o *offer) due(now time.Time) bool {
	switch {
	case o.coming == nil:
		return true
	case o.running:
		return false
	case o.failed:
		return now.Sub(o.asked).Abs() >= offerRetry
	}
	return now.Sub(o.asked).Abs() >= offerFresh
}

// renew calls consult and caches the answer. It runs in the background, no longer than
// consultTimeout.
func (s *Methods) renew(m checkout.Market, o *offer, amount checkout.Money) {
	ctx, cancel := context.WithTimeout(context.Background(), consultTimeout)
	defer cancel()
	var answer []method
	err := checkout.Guard(func() error {
		options, err := s.antom.Consult(ctx, m, amount)
		answer = s.allowed(methodsOf(options, amount))
		return err
	})
	if len(answer) == 0 {
		answer = nil
		s.log.WarnContext(ctx, "Antom did not list payment methods: the configured ones are offered",
			checkout.LogCountry, m.Country, checkout.LogTerminal, m.Terminal, checkout.LogError, err)
	}
	s.offers.keep(o, answer)
}

// keep ends a call, with its answer or nil.
func (all *offers) keep(o *offer, answer []method) {
	all.mu.Lock()
	defer all.mu.Unlock()
	defer close(o.coming)
	o.running = false
	o.failed = answer == nil
	if o.failed {
		return
	}
	o.methods, o.at = answer, o.asked
	for _, m := range answer {
		if _, known := methodByCode(m.Code); !known && len(all.names) < maxOffers {
			if all.names == nil {
				all.names = map[string]method{}
			}
			all.names[m.Code] = m
		}
	}
}

// add caches an offer. Where the cache is full, the market with the oldest call is
// dropped from it first.
func (all *offers) add(m checkout.Market, o *offer) {
	if all.by == nil {
		all.by = map[checkout.Market]*offer{}
	}
	if len(all.by) >= maxOffers {
		var oldest checkout.Market
		var since time.Time
		for at, o := range all.by {
			if at.Country != "" && (since.IsZero() || o.asked.Before(since)) {
				oldest, since = at, o.asked
			}
		}
		delete(all.by, oldest)
	}
	all.by[m] = o
}

// named is a method that is known from consult only.
func (all *offers) named(code string) (method, bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	m, named := all.names[code]
	return m, named
}

// allowed keeps of an answer what the operator has listed, where there is a list: an
// answer may hold more than the list that consult was called with.
func (s *Methods) allowed(list []method) []method {
	if len(s.cfg.Methods) == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(m method) bool { return !slices.Contains(s.cfg.Methods, m.Code) })
}
