package checkout

import (
	"fmt"
	"strings"
	"time"
)

// Effect is something to be done after a change has been committed, once. It is
// kept in the outbox under its topic, which is unique within an order.
type Effect string

// EffectPaid tells that an order has been paid for the first time.
const EffectPaid Effect = "order.paid"

// captureDue is how the topics of EffectCaptureDue begin.
const captureDue = "capture.due"

// EffectCaptureDue warns the merchant that a card has to be captured.
func EffectCaptureDue(requestID string, left time.Duration) Effect {
	return Effect(fmt.Sprintf("%s:%s:%dd", captureDue, requestID, int(left.Hours()/24)))
}

// operatorCaptureDue tells the operator of the same.
func operatorCaptureDue(requestID string, left time.Duration) Effect {
	_, about, _ := strings.Cut(string(EffectCaptureDue(requestID, left)), ":")
	return OperatorEffect(MatterCaptureDue, about)
}

// IsCaptureDue reports whether the effect is an EffectCaptureDue.
func (e Effect) IsCaptureDue() bool { return strings.HasPrefix(string(e), captureDue+":") }

// effects are the consequences of going from one state of an order to the next.
func effects(before, after Order) []Effect {
	var due []Effect
	if after.EverPaid && !before.EverPaid {
		due = append(due, EffectPaid)
	}
	due = append(due, emailsDue(before, after)...)
	return append(due, operatorEmailsDue(before, after)...)
}
