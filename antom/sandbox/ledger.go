package sandbox

import (
	"fmt"
	"slices"
	"sync"

	"antom-checkout/antom"
)

// ledger is everything the sandbox knows of money: every record once, and the
// ways to find it. Its lock is the outermost one, see doc.go: it is held for
// a whole call, act or task, so that a payment and its captures, refunds, cancels
// and notifications change together. Other parts read the maps while they hold
// the lock and change them by the methods only.
type ledger struct {
	scheduler *scheduler
	journal   *journal
	changes   *changes

	mu sync.Mutex
	ledgerRecords
}

// ledgerRecords is what a reset empties.
type ledgerRecords struct {
	sessionList []*Session
	paymentList []*Payment
	captureList []*Capture
	refundList  []*Refund
	cancelList  []*Cancel
	disputeList []*Dispute

	sessions    map[string]*Session // by request id
	sessionKeys map[string]*Session // by the opaque part of the session data
	payments    map[string]*Payment // by request id
	paymentIDs  map[string]*Payment
	tokens      map[string]*Payment // by the buyer's token
	captures    map[string]*Capture // by request id
	refunds     map[string]*Refund  // by request id
	refundIDs   map[string]*Refund
	disputes    map[string]*Dispute
	operations  map[*Payment][]any // captures and refunds of a payment, oldest first
	closers     map[*Payment]*task // the close timers of open payments
}

func newLedgerRecords() ledgerRecords {
	return ledgerRecords{
		sessions:    map[string]*Session{},
		sessionKeys: map[string]*Session{},
		payments:    map[string]*Payment{},
		paymentIDs:  map[string]*Payment{},
		tokens:      map[string]*Payment{},
		captures:    map[string]*Capture{},
		refunds:     map[string]*Refund{},
		refundIDs:   map[string]*Refund{},
		disputes:    map[string]*Dispute{},
		operations:  map[*Payment][]any{},
		closers:     map[*Payment]*task{},
	}
}

// reset forgets all records. The lock is held, here and in all methods.
func (l *ledger) reset() { l.ledgerRecords = newLedgerRecords() }

// keep notes that a record has changed, for the journal.
func (l *ledger) keep(record any) { l.journal.keep(record) }

// commit ends a change: its records are written, and those who wait for a change
// are woken.
func (l *ledger) commit() {
	l.journal.write()
	l.changes.add()
}

func (l *ledger) addSession(session *Session) {
	l.sessionList = append(l.sessionList, session)
	l.sessions[session.RequestID], l.sessionKeys[session.Key] = session, session
}

func (l *ledger) addPayment(p *Payment) {
	l.paymentList = append(l.paymentList, p)
	l.payments[p.RequestID], l.paymentIDs[p.ID], l.tokens[p.Token] = p, p, p
}

func (l *ledger) addCapture(c *Capture) {
	l.captureList = append(l.captureList, c)
	l.captures[c.RequestID] = c
	if p := l.paymentIDs[c.PaymentID]; p != nil {
		l.operations[p] = append(l.operations[p], c)
	}
}

func (l *ledger) addRefund(r *Refund) {
	l.refundList = append(l.refundList, r)
	l.refunds[r.RequestID], l.refundIDs[r.ID] = r, r
	if p := l.paymentIDs[r.PaymentID]; p != nil {
		l.operations[p] = append(l.operations[p], r)
	}
}

func (l *ledger) addCancel(c *Cancel) { l.cancelList = append(l.cancelList, c) }

func (l *ledger) addDispute(d *Dispute) {
	l.disputeList = append(l.disputeList, d)
	l.disputes[d.ID] = d
}

// findPayment finds a payment as Antom does: the payment id wins.
func (l *ledger) findPayment(requestID, id string) *Payment {
	if id != "" {
		return l.paymentIDs[id]
	}
	return l.payments[requestID]
}

// findRefund finds a refund as Antom does: the refund id wins.
func (l *ledger) findRefund(requestID, id string) *Refund {
	if id != "" {
		return l.refundIDs[id]
	}
	return l.refunds[requestID]
}

// named finds the payment of a request that must name one.
func (l *ledger) named(requestID, id string) (*Payment, *Refusal) {
	if requestID == "" && id == "" {
		return nil, refuse("PARAM_ILLEGAL", "paymentId or paymentRequestId is required")
	}
	if p := l.findPayment(requestID, id); p != nil {
		return p, nil
	}
	if l.sessions[requestID] != nil && id == "" {
		return nil, refuse("ORDER_NOT_EXIST", "the session was never submitted, so there is no payment")
	}
	return nil, refuse("ORDER_NOT_EXIST", "there is no such payment")
}

// captured is what was captured of p, and what is on its way. A capture that
// failed counts in neither.
func (l *ledger) captured(p *Payment) (done, underWay int64) {
	for _, operation := range l.operations[p] {
		if c, ok := operation.(*Capture); ok {
			switch c.Status {
			case antom.TransactionSuccess:
				done += c.Amount
			case antom.TransactionProcessing:
				underWay += c.Amount
			}
		}
	}
	return done, underWay
}

// reference is by what the buyer's bank finds the capture of p, "" before there is one.
func (l *ledger) reference(p *Payment) string {
	for _, operation := range l.operations[p] {
		if c, ok := operation.(*Capture); ok && c.Status == antom.TransactionSuccess {
			return c.Reference
		}
	}
	return ""
}

// refunded is what was refunded of p or is on its way back.
func (l *ledger) refunded(p *Payment) int64 {
	var sum int64
	for _, operation := range l.operations[p] {
		if r, ok := operation.(*Refund); ok && r.Status != antom.TransactionFail {
			sum += r.Amount
		}
	}
	return sum
}

// after lists what may follow each status of a payment. A refund leaves
// a payment SUCCESS.
var after = map[antom.PaymentStatus][]antom.PaymentStatus{
	antom.PaymentProcessing: {antom.PaymentSuccess, antom.PaymentFail, antom.PaymentPendingNow, antom.PaymentCancelled},
	antom.PaymentPendingNow: {antom.PaymentSuccess, antom.PaymentFail, antom.PaymentCancelled},
	antom.PaymentSuccess:    {antom.PaymentCancelled},
}

// final says that the buyer can no longer act on the payment.
func final(status antom.PaymentStatus) bool {
	return status != antom.PaymentProcessing && status != antom.PaymentPendingNow
}

// transition moves a payment to another status, which the table of statuses must
// allow. A final status ends the payment's close timer.
func (l *ledger) transition(p *Payment, status antom.PaymentStatus, code antom.ResultCode) {
	if !slices.Contains(after[p.Status], status) {
		panic(fmt.Sprintf("sandbox: a payment that is %s cannot become %s", p.Status, status))
	}
	l.note(p, "%s → %s (%s)", p.Status, status, code)
	p.Status, p.ResultCode = status, code
	if final(status) {
		p.Step = ""
		l.scheduler.cancel(l.closers[p])
		delete(l.closers, p)
	}
}

const keptHistory = 50

// note adds a line to the payment's history.
func (l *ledger) note(p *Payment, text string, args ...any) {
	if len(p.History) < keptHistory {
		p.History = append(p.History, Event{At: l.scheduler.now(), Text: fmt.Sprintf(text, args...)})
	}
	l.keep(p)
}

// copy returns a copy of all records that no change reaches.
func (l *ledger) copy() Ledger {
	out := Ledger{
		Sessions: copies(l.sessionList), Payments: copies(l.paymentList), Captures: copies(l.captureList),
		Refunds: copies(l.refundList), Cancels: copies(l.cancelList), Disputes: copies(l.disputeList),
	}
	for i := range out.Payments {
		out.Payments[i].History = slices.Clone(out.Payments[i].History)
	}
	return out
}

func copies[Record any](records []*Record) []Record {
	out := make([]Record, len(records))
	for i, r := range records {
		out[i] = *r
	}
	return out
}
