package checkout

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnOrderFollowsWhatAntomHolds runs one order against a model of Antom that fits on
// a page: what Antom holds of each payment. Buyers and merchants act, messages arrive in
// any order, twice, or never, answers are lost, and some messages lie about the amount.
// After every step the order's payments claim no more than Antom holds; once everything
// has been inquired, they claim exactly that.
func TestAnOrderFollowsWhatAntomHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{
			order: Order{ID: "order", Total: sgd(4200), Status: OrderOpen, ExpiresAt: noon.Add(time.Hour), Fulfillable: true},
			rules: Rules{Now: noon, Schedule: Schedule{time.Minute}, RefundLate: rapid.Bool().Draw(t, "late money is refunded")},
		}
		t.Repeat(map[string]func(*rapid.T){
			"the buyer starts":             m.start,
			"the buyer pays":               m.with(isOpenOrDeclined, m.pay),
			"the buyer pays and returns":   m.with(isOpenOrDeclined, func(t *rapid.T, p *atAntom) { m.pay(t, p); m.inquire(t, p) }),
			"the buyer is declined":        m.with(isOpen, m.decline),
			"the buyer changes their mind": m.with(m.isInProgress, m.cancel),
			"the method confirms later":    m.with(isAccepted, m.pend),
			"Antom captures":               m.with(isReserved, m.capture),
			"a message arrives":            m.deliver,
			"a message lies":               m.with(isKnown, m.lie),
			"the shop inquires":            m.with(isAny, m.inquire),
			"an inquiry is slow":           m.with(isKnown, m.inquireSlowly),
			"a slow answer arrives":        m.answerLate,
			"a lost cancel takes effect":   m.with(m.isCancelling, m.cancelLate),
			"another attempt may begin":    m.with(m.isInProgress, m.supersede),
			"the merchant cancels":         m.with(m.isKept, m.cancelOrder),
			"the merchant refunds":         m.with(m.isRefundable, m.refund),
			"the order closes":             m.close,
			"a duplicate is returned":      m.with(m.isDuplicate, func(t *rapid.T, p *atAntom) { m.returnDuplicate(t, p, rapid.Bool().Draw(t, "answered")) }),
			"Dashboard refunds":            m.with(m.isPaidAtAntom, m.refundOutside),
			"Antom returns the earlier":    m.returnEarlier,
			"":                             m.check,
		})
		m.conclude(t)
	})
}

// model is an order and what Antom holds for it.
type model struct {
	order  Order
	rules  Rules
	theirs []*atAntom
	mail   []Event // notifications on their way: each may arrive next, again, or never
	late   []Event // answers to inquiries on their way: each may arrive next, or never
	paid   int     // how often order.paid was announced
	kept   string  // the later of two successes, once Antom has returned the earlier: it must not be returned as well
	closed bool    // the merchant has cancelled the order, unpaid
	events int
}

// atAntom is what Antom holds of one payment.
type atAntom struct {
	id        string
	method    string
	manual    bool    // the merchant captures
	status    Outcome // "" when Antom does not know it
	captured  bool
	refunds   map[string]int64 // by request id
	succeeded bool             // at some time
	failed    bool             // likewise
}

func (p *atAntom) refunded() (sum int64) {
	for _, minor := range p.refunds {
		sum += minor
	}
	return sum
}

// holds reports whether Antom holds funds of the payment: reserved or captured, and not
// all refunded.
func (p *atAntom) holds() bool { return p.status == OutcomeSucceeded && p.refunded() < 4200 }

// paid reports whether the funds were taken, and not only reserved.
func (p *atAntom) paid() bool {
	return p.status == OutcomeSucceeded && (p.method != "CARD" || p.captured)
}

func isAny(*atAntom) bool              { return true }
func isKnown(p *atAntom) bool          { return p.status != "" }
func isAccepted(p *atAntom) bool       { return p.status == OutcomeAccepted }
func isOpen(p *atAntom) bool           { return p.status == OutcomeAccepted || p.status == OutcomePending }
func isOpenOrDeclined(p *atAntom) bool { return isOpen(p) || p.status == OutcomeFailed } // it is the same session
func isReserved(p *atAntom) bool       { return p.status == OutcomeSucceeded && !p.paid() }

func (m *model) ours(p *atAntom) *Payment { return m.order.Payment(p.id) }

func (m *model) isDuplicate(p *atAntom) bool {
	return m.ours(p).Duplicate && m.ours(p).Status.HoldsFunds() && !m.ours(p).unfinished()
}

func (m *model) isInProgress(p *atAntom) bool {
	return m.ours(p).Active && m.ours(p).Status.InProgress()
}

func (m *model) isKept(p *atAntom) bool { return m.ours(p).Active && m.ours(p).Status.HoldsFunds() }

func (m *model) isRefundable(p *atAntom) bool {
	return m.isKept(p) && !m.order.Review.NeedsResolution() && m.ours(p).Status == PaymentPaid && m.ours(p).Refundable().Minor > 0
}

// with picks one of the payments that a condition holds for, if there is one, and makes
// something happen to it.
func (m *model) with(such func(*atAntom) bool, happens func(*rapid.T, *atAntom)) func(*rapid.T) {
	return func(t *rapid.T) {
		var found []*atAntom
		for _, p := range m.theirs {
			if such(p) {
				found = append(found, p)
			}
		}
		if len(found) > 0 {
			happens(t, rapid.SampledFrom(found).Draw(t, "payment"))
		}
	}
}

func (m *model) event(kind CauseKind) Cause {
	m.events++
	return Cause{kind, fmt.Sprint(m.events)}
}

// apply applies an event to the order.
func (m *model) apply(t *rapid.T, e Event) {
	before := m.order
	after, effects := Apply(before, e, m.rules)
	checkTransitions(t, before, after, effects)
	m.order = after
	if slices.Contains(effects, EffectPaid) {
		m.paid++
		// A refund that has succeeded shows that no cancel has taken the funds back.
		if active := after.Active(); active.Cancelling() && active.Status != PaymentRefunded {
			t.Errorf("%s is released while a cancel of it has no answer", active.RequestID)
		}
	}
}

// begin stores an operation, or resumes the one that is stored already.
func (m *model) begin(t *rapid.T, want OperationRequest) (id string) {
	m.events++
	want.RequestID = fmt.Sprint(want.Kind, m.events)
	after, begun, err := BeginOperation(m.order, want, m.rules)
	if err != nil {
		t.Fatalf("%s of %s: %v", want.Kind, want.Payment, err)
	}
	m.order = after
	return begun.Operation.RequestID
}

// operator is a key that was not used before.
func (m *model) operator() Key {
	m.events++
	return Key{Operator: "ann", Idempotency: fmt.Sprint(m.events)}
}

func (m *model) start(t *rapid.T) {
	if !m.order.Payable() || m.order.Active() != nil || m.order.Doubtful() != nil {
		return
	}
	p := &atAntom{id: fmt.Sprint("p", len(m.theirs)), method: rapid.SampledFrom([]string{"CARD", "GCASH"}).Draw(t, "method"), refunds: map[string]int64{}}
	p.manual = rapid.Bool().Draw(t, "manual capture")
	m.theirs = append(m.theirs, p)
	after, err := AddPayment(m.order, Payment{RequestID: p.id, Method: p.method, ManualCapture: p.manual, Status: PaymentCreated, Amount: sgd(4200), NextPoll: noon.Add(time.Minute)}, m.rules)
	if err != nil {
		t.Fatal(err)
	}
	m.order = after
	e := Event{RequestID: p.id, Cause: m.event(ByResponse), Outcome: OutcomeUnknown}
	switch rapid.SampledFrom([]string{"accepted", "accepted", "accepted", "accepted, answer lost", "lost", "refused"}).Draw(t, "call") {
	case "accepted":
		p.status, e.Outcome = OutcomeAccepted, OutcomeAccepted
	case "accepted, answer lost":
		p.status = OutcomeAccepted
	case "refused":
		p.failed, e.Outcome = true, OutcomeFailed
	}
	m.apply(t, e)
}

func (m *model) notify(p *atAntom, outcome Outcome) {
	m.mail = append(m.mail, Event{RequestID: p.id, Cause: m.event(ByNotification), Outcome: outcome, Amount: sgd(4200), Method: p.method})
}

func (m *model) notifyOperation(p *atAntom, op OperationEvent) {
	m.mail = append(m.mail, Event{RequestID: p.id, Cause: m.event(ByNotification), Operations: []OperationEvent{op}})
}

func (m *model) pay(_ *rapid.T, p *atAntom) {
	p.status, p.succeeded = OutcomeSucceeded, true
	m.notify(p, OutcomeSucceeded)
}

func (m *model) decline(_ *rapid.T, p *atAntom) {
	p.status, p.failed = OutcomeFailed, true
	m.notify(p, OutcomeFailed)
}

func (m *model) pend(_ *rapid.T, p *atAntom) {
	p.status = OutcomePending
	m.notify(p, OutcomePending)
}

// capture: Antom captures by itself, or the merchant orders it in Antom's dashboard.
func (m *model) capture(_ *rapid.T, p *atAntom) {
	p.captured = true
	m.notifyOperation(p, OperationEvent{Kind: Capture, RequestID: "c" + p.id, Status: OperationSuccess, Amount: sgd(4200)})
}

func (m *model) deliver(t *rapid.T) {
	if len(m.mail) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.mail)-1).Draw(t, "message")
	e := m.mail[i]
	if rapid.Bool().Draw(t, "for the last time") {
		m.mail = slices.Delete(m.mail, i, i+1)
	}
	m.apply(t, e)
}

// lie: a notification with a valid signature names a wrong amount.
func (m *model) lie(t *rapid.T, p *atAntom) {
	e := Event{RequestID: p.id, Cause: m.event(ByNotification), Outcome: OutcomeSucceeded, Amount: rapid.SampledFrom([]Money{sgd(4300), sgd(1), {}, {4200, "USD"}}).Draw(t, "amount"), Method: p.method}
	if rapid.Bool().Draw(t, "about its capture") {
		e.Outcome, e.Operations = OutcomeNone, []OperationEvent{{Kind: Capture, RequestID: "c" + p.id, Status: OperationSuccess, Amount: sgd(1)}}
	}
	m.apply(t, e)
}

func (m *model) inquire(t *rapid.T, p *atAntom) { m.apply(t, m.inquiry(p)) }

// inquireSlowly: Antom has answered, and what happens next overtakes the answer.
func (m *model) inquireSlowly(_ *rapid.T, p *atAntom) { m.late = append(m.late, m.inquiry(p)) }

// answerLate: an answer that was on its way arrives.
func (m *model) answerLate(t *rapid.T) {
	if len(m.late) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.late)-1).Draw(t, "answer")
	e := m.late[i]
	m.late = slices.Delete(m.late, i, i+1)
	m.apply(t, e)
}

func (m *model) isCancelling(p *atAntom) bool { return p.status != "" && m.ours(p).Cancelling() }

// cancelLate: a cancel without an answer reaches Antom after all; its answer is lost.
func (m *model) cancelLate(_ *rapid.T, p *atAntom) {
	if p.status != OutcomeFailed && p.refunded() == 0 {
		p.status = OutcomeCancelled
	}
}

// inquiry is Antom's answer about a payment: all that Antom holds of it.
func (m *model) inquiry(p *atAntom) Event {
	known := m.ours(p).Knowledge()
	e := Event{RequestID: p.id, Cause: m.event(ByInquiry), Outcome: p.status, Amount: sgd(4200), Method: p.method, Asked: &known}
	if p.captured {
		e.Operations = append(e.Operations, OperationEvent{Kind: Capture, RequestID: "c" + p.id, Status: OperationSuccess, Amount: sgd(4200)})
	}
	for id, minor := range p.refunds {
		e.Operations = append(e.Operations, OperationEvent{Kind: Refund, RequestID: id, Status: OperationSuccess, Amount: sgd(minor)})
	}
	if p.status == "" { // not found: a payment in progress is abandoned
		e.Outcome, e.Cause.Kind = OutcomeAbandoned, BySweeper
	}
	return e
}

// supersede: another attempt may begin beside one that Antom has in progress. One that
// Antom does not know is abandoned instead.
func (m *model) supersede(t *rapid.T, p *atAntom) {
	if p.status == "" {
		return
	}
	m.apply(t, Event{RequestID: p.id, Cause: m.event(ByShopper), Outcome: OutcomeSuperseded})
}

func (m *model) cancelOrder(t *rapid.T, p *atAntom) { m.cancelAs(t, p, m.operator()) }

// returnDuplicate inquires the payment that is kept before it returns a duplicate, as the
// sweeper does.
func (m *model) returnDuplicate(t *rapid.T, p *atAntom, answered bool) {
	for _, other := range m.theirs {
		if m.isKept(other) {
			m.inquire(t, other)
		}
	}
	if m.isDuplicate(p) && !m.order.antomReturnsKept() {
		m.callCancel(t, p, m.begin(t, OperationRequest{Kind: Cancel, Payment: p.id}), answered)
	}
}

func (m *model) isPaidAtAntom(p *atAntom) bool {
	return p.paid() && p.refunded() == 0 && m.ours(p).Status == PaymentPaid && !m.ours(p).unfinished() && m.kept == ""
}

// refundOutside: a person refunds a part in Antom Dashboard. The notification's payment
// was found by a search.
func (m *model) refundOutside(_ *rapid.T, p *atAntom) {
	m.events++
	id := fmt.Sprint("outside", m.events)
	p.refunds[id] = 1000
	m.notifyOperation(p, OperationEvent{Kind: Refund, RequestID: id, Status: OperationSuccess, Amount: sgd(1000)})
}

// returnEarlier: two payments of the order have succeeded, and Antom returns the earlier
// by itself.
func (m *model) returnEarlier(*rapid.T) {
	for _, p := range m.theirs {
		if !m.isKept(p) || !p.paid() || p.refunded() > 0 || m.ours(p).returning() || m.order.Closed != "" || m.kept != "" {
			continue
		}
		for _, later := range m.theirs {
			if later == p || !later.paid() || later.refunded() > 0 || m.ours(later).returning() || m.ours(later).Status == PaymentCancelled {
				continue
			}
			p.refunds["by Antom"], m.kept = 4200, later.id
			m.notifyOperation(p, OperationEvent{Kind: Refund, RequestID: "by Antom", Status: OperationSuccess, Amount: sgd(4200)})
			return
		}
	}
}

func (m *model) cancel(t *rapid.T, p *atAntom) { m.cancelAs(t, p, Key{}) }

// cancelAs stores the operation and then makes the call. Antom may have to refuse, and
// its answer may be lost.
func (m *model) cancelAs(t *rapid.T, p *atAntom, by Key) {
	if p.status == "" {
		m.inquire(t, p)
		return
	}
	m.kept = "" // an operator, or a buyer who chooses another way, may return what is kept
	id := m.begin(t, OperationRequest{Kind: Cancel, Key: by, Payment: p.id})
	m.callCancel(t, p, id, rapid.Bool().Draw(t, "answered"))
}

func (m *model) callCancel(t *rapid.T, p *atAntom, id string, answered bool) {
	status := OperationFailed
	if p.status != OutcomeFailed && p.refunded() == 0 {
		p.status, status = OutcomeCancelled, OperationSuccess
	}
	if !answered {
		status = OperationProcessing
	}
	m.apply(t, Event{RequestID: p.id, Cause: m.event(ByResponse), Operations: []OperationEvent{{Kind: Cancel, RequestID: id, Status: status}}})
}

func (m *model) refund(t *rapid.T, p *atAntom) {
	m.kept = ""
	minor := rapid.SampledFrom([]int64{1000, m.ours(p).Refundable().Minor}).Draw(t, "amount")
	m.refunds(t, p, m.operator(), min(minor, m.ours(p).Refundable().Minor), rapid.Bool().Draw(t, "answered"))
}

func (m *model) refunds(t *rapid.T, p *atAntom, by Key, minor int64, answered bool) {
	id := m.begin(t, OperationRequest{Kind: Refund, Key: by, Payment: p.id, Minor: minor})
	op := OperationEvent{Kind: Refund, RequestID: id, Status: OperationFailed, Amount: sgd(minor)}
	if p.paid() && p.refunded()+minor <= 4200 {
		p.refunds[id] = minor
		op.Status = OperationSuccess
		m.notifyOperation(p, op)
	}
	if !answered {
		op.Status = OperationProcessing
	}
	m.apply(t, Event{RequestID: p.id, Cause: m.event(ByResponse), Operations: []OperationEvent{op}})
}

func (m *model) close(t *rapid.T) {
	if m.order.Status != OrderOpen {
		return
	}
	as := rapid.SampledFrom([]OrderStatus{OrderExpired, OrderCancelled}).Draw(t, "as")
	after, effects := CloseOrder(m.order, as, m.rules)
	m.closed = as == OrderCancelled
	checkTransitions(t, m.order, after, effects)
	m.order = after
}

// check: the order's payments claim no more than Antom holds or has held.
func (m *model) check(t *rapid.T) {
	for _, p := range m.theirs {
		ours := m.ours(p)
		switch {
		case ours.Status == PaymentAuthorized && !p.succeeded,
			(ours.Status == PaymentPaid || ours.Status == PaymentRefunded) && !(p.succeeded && (p.method != "CARD" || p.captured)):
			t.Fatalf("%s is %s; Antom says %q", p.id, ours.Status, p.status)
		case ours.Status == PaymentFailed && !p.failed:
			t.Fatalf("%s is failed; Antom says %q", p.id, p.status)
		case ours.Status == PaymentCancelled && p.status != OutcomeCancelled && p.status != "":
			t.Fatalf("%s is cancelled; Antom says %q", p.id, p.status)
		case ours.Refunded().Minor > p.refunded():
			t.Fatalf("%s: %v refunded here, %d at Antom", p.id, ours.Refunded(), p.refunded())
		case (ours.Status.InProgress() || ours.unfinished()) && ours.NextPoll.IsZero():
			t.Fatalf("%s (%s) is unfinished, and is never polled again", p.id, ours.Status)
		}
	}
	if active := m.order.Active(); m.closed && active != nil {
		t.Fatalf("the merchant has cancelled the order, and %s (%s) revives it", active.RequestID, active.Status)
	}
	if want := map[bool]int{true: 1}[m.order.EverPaid]; m.paid != want {
		t.Fatalf("order.paid was announced %d times, ever paid is %v", m.paid, m.order.EverPaid)
	}
}

// poll inquires a payment whose poll is scheduled, as the sweeper does. Where none is
// scheduled, the result is final.
func (m *model) poll(t *rapid.T, p *atAntom) {
	if !m.ours(p).NextPoll.IsZero() {
		m.inquire(t, p)
	}
}

// conclude: buyers and merchants act no longer, everything unfinished ends at Antom,
// scheduled polls are made, and duplicates are returned. Then order and Antom agree.
func (m *model) conclude(t *rapid.T) {
	m.finish(t)
	for _, e := range slices.Concat(m.mail, m.late) { // whatever arrives late
		m.apply(t, e)
	}
	m.finish(t)
	var kept []*atAntom
	for _, p := range m.theirs {
		if p.holds() {
			kept = append(kept, p)
		}
		if holds := m.ours(p).Status.HoldsFunds(); holds != p.holds() || m.ours(p).Refunded().Minor != p.refunded() {
			t.Errorf("%s is %s with %v refunded; Antom says %q with %d", p.id, m.ours(p).Status, m.ours(p).Refunded(), p.status, p.refunded())
		}
	}
	if m.kept != "" && !slices.ContainsFunc(kept, func(p *atAntom) bool { return p.id == m.kept }) {
		t.Errorf("Antom has returned the earlier of two payments, and %s was returned as well", m.kept)
	}
	if len(kept) > 1 {
		t.Errorf("Antom keeps %d payments for one order", len(kept))
	}
	if want := m.expected(kept); !slices.Contains(want, m.order.Status) {
		t.Errorf("the order is %s (%s), want one of %v", m.order.Status, m.order.Review, want)
	}
}

// finish ends what is unfinished on both sides.
func (m *model) finish(t *rapid.T) {
	for range 3 {
		for _, p := range m.theirs {
			switch {
			case p.status == OutcomeAccepted || p.status == OutcomePending:
				p.status, p.failed = OutcomeFailed, true
			case p.status == OutcomeSucceeded && !p.paid() && !p.manual:
				m.capture(t, p)
			}
			for _, op := range m.ours(p).Operations {
				if op.Kind == Cancel && op.Unfinished() {
					m.callCancel(t, p, op.RequestID, true)
				}
			}
			m.poll(t, p)
			if m.isDuplicate(p) {
				m.returnDuplicate(t, p, true)
			}
			if m.isDuplicate(p) && p.paid() {
				m.refunds(t, p, Key{}, m.ours(p).Refundable().Minor, true)
			}
			m.check(t)
		}
	}
}

// expected are the statuses of an order for which Antom keeps these payments.
func (m *model) expected(kept []*atAntom) []OrderStatus {
	switch {
	case len(kept) == 0:
		return []OrderStatus{OrderOpen, OrderExpired, OrderCancelled, OrderRefunded}
	case !kept[0].paid():
		return []OrderStatus{OrderAuthorized}
	case kept[0].refunded() > 0:
		return []OrderStatus{OrderPartiallyRefunded}
	}
	return []OrderStatus{OrderPaid}
}
