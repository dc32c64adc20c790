package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"antom-checkout/checkout"
)

// charge has a saved card pay without its buyer, beside a running server or without one.
func charge(ctx context.Context, l *line, s Settings, want checkout.ChargeRequest, asJSON bool) error {
	if want.Card == "" || want.Minor <= 0 || want.Key.Idempotency == "" || len(want.Key.Idempotency) > 128 || l.set("order") || l.set("email") || l.set("anyway") {
		return usageError{errors.New("admin: charge needs --card, --amount of at least 1 and --key (up to 128 bytes), and nothing else")}
	}
	if checkout.IDHoldsCardNumber(want.Key.Idempotency) || checkout.IDHoldsCardNumber(want.Card) {
		return usageError{errors.New("admin: --key or --card looks like a card number; --card is the id that show prints")}
	}
	return l.beside(ctx, s, func(p *Program) error { return p.charge(ctx, l, want, asJSON) })
}

func (p *Program) charge(ctx context.Context, l *line, want checkout.ChargeRequest, asJSON bool) error {
	o, err := p.Services.Payments.Charge(ctx, want)
	var refused *checkout.Error
	switch {
	case checkout.IsNotFound(err):
		return fmt.Errorf("no charge: no saved card has the id %q", want.Card)
	case errors.As(err, &refused):
		why := refused.Detail
		if why == "" {
			why = checkout.OperatorText(refused.Code)
		}
		return fmt.Errorf("no charge of card %s: %s", want.Card, why)
	case err != nil:
		return err
	}
	result, code := checkout.ChargeResultOf(o), ""
	if last := o.Last(); last != nil {
		code = last.ResultCode
	}
	if asJSON {
		err = json.NewEncoder(l.stdout).Encode(chargeFields(o, result, code))
	} else {
		_, err = fmt.Fprintln(l.stdout, chargeSentences(o, result))
	}
	switch {
	case err != nil:
		return err
	case result == checkout.ChargeDeclined:
		return fmt.Errorf("declined: %s", code)
	case result == checkout.ChargeUnconfirmed:
		return errors.New("the card's bank wants its holder to confirm, so the charge was cancelled; ask the buyer to pay with the card themselves")
	case result == checkout.ChargeCancelled:
		return errors.New("the charge has ended and takes no money: Antom did not receive it, its order was over first, or an operator has cancelled it; another charge takes a new --key")
	}
	return nil
}

// chargeSentences are the charge's result and the order's status.
func chargeSentences(o checkout.Order, result checkout.ChargeResult) string {
	ended := map[checkout.ChargeResult]string{
		checkout.ChargeSucceeded:   "has succeeded.",
		checkout.ChargeDeclined:    "was declined.",
		checkout.ChargeUnconfirmed: "was cancelled.",
		checkout.ChargeCancelled:   "has ended without money.",
		checkout.ChargeAwaited:     "is under way; the same command again says how it ends.",
	}[result]
	return fmt.Sprintf("Charge of %s %s Order %s is now %s.", amountText(o.Total), ended, o.Number, statusText(o.Status))
}

// chargeFields is the same for programs.
func chargeFields(o checkout.Order, result checkout.ChargeResult, code string) map[string]any {
	answer := map[string]any{
		"action": checkout.ActionCharge, "order": o.ID, "number": o.Number, "status": result, "amount": o.Total.Minor, "currency": o.Total.Currency,
	}
	if p := o.Last(); p != nil {
		answer["request_id"] = p.RequestID
	}
	if code != "" {
		answer["result_code"] = code
	}
	return answer
}
