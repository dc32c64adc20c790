package checkout

import (
	"slices"
	"strconv"
	"time"
)

// SavedCard is a card that its buyer has agreed to have saved. Antom charges it by its
// token; the shop has no number of it.
type SavedCard struct {
	ID      string // the RequestID of the payment that saved it first
	Buyer   string // Order.BuyerReference of the buyer who may pay with it
	Token   CardToken
	Brand   string // as Antom writes it, e.g. VISA
	Last4   string
	Expiry  string // MM/YY, or "" if Antom did not say
	Funding string
	Country string
	Region  string // Antom's paymentMethodRegion
	// NetworkTransactionID is that of the first payment; a charge without the buyer names it.
	NetworkTransactionID string
	Consent              Consent
	AgreedBy             string    // RequestID of the payment with which the buyer agreed
	AgreedAt             time.Time // when that payment began
	Refused              string    // Antom's code, once Antom no longer takes the card; else ""
	SavedAt              time.Time
	UsedAt               time.Time // when it has last paid
	RemovedAt            time.Time // when the buyer removed it; zero if it is there. Its token is gone then
}

// Consent is the text that a buyer has agreed to.
type Consent struct {
	Version  string `json:"version,omitempty"`
	Language string `json:"language,omitempty"` // BCP 47, in which it was shown
	Charges  string `json:"charges,omitempty"`  // what it said of charges without the buyer, as it stood; "" if nothing
}

// The versions of texts. Another text of the shop's gets another version.
const (
	ConsentText = "shop-1"     // views: card.save and card.save.detail
	ConsentForm = "antom-form" // the box in Antom's own card form; Antom sends a token if it was ticked
)

// AllowsCharges reports whether the buyer has agreed to charges without them, and the
// card can be charged so.
func (c *SavedCard) AllowsCharges() bool { return c.Consent.Charges != "" && c.Stands() }

// Stands reports whether the card was neither removed nor refused.
func (c *SavedCard) Stands() bool { return c.RemovedAt.IsZero() && c.Refused == "" }

// Usable reports whether the buyer may pay with the card: it stands, and has not expired.
func (c *SavedCard) Usable(now time.Time) bool { return c.Stands() && !c.expired(now) }

// expired reports whether the month of the expiry is over everywhere.
func (c *SavedCard) expired(now time.Time) bool {
	if len(c.Expiry) != len("MM/YY") {
		return false // Antom decides
	}
	month, monthErr := strconv.Atoi(c.Expiry[:2])
	year, yearErr := strconv.Atoi(c.Expiry[3:])
	if monthErr != nil || yearErr != nil {
		return false
	}
	return !now.Before(endOfExpiry(month, 2000+year))
}

// endOfExpiry is when the month of an expiry date is over wherever the buyer is: at noon
// in UTC.
func endOfExpiry(month, year int) time.Time {
	return time.Date(year, time.Month(month)+1, 1, 12, 0, 0, 0, time.UTC)
}

// Same reports whether two are the same card of one buyer, as far as their facts tell.
func (c *SavedCard) Same(other SavedCard) bool {
	return c.Last4 != "" && c.Buyer == other.Buyer && c.Brand == other.Brand && c.Last4 == other.Last4 && c.Expiry == other.Expiry
}

// SavedAgain is the card after its buyer has saved it once more: it keeps its id and its
// first network transaction id. A newer consent that does not speak of charges takes no
// earlier agreement to them back.
func (c SavedCard) SavedAgain(newer SavedCard) SavedCard {
	c.Token, c.Refused, c.UsedAt = newer.Token, "", newer.UsedAt
	if c.NetworkTransactionID == "" {
		c.NetworkTransactionID = newer.NetworkTransactionID
	}
	if c.Consent.Charges == "" || newer.Consent.Charges != "" {
		c.Consent, c.AgreedBy, c.AgreedAt = newer.Consent, newer.AgreedBy, newer.AgreedAt
	}
	return c
}

// MayUseCards reports whether a buyer may pay the order with saved cards of theirs: they are
// the order's buyer, or may become it. To know the order's address is not enough.
func (o *Order) MayUseCards(buyer string) bool {
	return buyer != "" && (buyer == o.BuyerReference || Unbound(*o))
}

// Unbound reports whether an order is from outside and no browser has begun to pay it: the
// first one that does becomes its buyer.
func Unbound(o Order) bool {
	return o.BuyerReference == "" && o.Source != SourceShop && !o.Erased()
}

// BindBuyer makes a browser the buyer of an order that has none yet. What it has typed or
// begun is a part of the same change, so that of two browsers one is bound.
func BindBuyer(o Order, buyer string) Order {
	if Unbound(o) {
		o.BuyerReference = buyer
	}
	return o
}

// CheckCardOwner refuses an attempt that pays with a saved card or saves one, if another
// browser has become the order's buyer since it was asked for. Errors: ErrCardUnusable,
// ErrSaveUnasked.
func CheckCardOwner(o Order, want Attempt) error {
	switch {
	case o.MayUseCards(want.Buyer):
		return nil
	case want.Choice.Saved != "":
		return ErrCardUnusable
	case want.Choice.Save:
		return ErrSaveUnasked
	}
	return nil
}

// ErrCardUnusable says that a saved card is not there for this buyer, or cannot pay.
var ErrCardUnusable = &Error{Code: CodeFormInvalid, Fields: map[string]string{"card": "error.card"}}

// ErrSaveUnasked says that a card cannot be saved for whom the order is not.
var ErrSaveUnasked = &Error{Code: CodeFormInvalid, Fields: map[string]string{"save_card": "error.save_card"}}

// CardRules is what the merchant decides about saved cards.
type CardRules struct {
	Off     bool   // no card is saved, and none that was is offered
	Charges string // what the consent says of charges without the buyer; "" if there are none
}

// Offered reports whether a buyer may save and use cards for an order.
func (r CardRules) Offered(o Order, buyer string) bool { return !r.Off && o.MayUseCards(buyer) }

// Agreeing is the attempt with the text that the buyer agrees to if they have their card
// saved: that of the shop's box, or that of Antom's own form, which asks in every session
// unless the shop has more to say. Errors: CodeFormInvalid.
func (r CardRules) Agreeing(o Order, want Attempt) (Attempt, error) {
	offered := r.Offered(o, want.Buyer)
	switch {
	case want.Choice.Save && !offered:
		return want, ErrSaveUnasked
	case want.Choice.Save:
		want.Choice.Consent = Consent{Version: ConsentText, Language: want.Language, Charges: r.Charges}
	case r.FormAsks(want) && offered:
		want.Choice.Save, want.Choice.Consent = true, Consent{Version: ConsentForm, Language: want.Device.Language}
	}
	return want, nil
}

// FormAsks reports whether Antom's form asks the buyer for their consent, so that the shop
// need not.
func (r CardRules) FormAsks(want Attempt) bool {
	return want.Mode == ModeSDK && (want.Element || want.Method == MethodCard) && r.Charges == ""
}

// Choose adds the token of the card that the buyer has chosen. Errors: ErrCardUnusable for
// a card that is not theirs, or cannot pay.
func (r CardRules) Choose(o Order, want Attempt, card SavedCard, now time.Time) (Attempt, error) {
	if !r.Offered(o, want.Buyer) || card.Buyer != want.Buyer || !card.Usable(now) {
		return want, ErrCardUnusable
	}
	want.CardToken = card.Token
	return want, nil
}

// CardChange is what a change of an order does to the saved cards of its buyer. The store
// commits both together.
type CardChange struct {
	Save    SavedCard // its ID is "" if none is saved
	Used    string    // id of the card that has paid
	Refused string    // id of the card that Antom no longer takes
	Code    string    // why
	Erase   string    // reference of a buyer whose cards are erased
	Last    bool      // with Erase: only if no order holds the buyer's data any longer
	At      time.Time
}

// CardChangeOf is what an event that was applied to an order does to saved cards.
func CardChangeOf(before, after Order, e Event, r Rules) CardChange {
	change := CardChange{At: r.Now}
	was, is := before.Payment(e.RequestID), after.Payment(e.RequestID)
	if was == nil || is == nil {
		return change
	}
	if is.CardSaved && !was.CardSaved {
		change.Save = newSavedCard(after, *is, e.CardToken, r)
	}
	switch {
	case is.Choice.Saved == "":
	case is.Status.HoldsFunds() && !was.Status.HoldsFunds():
		change.Used = is.Choice.Saved
	case is.Status == PaymentFailed && was.Status != PaymentFailed && endsCard(is):
		change.Refused, change.Code = is.Choice.Saved, is.ResultCode
	}
	return change
}

func newSavedCard(o Order, p Payment, token CardToken, r Rules) SavedCard {
	return SavedCard{
		ID: p.RequestID, Buyer: o.BuyerReference, Token: token,
		Brand: p.Card.Brand, Last4: p.Card.LastFour, Expiry: p.Card.Expiry, Funding: p.Card.Funding, Country: p.Card.Country, Region: p.Card.Region,
		NetworkTransactionID: p.Card.NetworkTransactionID,
		Consent:              p.Choice.Consent, AgreedBy: p.RequestID, AgreedAt: p.CreatedAt, SavedAt: r.Now, UsedAt: r.Now,
	}
}

// noteToken notes that a payment saves its card: the buyer has agreed and has paid, and
// Antom has sent a token. A payment does so once: a card that the buyer has removed does
// not come back with Antom's next message.
func noteToken(o *Order, p *Payment, e Event) {
	if e.CardToken.Empty() || !p.Choice.Save || o.BuyerReference == "" || !p.Status.HoldsFunds() {
		return
	}
	p.CardSaved = true
}

// ForgetRemovedCard drops the request of a payment in progress whose buyer has removed its
// saved card: the token is in it. The payment is inquired from then on, and never sent
// again.
func ForgetRemovedCard(o Order, requestID string) Order {
	o = o.Clone()
	if p := o.Payment(requestID); p.Status.InProgress() {
		p.forgetRequest()
	}
	return o
}

// Codes after which Antom takes a saved card no longer, and the advice of the schemes that
// says the same.
var (
	cardEnded = []string{InvalidAccessToken, "CARD_EXPIRED", "CARD_NOT_SUPPORTED", "ACCOUNT_CLOSED", "LOST_CARD", "STOLEN_CARD"}
	noRetry   = []string{"01", "03", "04", "40", "41"}
)

// InvalidAccessToken is Antom's answer to a token that it does not know, or no longer.
const InvalidAccessToken = "INVALID_ACCESS_TOKEN"

// endsCard reports whether a payment has failed because its saved card is of no use.
func endsCard(p *Payment) bool {
	return slices.Contains(cardEnded, p.ResultCode) || slices.Contains(noRetry, p.Card.AdviceCode)
}

// CardToken is what Antom charges a saved card by.
type CardToken struct{ hidden }

// NewCardToken hides a token.
func NewCardToken(text string) CardToken { return CardToken{hidden{text}} }
