package sandbox

import (
	"slices"

	"antom-checkout/antom"
)

// books is the ledger as the sandbox works with it: every record once, and the
// ways to find it. The sandbox's lock guards it.
type books struct {
	sessionList []*Session
	paymentList []*Payment
	captureList []*Capture
	refundList  []*Refund
	cancelList  []*Cancel
	vaultList   []*Vaulting
	disputeList []*Dispute
	noticeList  []*notice
	noticeCount int
	heldBack    int // notices that wait for the next one of their payment

	sessions    map[string]*Session // by request id
	sessionKeys map[string]*Session // by the opaque part of the session data
	payments    map[string]*Payment // by request id
	paymentIDs  map[string]*Payment
	tokens      map[string]*Payment // by the buyer's token
	captures    map[string]*Capture // by request id
	refunds     map[string]*Refund  // by request id
	refundIDs   map[string]*Refund
	cards       map[string]*savedCard // by token
	vaultings   map[string]*Vaulting  // by request id
	vaultTokens map[string]*Vaulting  // by the buyer's token
	vaultKeys   map[string]*Vaulting  // by the opaque part of the session data
	disputes    map[string]*Dispute
	closers     map[*Payment]*task // the close timers of open payments
	moves       map[*Payment][]any // captures and refunds of a payment, oldest first
	queues      map[string][]*notice
}

func newBooks() books {
	return books{
		sessions:    map[string]*Session{},
		sessionKeys: map[string]*Session{},
		payments:    map[string]*Payment{},
		paymentIDs:  map[string]*Payment{},
		tokens:      map[string]*Payment{},
		captures:    map[string]*Capture{},
		refunds:     map[string]*Refund{},
		refundIDs:   map[string]*Refund{},
		cards:       map[string]*savedCard{},
		vaultings:   map[string]*Vaulting{},
		vaultTokens: map[string]*Vaulting{},
		vaultKeys:   map[string]*Vaulting{},
		disputes:    map[string]*Dispute{},
		closers:     map[*Payment]*task{},
		moves:       map[*Payment][]any{},
		queues:      map[string][]*notice{},
	}
}

func (b *books) addSession(session *Session) {
	b.sessionList = append(b.sessionList, session)
	b.sessions[session.RequestID], b.sessionKeys[session.Key] = session, session
}

func (b *books) addPayment(p *Payment) {
	b.paymentList = append(b.paymentList, p)
	b.payments[p.RequestID], b.paymentIDs[p.ID], b.tokens[p.Token] = p, p, p
}

func (b *books) addCapture(c *Capture) {
	b.captureList = append(b.captureList, c)
	b.captures[c.RequestID] = c
	if p := b.paymentIDs[c.PaymentID]; p != nil {
		b.moves[p] = append(b.moves[p], c)
	}
}

func (b *books) addRefund(r *Refund) {
	b.refundList = append(b.refundList, r)
	b.refunds[r.RequestID], b.refundIDs[r.ID] = r, r
	if p := b.paymentIDs[r.PaymentID]; p != nil {
		b.moves[p] = append(b.moves[p], r)
	}
}

func (b *books) addVaulting(v *Vaulting) {
	b.vaultList = append(b.vaultList, v)
	b.vaultings[v.RequestID], b.vaultTokens[v.Token] = v, v
	if v.SessionKey != "" {
		b.vaultKeys[v.SessionKey] = v
	}
}

func (b *books) addDispute(d *Dispute) {
	b.disputeList = append(b.disputeList, d)
	b.disputes[d.ID] = d
}

// findPayment finds a payment as Antom does: the payment id wins.
func (b *books) findPayment(requestID, id string) *Payment {
	if id != "" {
		return b.paymentIDs[id]
	}
	return b.payments[requestID]
}

// findRefund finds a refund as Antom does: the refund id wins.
func (b *books) findRefund(requestID, id string) *Refund {
	if id != "" {
		return b.refundIDs[id]
	}
	return b.refunds[requestID]
}

// captured is what was taken of p, and what is on its way: money that a failed
// capture did not take counts in neither.
func (b *books) captured(p *Payment) (done, underWay int64) {
	for _, move := range b.moves[p] {
		if c, ok := move.(*Capture); ok {
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

// refunded is what was given back of p or is on its way back.
func (b *books) refunded(p *Payment) int64 {
	var sum int64
	for _, move := range b.moves[p] {
		if r, ok := move.(*Refund); ok && r.Status != antom.TransactionFail {
			sum += r.Amount
		}
	}
	return sum
}

// ledger is a copy that nobody else writes to.
func (b *books) ledger() Ledger {
	l := Ledger{
		Sessions: copies(b.sessionList), Payments: copies(b.paymentList), Captures: copies(b.captureList),
		Refunds: copies(b.refundList), Cancels: copies(b.cancelList), Vaultings: copies(b.vaultList), Disputes: copies(b.disputeList),
	}
	for i := range l.Payments {
		l.Payments[i].History = slices.Clone(l.Payments[i].History)
	}
	return l
}

func copies[Record any](records []*Record) []Record {
	out := make([]Record, len(records))
	for i, r := range records {
		out[i] = *r
	}
	return out
}
