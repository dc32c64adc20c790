package checkout

import "cmp"

// Card is what a card payment leaves behind, as Antom reports it (paymentResultInfo and
// cardInfo of notifyPayment, inquiryPayment and pay): for receipts, disputes and the
// question why a card was declined. It holds no number, no token and no CAVV.
// Antom leaves empty what it does not know. The JSON is that of the audit.
type Card struct {
	Brand                string  `json:"brand,omitempty"` // as Antom writes it, e.g. VISA
	LastFour             string  `json:"last4,omitempty"`
	Expiry               string  `json:"expiry,omitempty"`  // MM/YY
	Funding              string  `json:"funding,omitempty"` // CREDIT, DEBIT, PREPAID
	Country              string  `json:"country,omitempty"` // of the issuer, ISO 3166 alpha-2
	Issuer               string  `json:"issuer,omitempty"`
	Region               string  `json:"region,omitempty"` // Antom's paymentMethodRegion, GLOBAL or the country of a local card
	AVS                  string  `json:"avs,omitempty"`    // avsResultRaw: whether the billing address fits
	CVV                  string  `json:"cvv,omitempty"`    // cvvResultRaw
	ThreeDS              ThreeDS `json:"three_ds,omitzero"`
	NetworkTransactionID string  `json:"network_transaction_id,omitempty"`
	AuthorizationCode    string  `json:"authorization_code,omitempty"`
	RRN                  string  `json:"rrn,omitempty"`            // retrieval reference number
	ARN                  string  `json:"arn,omitempty"`            // acquirerReferenceNo, which the buyer's bank can look up
	RefusalCode          string  `json:"refusal_code,omitempty"`   // refusalCodeRaw, of ISO 8583
	RefusalReason        string  `json:"refusal_reason,omitempty"` // refusalReasonRaw
	AdviceCode           string  `json:"advice_code,omitempty"`    // merchantAdviceCode: whether the card may be tried again
	Installments         int     `json:"installments,omitempty"`   // the plan that the bank collects by; 0 is one payment
}

// ThreeDS is the result of a card's 3-D Secure authentication; zero if there was none.
type ThreeDS struct {
	Version         string `json:"version,omitempty"`
	ECI             string `json:"eci,omitempty"`        // 05 and 02 authenticated, 06 and 01 attempted, 07 and 00 none
	Challenged      string `json:"challenged,omitempty"` // "true" if the buyer was asked, "false" if not, "" if Antom does not say
	Offered         string `json:"offered,omitempty"`    // likewise, whether it was begun
	Cancelled       string `json:"cancelled,omitempty"`  // challengeCancel, e.g. 01: by the buyer
	Reason          string `json:"reason,omitempty"`     // why it failed
	Exemption       string `json:"exemption,omitempty"`
	DSTransactionID string `json:"ds_transaction_id,omitempty"`
}

// cardAfter is the card of a payment with what an event reports. Another Antom id is another try
// in the same session, with a card of its own: nothing of the try before it is kept.
func cardAfter(p *Payment, e Event) Card {
	switch {
	case !p.hasAnotherID(e):
		return p.Card.FilledBy(e.Card)
	case e.outdated(p):
		return p.Card
	}
	return e.Card
}

// FilledBy is the card with what a later message reports. An empty part of a message
// says nothing: what is known stays. Where the last four digits differ, the buyer has
// taken another card, and what is known is about the one before.
func (c Card) FilledBy(later Card) Card {
	if c.LastFour != "" && later.LastFour != "" && c.LastFour != later.LastFour {
		return later
	}
	return Card{
		Brand:                cmp.Or(later.Brand, c.Brand),
		LastFour:             cmp.Or(later.LastFour, c.LastFour),
		Expiry:               cmp.Or(later.Expiry, c.Expiry),
		Funding:              cmp.Or(later.Funding, c.Funding),
		Country:              cmp.Or(later.Country, c.Country),
		Issuer:               cmp.Or(later.Issuer, c.Issuer),
		Region:               cmp.Or(later.Region, c.Region),
		AVS:                  cmp.Or(later.AVS, c.AVS),
		CVV:                  cmp.Or(later.CVV, c.CVV),
		ThreeDS:              c.ThreeDS.filledBy(later.ThreeDS),
		NetworkTransactionID: cmp.Or(later.NetworkTransactionID, c.NetworkTransactionID),
		AuthorizationCode:    cmp.Or(later.AuthorizationCode, c.AuthorizationCode),
		RRN:                  cmp.Or(later.RRN, c.RRN),
		ARN:                  cmp.Or(later.ARN, c.ARN),
		RefusalCode:          cmp.Or(later.RefusalCode, c.RefusalCode),
		RefusalReason:        cmp.Or(later.RefusalReason, c.RefusalReason),
		AdviceCode:           cmp.Or(later.AdviceCode, c.AdviceCode),
		Installments:         cmp.Or(later.Installments, c.Installments),
	}
}

func (t ThreeDS) filledBy(later ThreeDS) ThreeDS {
	return ThreeDS{
		Version:         cmp.Or(later.Version, t.Version),
		ECI:             cmp.Or(later.ECI, t.ECI),
		Challenged:      cmp.Or(later.Challenged, t.Challenged),
		Offered:         cmp.Or(later.Offered, t.Offered),
		Cancelled:       cmp.Or(later.Cancelled, t.Cancelled),
		Reason:          cmp.Or(later.Reason, t.Reason),
		Exemption:       cmp.Or(later.Exemption, t.Exemption),
		DSTransactionID: cmp.Or(later.DSTransactionID, t.DSTransactionID),
	}
}

// CardChoice is what a buyer decides about a card payment beside the method. Another
// choice is another attempt.
type CardChoice struct {
	Saved         string  `json:"saved,omitempty"`         // id of a saved card; "" for a card that is entered
	Save          bool    `json:"save,omitempty"`          // the buyer agrees that the card is saved
	Consent       Consent `json:"consent,omitzero"`        // with Save: the text that they agree to
	Charge        bool    `json:"charge,omitempty"`        // the merchant charges the saved card without the buyer
	Brand         string  `json:"brand,omitempty"`         // Antom's selectedCardBrand: a Korean card company
	Authenticated bool    `json:"authenticated,omitempty"` // the merchant has had the cardholder authenticated elsewhere
	Installments  int     `json:"installments,omitempty"`  // the bank collects in so many monthly parts; 0 is one payment
}
