// Package methods knows the ways to pay: a table of every method that the shop can
// take, what Antom offers in a market (consult, kept for some minutes), and from both
// what is offered for an order.
//
//	m := methods.New(methods.Config{Currency: "SGD"}, gateway)
//	list := m.List(ctx, order, device)
package methods

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// Consulter calls consult: which methods Antom offers; *gateway.Gateway is one.
type Consulter interface {
	Consult(context.Context, checkout.Market, checkout.Money) ([]checkout.MethodOption, error)
	// CardFacts calls getCardInfo: what Antom knows of the cards that begin with some digits.
	CardFacts(ctx context.Context, prefix string) (checkout.CardFacts, error)
}

// Config is what the merchant decides.
type Config struct {
	Currency checkout.Currency
	Methods  []string // codes to offer, in this order; none: what Antom offers, in the table's order
	// KoreanBrands are the card companies to offer for KRW; none: those that Antom names.
	KoreanBrands  []string
	ManualCapture bool // the merchant captures cards
	Now           func() time.Time
	Log           *slog.Logger // nil discards
}

// Methods decides what is offered. It is safe for concurrent use.
type Methods struct {
	cfg    Config
	antom  Consulter
	now    func() time.Time
	log    *slog.Logger
	offers offers
	facts  facts
}

// New makes Methods.
func New(cfg Config, antom Consulter) *Methods {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Methods{cfg: cfg, antom: antom, now: cfg.Now, log: cfg.Log}
}

// Check says what is wrong with an operator's list of codes for a shop that sells in
// a currency; nil when nothing is.
func Check(codes []string, currency checkout.Currency) error {
	payable := len(codes) == 0 || currency == ""
	for i, code := range codes {
		m, known := methodByCode(code)
		switch {
		case !known:
			return fmt.Errorf("%q is no method that this shop can take", code)
		case slices.Contains(codes[:i], code):
			return fmt.Errorf("%s is there twice", code)
		}
		payable = payable || m.accepts(currency)
	}
	if !payable {
		return fmt.Errorf("none of them takes %s", currency)
	}
	return nil
}

// Takes reports whether an order in a currency may name a method: the shop can take it, or
// Antom has offered it, and it is on the operator's list, if there is one.
func (s *Methods) Takes(code string, currency checkout.Currency) bool {
	if len(s.cfg.Methods) > 0 && !slices.Contains(s.cfg.Methods, code) {
		return false
	}
	if m, known := methodByCode(code); known {
		return m.accepts(currency)
	}
	_, named := s.offers.named(code)
	return named
}

// Codes lists the methods that the shop can offer in its currency.
func (s *Methods) Codes() (codes []string) {
	for _, m := range configured(s.cfg.Methods, s.cfg.Currency) {
		codes = append(codes, m.Code)
	}
	return codes
}

// Method is what is known of a method by its code, whether or not it is offered:
// orders keep the codes of their attempts for good.
func (s *Methods) Method(code string) checkout.Method { return s.method(code).Method }

func (s *Methods) method(code string) method {
	if m, known := methodByCode(code); known {
		return m
	}
	if m, named := s.offers.named(code); named {
		return m
	}
	return method{Method: checkout.Method{Code: code, Name: readable(code), Flow: checkout.FlowWallet}, place: len(methods)}
}

// CloseTime is how long Antom keeps an unpaid payment of a method open.
func (s *Methods) CloseTime(code string) time.Duration { return s.method(code).closeTime() }

// SlowEnd is when a voucher's number closes, which is paid at a counter or by a
// transfer: never after the order has expired. It is zero for every other method:
// Antom closes those itself, soon after the start.
func (s *Methods) SlowEnd(o checkout.Order, p checkout.Payment) time.Time {
	m := s.method(p.Method)
	if m.Flow.Category() != checkout.CategoryVoucher {
		return time.Time{}
	}
	end := p.CreatedAt.Add(m.closeTime())
	if o.ExpiresAt.Before(end) {
		return o.ExpiresAt
	}
	return end
}

// List is the methods that an order may be paid with from a device, in the order they
// are shown: of what Antom offers, or else of the configured list, the methods that take
// the currency and the amount. The operator's sequence is kept; otherwise cards come
// first, then the methods at home in the buyer's country.
func (s *Methods) List(ctx context.Context, o checkout.Order, d checkout.Device) []checkout.Method {
	offered := s.offered(ctx, o, d)
	list := make([]checkout.Method, len(offered))
	for i, m := range offered {
		list[i] = m.Method
		list[i].Time = min(m.closeTime(), o.ExpiresAt.Sub(s.now()))
		list[i].CardOffer = s.cardOffer(o, m)
	}
	return list
}

// cardOffer is what a buyer may choose for a card beside the method.
func (s *Methods) cardOffer(o checkout.Order, m method) checkout.CardOffer {
	if m.Code != checkout.MethodCard {
		return checkout.CardOffer{}
	}
	listed := m.CardOffer
	listed.Accepted = listed.Brands
	if len(s.cfg.KoreanBrands) > 0 {
		listed.Brands = s.cfg.KoreanBrands
	}
	return checkout.OfferFor(o, listed, s.manual(o))
}

// manual reports whether the merchant captures a card that pays the order.
func (s *Methods) manual(o checkout.Order) bool { return o.Capture.Manual(s.cfg.ManualCapture) }

// offered is what the page shows, and what a posted choice is checked against.
func (s *Methods) offered(ctx context.Context, o checkout.Order, d checkout.Device) []method {
	wanted := s.wanted(o)
	offered := fitting(s.consulted(ctx, o, d), o.Total)
	if len(offered) == 0 {
		offered = fitting(configured(wanted, o.Total.Currency), o.Total)
	}
	if o.Buyer.Address1 == "" {
		offered = slices.DeleteFunc(offered, func(m method) bool { return checkout.NeedsAddress(m.Code) })
	}
	if len(o.Methods) > 0 {
		offered = slices.DeleteFunc(offered, func(m method) bool { return !slices.Contains(wanted, m.Code) })
	}
	active := o.Active()
	if active != nil && active.Method != "" && !slices.ContainsFunc(offered, func(m method) bool { return m.Code == active.Method }) {
		offered = append(offered, s.method(active.Method)) // the buyer may go on with the active attempt
	}
	if len(wanted) > 0 {
		slices.SortStableFunc(offered, func(a, b method) int {
			return slices.Index(wanted, a.Code) - slices.Index(wanted, b.Code)
		})
	} else {
		arrange(offered, o.Buyer.Country, d)
	}
	return offered
}

// wanted are the codes that the order names, or the operator; none are all. Of those that
// both name, the order's sequence is kept.
func (s *Methods) wanted(o checkout.Order) []string {
	if len(o.Methods) == 0 {
		return s.cfg.Methods
	}
	return slices.DeleteFunc(slices.Clone(o.Methods), func(code string) bool {
		return len(s.cfg.Methods) > 0 && !slices.Contains(s.cfg.Methods, code)
	})
}

// configured is the wanted methods, or what most merchants have: cards, and the
// currency's wallets, banks and codes to scan. Other methods need a contract of their
// own and are offered where Antom, the operator or the order says so.
func configured(wanted []string, currency checkout.Currency) []method {
	var list []method
	for _, code := range wanted {
		if m, known := methodByCode(code); known {
			list = append(list, m)
		}
	}
	if len(wanted) > 0 {
		return list
	}
	for _, m := range methods {
		switch m.Flow {
		case checkout.FlowCard, checkout.FlowWallet, checkout.FlowBank, checkout.FlowScan:
			if m.reach == everywhere || m.currency == currency {
				list = append(list, m)
			}
		}
	}
	return list
}

// fitting is the methods of a list that can take an amount.
func fitting(list []method, total checkout.Money) []method {
	var fit []method
	for _, m := range list {
		if m.takes(total) {
			fit = append(fit, m)
		}
	}
	return fit
}

// takes reports whether a method can take an amount. No other code decides that.
func (m method) takes(total checkout.Money) bool {
	switch {
	case !m.accepts(total.Currency), m.refused != 0 && m.refused == total.Minor:
		return false
	case total.Currency != m.currency:
		return true // the limits are known in the method's own currency only
	}
	return total.Minor >= m.least && (m.most == 0 || total.Minor <= m.most)
}

func (m method) accepts(currency checkout.Currency) bool {
	return m.reach != atHome || m.currency == currency
}

// arrange sorts a list: cards, methods at home in the buyer's country, methods in use
// there, the rest; within each group by the table, the most used first. On a phone a
// code that another device would have to scan comes after what opens on the phone.
func arrange(list []method, country string, d checkout.Device) {
	onPhone := d.Terminal != checkout.TerminalWeb
	later := func(m method) int {
		if onPhone && m.Flow == checkout.FlowScan {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b method) int {
		return cmp.Or(a.distance(country)-b.distance(country), later(a)-later(b), a.place-b.place)
	})
}

// distance is the group of a method for a buyer's country: a lower one is shown first.
func (m method) distance(country string) int {
	if m.Flow == checkout.FlowCard {
		return 0
	}
	switch slices.Index(m.countries, country) {
	case 0:
		return 1
	case -1:
		return 3
	}
	return 2
}
