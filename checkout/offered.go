package checkout

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"antom-checkout/antom"
)

// CheckMethods says what is wrong with an operator's list of codes for a shop
// that sells in a currency; nil when nothing is.
func CheckMethods(codes []string, currency Currency) error {
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

// Methods lists the ways an order may be paid from a device, in the order they
// are shown: what Antom offers (see consulted), or else the configured list, of
// that what fits the currency and the amount. The operator's order is kept;
// otherwise cards come first, then what is at home in the buyer's country.
func (s *Service) Methods(ctx context.Context, o Order, d Device) []Method {
	offered := s.offered(ctx, o, d)
	list := make([]Method, len(offered))
	for i, m := range offered {
		list[i] = m.Method
		list[i].Time = min(m.closeTime(), o.ExpiresAt.Sub(s.now()))
	}
	return list
}

// offered decides for the page and for what is posted.
func (s *Service) offered(ctx context.Context, o Order, d Device) []method {
	offered := fitting(s.consulted(ctx, o, d), o.Total)
	if len(offered) == 0 {
		offered = fitting(s.configured(o.Total.Currency), o.Total)
	}
	if live := o.Active(); live != nil && live.Method != "" && !slices.ContainsFunc(offered, func(m method) bool { return m.Code == live.Method }) {
		offered = append(offered, s.method(live.Method)) // what is under way may be gone on with
	}
	if wanted := s.cfg.Methods; len(wanted) > 0 {
		slices.SortStableFunc(offered, func(a, b method) int {
			return slices.Index(wanted, a.Code) - slices.Index(wanted, b.Code)
		})
	} else {
		arrange(offered, o.Buyer.Country, d)
	}
	return offered
}

// configured is the operator's list, or our guess of what most merchants have:
// cards, wallets, banks and codes to scan of the currency. The rest takes a
// contract of its own and is offered on Antom's or the operator's word.
func (s *Service) configured(currency Currency) []method {
	var list []method
	for _, code := range s.cfg.Methods {
		list = append(list, methodsByCode[code])
	}
	if len(s.cfg.Methods) > 0 {
		return list
	}
	for _, m := range methods {
		switch m.Flow {
		case FlowCard, FlowWallet, FlowBank, FlowScan:
			if m.reach == everywhere || m.currency == currency {
				list = append(list, m)
			}
		}
	}
	return list
}

// fitting are those of a list that can take an amount.
func fitting(list []method, total Money) []method {
	var fit []method
	for _, m := range list {
		if m.takes(total) {
			fit = append(fit, m)
		}
	}
	return fit
}

// takes is the one place that says whether a method can take an amount.
func (m method) takes(total Money) bool {
	switch {
	case !m.accepts(total.Currency), m.refused != 0 && m.refused == total.Minor:
		return false
	case total.Currency != m.currency:
		return true // the limits are known in the method's own currency only
	}
	return total.Minor >= m.least && (m.most == 0 || total.Minor <= m.most)
}

func (m method) accepts(currency Currency) bool {
	return m.reach != atHome || m.currency == currency
}

// arrange sorts a list: cards, what is at home in the buyer's country, what is in
// use there, the rest; within each what people use most. On a phone a code that
// another device would have to scan comes after what opens on the phone itself.
func arrange(list []method, country string, d Device) {
	onPhone := d.Terminal != antom.TerminalWeb
	later := func(m method) int {
		if onPhone && m.Flow == FlowScan {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b method) int {
		return cmp.Or(a.distance(country)-b.distance(country), later(a)-later(b), a.place-b.place)
	})
}

// distance is how far a method is from the people of a country.
func (m method) distance(country string) int {
	if m.Flow == FlowCard {
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
