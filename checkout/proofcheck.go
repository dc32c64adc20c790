package checkout

import (
	"fmt"
	"slices"
	"strings"
)

// CheckProof compares every transition of a proof with the message behind it. read
// verifies a message and says what it states; its error is the reason why it proves
// nothing.
func CheckProof(p Proof, read func(ProofMessage) (Statement, error)) ProofReport {
	c := &proofChecker{proof: p, statements: map[string]Statement{}, forged: map[string]error{}, ids: map[string]string{}, standing: map[string]string{}}
	c.readMessages(read)
	c.report = ProofReport{Order: p.Order.Number, Status: p.Order.Status, Transitions: []ProvedTransition{}, Problems: []string{}, Unproven: unproven, ClientIDs: c.clientIDs()}
	used := map[string]bool{}
	for i, t := range p.Transitions {
		if i > 0 && t.Seq <= p.Transitions[i-1].Seq {
			c.problem("transition %d does not come after the one before it", t.Seq)
		}
		used[t.Message] = true
		c.report.Transitions = append(c.report.Transitions, c.transition(t))
	}
	c.checkEnd()
	for i, m := range p.Messages {
		if !used[m.ID] {
			c.problem("message %s is behind no transition", m.ID)
		}
		if slices.ContainsFunc(p.Messages[:i], func(before ProofMessage) bool { return before.ID == m.ID }) {
			c.problem("message %s is there twice", m.ID)
		}
	}
	c.report.OK = len(c.report.Problems) == 0 && !slices.ContainsFunc(c.report.Transitions, func(t ProvedTransition) bool { return t.Result.Wrong() })
	return c.report
}

type proofChecker struct {
	proof      Proof
	statements map[string]Statement // of verified messages, by their ids
	forged     map[string]error
	ids        map[string]string // which payment Antom has given which id
	standing   map[string]string // where order, payments and operations stand, after the transitions so far
	report     ProofReport
}

func (c *proofChecker) problem(format string, arguments ...any) {
	c.report.Problems = append(c.report.Problems, fmt.Sprintf(format, arguments...))
}

// readMessages verifies all messages first: one of them may say to which payment an id of
// Antom's belongs that stands alone in another.
func (c *proofChecker) readMessages(read func(ProofMessage) (Statement, error)) {
	for _, m := range c.proof.Messages {
		if m.Missing != "" {
			continue
		}
		s, err := read(m)
		if err != nil {
			c.forged[m.ID] = err
			continue
		}
		c.statements[m.ID] = s
		if s.About.RequestID != "" && s.About.AntomID != "" {
			c.ids[s.About.AntomID] = s.About.RequestID
		}
	}
}

func (c *proofChecker) clientIDs() []string {
	ids := []string{}
	for _, m := range c.proof.Messages {
		if m.ClientID != "" {
			ids = append(ids, m.ClientID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// transition checks one transition, and takes it into account for those after it.
func (c *proofChecker) transition(t ProofTransition) ProvedTransition {
	proved := ProvedTransition{ProofTransition: t}
	problem := c.chain(t)
	if problem == "" {
		problem = c.follows(t)
	}
	if problem != "" {
		proved.Result, proved.Note = ProofContradicted, problem
		return proved
	}
	if t.Message == "" {
		proved.Result, proved.Note = c.unsigned(t)
		return proved
	}
	m, found := c.proof.message(t.Message)
	statement, verified := c.statements[t.Message]
	switch {
	case !found:
		proved.Result, proved.Note = ProofMissing, "the proof does not hold the message"
	case m.Missing == MissingUnanswered && (t.To == string(PaymentUnknown) || t.To == string(OperationProcessing) || t.Subject == SubjectOrder):
		proved.Result, proved.Note = ProofUnsigned, "Antom was called, and gave no answer with a signature"
	case m.Missing != "":
		proved.Result, proved.Note = ProofMissing, m.Missing
	case !verified:
		proved.Result, proved.Note = ProofForged, c.forged[t.Message].Error()
	default:
		proved.SignedAt, proved.KeyVersion = signedAt(m.Time), statement.KeyVersion
		proved.Result, proved.Note = c.signed(t, statement)
	}
	return proved
}

// chain says why a transition does not go on where the one before it has ended, or "".
func (c *proofChecker) chain(t ProofTransition) string {
	key := t.subject()
	from := c.standing[key]
	c.standing[key] = t.To
	if from != t.From {
		return fmt.Sprintf("it begins at %q, and the one before it ended at %q", t.From, from)
	}
	payment, known := c.proof.payment(t.PaymentRequestID)
	_, knownOperation := payment.operation(t.Subject, t.RequestID)
	switch {
	case !known && (t.Subject != SubjectOrder || t.PaymentRequestID != ""):
		return "the proof does not hold its payment"
	case !knownOperation && t.ofOperation():
		return "the proof does not hold its " + t.Subject
	case !t.ofOperation() && t.RequestID != "":
		return "it names an operation, and is not about one"
	case t.Message != t.Cause && !t.decided() && (t.Message != "" || causedByAntom(t.Cause)):
		return "its cause names another message"
	case !t.possible():
		return fmt.Sprintf("no %s goes from %q to %q", t.Subject, t.From, t.To)
	}
	return ""
}

func (t ProofTransition) ofOperation() bool {
	return t.Subject != SubjectOrder && t.Subject != SubjectPayment
}

// decided reports whether an operator has decided over the answer to an inquiry.
func (t ProofTransition) decided() bool {
	return strings.HasPrefix(t.Cause, string(ByAdmin)+":") && strings.HasPrefix(t.Message, string(ByInquiry)+":")
}

// subject names what a transition is of.
func (t ProofTransition) subject() string {
	if t.Subject == SubjectOrder {
		return SubjectOrder
	}
	return t.Subject + " " + t.PaymentRequestID + " " + t.RequestID
}

// possible reports whether a transition is in the tables of status.go.
func (t ProofTransition) possible() bool {
	switch t.Subject {
	case SubjectOrder:
		return t.From == "" && t.To == string(OrderOpen) || OrderStatus(t.From).CanTransitionTo(OrderStatus(t.To))
	case SubjectPayment:
		return t.From == "" && t.To == string(PaymentCreated) || PaymentStatus(t.From).CanTransitionTo(PaymentStatus(t.To))
	case string(Capture), string(Refund), string(Cancel):
		added := t.From == "" && (t.To == string(OperationPending) || OperationPending.CanTransitionTo(OperationStatus(t.To)))
		return added || OperationStatus(t.From).CanTransitionTo(OperationStatus(t.To))
	}
	return false
}

// unsigned is about a transition without a message of Antom's.
func (c *proofChecker) unsigned(t ProofTransition) (ProofResult, string) {
	kind, _, _ := strings.Cut(t.Cause, ":")
	switch CauseKind(kind) {
	case ByAdmin, ByShopper, BySweeper:
	default:
		return ProofContradicted, "its cause is not known"
	}
	switch t.Subject {
	case SubjectPayment:
		switch PaymentStatus(t.To) {
		case PaymentCreated, PaymentUnknown, PaymentCancelled:
			return ProofUnsigned, ""
		}
	case SubjectOrder:
		return ProofUnsigned, ""
	default:
		if OperationStatus(t.To) != OperationSuccess {
			return ProofUnsigned, ""
		}
	}
	return ProofContradicted, "only Antom can cause it, and no message of Antom's is behind it"
}

// signed compares a transition with what Antom has signed.
func (c *proofChecker) signed(t ProofTransition, s Statement) (ProofResult, string) {
	named, problem := c.about(t, s)
	note := ""
	if problem == "" {
		switch t.Subject {
		case SubjectOrder:
			note = "the message is about its payment; the order follows from that"
		case SubjectPayment:
			problem = c.confirmPayment(t, s.Event)
		default:
			note, problem = c.confirmOperation(t, s.Event)
		}
	}
	switch {
	case problem != "":
		return ProofContradicted, problem
	case !named && t.takesMoney():
		return ProofContradicted, "the message does not say which payment it is about"
	case !named:
		return ProofUnbound, "the message does not say which payment it is about"
	}
	return ProofSigned, note
}

// takesMoney reports whether money has changed hands, or was reserved.
func (t ProofTransition) takesMoney() bool {
	switch t.Subject {
	case SubjectOrder:
		return false // its payment's transition is there as well
	case SubjectPayment:
		return PaymentStatus(t.To).HoldsFunds() || t.To == string(PaymentRefunded)
	}
	return t.To == string(OperationSuccess)
}

// about compares what a message names with what the transition is about. problem says
// that it is about something else; named is false when it names nothing.
func (c *proofChecker) about(t ProofTransition, s Statement) (named bool, problem string) {
	if t.PaymentRequestID == "" {
		return s.names() && c.ofThisOrder(s.About), ""
	}
	p, known := c.proof.payment(t.PaymentRequestID)
	a := s.About
	switch {
	case !known:
		return false, "the proof does not hold its payment"
	case a.RequestID != "" && a.RequestID != p.RequestID:
		return false, "the message is about the payment " + a.RequestID
	case a.AntomID != "" && a.AntomID != p.AntomID && (a.RequestID == "" || t.takesMoney()):
		return false, "the message is about Antom's payment " + a.AntomID
	case t.Subject == string(Refund) && a.RefundRequestID != "" && a.RefundRequestID != t.RequestID:
		return false, "the message is about the refund " + a.RefundRequestID
	}
	byAntomID := a.AntomID != "" && c.ids[a.AntomID] == p.RequestID
	_, byRefund := p.operation(string(Refund), a.RefundRequestID)
	return a.RequestID != "" || byAntomID || byRefund, ""
}

// ofThisOrder reports whether a message names one of the order's payments.
func (c *proofChecker) ofThisOrder(a Reference) bool {
	return slices.ContainsFunc(c.proof.Payments, func(p ProofPayment) bool {
		_, refund := p.operation(string(Refund), a.RefundRequestID)
		return p.RequestID == a.RequestID || a.AntomID != "" && p.AntomID == a.AntomID || refund
	})
}

// confirmPayment says in what a message differs from a payment's transition, or "".
func (c *proofChecker) confirmPayment(t ProofTransition, e Event) string {
	p, _ := c.proof.payment(t.PaymentRequestID)
	states := func(outcomes ...Outcome) string {
		if slices.Contains(outcomes, e.Outcome) {
			return ""
		}
		return "the message does not say that the payment is " + t.To
	}
	operation := func(kind OperationKind, status OperationStatus) bool {
		return slices.ContainsFunc(e.Operations, func(op OperationEvent) bool { return op.Kind == kind && op.Status == status })
	}
	switch PaymentStatus(t.To) {
	case PaymentUnknown:
		return states(OutcomeUnknown)
	case PaymentProcessing:
		return states(OutcomeAccepted)
	case PaymentPending:
		return states(OutcomePending)
	case PaymentFailed:
		return states(OutcomeFailed)
	case PaymentCancelled:
		if operation(Cancel, OperationSuccess) || slices.ContainsFunc(e.Operations, func(op OperationEvent) bool { return op.Gone }) {
			return ""
		}
		return states(OutcomeCancelled)
	case PaymentRefunded:
		if !operation(Refund, OperationSuccess) {
			return "the message does not say that money was refunded"
		}
		return ""
	case PaymentPaid:
		if needsCapture(p.Method) && !e.captured() {
			return "the message does not say that the card was captured"
		}
		if e.captured() && e.Outcome == OutcomeNone {
			return ""
		}
	}
	if problem := states(OutcomeSucceeded); problem != "" {
		return problem
	}
	return p.confirmSuccess(e)
}

// confirmSuccess says in what a message of a success differs from the payment, or "".
func (p ProofPayment) confirmSuccess(e Event) string {
	switch {
	case proofMoney(e.Amount) != p.effective():
		return fmt.Sprintf("the message is about %d %s", e.Amount.Minor, e.Amount.Currency)
	case e.Method != "" && e.Method != p.Method:
		return "the message is about a payment by " + e.Method
	}
	return ""
}

// confirmOperation says in what a message differs from the transition of a capture, refund
// or cancel, or "". note says what the message leaves open.
func (c *proofChecker) confirmOperation(t ProofTransition, e Event) (note, problem string) {
	p, _ := c.proof.payment(t.PaymentRequestID)
	op, _ := p.operation(t.Subject, t.RequestID)
	i := slices.IndexFunc(e.Operations, func(o OperationEvent) bool {
		nameless := o.RequestID == "" && o.AntomID == "" // of an answer to a cancel, or of a refusal
		return o.Kind == op.Kind && (nameless || o.RequestID == op.RequestID || o.AntomID != "" && o.AntomID == op.AntomID)
	})
	if i < 0 {
		return "", "the message is not about this " + t.Subject
	}
	reported := e.Operations[i]
	switch {
	case string(reported.Status) != t.To:
		return "", fmt.Sprintf("the message does not say that the %s is %s", t.Subject, t.To)
	case reported.AntomID != "" && reported.AntomID != op.AntomID:
		return "", "the message is about Antom's " + t.Subject + " " + reported.AntomID
	case t.Subject == string(Cancel) || t.To != string(OperationSuccess):
		return "", ""
	case reported.Amount == (Money{}):
		return "the message names no amount", ""
	case proofMoney(reported.Amount) != op.Amount:
		return "", fmt.Sprintf("the message is about %d %s", reported.Amount.Minor, reported.Amount.Currency)
	}
	return "", ""
}
