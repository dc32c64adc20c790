package checkout

import (
	"cmp"
)

// Resolve says how an operator's resolution of a payment under review is carried out,
// given what an inquiry has just confirmed of the payment. It returns the event to
// record: with a resolution, or unchanged where the inquiry alone ends the review. A
// payment that held funds before is accepted with every resolution; an ordinary refund
// or cancel then returns its funds. Errors: CodeReviewStands, CodeAmountInvalid.
func Resolve(o Order, confirmed Event, want Resolution, minor int64, by Cause) (Event, error) {
	p := *o.Payment(o.ReviewPayment)
	active := o.Active()
	uncaptured := needsCapture(cmp.Or(confirmed.Method, p.Method)) && !confirmed.captured()
	switch {
	case !contradiction(p, confirmed).NeedsResolution():
		return confirmed, nil
	case want == ResolutionAccept && p.Status == PaymentPaid && needsCapture(confirmed.Method) && !confirmed.captured():
		return Event{}, NewError(CodeReviewStands, "it is a card now, and not captured")
	case p.Status.HoldsFunds():
		want = ResolutionAccept
	case want == ResolutionAccept && active != nil && active.RequestID != p.RequestID && active.Status.HoldsFunds():
		return Event{}, NewError(CodeReviewStands, "another payment is active and holds funds; refund returns this one")
	case want == ResolutionRefund && minor != 0 && minor != confirmed.Amount.Minor:
		return Event{}, NewError(CodeAmountInvalid, "only all of it can be refunded: "+confirmed.Amount.Plain()+"; accept it to refund a part")
	case want == ResolutionRefund && uncaptured:
		return Event{}, NewError(CodeReviewStands, "the card is not captured; cancel releases it")
	}
	confirmed.Cause, confirmed.Resolution = by, want
	return confirmed, nil
}
