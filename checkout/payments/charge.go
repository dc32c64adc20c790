package payments

import (
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// chargeTime is how long a charge waits for Antom's answer before its order expires.
const chargeTime = time.Hour

// charges charges saved cards without their buyers, on an operator's order.
type charges struct{ *starts }

// Charge has a saved card pay an amount without its buyer, in an order of its own. The
// same key is the same charge: it is brought up to date, and never made again. A bank
// that wants its cardholder to confirm ends the charge. Errors: CodeNotFound,
// CodeCardNotChargeable, CodeAmountInvalid, CodeKeyReused.
func (s *charges) Charge(ctx context.Context, want checkout.ChargeRequest) (checkout.Order, error) {
	o, err := s.chargedOrder(ctx, want)
	if err != nil {
		return o, err
	}
	unlock, err := s.alone(ctx, o.ID)
	if err != nil {
		return o, err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callAllowance)
	defer cancel()
	if o, err = s.store.OrderByID(ctx, o.ID); err != nil {
		return o, err
	}
	if o, err = s.submitCharge(ctx, o, want); err != nil {
		return o, err
	}
	return s.endCharge(ctx, o, want)
}

// chargedOrder is the order of the charge: a new one, or the one that the key has made.
func (s *charges) chargedOrder(ctx context.Context, want checkout.ChargeRequest) (checkout.Order, error) {
	o, err := s.store.OrderByForm(ctx, want.FormKey())
	if err == nil {
		return o, checkout.CheckChargeRepeat(o, want)
	}
	if !checkout.IsNotFound(err) {
		return o, err
	}
	if first, err := s.store.OperatorAction(ctx, want.Key); err == nil {
		return o, checkout.CheckRepeat(first, want.Action(checkout.Order{}))
	}
	card, err := s.chargeable(ctx, want.Card)
	if err != nil {
		return o, err
	}
	agreed, err := s.agreedOrder(ctx, card)
	if err != nil {
		return o, err
	}
	if o, err = checkout.NewCharge(agreed, card, want, s.cfg.NewID(), s.rules().Now, chargeTime); err != nil {
		return o, err
	}
	if o, err = s.store.CreateOrder(ctx, o, want.Key.Cause()); err != nil {
		return o, fmt.Errorf("store charge: %w", err)
	}
	return o, checkout.CheckChargeRepeat(o, want) // another command may have been faster
}

// chargeable is the card, if it may be charged without its buyer.
func (s *charges) chargeable(ctx context.Context, id string) (checkout.SavedCard, error) {
	card, err := s.store.SavedCard(ctx, id)
	if err != nil {
		return card, err
	}
	payments, err := s.store.CardsOfSaved(ctx, id)
	if err != nil {
		return card, err
	}
	if refused := checkout.CheckCharge(card, payments); refused != nil {
		return card, refused
	}
	return card, nil
}

// agreedOrder is the order with whose payment the buyer has agreed.
func (s *charges) agreedOrder(ctx context.Context, card checkout.SavedCard) (checkout.Order, error) {
	orderID, _, err := s.store.FindPayment(ctx, checkout.Reference{RequestID: card.AgreedBy})
	if err != nil {
		return checkout.Order{}, err
	}
	return s.store.OrderByID(ctx, orderID)
}

// submitCharge stores the payment and submits it, or brings up to date the one that is
// there: the same request again where Antom does not know it.
func (s *charges) submitCharge(ctx context.Context, o checkout.Order, want checkout.ChargeRequest) (checkout.Order, error) {
	p := o.Last()
	if p == nil {
		if !o.Payable() {
			return o, nil // it has expired before it was submitted
		}
		added, err := s.addCharge(ctx, o, want)
		if err != nil {
			return o, err
		}
		return s.sendCharge(ctx, added, *added.Last(), false)
	}
	if !p.Status.InProgress() {
		return o, nil
	}
	o, found, err := s.inquire(ctx, o, *p)
	if err != nil || found != checkout.FindingNotFound || !o.Payable() {
		return o, err
	}
	if o, err = s.beforeRepeat(ctx, o.ID, p.RequestID); err != nil || !o.Last().Status.InProgress() || !o.Last().Repeatable() {
		return o, err
	}
	return s.sendCharge(ctx, o, *o.Last(), true)
}

func (s *charges) addCharge(ctx context.Context, o checkout.Order, want checkout.ChargeRequest) (checkout.Order, error) {
	card, err := s.chargeable(ctx, want.Card) // again: its buyer may have removed it meanwhile
	if err != nil {
		return o, err
	}
	p, err := s.newPayment(o, checkout.ChargeAttempt(card))
	if err != nil {
		return o, err
	}
	return s.changeBy(ctx, o.ID, want.Action(o).Evidence(), func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		after, err := checkout.AddPayment(o, p, s.rules())
		return after, nil, err
	})
}

func (s *charges) sendCharge(ctx context.Context, o checkout.Order, p checkout.Payment, submittedBefore bool) (checkout.Order, error) {
	e, call, err := s.gateway.Submit(ctx, p, submittedBefore)
	if err != nil {
		return o, err
	}
	return s.Record(ctx, o.ID, e, checkout.Evidence{Call: call})
}

// endCharge closes the order of a charge that has failed, or that the bank wants its
// cardholder to confirm.
func (s *charges) endCharge(ctx context.Context, o checkout.Order, want checkout.ChargeRequest) (checkout.Order, error) {
	p := o.Last()
	if p == nil || o.Closed != "" || !checkout.ChargeNeedsBuyer(*p) && p.Status != checkout.PaymentFailed {
		return o, nil
	}
	return s.close(ctx, o, checkout.OrderCancelled, want.Action(o).Evidence())
}
