package sandbox

import (
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// cardBook answers what is known of cards before a payment. It has no state. Antom's
// documents list no result codes of these calls, so these are the sandbox's choice.
type cardBook struct{}

// getCardInfo tells brands, country and kind of a card, by its number or the first digits.
func (cardBook) getCardInfo(req *antom.CardInfoRequest) (any, *Refusal) {
	digits := digitsOf(req.CardNo + req.CardBIN)
	switch {
	case (req.CardNo == "") == (req.CardBIN == ""):
		return nil, refuse("PARAM_ILLEGAL", "either cardNo or cardBin is required")
	case len(digits) < 6 || strings.Contains(digits, "x"):
		return nil, refuse("PARAM_ILLEGAL", "cardBin has fewer than six digits, or others than digits")
	case req.CardNo != "" && (len(digits) < 12 || len(digits) > 19 || !luhn(digits)):
		return nil, refuse("INVALID_CARD_NUMBER", "cardNo is no card's number")
	}
	known := testCard{Brand: brandOf(digits)}
	if i := slices.IndexFunc(testCards, func(t testCard) bool { return strings.HasPrefix(t.Number, digits) }); i >= 0 {
		known = testCards[i]
	}
	if known.Brand == "" {
		return nil, refuse("CARD_NOT_SUPPORTED", "no brand has cards of these digits")
	}
	info := (&savedCards{}).info(&card{Number: known.Number})
	return &antom.CardInfoResponse{
		Envelope: succeeded(), CardBrand: known.Brand, CoBadgedBrand: known.CoBrand, IssuingRegion: info.IssuingCountry,
		Funding: info.Funding, CardCategory: info.CardCategory,
		SupportInstallment: antom.Bool(slices.ContainsFunc(splittings, func(s splitting) bool { return slices.Contains(s.Brands, known.Brand) })),
	}, nil
}

// inquireInstallment lists the one bank that there is, with the plans of all currencies.
func (cardBook) inquireInstallment(*antom.InquireInstallmentRequest) (any, *Refusal) {
	bank := antom.InstallmentBank{Name: "SANDBOX BANK", ShortName: "SANDBOX", Terms: "The bank collects each part after a month."}
	for _, t := range testCards {
		if t.Refused == "" && !slices.Contains(bank.BINs, t.Number[:6]) {
			bank.BINs = append(bank.BINs, t.Number[:6])
		}
	}
	for _, s := range splittings {
		if plans := installment(Money{Amount: s.Minimum, Currency: s.Currency}, false); plans != nil {
			bank.Plans = append(bank.Plans, plans.Plans...)
		}
	}
	return &antom.InquireInstallmentResponse{Envelope: succeeded(), Banks: antom.InstallmentBanks{bank}}, nil
}

// tokenDetails is what is known of a token beside its card.
type tokenDetails struct {
	Holder  string    `json:"account_holder_name,omitempty"`
	Email   string    `json:"email,omitempty"`
	Expires time.Time `json:"expires_at,omitzero"`
}

// tokens answers the calls about stored cards. The ledger's lock is held.
type tokens struct {
	ledger    *ledger
	scheduler *scheduler
	cards     *savedCards
}

// inquireToken tells what is known of a token.
func (ts *tokens) inquireToken(req *antom.InquireTokenRequest) (any, *Refusal) {
	return ts.change(req.Token, func(*savedCard) {})
}

// updateToken changes what is known of a token; what is empty stays.
func (ts *tokens) updateToken(req *antom.UpdateTokenRequest) (any, *Refusal) {
	if refusal := firstRefusal(word("accountHolderName", req.AccountHolderName, 128), word("email", req.Email, 64)); refusal != nil {
		return nil, refusal
	}
	if end := req.TokenExpiryTime; !end.IsZero() && !end.After(ts.scheduler.now()) {
		return nil, refuse("PARAM_ILLEGAL", "tokenExpiryTime has passed")
	}
	return ts.change(req.Token, func(saved *savedCard) {
		if req.AccountHolderName != "" {
			saved.About.Holder = req.AccountHolderName
		}
		if req.Email != "" {
			saved.About.Email = req.Email
		}
		if !req.TokenExpiryTime.IsZero() {
			saved.About.Expires = req.TokenExpiryTime.Time
		}
	})
}

// deleteToken ends a token: it pays no longer.
func (ts *tokens) deleteToken(req *antom.DeleteTokenRequest) (any, *Refusal) {
	if _, refusal := ts.change(req.Token, func(saved *savedCard) { saved.Used = true }); refusal != nil {
		return nil, refusal
	}
	return &antom.DeleteTokenResponse{Envelope: succeeded()}, nil
}

// change changes what is known of a token that pays, and answers what is known then.
func (ts *tokens) change(token string, do func(*savedCard)) (any, *Refusal) {
	if refusal := required("token", token, 2048); refusal != nil {
		return nil, refusal
	}
	saved := ts.cards.find(token)
	if saved == nil || saved.Used || saved.expired(ts.scheduler.now()) {
		return nil, refuse("INVALID_ACCESS_TOKEN", "there is no stored card of this token")
	}
	ts.cards.mu.Lock()
	do(saved)
	ts.cards.mu.Unlock()
	ts.ledger.keep(saved)
	return &antom.TokenResponse{
		Envelope: succeeded(), Token: token, AccountHolderName: saved.About.Holder, Email: saved.About.Email,
		IssuerName: saved.Info.IssuerName, IssuingCountry: saved.Info.IssuingCountry, TokenExpiryTime: wireTime(saved.About.Expires),
	}, nil
}

// expired reports whether the token's time is over.
func (saved *savedCard) expired(now time.Time) bool {
	return !saved.About.Expires.IsZero() && !now.Before(saved.About.Expires)
}
