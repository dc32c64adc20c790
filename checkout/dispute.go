package checkout

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dispute is a step of a dispute about a payment, as Antom tells of it (notifyDispute).
// It moves no status: the operator is told, and a refund is questioned.
type Dispute struct {
	ID     string    `json:"id"`
	Step   string    `json:"step"`             // Antom's disputeNotificationType, e.g. DISPUTE_CREATED
	Due    time.Time `json:"due,omitzero"`     // until when it has to be answered; zero when nothing is to be answered
	Result string    `json:"result,omitempty"` // Antom's disputeJudgedResult, of DISPUTE_JUDGED
}

// disputeEnd is how a dispute has ended.
type disputeEnd string

const (
	disputeOpen disputeEnd = ""     // it has not: the money may be returned to the buyer
	disputeWon  disputeEnd = "won"  // the buyer bears it
	disputeLost disputeEnd = "lost" // Antom returns the money to the buyer by itself
)

// end is how the dispute has ended with this step. A judgement that is not clearly for
// the merchant counts as lost. Antom's ACCEPT_BY_CUSTOMER is for the merchant.
func (d Dispute) end() disputeEnd {
	switch d.Step {
	case "DISPUTE_CANCELLED":
		return disputeWon
	case "DISPUTE_ACCEPTED", "RDR_RESOLVED":
		return disputeLost
	case "DISPUTE_JUDGED":
		if d.Result == "ACCEPT_BY_CUSTOMER" || d.Result == "VALIDATE_SUCCESS" {
			return disputeWon
		}
		return disputeLost
	}
	return disputeOpen
}

// Disputes are the disputes about a payment, each with its last step.
type Disputes []Dispute

// apply keeps the last step of each dispute. Steps may arrive in any order: one that
// ends a dispute stays.
func (all *Disputes) apply(step Dispute) {
	step.Due = step.Due.UTC().Truncate(time.Millisecond)
	switch known := all.With(step.ID); {
	case known == nil:
		*all = append(*all, step)
	case step.end() != disputeOpen || known.end() == disputeOpen:
		*known = step
	}
}

// worst is the dispute that makes a return of the payment doubtful, or nil: one that
// was lost, or else one that is open.
func (all Disputes) worst() (found *Dispute) {
	for i := range all {
		switch d := &all[i]; d.end() {
		case disputeLost:
			return d
		case disputeOpen:
			found = d
		}
	}
	return found
}

// lost reports whether Antom has returned the payment's funds by a dispute.
func (all Disputes) lost() bool {
	d := all.worst()
	return d != nil && d.end() == disputeLost
}

// QuestionReturn questions the return of a payment in dispute, by refund or cancel: the
// buyer would have the money twice. Error: CodeDisputed.
func QuestionReturn(p Payment) error {
	d := p.Disputes.worst()
	switch {
	case d == nil:
		return nil
	case d.end() == disputeLost:
		return NewError(CodeDisputed, "Antom returns the money by dispute "+d.ID+" ("+d.Step+"), and the buyer would have it twice")
	}
	return NewError(CodeDisputed, "dispute "+d.ID+" is open ("+d.Step+"), and the buyer would have the money twice if it is lost")
}

// With finds a dispute by its id, or nil.
func (all Disputes) With(id string) *Dispute {
	if i := slices.IndexFunc(all, func(d Dispute) bool { return d.ID == id }); i >= 0 {
		return &all[i]
	}
	return nil
}

// paymentInDispute is the payment that a dispute is about, or nil.
func paymentInDispute(o Order, id string) *Payment {
	for i := range o.Payments {
		if o.Payments[i].Disputes.With(id) != nil {
			return &o.Payments[i]
		}
	}
	return nil
}

// effect tells the operator of the step, once.
func (d *Dispute) effect() Effect {
	due := int64(0)
	if !d.Due.IsZero() {
		due = d.Due.Unix()
	}
	return OperatorEffect(MatterDispute, d.ID+":"+d.Step+":"+strconv.FormatInt(due, 10))
}

// disputeIn is the step that an effect is about.
func disputeIn(about string) Dispute {
	id, rest, _ := strings.Cut(about, ":")
	step, due, _ := strings.Cut(rest, ":")
	d := Dispute{ID: id, Step: step}
	if seconds, err := strconv.ParseInt(due, 10, 64); err == nil && seconds > 0 {
		d.Due = time.Unix(seconds, 0).UTC()
	}
	return d
}
