package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
)

const adminHelp = `actions:
  capture   take the money of an authorised card (manual capture)
  refund    return --amount minor units, or all that is left
  cancel    close an unpaid order, release a card, or return a payment while its
            method allows
  accept    end a review: keep the amount that Antom has confirmed, or, where it
            cannot be returned through Antom, record that it was resolved with
            the buyer offline
  charge    have the saved card --card pay --amount minor units without its buyer, who
            has agreed to charges when saving it. An order of its own, in the currency
            of the order with which the card was saved. A bank that wants the
            cardholder to confirm ends it
  export    print what is stored about a buyer as JSON: of one order, or of all that
            were placed with --email
  erase     erase what is stored about a buyer, likewise; what proves what was sold
            and paid stays. Refused while an order is unfinished, under review or
            disputed

--order takes the order's number as its buyer knows it (ABCDE-FGHIJ), or its id.

Where an order is under review because Antom has taken another amount, or by
another method, accept keeps it, refund returns all of it, and cancel returns it
and closes the order.

A payment in dispute, or that Antom has returned by a dispute, is refunded or
cancelled only with --anyway: the buyer would have the money twice.

The same --key again is the same action, so a command may be repeated safely.
export and erase need no key.
`

// adminActions are what an operator may do.
var adminActions = map[string]func(context.Context, *payments.Service, adminCommand) (checkout.Operation, error){
	"capture": func(ctx context.Context, service *payments.Service, a adminCommand) (checkout.Operation, error) {
		return service.Capture(ctx, a.order.ID, a.key)
	},
	"refund": func(ctx context.Context, service *payments.Service, a adminCommand) (checkout.Operation, error) {
		return a.operators(service).Refund(ctx, a.order.ID, a.minor, a.key)
	},
	"cancel": func(ctx context.Context, service *payments.Service, a adminCommand) (checkout.Operation, error) {
		return checkout.Operation{Kind: checkout.Cancel, Status: checkout.OperationSuccess}, a.operators(service).Cancel(ctx, a.order.ID, a.key)
	},
	"accept": func(ctx context.Context, service *payments.Service, a adminCommand) (checkout.Operation, error) {
		return checkout.Operation{Kind: "accept", Status: checkout.OperationSuccess}, service.Accept(ctx, a.order.ID, a.key)
	},
}

// adminCommand is what an operator wants done.
type adminCommand struct {
	action string
	order  checkout.Order
	minor  int64
	key    checkout.Key
	anyway bool
	asJSON bool
}

// operators carries the command out, also of a payment in dispute if that is wanted.
func (a adminCommand) operators(service *payments.Service) payments.Operators {
	if a.anyway {
		return service.Anyway()
	}
	return service
}

// administer does what an operator wants done, beside a running server or without one.
func administer(ctx context.Context, l *line) error {
	order := l.flags.String("order", "", "number or id of the order")
	amount := l.flags.Int64("amount", 0, "minor units to refund, all that is left without it; or to charge")
	email := l.flags.String("email", "", "of export and erase: the buyer's address, for all orders placed with it")
	key := l.flags.String("key", "", "idempotency key: repeating a command with the same key does nothing new")
	card := l.flags.String("card", "", "of charge: the id of the saved card, as show prints it")
	anyway := l.flags.Bool("anyway", false, "refund or cancel although the payment is in dispute")
	asJSON := l.flags.Bool("json", false, "answer with one JSON object instead of sentences")
	s, err := l.load()
	if err != nil {
		return err
	}
	a := adminCommand{action: l.arguments[0], minor: *amount, key: checkout.Key{Operator: checkout.CommandLine, Idempotency: *key}, anyway: *anyway, asJSON: *asJSON}
	personal := personalActions[a.action]
	if a.action == checkout.ActionCharge {
		return charge(ctx, l, s, checkout.ChargeRequest{Key: a.key, Card: *card, Minor: *amount}, *asJSON)
	}
	if adminActions[a.action] == nil && personal == nil {
		return usageError{fmt.Errorf("admin: no action %q\n\n%s", a.action, adminHelp)}
	}
	if personal != nil {
		return personally(ctx, l, s, personal, person{order: *order, email: *email, asJSON: *asJSON})
	}
	if *email != "" || *card != "" || *order == "" || *key == "" || len(*key) > 128 || l.set("amount") && (*amount <= 0 || a.action != "refund") || *anyway && a.action != "refund" && a.action != "cancel" {
		return usageError{errors.New("admin: --order and --key (up to 128 bytes) are needed; --amount is for refund, and at least 1; --anyway is for refund and cancel")}
	}
	if checkout.IDHoldsCardNumber(*key) {
		return usageError{errors.New("admin: --key is stored, and looks like a card number; take another key")}
	}
	return l.beside(ctx, s, func(p *Program) (err error) {
		if a.order, err = p.findOrder(ctx, *order); err != nil {
			return err
		}
		return p.carryOut(ctx, a, l.stdout)
	})
}

// findOrder finds an order by its number, however it is typed, or by its id.
func (p *Program) findOrder(ctx context.Context, typed string) (o checkout.Order, err error) {
	if number := checkout.OrderNumber(typed); number != "" {
		if o, err = p.Store.OrderByNumber(ctx, number); !checkout.IsNotFound(err) {
			return o, err
		}
	}
	if o, err = p.Store.OrderByID(ctx, typed); checkout.IsNotFound(err) {
		return o, fmt.Errorf("no order has the number or the id %q", typed)
	}
	return o, err
}

// carryOut does it and prints the result.
func (p *Program) carryOut(ctx context.Context, a adminCommand, stdout io.Writer) error {
	operation, err := adminActions[a.action](ctx, p.Services.Payments, a)
	if err != nil {
		return refusal(a, err)
	}
	if a.order, err = p.Store.OrderByID(ctx, a.order.ID); err != nil {
		return err
	}
	if a.asJSON {
		err = json.NewEncoder(stdout).Encode(a.fields(operation))
	} else {
		_, err = fmt.Fprintln(stdout, a.sentences(operation))
	}
	if err == nil && operation.Status == checkout.OperationFailed {
		return fmt.Errorf("refused by Antom: %s", operation.ResultCode)
	}
	return err
}

// sentences are the operation's result and the order's status.
func (a adminCommand) sentences(operation checkout.Operation) string {
	order := fmt.Sprintf("Order %s is now %s.", a.order.Number, statusText(a.order.Status))
	if operation.RequestID == "" {
		return order
	}
	what := map[checkout.OperationKind]string{checkout.Capture: "Capture", checkout.Refund: "Refund", checkout.Cancel: "Cancel"}[operation.Kind]
	result := "is under way; Antom reports its result later."
	switch operation.Status {
	case checkout.OperationSuccess:
		result = "has succeeded."
	case checkout.OperationFailed:
		result = "has failed."
	}
	return fmt.Sprintf("%s %s of %s %s %s", what, operation.RequestID, amountText(operation.Amount), result, order)
}

// statusText is an order's status within a sentence.
func statusText(s checkout.OrderStatus) string {
	if s == checkout.OrderReview {
		return "under review"
	}
	return strings.ReplaceAll(string(s), "_", " ")
}

// fields is the same for programs.
func (a adminCommand) fields(operation checkout.Operation) map[string]any {
	answer := map[string]any{"action": operation.Kind, "order": a.order.ID, "status": operation.Status}
	if operation.RequestID != "" {
		answer["request_id"], answer["amount"], answer["currency"] = operation.RequestID, operation.Amount.Minor, operation.Amount.Currency
	}
	if operation.ResultCode != "" {
		answer["result_code"] = operation.ResultCode
	}
	return answer
}

// refusal says in a sentence why nothing was done.
func refusal(a adminCommand, err error) error {
	var refused *checkout.Error
	if !errors.As(err, &refused) {
		return err
	}
	why := cmp.Or(refused.Detail, checkout.OperatorText(refused.Code))
	if refused.Code == checkout.CodeDisputed {
		why += "; --anyway returns it nevertheless"
	}
	return fmt.Errorf("no %s of order %s: %s", a.action, a.order.Number, why)
}
