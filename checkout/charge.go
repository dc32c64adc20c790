package checkout

import (
	"slices"
	"time"
)

// ChargeRequest is what an operator orders: a saved card pays an amount without its
// buyer. The amount is in the currency of the payment that saved the card.
type ChargeRequest struct {
	Key   Key
	Card  string // its id
	Minor int64
}

// FormKey is the key of the charge's order: the same key of the operator is the same order.
func (c ChargeRequest) FormKey() string { return "charge:" + c.Key.text() }

// Action is the action that the operator's key means.
func (c ChargeRequest) Action(o Order) OperatorAction {
	return OperatorAction{Key: c.Key, Name: ActionCharge, Minor: c.Minor, Order: o.ID, Number: o.Number}
}

// ActionCharge is the name of a charge among an operator's actions.
const ActionCharge = "charge"

// CheckCharge reports whether a card may be charged without its buyer. payments are the
// cards of all payments that it has made, with their banks' advice. Errors:
// CodeCardNotChargeable with the reason.
func CheckCharge(card SavedCard, payments []Card) *Error {
	refuse := func(why string) *Error { return NewError(CodeCardNotChargeable, why) }
	switch {
	case !card.RemovedAt.IsZero():
		return refuse("its buyer has removed the card")
	case slices.ContainsFunc(payments, Card.NeverAgain):
		return refuse("its bank has advised never to charge the card again")
	case card.Refused != "":
		return refuse("Antom no longer takes the card: " + card.Refused)
	case card.Consent.Charges == "":
		return refuse("its buyer was not told of charges, and has agreed to none")
	case card.Region != "" && card.Region != "GLOBAL":
		return refuse("cards of the region " + card.Region + " cannot be charged without their buyer")
	case card.NetworkTransactionID == "":
		return refuse("Antom has reported no network transaction id of its first payment")
	}
	return nil
}

// NewCharge is the order of a charge. It is for the buyer of the order with which the card
// was saved, and its one line is what that buyer has agreed to. Errors: CodeAmountInvalid,
// CodeCardNotChargeable.
func NewCharge(agreed Order, card SavedCard, want ChargeRequest, id string, now time.Time, ttl time.Duration) (Order, error) {
	amount := Money{Minor: want.Minor, Currency: agreed.Total.Currency}
	switch {
	case agreed.Erased() || agreed.BuyerReference != card.Buyer:
		return Order{}, NewError(CodeCardNotChargeable, "the data of its buyer are not there")
	case !amount.Payable():
		return Order{}, NewError(CodeAmountInvalid, amount.String()+" is no amount that can be charged")
	}
	return Order{
		ID: id, Number: NewNumber(), Token: NewToken(), FormKey: want.FormKey(),
		Buyer: agreed.Buyer, BuyerReference: agreed.BuyerReference, Language: agreed.Language,
		Lines: []OrderLine{{SKU: chargedSKU + card.ID, Name: card.Consent.Charges, Quantity: 1, Unit: amount}},
		Total: amount, CreatedAt: now, ExpiresAt: now.Add(ttl), Status: OrderOpen,
	}, nil
}

// chargedSKU stands before the card's id in the line of a charge.
const chargedSKU = "card-"

// CheckChargeRepeat reports whether the order is that of the charge, and not of another
// one under the same key. Errors: CodeKeyReused.
func CheckChargeRepeat(o Order, again ChargeRequest) error {
	if len(o.Lines) == 1 && o.Lines[0].SKU == chargedSKU+again.Card && o.Total.Minor == again.Minor {
		return nil
	}
	return NewError(CodeKeyReused, "this key was used before, for a charge of "+o.Total.String()+"; another charge takes a new key")
}

// ChargeAttempt is how a charge is started: by the card's token, without a buyer.
func ChargeAttempt(card SavedCard) Attempt {
	return Attempt{
		Method: MethodCard, Mode: ModeAPI, Device: Device{Terminal: TerminalWeb}, CardToken: card.Token,
		Choice: CardChoice{Saved: card.ID, Charge: true}, NetworkTransactionID: card.NetworkTransactionID,
	}
}

// ChargeResult is how a charge has ended.
type ChargeResult string

// The results.
const (
	ChargeSucceeded   ChargeResult = "succeeded"
	ChargeDeclined    ChargeResult = "declined"    // by bank or Antom
	ChargeUnconfirmed ChargeResult = "unconfirmed" // the bank wants its holder to confirm: the charge was cancelled
	ChargeCancelled   ChargeResult = "cancelled"   // it takes no money: Antom never received it, its order was over first, or an operator has cancelled it
	ChargeAwaited     ChargeResult = "processing"  // Antom has not answered, or gives its result later
)

// ChargeResultOf is how the charge of an order has ended.
func ChargeResultOf(o Order) ChargeResult {
	p := o.Current()
	switch {
	case p == nil && o.Closed != "":
		return ChargeCancelled
	case p == nil || p.Status.InProgress() || p.unfinished():
		return ChargeAwaited
	case p.Status == PaymentFailed:
		return ChargeDeclined
	case p.Status == PaymentCancelled && p.Action.Type != ActionNone: // as ChargeNeedsBuyer
		return ChargeUnconfirmed
	case p.Status == PaymentCancelled:
		return ChargeCancelled
	}
	return ChargeSucceeded
}

// ChargeNeedsBuyer reports whether a charge has to be cancelled: Antom has answered with an
// address for its buyer, who is not there.
func ChargeNeedsBuyer(p Payment) bool {
	return p.Choice.Charge && p.Status.InProgress() && p.Action.Type != ActionNone
}
