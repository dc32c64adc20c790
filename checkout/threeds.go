package checkout

import "slices"

// ThreeDSPolicy says when the shop requires 3-D Secure of cards: that the buyer's bank
// has the buyer confirm the payment. The zero value is ThreeDSAuto.
type ThreeDSPolicy string

// The policies. None of them keeps a bank from asking.
const (
	ThreeDSAuto   ThreeDSPolicy = "auto"   // the bank decides; Antom adds 3-D Secure to a payment of which the bank demands it
	ThreeDSAlways ThreeDSPolicy = "always" // required of every card
	ThreeDSOff    ThreeDSPolicy = "off"    // not required, and Antom adds nothing: a bank that demands it declines
)

// confirmationMissing are Antom's codes of a card that was declined because the buyer
// has not confirmed the payment to the bank: the bank demands it, or it was tried and
// has failed.
var confirmationMissing = []string{"AUTHENTICATION_REQUIRED", "USER_PAYMENT_VERIFICATION_FAILED"}

// NeedsThreeDS reports whether an attempt has to require 3-D Secure. A bank that has
// declined because the buyer did not confirm would decline again: after that every card
// attempt of the order requires it, whatever the policy. A Korean issuer authenticates
// its buyers in its own way, a Korean card that is entered has no 3-D Secure, a charge has
// no buyer to ask, and a buyer who was authenticated elsewhere has confirmed already.
func (o *Order) NeedsThreeDS(want Attempt, r Rules) bool {
	card := want.Method == MethodCard || want.Element && slices.Contains(want.Offered, MethodCard)
	choice := want.Choice
	if !card || choice.ByKoreanIssuer(o.Total.Currency) || want.CardRegion == RegionKorea || choice.Charge || choice.Authenticated {
		return false
	}
	return r.ThreeDS == ThreeDSAlways || lacksConfirmation(*o)
}

// lacksConfirmation reports whether a card of the order was declined for want of the
// buyer's confirmation.
func lacksConfirmation(o Order) bool {
	return slices.ContainsFunc(o.Payments, func(p Payment) bool {
		card := p.Method == MethodCard || p.Method == "" // what was chosen in an element may not be known yet
		return card && p.Status == PaymentFailed && slices.Contains(confirmationMissing, p.ResultCode)
	})
}

// ByKoreanIssuer reports whether the choice is an issuer of Korea, on whose own page
// the buyer is authenticated: Antom runs no 3-D Secure there.
func (c CardChoice) ByKoreanIssuer(currency Currency) bool {
	return IsIssuer(c.Brand) && currency == korea
}
