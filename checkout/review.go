package checkout

// Review is why an order is under review: a person or an inquiry has to decide what
// is true. It is a text for the operator. Any text is possible for a contradiction;
// the reasons below have rules of their own.
type Review string

const (
	captureRefused     Review = "capture failed"          // with automatic capture Antom does not try again
	goodsGone          Review = "late money, goods gone"  // the operator accepts it once the goods are in stock again, or refunds it
	unknownTooLong     Review = "unknown for too long"    // 72 hours of polls have brought no result
	authorizationEnded Review = "authorisation has ended" // and no capture was made in time
	cannotReverse      Review = "cannot be given back"    // neither cancel nor refund returns a duplicate payment
	anotherAmount      Review = "another amount"          // than was requested; an operator resolves it once an inquiry has confirmed it
	anotherMethod      Review = "another method"          // likewise
	paidAgain          Review = "paid again after Antom had returned the first payment"
)

// needsPerson reports whether the sweeper has stopped polling: a person has to act.
// Only a buyer's open page still makes the shop inquire.
func (r Review) needsPerson() bool {
	return r == unknownTooLong || r == authorizationEnded || r == cannotReverse
}

// contradiction reports whether the review is about an event that an inquiry has to
// confirm or refute.
func (r Review) contradiction() bool {
	return r != "" && r != captureRefused && r != goodsGone && !r.needsPerson()
}

// NeedsResolution reports whether the review is about funds that Antom holds in
// another amount or by another method than was requested. An operator resolves that.
func (r Review) NeedsResolution() bool { return r == anotherAmount || r == anotherMethod }

// endedBy reports whether an event about the payment under review ends the review.
// Two reasons are never ended by an event: recomputeReview raises and ends them.
func (r Review) endedBy(p Payment, e Event) bool {
	switch r {
	case captureRefused, goodsGone:
		return false
	case unknownTooLong:
		return !p.Status.InProgress() && !p.unfinished()
	case authorizationEnded:
		return p.Status != PaymentAuthorized
	case cannotReverse:
		return !p.Status.HoldsFunds()
	}
	return r.contradiction() && e.concludes() && !(p.Status.ended() && e.pending()) // an inquiry was answered, with a result
}

// raiseOnce puts the order under review unless it is under review already.
func (o *Order) raiseOnce(why Review, requestID string) {
	if o.Review == "" {
		o.raise(why, requestID)
	}
}

// raise puts the order under review because of one of its payments.
func (o *Order) raise(why Review, requestID string) {
	o.Review, o.ReviewPayment = why, requestID
	o.Status = orderStatus(*o)
}
