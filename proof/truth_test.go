package proof_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/db"
)

// truth is both sides of the story: Antom's ledger, and the shop's audit with the few
// columns that the audit does not show.
type truth struct {
	antom        sandbox.Ledger
	now          time.Time
	orders       map[string]*orderLine
	payments     map[string]*paymentLine
	operations   []auditLine
	cancels      []*cancelLine
	transitions  []transitionLine
	events       []eventLine
	evidence     map[string]bool   // "notification:ID", "inquiry:ID", "response:ID"
	inquired     map[string]bool   // payments with a stored answer to an inquiry
	answers      map[string]string // "response:ID" → S, F, U or none
	amounts      map[string]string // "notification:ID" → the amount in it, as Antom writes it
	stored       map[string]bool   // sha256 of notifications
	outbox       []auditLine
	stock        []stockLine
	acknowledged map[string]bool
	apart        time.Duration // the clocks of two programs, at most
	problems     []string
}

// auditLine is a line of the audit, whatever its kind.
type auditLine struct {
	Kind             string `json:"kind"`
	ID               any    `json:"id"`
	OrderID          string `json:"order_id"`
	PaymentRequestID string `json:"payment_request_id"`
	RequestID        string `json:"request_id"`
	Status           string `json:"status"`
	Currency         string `json:"currency"`
	Total            int64  `json:"total"`
	Amount           int64  `json:"amount"`
	EverPaid         bool   `json:"ever_paid"`
	Method           string `json:"method"`
	AntomID          string `json:"antom_payment_id"`
	BodySHA256       string `json:"body_sha256"`
	Verified         bool   `json:"verified"`
	Topic            string `json:"topic"`
	State            string `json:"state"`
	Op               string `json:"op"`
	Result           string `json:"result"`
}

type orderLine struct {
	auditLine
	review    string
	payments  []*paymentLine
	holding   int   // payments that hold funds at Antom: taken or authorised
	effective int64 // their amount
	net       int64 // what of it Antom has taken and not refunded
}

type paymentLine struct {
	auditLine
	nextPoll        sql.NullInt64
	resolvedOffline bool             // by the merchant with the buyer, because Antom does not return it
	antom           *sandbox.Payment // nil when Antom knows of none
	state           string           // the status that follows from Antom's ledger
	net             int64            // taken and not refunded, by Antom's ledger
	refunded        int64            // by the shop's audit
}

// cancelLine is a cancel by the shop: it may take effect from asked on, and no longer
// from refused on, which is zero where Antom has not refused it for good.
type cancelLine struct {
	payment, request string
	asked            time.Time
	refused          time.Time
}

type transitionLine struct {
	subject, order, payment, request, from, to, cause string
	at                                                time.Time
}

// eventLine is what the merchant's systems are told.
type eventLine struct {
	kind, order, payment, about string
	sequence                    int
}

type stockLine struct {
	sku             string
	stock, reserved int
	reservedBy      int // pieces of the orders with reserved stock
	takenBy         int // pieces of the orders that have taken theirs
}

// readTruth reads the shop's side, also while a program uses the database, and matches
// it with Antom's ledger.
func readTruth(t testing.TB, path string, ledger sandbox.Ledger, now time.Time, acknowledged map[string]bool) *truth {
	t.Helper()
	tr := &truth{
		antom: ledger, now: now, acknowledged: acknowledged, orders: map[string]*orderLine{}, payments: map[string]*paymentLine{},
		evidence: map[string]bool{}, inquired: map[string]bool{}, stored: map[string]bool{}, answers: map[string]string{}, amounts: map[string]string{},
	}
	var audit bytes.Buffer
	must(t, db.Audit(context.Background(), path, &audit))
	for decoder := json.NewDecoder(&audit); decoder.More(); {
		var line auditLine
		must(t, decoder.Decode(&line))
		tr.add(line)
	}
	tr.readColumns(t, path)
	tr.match()
	return tr
}

// openBeside opens the database of a program to read it.
func openBeside(path string) *sql.DB {
	driver, address := "sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)"
	if db.OnServer(path) {
		driver, address = "pgx", path
	}
	reads, err := sql.Open(driver, address)
	if err != nil {
		panic(err) // only a wrong address fails here
	}
	return reads
}

// add takes in one line of the audit.
func (tr *truth) add(line auditLine) {
	switch id := fmt.Sprint(line.ID); line.Kind {
	case "order":
		tr.orders[id] = &orderLine{auditLine: line}
	case "payment":
		p := &paymentLine{auditLine: line}
		tr.payments[line.PaymentRequestID] = p
		tr.orders[line.OrderID].payments = append(tr.orders[line.OrderID].payments, p)
	case "capture", "refund", "cancel":
		tr.operations = append(tr.operations, line)
		if line.Kind == "refund" && line.Status == "success" {
			tr.payments[line.PaymentRequestID].refunded += line.Amount
		}
	case "notification":
		tr.stored[line.BodySHA256] = line.Verified
		tr.evidence["notification:"+id] = true
	case "call":
		tr.evidence["inquiry:"+id] = line.Verified
		if line.Op == "inquiryPayment" && line.Verified {
			tr.inquired[line.PaymentRequestID] = true
		}
		tr.evidence["response:"+id] = line.Verified
		tr.answers["response:"+id] = line.Result
	case "outbox":
		tr.outbox = append(tr.outbox, line)
	}
}

// readColumns reads what the audit leaves out.
func (tr *truth) readColumns(t testing.TB, path string) {
	t.Helper()
	reads := openBeside(path)
	defer reads.Close()
	each := func(query string, row func(*sql.Rows) error) {
		t.Helper()
		rows, err := reads.Query(query)
		must(t, err)
		defer rows.Close()
		for rows.Next() {
			must(t, row(rows))
		}
		must(t, rows.Err())
	}
	each(`SELECT id, review FROM orders`, func(rows *sql.Rows) error {
		var id, review string
		err := rows.Scan(&id, &review)
		tr.orders[id].review = review
		return err
	})
	each(`SELECT request_id, next_poll, resolved_offline FROM payments`, func(rows *sql.Rows) error {
		var id string
		var next sql.NullInt64
		var resolvedOffline bool
		err := rows.Scan(&id, &next, &resolvedOffline)
		tr.payments[id].nextPoll, tr.payments[id].resolvedOffline = next, resolvedOffline
		return err
	})
	each(`SELECT subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at FROM transitions ORDER BY seq`, func(rows *sql.Rows) error {
		var l transitionLine
		var at int64
		err := rows.Scan(&l.subject, &l.order, &l.payment, &l.request, &l.from, &l.to, &l.cause, &at)
		l.at = time.UnixMilli(at)
		tr.transitions = append(tr.transitions, l)
		return err
	})
	each(`SELECT type, order_id, payment_request_id, about, sequence FROM events ORDER BY seq`, func(rows *sql.Rows) error {
		var l eventLine
		err := rows.Scan(&l.kind, &l.order, &l.payment, &l.about, &l.sequence)
		tr.events = append(tr.events, l)
		return err
	})
	each(`SELECT payment_request_id, request_id, created_at FROM operations WHERE kind = 'cancel'`, func(rows *sql.Rows) error {
		l := &cancelLine{}
		var at int64
		err := rows.Scan(&l.payment, &l.request, &at)
		l.asked = time.UnixMilli(at)
		for _, transition := range tr.transitions {
			if transition.subject == "cancel" && transition.request == l.request && transition.to == "failed" {
				l.refused = transition.at
			}
		}
		tr.cancels = append(tr.cancels, l)
		return err
	})
	each(`SELECT id, body FROM notifications`, func(rows *sql.Rows) error {
		var id string
		var body []byte
		err := rows.Scan(&id, &body)
		var n struct {
			PaymentAmount struct{ Currency, Value string }
		}
		if json.Unmarshal(body, &n) == nil && n.PaymentAmount.Value != "" {
			tr.amounts["notification:"+id] = n.PaymentAmount.Currency + " " + n.PaymentAmount.Value
		}
		return err
	})
	each(`
		SELECT sku, stock, reserved,
		       (SELECT coalesce(sum(quantity), 0) FROM order_lines JOIN orders ON id = order_id WHERE order_lines.sku = products.sku AND orders.stock = 'held'),
		       (SELECT coalesce(sum(quantity), 0) FROM order_lines JOIN orders ON id = order_id WHERE order_lines.sku = products.sku AND orders.stock = 'taken')
		  FROM products
		 WHERE stock IS NOT NULL`, func(rows *sql.Rows) error {
		var l stockLine
		err := rows.Scan(&l.sku, &l.stock, &l.reserved, &l.reservedBy, &l.takenBy)
		tr.stock = append(tr.stock, l)
		return err
	})
}

// match finds the shop's payment for each of Antom's.
func (tr *truth) match() {
	for i := range tr.antom.Payments {
		atAntom := &tr.antom.Payments[i]
		here := tr.payments[atAntom.RequestID]
		if here == nil {
			continue // checked by known
		}
		here.antom = atAntom
		here.state, here.net = tr.stateAtAntom(atAntom)
		order := tr.orders[here.OrderID]
		if (here.state == "paid" || here.state == "authorized") && !here.resolvedOffline {
			order.holding++
			order.effective += atAntom.Amount
			order.net += here.net
		}
	}
}

// stateAtAntom is the status of a payment, and its net amount, by Antom's ledger.
func (tr *truth) stateAtAntom(p *sandbox.Payment) (state string, net int64) {
	switch p.Status {
	case antom.PaymentFail:
		return "failed", 0
	case antom.PaymentCancelled:
		return "cancelled", 0
	case antom.PaymentProcessing, antom.PaymentPendingNow:
		return "processing", 0
	}
	if net = tr.taken(p); net == 0 {
		return "authorized", 0
	}
	if net -= tr.refunded(p.RequestID); net == 0 {
		return "refunded", 0
	}
	return "paid", net
}

// taken is what Antom has taken from the buyer: of a card, what was captured.
func (tr *truth) taken(p *sandbox.Payment) (sum int64) {
	if p.Method != "CARD" {
		return p.Amount
	}
	for _, c := range tr.antom.Captures {
		if c.PaymentRequestID == p.RequestID && c.Status == antom.TransactionSuccess {
			sum += c.Amount
		}
	}
	return sum
}

func (tr *truth) refunded(requestID string) (sum int64) {
	for _, r := range tr.antom.Refunds {
		if r.PaymentRequestID == requestID && r.Status == antom.TransactionSuccess && !r.Automatic {
			sum += r.Amount
		}
	}
	return sum
}

func (tr *truth) wrong(format string, args ...any) {
	tr.problems = append(tr.problems, fmt.Sprintf(format, args...))
}

// always lists the broken laws among those that hold at any moment.
func (tr *truth) always() []string {
	tr.known()
	tr.acknowledgedIsStored()
	tr.effectsOnce()
	tr.refundsWithinCaptured()
	tr.stockConserved()
	tr.onlyListedTransitions()
	tr.transitionsAreTold()
	tr.ledgerReplays()
	tr.moneyMovesByEvidence()
	tr.failedByEvidence()
	tr.nothingWithoutNextStep()
	return tr.problems
}

// whenQuiet lists the broken laws once both sides have finished.
func (tr *truth) whenQuiet() []string {
	tr.always()
	tr.paidIffAntomHoldsIt()
	tr.releasedOnMoney()
	tr.atMostOneHoldsFunds()
	tr.moneyConserved()
	tr.everythingEnded()
	return tr.problems
}

// known: every request id that Antom has received exists here.
func (tr *truth) known() {
	payment := func(what, id string) {
		if tr.payments[id] == nil {
			tr.wrong("Antom knows the %s %s, the shop does not", what, id)
		}
	}
	operation := func(kind, id string) {
		if !slices.ContainsFunc(tr.operations, func(l auditLine) bool { return l.Kind == kind && l.RequestID == id }) {
			tr.wrong("Antom knows the %s %s, the shop does not", kind, id)
		}
	}
	for _, s := range tr.antom.Sessions {
		payment("session", s.RequestID)
	}
	for _, p := range tr.antom.Payments {
		payment("payment", p.RequestID)
		if here := tr.payments[p.RequestID]; here != nil && here.AntomID != "" && here.AntomID != p.ID {
			tr.wrong("%s is %s at Antom and %s here", p.RequestID, p.ID, here.AntomID)
		}
	}
	for _, c := range tr.antom.Captures {
		if !c.Automatic {
			operation("capture", c.RequestID)
		}
	}
	for _, r := range tr.antom.Refunds {
		if !r.Automatic {
			operation("refund", r.RequestID)
		}
	}
	for _, c := range tr.antom.Cancels {
		if !slices.ContainsFunc(tr.operations, func(l auditLine) bool { return l.Kind == "cancel" && l.PaymentRequestID == c.PaymentRequestID }) {
			tr.wrong("Antom has cancelled %s, the shop knows of no cancel", c.PaymentRequestID)
		}
	}
}

// acknowledgedIsStored: each notification that Antom counts as delivered is stored.
func (tr *truth) acknowledgedIsStored() {
	for _, sha := range tr.lost() {
		tr.wrong("LOST: the notification %s was acknowledged and is not stored", sha)
	}
}

func (tr *truth) lost() (bodies []string) {
	for sha := range tr.acknowledged {
		if !tr.stored[sha] {
			bodies = append(bodies, sha)
		}
	}
	return bodies
}

// effectsOnce: an order has announced that it is paid if and only if it ever was; and no
// order makes the same announcement twice.
func (tr *truth) effectsOnce() {
	announced := map[[2]string]int{} // order and topic
	for _, row := range tr.outbox {
		if announced[[2]string{row.OrderID, row.Topic}]++; announced[[2]string{row.OrderID, row.Topic}] > 1 {
			tr.wrong("order %s announces %s again", row.OrderID, row.Topic)
		}
	}
	for id, o := range tr.orders {
		if paid := announced[[2]string{id, string(checkout.EffectPaid)}] > 0; paid != o.EverPaid {
			tr.wrong("order %s: ever paid %v, announced %v", id, o.EverPaid, paid)
		}
	}
}

// refundsWithinCaptured: on both sides, no more is refunded than was taken.
func (tr *truth) refundsWithinCaptured() {
	for id, p := range tr.payments {
		if p.refunded > p.Amount {
			tr.wrong("%s: %d refunded of %d here", id, p.refunded, p.Amount)
		}
		if p.antom != nil && tr.refunded(id) > tr.taken(p.antom) {
			tr.wrong("%s: %d refunded of %d at Antom", id, tr.refunded(id), tr.taken(p.antom))
		}
	}
}

// stockConserved: the reserved stock is what orders have reserved, and never more than
// the stock.
func (tr *truth) stockConserved() {
	for _, s := range tr.stock {
		if s.stock < 0 || s.reserved != s.reservedBy || s.reserved > s.stock {
			tr.wrong("%s: stock %d, reserved %d, of them %d by orders", s.sku, s.stock, s.reserved, s.reservedBy)
		}
	}
}

// onlyListedTransitions: each transition is in the tables of checkout/status.go. The
// first one of an order, a payment or an operation comes from "".
func (tr *truth) onlyListedTransitions() {
	for _, l := range tr.transitions {
		listed := false
		switch l.subject {
		case "order":
			listed = checkout.OrderStatus(l.from).CanTransitionTo(checkout.OrderStatus(l.to)) || l.from == "" && l.to == "open"
		case "payment":
			listed = checkout.PaymentStatus(l.from).CanTransitionTo(checkout.PaymentStatus(l.to)) || l.from == "" && l.to == "created"
		default:
			// Antom reports its own captures only once they are over.
			listed = checkout.OperationStatus(l.from).CanTransitionTo(checkout.OperationStatus(l.to)) || l.from == ""
		}
		if !listed {
			tr.wrong("%s %s %s went from %q to %q by %s", l.subject, l.order, l.payment, l.from, l.to, l.cause)
		}
	}
}

// toldOf is the published contract: which transitions are events.
var toldOf = map[string]string{
	"order authorized": "order.authorized", "order paid": "order.paid", "order partially_refunded": "order.partially_refunded",
	"order refunded": "order.refunded", "order cancelled": "order.cancelled", "order expired": "order.expired", "order review": "order.review",
	"payment failed": "payment.failed", "capture failed": "capture.failed", "refund success": "refund.succeeded", "refund failed": "refund.failed",
}

// transitionsAreTold: each transition that has an event has exactly one, so has each warning
// that a capture is due, and the events of an order are numbered without a gap.
func (tr *truth) transitionsAreTold() {
	due, last := map[eventLine]int{}, map[string]int{}
	for _, l := range tr.transitions {
		kind := toldOf[l.subject+" "+l.to]
		if l.subject == "order" && l.from == "" {
			kind = "order.created"
		}
		if kind != "" {
			due[eventLine{kind: kind, order: l.order, payment: l.payment, about: l.request}]++
		}
	}
	for _, l := range tr.outbox {
		if warning, is := strings.CutPrefix(l.Topic, "capture.due:"); is {
			payment, _, _ := strings.Cut(warning, ":")
			due[eventLine{kind: "capture.due", order: l.OrderID, payment: payment}]++
		}
	}
	for _, l := range tr.events {
		if last[l.order]++; l.sequence != last[l.order] {
			tr.wrong("event %d of order %s, %s, has number %d", last[l.order], l.order, l.kind, l.sequence)
		}
		if strings.HasPrefix(l.kind, "dispute.") {
			continue // a dispute has no transitions
		}
		l.sequence = 0
		due[l]--
	}
	for l, left := range due {
		if left != 0 {
			tr.wrong("%s of order %s (payment %q, %q) was told %d times too few", l.kind, l.order, l.payment, l.about, left)
		}
	}
}

// ledgerReplays: the rows of the ledger are a chain that ends with the present status.
func (tr *truth) ledgerReplays() {
	stands := map[string]string{}
	for _, l := range tr.transitions {
		key := strings.Join([]string{l.subject, l.order, l.payment, l.request}, " ")
		if l.subject == "order" {
			key = "order " + l.order
		}
		if stands[key] != l.from {
			tr.wrong("%s was %q and went from %q", key, stands[key], l.from)
		}
		stands[key] = l.to
	}
	for id, o := range tr.orders {
		tr.expectReplay(stands, "order "+id, o.Status)
	}
	for id, p := range tr.payments {
		tr.expectReplay(stands, strings.Join([]string{"payment", p.OrderID, id, ""}, " "), p.Status)
	}
	for _, op := range tr.operations {
		tr.expectReplay(stands, strings.Join([]string{op.Kind, tr.payments[op.PaymentRequestID].OrderID, op.PaymentRequestID, op.RequestID}, " "), op.Status)
	}
}

func (tr *truth) expectReplay(stands map[string]string, key, status string) {
	if stands[key] != status {
		tr.wrong("the ledger ends %s as %q, it is %q", key, stands[key], status)
	}
}

// moneyMovesByEvidence: a transition of money has a stored message of Antom as its
// cause, or an operator's resolution where such a message is stored, and never comes
// before Antom had the money.
func (tr *truth) moneyMovesByEvidence() {
	for _, l := range tr.transitions {
		if l.subject != "payment" || l.to != "paid" && l.to != "authorized" && l.to != "refunded" {
			continue
		}
		resolved := strings.HasPrefix(l.cause, "admin:") && tr.inquired[l.payment]
		if !tr.evidence[l.cause] && !resolved {
			tr.wrong("payment %s became %s by %q, which is no message that is stored", l.payment, l.to, l.cause)
		}
		p := tr.payments[l.payment]
		if amount := tr.amounts[l.cause]; amount != "" && amount != fmt.Sprint(p.Currency, " ", p.Amount) {
			tr.wrong("payment %s of %d %s became %s by a notification about %s", l.payment, p.Amount, p.Currency, l.to, amount)
		}
		switch {
		case p.antom == nil || p.antom.PaidAt.IsZero():
			tr.wrong("payment %s became %s; the buyer has not paid at Antom", l.payment, l.to)
		case l.at.Add(tr.apart).Before(p.antom.PaidAt.Truncate(time.Millisecond)):
			tr.wrong("payment %s became %s before it was paid at Antom", l.payment, l.to)
		}
	}
}

// failedByEvidence: of the answers, only those with the result F fail anything.
func (tr *truth) failedByEvidence() {
	for _, l := range tr.transitions {
		if answer, known := tr.answers[l.cause]; l.to == "failed" && known && answer != "F" {
			tr.wrong("%s %s %s failed by an answer with the result %s", l.subject, l.payment, l.request, answer)
		}
	}
}

// nothingWithoutNextStep: each unfinished payment or operation has a scheduled poll or
// an order under review.
func (tr *truth) nothingWithoutNextStep() {
	unfinished := map[string]string{}
	for id, p := range tr.payments {
		if checkout.PaymentStatus(p.Status).InProgress() {
			unfinished[id] = p.Status
		}
	}
	for _, op := range tr.operations {
		if op.Status == "pending" || op.Status == "processing" {
			unfinished[op.PaymentRequestID] = op.Kind + " " + op.Status
		}
	}
	for id, what := range unfinished {
		if p := tr.payments[id]; !p.nextPoll.Valid && tr.orders[p.OrderID].Status != "review" {
			tr.wrong("payment %s (%s) will never be polled again", id, what)
		}
	}
}

// lastingReviews are those that neither Antom nor time can end: a person decides.
var lastingReviews = []string{
	"capture failed", "late money, goods gone", "cannot be given back", "authorisation has ended", "another amount", "another method",
}

// paidIffAntomHoldsIt: each payment has the same status here and in Antom's ledger, and
// the order's status follows.
func (tr *truth) paidIffAntomHoldsIt() {
	for id, o := range tr.orders {
		if o.review != "" {
			if !slices.Contains(lastingReviews, o.review) {
				tr.wrong("order %s is still under review: %s", id, o.review)
			}
			continue
		}
		for _, p := range o.payments {
			tr.expectAgreement(p)
		}
		tr.expectOrder(id, o)
	}
}

func (tr *truth) expectAgreement(p *paymentLine) {
	holds := p.Status == "paid" || p.Status == "authorized" || p.Status == "refunded"
	antomHolds := p.state == "paid" || p.state == "authorized" || p.state == "refunded"
	switch {
	case holds != antomHolds || holds && p.Status != p.state:
		tr.wrong("payment %s is %q here and %q at Antom", p.PaymentRequestID, p.Status, p.state)
	case p.antom != nil && antomHolds && (p.Amount != p.antom.Amount || p.Currency != p.antom.Currency):
		tr.wrong("payment %s is of %d %s here and %d %s at Antom", p.PaymentRequestID, p.Amount, p.Currency, p.antom.Amount, p.antom.Currency)
	}
}

// releasedOnMoney: when an order is announced as paid, and its receipt is written, Antom
// holds the money, and no cancel of the shop is on its way that reverses it.
func (tr *truth) releasedOnMoney() {
	released := map[string]bool{}
	for _, l := range tr.transitions {
		paid := []string{"paid", "partially_refunded", "refunded"}
		if l.subject != "order" || !slices.Contains(paid, l.to) || released[l.order] {
			continue
		}
		released[l.order] = true
		if why := tr.whyNothingHeld(tr.orders[l.order], l.at); why != "" {
			tr.wrong("order %s was released at %s by %s: %s", l.order, l.at.UTC().Format(time.StampMilli), l.cause, why)
		}
	}
	for _, row := range tr.outbox {
		if row.Topic == string(checkout.EmailReceipt) && !tr.orders[row.OrderID].EverPaid {
			tr.wrong("order %s was never paid, and a receipt is written", row.OrderID)
		}
	}
}

// whyNothingHeld is the reason why none of an order's payments holds funds at a moment,
// or "".
func (tr *truth) whyNothingHeld(o *orderLine, at time.Time) string {
	why := nothingTaken
	for _, p := range o.payments {
		switch reason := tr.whyNotHeld(p, at); reason {
		case "":
			return ""
		case nothingTaken:
		default:
			why = reason
		}
	}
	return why
}

const nothingTaken = "Antom has taken nothing"

// whyNotHeld is the reason why Antom does not hold the money of a payment for good at a
// moment, or "". The shop's times are whole milliseconds.
func (tr *truth) whyNotHeld(p *paymentLine, at time.Time) string {
	if p.antom == nil || p.antom.PaidAt.IsZero() || at.Add(tr.apart).Before(p.antom.PaidAt.Truncate(time.Millisecond)) {
		return nothingTaken
	}
	for _, c := range tr.antom.Cancels {
		if c.PaymentRequestID != p.PaymentRequestID {
			continue
		}
		if c.At.Before(at.Add(-tr.apart)) {
			return "Antom has returned it before, by a cancel of the shop"
		}
		for _, asked := range tr.cancels {
			if asked.payment == c.PaymentRequestID && asked.asked.Before(at.Add(-tr.apart)) && (asked.refused.IsZero() || asked.refused.After(at.Add(tr.apart))) {
				return "a cancel of the shop was on its way, and reversed it"
			}
		}
	}
	return ""
}

// expectOrder compares an order's status with the money that Antom holds for it.
func (tr *truth) expectOrder(id string, o *orderLine) {
	want := ""
	switch {
	case o.holding == 1 && o.net == o.effective:
		want = "paid"
	case o.holding == 1 && o.net > 0:
		want = "partially_refunded"
	case o.holding == 1:
		want = "authorized"
	}
	paid := []string{"paid", "partially_refunded", "authorized"}
	if want != "" && o.Status != want || want == "" && slices.Contains(paid, o.Status) {
		tr.wrong("order %s is %s; at Antom %d of its payments hold funds, %d of %d", id, o.Status, o.holding, o.net, o.effective)
	}
}

// atMostOneHoldsFunds: no order is paid twice, unless a review says why.
func (tr *truth) atMostOneHoldsFunds() {
	for id, o := range tr.orders {
		if o.holding > 1 && !slices.Contains([]string{"cannot be given back", "another amount", "another method"}, o.review) {
			tr.wrong("order %s: at Antom %d of its payments hold funds", id, o.holding)
		}
	}
}

// moneyConserved: per currency, the sums of the shop and of Antom are the same.
func (tr *truth) moneyConserved() {
	here, atAntom := map[string]int64{}, map[string]int64{}
	for _, p := range tr.payments {
		if tr.orders[p.OrderID].review != "" {
			continue
		}
		if p.Status == "paid" || p.Status == "refunded" {
			here[p.Currency] += p.Amount - p.refunded
		}
		atAntom[p.Currency] += p.net
	}
	for currency := range atAntom {
		if here[currency] != atAntom[currency] {
			tr.wrong("%s: %d here, %d at Antom", currency, here[currency], atAntom[currency])
		}
	}
}

// everythingEnded: nothing is left open, sent or undelivered.
func (tr *truth) everythingEnded() {
	for id, o := range tr.orders {
		if o.Status == "open" || o.Status == "processing" {
			tr.wrong("order %s is still %s", id, o.Status)
		}
	}
	for id, p := range tr.payments {
		if checkout.PaymentStatus(p.Status).InProgress() && tr.orders[p.OrderID].review == "" {
			tr.wrong("payment %s is still %s", id, p.Status)
		}
	}
	for _, op := range tr.operations {
		if (op.Status == "pending" || op.Status == "processing") && tr.orders[tr.payments[op.PaymentRequestID].OrderID].review == "" {
			tr.wrong("%s %s is still %s", op.Kind, op.RequestID, op.Status)
		}
	}
	for _, row := range tr.outbox {
		if row.State == "pending" {
			tr.wrong("effect %s of order %s is still to be delivered", row.Topic, row.OrderID)
		}
	}
}
