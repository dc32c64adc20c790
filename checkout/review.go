package checkout

// Review is why a person or an inquiry has to look at an order. The words of a
// contradiction are for people; those below follow rules of their own.
type Review string

const (
	captureRefused     Review = "capture failed"          // and Antom captures once only, when it captures by itself
	goodsGone          Review = "late money, goods gone"  // accept it when there are goods again, or refund it
	unknownTooLong     Review = "unknown for too long"    // Antom has not told in 72 hours
	authorizationEnded Review = "authorisation has ended" // and nobody has captured
	cannotReverse      Review = "cannot be given back"    // surplus money that neither cancel nor refund takes
	anotherAmount      Review = "another amount"          // than was asked for; an operator judges what an inquiry confirms to be paid
	anotherMethod      Review = "another method"          // likewise
)

// needsPerson reports whether the sweeper has given up: a person has to act, and
// pages that are open still ask.
func (r Review) needsPerson() bool {
	return r == unknownTooLong || r == authorizationEnded || r == cannotReverse
}

// contradiction reports whether the review is about a word that an inquiry has to
// confirm or refute.
func (r Review) contradiction() bool {
	return r != "" && r != captureRefused && r != goodsGone && !r.needsPerson()
}

// NeedsResolution reports whether the review is about money that is there otherwise than it
// was asked for, about which an operator may speak a verdict.
func (r Review) NeedsResolution() bool { return r == anotherAmount || r == anotherMethod }

// ends reports whether a word about the payment under review settles it. Of the
// rules, recomputeReview raises and ends two by itself.
func (r Review) endedBy(p Payment, w Event) bool {
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
	return r.contradiction() && w.concludes() && !(p.Status.ended() && w.pending()) // Antom has been asked, and has a result
}

// raise puts the order under review because of one of its payments.
func (o *Order) raise(why Review, requestID string) {
	o.Review, o.ReviewPayment = why, requestID
	o.Status = orderStatus(*o)
}
