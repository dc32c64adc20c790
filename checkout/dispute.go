package checkout

import (
	"strconv"
	"strings"
	"time"
)

// Dispute is a step of a dispute about a payment, as Antom tells of it (notifyDispute).
// It moves no status: until there is a page for disputes, the operator is told.
type Dispute struct {
	ID   string
	Step string    // Antom's disputeNotificationType, e.g. DISPUTE_CREATED
	Due  time.Time // until when it has to be answered; zero when nothing is to be answered
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
