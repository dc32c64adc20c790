package checkout

import (
	"fmt"
	"strings"
)

// Key says who orders an operation. The same key of the same operator again is the same
// operation; the zero Key is the shop itself.
type Key struct {
	Operator    string // CommandLine, a person or an API key; without a slash
	Idempotency string
}

// CommandLine is the operator whose orders come from the command line.
const CommandLine = "admin"

// ownKey marks what the shop orders by itself.
const ownKey = "shop"

func (k Key) text() string {
	if k == (Key{}) {
		return ownKey
	}
	return k.Operator + ":" + k.Idempotency
}

// Cause is the cause of what the key orders. The ledger names it "admin:KEY" for the
// command line and "admin:OPERATOR/KEY" for every other operator, so that two operators
// with the same key are two.
func (k Key) Cause() Cause {
	switch {
	case k == (Key{}):
		return Cause{Kind: BySweeper}
	case k.Operator == CommandLine && !strings.Contains(k.Idempotency, "/"):
		return Cause{Kind: ByAdmin, ID: k.Idempotency}
	}
	return Cause{Kind: ByAdmin, ID: k.Operator + "/" + k.Idempotency}
}

// OperatorAction is what an operator has ordered under a key. A key means one action,
// for good.
type OperatorAction struct {
	Key    Key
	Name   string // capture, refund, cancel, accept, charge, dispute.accept or dispute.defend; "" for one that was ordered before this was kept
	Minor  int64  // of a refund, as it was ordered: 0 for all that is left
	Order  string // its id
	Number string // of the order
	About  string // of an answer to a dispute: its id, and the hash of the document that defends it
}

// CheckRepeat reports whether an action is the one that its key has ordered first.
// Errors: CodeKeyReused.
func CheckRepeat(first, again OperatorAction) error {
	if again.Order == first.Order && (first.Name == "" || again.Name == first.Name && again.Minor == first.Minor && again.About == first.About) {
		return nil
	}
	return keyReused(first)
}

// keyReused refuses a key that has ordered another action first.
func keyReused(first OperatorAction) error {
	return NewError(CodeKeyReused, "this key was used before, for "+first.String()+"; another action takes a new key")
}

// String names the action within a sentence.
func (a OperatorAction) String() string {
	switch {
	case a.Name == "":
		return "order " + a.Number
	case a.Name == string(Refund) && a.Minor != 0:
		return fmt.Sprintf("a refund of %d of order %s", a.Minor, a.Number)
	case a.Name == ActionCharge:
		return fmt.Sprintf("a charge of %d, order %s", a.Minor, a.Number)
	case a.Name == ActionAcceptDispute, a.Name == ActionDefendDispute:
		dispute, _, _ := strings.Cut(a.About, " ")
		return fmt.Sprintf("the answer to dispute %s of order %s", dispute, a.Number)
	case a.Name == string(ResolutionAccept):
		return "accepting order " + a.Number
	}
	return "the " + a.Name + " of order " + a.Number
}

// orderedAs is the action of an operator that the request carries out, or nil for the
// shop itself.
func (want OperationRequest) orderedAs(orderID string) *OperatorAction {
	if want.Key == (Key{}) {
		return nil
	}
	return &OperatorAction{Key: want.Key, Name: string(want.Kind), Minor: want.Minor, Order: orderID}
}

// Evidence is the evidence of an operation that begins.
func (want OperationRequest) Evidence(orderID string) Evidence {
	return Evidence{Cause: want.Key.Cause(), Action: want.orderedAs(orderID)}
}

// Evidence is the evidence of what the action changes.
func (a OperatorAction) Evidence() Evidence { return Evidence{Cause: a.Key.Cause(), Action: &a} }
