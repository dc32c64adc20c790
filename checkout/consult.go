package checkout

import (
	"context"
	"slices"
	"sync"
	"time"

	"antom-checkout/antom"
)

// What Antom offers is asked once for all who buy in one currency, on one kind
// of device, from one country, and never while a buyer waits: an answer serves
// while it is renewed. Amounts are no part of the question's key; limits are
// kept with each method and compared with each order.
const (
	offerFresh = 5 * time.Minute        // before an answer is renewed
	offerStale = 30 * time.Minute       // before one that cannot be renewed is forgotten
	offerRetry = 30 * time.Second       // after a question that got no answer
	offerWait  = 300 * time.Millisecond // for the very first answer: less than a buyer notices, more than it mostly takes
	maxOffers  = 256                    // kept at a time
)

// market is what an answer of consult depends on, beside the amount.
type market struct {
	currency Currency
	terminal antom.TerminalType
	os       antom.OSType
	country  string // only sorts the answer; "" serves whoever has no answer for their own
}

// offers keeps what consult has answered.
type offers struct {
	mu    sync.Mutex
	by    map[market]*offer
	names map[string]method // what consult has called methods we do not know
}

// offer is what is known of one market.
type offer struct {
	methods []method      // the last answer; nil when there has been none
	at      time.Time     // when it came
	asked   time.Time     // when the last question was begun
	failed  bool          // it got no answer
	coming  chan struct{} // closed when it has ended
}

// consulted is what Antom offers for an order and a device, or nil when that is
// not known. It waits for nothing but the first answer of all, and not long for
// that: the configured list is as good until then.
func (s *Service) consulted(ctx context.Context, o Order, d Device) []method {
	m := market{o.Total.Currency, d.Terminal, d.OS, o.Buyer.Country}
	known, coming, patience := s.look(m, o.Total)
	if known != nil || patience <= 0 {
		return known
	}
	select {
	case <-coming:
	case <-time.After(patience):
	case <-ctx.Done():
	}
	known, _, _ = s.look(m, o.Total)
	return known
}

// WarmUp asks for the shop's currency before the first buyer comes. It does not
// wait for the answers.
func (s *Service) WarmUp() {
	usual := Money{Minor: 100, Currency: s.cfg.Currency}
	for range s.cfg.Currency.Exponent() {
		usual.Minor *= 10
	}
	for _, device := range []market{
		{terminal: antom.TerminalWeb},
		{terminal: antom.TerminalWap, os: antom.OSAndroid},
		{terminal: antom.TerminalWap, os: antom.OSIOS},
	} {
		device.currency = s.cfg.Currency
		s.look(device, usual)
	}
}

// look finds what is known of a market, and asks Antom in the background when it
// is time to. Who finds nothing may wait for coming, no longer than patience.
func (s *Service) look(m market, amount Money) (known []method, coming <-chan struct{}, patience time.Duration) {
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
		o.asked, o.coming = now, make(chan struct{})
		go s.renew(m, o, amount)
	}
	anywhere := m
	anywhere.country = ""
	for _, answer := range []*offer{o, all.by[anywhere]} {
		if answer != nil && answer.methods != nil && now.Sub(answer.at) < offerStale {
			return answer.methods, nil, 0
		}
	}
	return nil, o.coming, offerWait - now.Sub(o.asked)
}

// due reports whether it is time to ask (again).
func (o *offer) due(now time.Time) bool {
	switch {
	case o.coming == nil:
		return true
	case !closed(o.coming):
		return false
	case o.failed:
		return now.Sub(o.asked) >= offerRetry
	}
	return now.Sub(o.asked) >= offerFresh
}

// renew asks Antom. It runs beside the pages, and ends with the client's timeout.
func (s *Service) renew(m market, o *offer, amount Money) {
	ctx, cancel := context.WithTimeout(context.Background(), callAllowance)
	defer cancel()
	var answer []method
	err := guarded(func() error {
		res, err := s.gateway.Consult(ctx, s.consultRequest(m, amount))
		if err == nil {
			answer = s.allowed(methodsOf(res.PaymentOptions, amount))
		}
		return err
	})
	if len(answer) == 0 {
		answer = nil
		s.log.WarnContext(ctx, "consult without answer: the configured methods are offered", "country", m.country, "terminal", m.terminal, "err", err)
	}
	s.offers.keep(o, answer)
}

// keep ends a question, with its answer or nil.
func (all *offers) keep(o *offer, answer []method) {
	all.mu.Lock()
	defer all.mu.Unlock()
	defer close(o.coming)
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

// add makes room for a market first: the one that was asked about longest ago is
// forgotten.
func (all *offers) add(m market, o *offer) {
	if all.by == nil {
		all.by = map[market]*offer{}
	}
	if len(all.by) >= maxOffers {
		var oldest market
		var since time.Time
		for at, o := range all.by {
			if at.country != "" && (since.IsZero() || o.asked.Before(since)) {
				oldest, since = at, o.asked
			}
		}
		delete(all.by, oldest)
	}
	all.by[m] = o
}

// named is a method that we know by nothing but consult.
func (all *offers) named(code string) (method, bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	m, named := all.names[code]
	return m, named
}

// allowed keeps of an answer what the operator has listed, where there is a list:
// not every gateway keeps to the one it is asked with.
func (s *Service) allowed(list []method) []method {
	if len(s.cfg.Methods) == 0 {
		return list
	}
	return slices.DeleteFunc(list, func(m method) bool { return !slices.Contains(s.cfg.Methods, m.Code) })
}
