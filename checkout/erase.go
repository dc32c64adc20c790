package checkout

import "time"

// unpaidRetention is how long the buyer's data of an order that was never paid stay after
// its last change, whatever the settings say.
const unpaidRetention = 30 * 24 * time.Hour

// Retention is how long a buyer's data stay after the last change of a paid order; zero
// is without end.
type Retention time.Duration

// Cutoffs say before which moment the last change of an order must lie for its buyer's
// data to be erased: of an order that was paid, and of one that never was. A zero moment
// erases nothing.
func (r Retention) Cutoffs(now time.Time) (paid, unpaid time.Time) {
	if r == 0 {
		return time.Time{}, now.Add(-unpaidRetention)
	}
	return now.Add(-time.Duration(r)), now.Add(-min(time.Duration(r), unpaidRetention))
}

// Erased reports whether the buyer's data were erased.
func (o *Order) Erased() bool { return !o.ErasedAt.IsZero() }

// EraseBuyer erases what the order holds about its buyer. Numbers, the merchant's reference
// among them, lines, amounts, statuses and the country stay: they prove what was sold and paid. Errors:
// CodeDataNeeded while the data still serve something.
func EraseBuyer(o Order, r Rules) (Order, error) {
	if o.Erased() {
		return o, nil
	}
	if why := o.needsBuyer(); why != "" {
		return o, NewError(CodeDataNeeded, why)
	}
	o = o.Clone()
	o.Buyer, o.BuyerReference = Buyer{Country: o.Buyer.Country}, ""
	o.Metadata, o.SuccessURL, o.CancelURL = nil, "", "" // the merchant's system may have named the buyer in them
	for i := range o.Payments {
		p := &o.Payments[i]
		p.forgetRequest()
		p.Action, p.ReturnURL, p.EmailOnFailure = Action{}, "", false
	}
	o.ErasedAt = r.Now
	return o, nil
}

// NeedsBuyer says why the buyer's data of an order cannot be erased yet, or "".
func NeedsBuyer(o Order) string {
	if o.Erased() {
		return ""
	}
	return o.needsBuyer()
}

// CardsErasedWith says which saved cards go with the data of an order's buyer: all when an
// operator erases them, because the buyer has asked for it; when their time has come, those
// that no later order of the buyer's needs.
func CardsErasedWith(o Order, cause Cause) CardChange {
	return CardChange{Erase: o.BuyerReference, Last: cause.Kind == BySweeper}
}

// needsBuyer says what the buyer's data are still needed for, or is "".
func (o *Order) needsBuyer() string {
	switch o.Status {
	case OrderReview:
		return "the order is under review"
	case OrderOpen, OrderProcessing, OrderAuthorized:
		return "the order is " + string(o.Status) + "; it has to end first"
	}
	for i := range o.Payments {
		p := &o.Payments[i]
		if p.Status.InProgress() || p.unfinished() || p.needsReversal() || p.Status == PaymentAuthorized {
			return "Antom's result about payment " + p.RequestID + " is awaited"
		}
		for _, d := range p.Disputes {
			if !d.Ended() {
				return "dispute " + d.ID + " is open"
			}
		}
	}
	return ""
}

// forgetRequest drops the body of the call that has started the payment. It doubles the
// buyer's data and adds the address and the browser, and serves repeats only.
func (p *Payment) forgetRequest() {
	if len(p.Body) > 0 {
		p.Body, p.Incomplete = nil, true
	}
}
