package checkout

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dispute is a dispute about a payment with its last step, as Antom tells of it
// (notifyDispute). It moves no status: the operator is told, and a refund is questioned.
// A message may lack all but ID and Step; what is known of the dispute then stays.
type Dispute struct {
	ID         string    `json:"id"`
	Type       string    `json:"type,omitempty"`   // Antom's disputeType, e.g. CHARGEBACK
	Step       string    `json:"step"`             // Antom's disputeNotificationType, e.g. DISPUTE_CREATED
	Due        time.Time `json:"due,omitzero"`     // until when it has to be answered; zero when that is not known
	Result     string    `json:"result,omitempty"` // Antom's disputeJudgedResult, of DISPUTE_JUDGED
	Amount     Money     `json:"amount,omitzero"`  // in dispute, or what was decided about; zero when Antom has not named it
	Source     string    `json:"source,omitempty"` // the scheme or bank that runs it
	ReasonCode string    `json:"reason_code,omitempty"`
	Reason     string    `json:"reason,omitempty"`

	Since        time.Time `json:"since,omitzero"`          // when it began
	Undefendable bool      `json:"undefendable,omitempty"`  // Antom has said that it takes no defence
	AcceptReason string    `json:"accept_reason,omitempty"` // Antom's disputeAcceptReason, of DISPUTE_ACCEPTED
	AutoDefence  string    `json:"auto_defence,omitempty"`  // Antom's autoDefendReason: it defends by itself
}

// The types of disputes that move no money.
const (
	retrievalRequest  = "RETRIEVAL_REQUEST"
	complianceRequest = "COMPLIANCE_REQUEST"
)

// The steps of disputes, as Antom's API names them.
const (
	StepDisputeCreated   = "DISPUTE_CREATED"
	StepDefenseDue       = "DEFENSE_DUE_ALERT"
	StepDefenseSupplied  = "DEFENSE_SUPPLIED"
	StepDisputeAccepted  = "DISPUTE_ACCEPTED"
	StepDisputeCancelled = "DISPUTE_CANCELLED"
	StepDisputeDecided   = "DISPUTE_JUDGED"
	StepRDRResolved      = "RDR_RESOLVED"
)

// DisputeState is how a dispute stands for the merchant.
type DisputeState string

// The states of a dispute.
const (
	DisputeOpen     DisputeState = "open"     // it waits for the merchant's answer
	DisputeDefended DisputeState = "defended" // the answer is being examined
	DisputeWon      DisputeState = "won"      // the buyer bears it
	DisputeLost     DisputeState = "lost"     // Antom returns the money to the buyer by itself
	DisputeClosed   DisputeState = "closed"   // it was about papers, and no money
)

// State is how the dispute stands. A judgement that is not clearly for the merchant counts
// as lost. Antom's ACCEPT_BY_CUSTOMER is for the merchant. After papers that were not
// accepted (VALIDATE_FAIL) new ones may be supplied.
func (d Dispute) State() DisputeState {
	switch {
	case d.Step == StepDefenseSupplied:
		return DisputeDefended
	case d.Step == StepDisputeCancelled, d.Step == StepDisputeDecided && d.Result == "ACCEPT_BY_CUSTOMER":
		return DisputeWon
	case d.Step == StepDisputeDecided && d.Result == "VALIDATE_SUCCESS", d.Step == StepDisputeAccepted && d.AboutPapers():
		return DisputeClosed
	case d.Step == StepDisputeDecided && d.Result == "VALIDATE_FAIL":
		return DisputeOpen
	case d.Step == StepDisputeAccepted, d.Step == StepDisputeDecided, d.Step == StepRDRResolved:
		return DisputeLost
	}
	return DisputeOpen
}

// AboutPapers reports whether the dispute asks for papers, and holds no money.
func (d Dispute) AboutPapers() bool { return d.Type == retrievalRequest || d.Type == complianceRequest }

// TakenByDisputes is what Antom has taken of a payment by disputes that were lost. It is no
// refund. One that names no amount has taken all of the payment.
func TakenByDisputes(p Payment) Money { return p.Disputes.Taken(p.EffectiveAmount()) }

// Taken is what Antom has taken of a payment of this amount by those that were lost.
func (all Disputes) Taken(whole Money) Money {
	taken := Money{Currency: whole.Currency}
	for _, d := range all {
		switch {
		case d.State() != DisputeLost:
		case d.Amount == (Money{}):
			return whole
		case d.Amount.Currency == whole.Currency:
			taken.Minor += d.Amount.Minor
		}
	}
	taken.Minor = min(taken.Minor, whole.Minor)
	return taken
}

// TakenOfOrder is what Antom has taken of all payments of an order by disputes.
func TakenOfOrder(o Order) Money {
	sum := Money{Currency: o.Total.Currency}
	for _, p := range o.Payments {
		if taken := TakenByDisputes(p); taken.Currency == sum.Currency {
			sum.Minor += taken.Minor
		}
	}
	return sum
}

// Ended reports whether the dispute waits for nothing.
func (d Dispute) Ended() bool { return d.State() != DisputeOpen && d.State() != DisputeDefended }

// Disputes are the disputes about a payment, each with its last step.
type Disputes []Dispute

// apply keeps the last step of each dispute, with all that is known of it. Steps may arrive
// in any order: one that ends a dispute stays, and one that comes first goes back behind no
// other.
func (all *Disputes) apply(step Dispute, now time.Time) {
	step.Due = step.Due.UTC().Truncate(time.Millisecond)
	if step.Since = step.Since.UTC().Truncate(time.Millisecond); step.Since.IsZero() {
		step.Since = now
	}
	step.Undefendable = step.Undefendable && step.State() == DisputeOpen
	known := all.With(step.ID)
	if known == nil {
		*all = append(*all, step)
		return
	}
	later, earlier := step, *known
	if !step.Ended() && step.Step != StepDisputeDecided && (known.Ended() || place(step) < place(*known)) {
		later, earlier = *known, step
	}
	later.Type = cmp.Or(later.Type, earlier.Type)
	later.Amount = cmp.Or(later.Amount, earlier.Amount)
	later.Source = cmp.Or(later.Source, earlier.Source)
	later.ReasonCode, later.Reason = cmp.Or(later.ReasonCode, earlier.ReasonCode), cmp.Or(later.Reason, earlier.Reason)
	later.AcceptReason, later.AutoDefence = cmp.Or(later.AcceptReason, earlier.AcceptReason), cmp.Or(later.AutoDefence, earlier.AutoDefence)
	later.Undefendable = later.Undefendable || earlier.Undefendable
	if !earlier.Since.IsZero() && (later.Since.IsZero() || earlier.Since.Before(later.Since)) {
		later.Since = earlier.Since
	}
	if later.Due.IsZero() && !later.Ended() {
		later.Due = earlier.Due
	}
	*known = later
}

// place is where a step stands among those before the end.
func place(d Dispute) int {
	return slices.Index([]string{StepDisputeCreated, StepDefenseDue, StepDefenseSupplied}, d.Step)
}

// worst is the dispute that makes a return of the payment doubtful, or nil: one that
// was lost, or else one that is open.
func (all Disputes) worst() (found *Dispute) {
	for i := range all {
		switch d := &all[i]; {
		case d.State() == DisputeLost:
			return d
		case !d.Ended():
			found = d
		}
	}
	return found
}

// lost reports whether Antom has returned the payment's funds by a dispute.
func (all Disputes) lost() bool {
	d := all.worst()
	return d != nil && d.State() == DisputeLost
}

// QuestionReturn questions the return of a payment in dispute, by refund or cancel: the
// buyer would have the money twice. Error: CodeDisputed.
func QuestionReturn(p Payment) error {
	d := p.Disputes.worst()
	switch {
	case d == nil:
		return nil
	case d.State() == DisputeLost:
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

// PaymentInDispute is the payment that a dispute is about, or nil.
func PaymentInDispute(o Order, id string) *Payment {
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

// at is the dispute as it was with a step of its past.
func (d Dispute) at(step Dispute) Dispute {
	if d.Step != step.Step {
		d.Result = ""
	}
	d.Step, d.Due = step.Step, step.Due
	return d
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
