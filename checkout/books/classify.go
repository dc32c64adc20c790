package books

import (
	"slices"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// known is what the merchant's records hold about the payment of a row: its order, and the
// rows of the ledger.
type known struct {
	order  checkout.Order
	ledger []checkout.TimelineEntry
}

// The reasons of classes that may have several.
const (
	reasonAmbiguous     = "several_payments"      // the ids of the row name more than one payment
	reasonUnknownStatus = "unknown_status"        // the row has a status that no document names
	reasonTwice         = "twice"                 // another row, of this file or another batch, is about the same
	reasonCurrency      = "currency"              // it is another currency
	reasonSign          = "sign"                  // money goes the other way
	reasonReversed      = "reversed"              // Antom or the bank has turned it back
	reasonDispute       = "dispute_unknown"       // no dispute of the payment is known
	reasonFeeRow        = "fee_row"               // the row is of a fee, a reserve or a correction
	reasonFormula       = "net_is_not_gross_fees" // the net is not the gross with the fees
	reasonOrderKnown    = "order_known"           // the order is known, the payment is not
	reasonOperation     = "operation_unknown"     // the payment is known, the capture or refund is not
)

// noCounterpart are the types of rows that no payment stands behind.
var noCounterpart = []string{"SETTLEMENT_FEE", "ADJUSTMENT_FEE", "RESERVE", "RESERVE_RELEASED", "RESERVE_WITHHOLDING", "RESERVE_RELEASE",
	"COLLATERAL_WITHHELD", "COLLATERAL_RELEASED", "COLLATERAL_WITHHOLDING", "COLLATERAL_RELEASE", "DEFAULT"}

// families are what is compared for the types of rows that a payment stands behind.
var families = map[string]func(checkout.ReportRow, known, *checkout.Payment) checkout.ReportRow{
	"PAYMENT": aboutPayment, "AUTHORIZATION": aboutPayment, "CAPTURE": aboutCapture, "CANCEL": aboutCancel, "VOID": aboutCancel,
	"REFUND": aboutRefund, "REFUND_REVERSAL": aboutReversal, "PAYMENT_REVERSAL": aboutReversal,
	"DISPUTE": aboutDispute, "DISPUTE_REVERSAL": aboutDispute, "RAPID_DISPUTE_RESOLUTION": aboutDispute, "CDRN": aboutReversal,
}

// classify finds what a row is about among the orders that its ids have led to, and which
// class it has. The order of byReference is known by its own id only: it is proposed, never
// matched.
func classify(row checkout.ReportRow, candidates []known, byReference string) checkout.ReportRow {
	row.Class, row.Reason, row.Act, row.OrderID, row.PaymentRequestID, row.Ours = "", "", "", "", "", ""
	compare, typed := families[row.Type]
	switch {
	case row.Kind == checkout.ReportSummary:
		row.Class = checkout.RowMatched // its sums are compared on their own
		return row
	case slices.Contains(noCounterpart, row.Type):
		row.Class, row.Reason = checkout.RowFeeOnly, reasonFeeRow
		return row
	case !typed:
		row.Class = checkout.RowUnknownKind
		return row
	}
	var k known
	var p *checkout.Payment
	for _, candidate := range candidates {
		for _, one := range candidate.order.Payments {
			if !named(row, one) {
				continue
			}
			if p != nil {
				return row.As(checkout.RowMissingHere, reasonAmbiguous)
			}
			k, p = candidate, candidate.order.Payment(one.RequestID)
		}
	}
	if p == nil {
		return unmatched(row, byReference)
	}
	row.OrderID, row.PaymentRequestID = k.order.ID, p.RequestID
	row = compare(row, k, p)
	if row.Class == checkout.RowMatched && row.FormulaOff != 0 {
		return row.As(checkout.RowFeeOnly, reasonFormula)
	}
	return row
}

// unmatched is a row whose ids name nothing. A payment that failed or was never finished is
// of no consequence, but the records have to know it.
func unmatched(row checkout.ReportRow, byReference string) checkout.ReportRow {
	if row.OrderID = byReference; byReference != "" {
		return row.As(checkout.RowMissingHere, reasonOrderKnown)
	}
	return row.As(checkout.RowMissingHere, "")
}

// named reports whether an id of the row is one of the payment or of its captures and
// refunds.
func named(row checkout.ReportRow, p checkout.Payment) bool {
	is := func(ours string, theirs ...string) bool { return ours != "" && slices.Contains(theirs, ours) }
	return is(p.RequestID, row.RequestID, row.OriginalRequestID) || is(p.AntomID, row.TransactionID, row.OriginalID) ||
		slices.ContainsFunc(p.Operations, func(op checkout.Operation) bool { return isOperation(row, op) })
}

// isOperation reports whether an id of the row is that of a capture or refund.
func isOperation(row checkout.ReportRow, op checkout.Operation) bool {
	if string(op.Kind) != strings.ToLower(row.Type) || op.Kind == checkout.Cancel {
		return false
	}
	return op.RequestID == row.RequestID || op.AntomID != "" && op.AntomID == row.TransactionID
}

// standing is how far something has come.
type standing string

const (
	done    standing = "done"
	pending standing = "pending"
	failed  standing = "failed"
)

// rowStatuses are the statuses of rows that are documented or were seen. A report of
// generation 1 has none, and all its rows are done.
var rowStatuses = map[string]standing{
	"": done, "SUCCESS": done, "TO_BE_SETTLED": done, "SETTLED": done,
	"PROCESSING": pending, "PENDING": pending,
	"FAIL": failed, "FAILED": failed, "CANCELLED": failed, "CLOSED": failed,
}

// compareStanding compares how far the row and the records have come. at is when the
// records have learnt it: a report of an earlier day could not know it yet.
func compareStanding(row checkout.ReportRow, ours standing, at time.Time, status string) checkout.ReportRow {
	row.Ours = status
	theirs, documented := rowStatuses[row.Status]
	switch {
	case !documented:
		return row.As(checkout.RowStatus, reasonUnknownStatus)
	case theirs == ours, theirs == pending && ours == failed:
		row.Class = checkout.RowMatched
	case theirs == pending && ours == done && !at.IsZero() && dayOf(at) > dayOf(row.At):
		row.Class = checkout.RowMatched
	default:
		row.Class = checkout.RowStatus
	}
	return row
}

// compareAmount compares the amount of a row that is matched otherwise. sign is that of the
// row's money, and 0 where reports differ about it.
func compareAmount(row checkout.ReportRow, ours checkout.Money, sign int64) checkout.ReportRow {
	minor := row.Amount.Minor
	switch {
	case row.Class != checkout.RowMatched, row.Amount.Currency == "":
		return row
	case row.Amount.Currency != ours.Currency:
		row.Ours = ours.String()
		return row.As(checkout.RowAmount, reasonCurrency)
	case minor*sign < 0:
		row.Ours = ours.String()
		return row.As(checkout.RowAmount, reasonSign)
	case max(minor, -minor) != ours.Minor:
		row.Ours = ours.String()
		return row.As(checkout.RowAmount, "")
	}
	return row
}

// aboutPayment compares a row of a payment, or of the authorisation of a card.
func aboutPayment(row checkout.ReportRow, k known, p *checkout.Payment) checkout.ReportRow {
	row.Act = act(strings.ToLower(row.Type), p.RequestID, "")
	at := k.fundedAt(p)
	ours := failed
	switch {
	case !at.IsZero(), p.Status.HoldsFunds(), p.Status == checkout.PaymentRefunded:
		ours = done
	case p.Status.InProgress():
		ours = pending
	}
	row = compareStanding(row, ours, at, string(p.Status))
	if ours == done && row.Class == checkout.RowStatus && row.Status == "CANCELLED" && p.Status == checkout.PaymentCancelled {
		row.Class = checkout.RowMatched // its latest status: it was paid, and then cancelled
	}
	if row.Kind == checkout.ReportSettlement && row.Type == "AUTHORIZATION" && row.Amount.Minor == 0 {
		return row
	}
	return compareAmount(row, p.EffectiveAmount(), 1)
}

// aboutCapture compares a capture. A payment has one, and the older reports name it by the
// payment's own id.
func aboutCapture(row checkout.ReportRow, k known, p *checkout.Payment) checkout.ReportRow {
	row.Act = act("capture", p.RequestID, "")
	var found *checkout.Operation
	for _, op := range p.Operations {
		if op.Kind != checkout.Capture {
			continue
		}
		exact := isOperation(row, op)
		if exact || found == nil || found.Status == checkout.OperationFailed {
			found = p.Operation(checkout.Capture, op.RequestID)
		}
		if exact {
			break
		}
	}
	amount := p.EffectiveAmount()
	switch {
	case found != nil:
		row = compareStanding(row, operationStanding(*found), k.doneAt(p.RequestID, found.RequestID), "capture "+string(found.Status))
		amount = found.Amount
	case p.Status == checkout.PaymentPaid, p.Status == checkout.PaymentRefunded:
		row = compareStanding(row, done, k.fundedAt(p), string(p.Status))
	default:
		row.Ours = string(p.Status)
		return row.As(checkout.RowStatus, reasonOperation)
	}
	return compareAmount(row, amount, 1)
}

// aboutRefund compares a refund. Refunds of a payment are told apart by their ids; where
// the row has none, by their amount.
func aboutRefund(row checkout.ReportRow, k known, p *checkout.Payment) checkout.ReportRow {
	var found []checkout.Operation
	for _, op := range p.Operations {
		if op.Kind == checkout.Refund && isOperation(row, op) {
			found = []checkout.Operation{op}
			break
		}
		if op.Kind == checkout.Refund && row.RequestID == "" && op.Status != checkout.OperationFailed && op.Amount.Minor == max(row.Amount.Minor, -row.Amount.Minor) {
			found = append(found, op)
		}
	}
	switch {
	case len(found) > 1:
		return row.As(checkout.RowMissingHere, reasonAmbiguous)
	case len(found) == 0:
		return row.As(checkout.RowMissingHere, reasonOperation)
	}
	op := found[0]
	row.Act = act("refund", p.RequestID, op.RequestID)
	row = compareStanding(row, operationStanding(op), k.doneAt(p.RequestID, op.RequestID), "refund "+string(op.Status))
	return compareAmount(row, op.Amount, 0)
}

// aboutCancel compares a cancel, or the release of an authorisation.
func aboutCancel(row checkout.ReportRow, k known, p *checkout.Payment) checkout.ReportRow {
	row.Act = act("cancel", p.RequestID, "")
	ours := failed
	for _, op := range p.Operations {
		if op.Kind == checkout.Cancel && op.Unfinished() {
			ours = pending
		}
	}
	if p.Status == checkout.PaymentCancelled || p.Status == checkout.PaymentRefunded || p.Status == checkout.PaymentFailed {
		ours = done
	}
	row = compareStanding(row, ours, k.doneAt(p.RequestID, ""), string(p.Status))
	if row.Amount.Minor == 0 {
		return row
	}
	return compareAmount(row, p.EffectiveAmount(), 0)
}

// aboutDispute compares a dispute with those that Antom has notified. Amounts are not compared: the
// records hold the one that was decided about, which may be less than the one taken first.
func aboutDispute(row checkout.ReportRow, _ known, p *checkout.Payment) checkout.ReportRow {
	row.Act = act(strings.ToLower(row.Type), p.RequestID, "")
	row.Class = checkout.RowMatched
	steps := map[string][]string{
		"DISPUTE_REVERSAL": {"DISPUTE_JUDGED", "DISPUTE_CANCELLED"}, "RAPID_DISPUTE_RESOLUTION": {"RDR_RESOLVED"},
	}[row.Type]
	for _, d := range p.Disputes {
		if len(steps) == 0 || slices.Contains(steps, d.Step) {
			row.Ours = d.Step
			return row
		}
	}
	row.Ours = string(p.Status)
	return row.As(checkout.RowStatus, reasonDispute)
}

// aboutReversal is money that went back without the records: a person has to know.
func aboutReversal(row checkout.ReportRow, _ known, p *checkout.Payment) checkout.ReportRow {
	row.Act, row.Ours = act(strings.ToLower(row.Type), p.RequestID, row.RequestID), string(p.Status)
	return row.As(checkout.RowStatus, reasonReversed)
}

func operationStanding(op checkout.Operation) standing {
	switch op.Status {
	case checkout.OperationSuccess:
		return done
	case checkout.OperationFailed:
		return failed
	}
	return pending
}

// act names what a row is about.
func act(kind, payment, operation string) string {
	return strings.TrimSuffix(kind+":"+payment+":"+operation, ":")
}

// fundedAt is when the payment held funds for the first time, or zero.
func (k known) fundedAt(p *checkout.Payment) time.Time {
	for _, e := range k.ledger {
		if e.Subject == checkout.SubjectPayment && e.PaymentRequestID == p.RequestID && checkout.PaymentStatus(e.To).HoldsFunds() {
			return e.At
		}
	}
	return time.Time{}
}

// doneAt is when an operation of a payment succeeded; of its cancel if none is named.
func (k known) doneAt(payment, operation string) time.Time {
	for _, e := range k.ledger {
		if e.PaymentRequestID == payment && e.To == string(checkout.OperationSuccess) &&
			(e.RequestID == operation || operation == "" && e.Subject == string(checkout.Cancel)) {
			return e.At
		}
	}
	return time.Time{}
}

// zone is the one by which Antom counts days.
var zone = time.FixedZone("UTC+8", 8*60*60)

// dayOf is the day of Antom's that a moment is in, as the names of files have it.
func dayOf(at time.Time) string { return at.In(zone).Format("20060102") }

// startOf is when a day of Antom's begins.
func startOf(day string) (time.Time, error) { return time.ParseInLocation("20060102", day, zone) }
