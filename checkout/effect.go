package checkout

import (
	"fmt"
	"strings"
	"time"
)

// Effect is an action that follows a committed change, carried out once. The outbox
// keeps it under its topic, which is unique within an order.
type Effect string

// EffectPaid announces that an order has been paid for the first time.
const EffectPaid Effect = "order.paid"

// captureDue is how the topics of EffectCaptureDue begin.
const captureDue = "capture.due"

// EffectCaptureDue warns the merchant that a card has to be captured.
func EffectCaptureDue(requestID string, left time.Duration) Effect {
	return Effect(fmt.Sprintf("%s:%s:%dd", captureDue, requestID, int(left.Hours()/24)))
}

// operatorCaptureDue is the email to the operator with the same warning.
func operatorCaptureDue(requestID string, left time.Duration) Effect {
	_, about, _ := strings.Cut(string(EffectCaptureDue(requestID, left)), ":")
	return OperatorEffect(MatterCaptureDue, about)
}

// IsCaptureDue reports whether the effect is an EffectCaptureDue.
func (e Effect) IsCaptureDue() bool { return strings.HasPrefix(string(e), captureDue+":") }

// captureDuePayment is the payment that an EffectCaptureDue is about.
func (e Effect) captureDuePayment() string {
	_, about, _ := strings.Cut(string(e), ":")
	requestID, _, _ := strings.Cut(about, ":")
	return requestID
}

// effects are the effects of a change from one state of an order to the next.
func effects(before, after Order) []Effect {
	var due []Effect
	if after.EverPaid && !before.EverPaid {
		due = append(due, EffectPaid)
	}
	due = append(due, emailsDue(before, after)...)
	return append(due, operatorEmailsDue(before, after)...)
}
