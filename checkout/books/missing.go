package books

import (
	"context"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// nearMidnight is how far from midnight the records and Antom may disagree about the day.
const nearMidnight = 15 * time.Minute

// missing finds what the records say of a day and no file has a row about.
func (r *reading) missing(ctx context.Context, day string) error {
	start, err := startOf(day)
	if err != nil {
		return err
	}
	read, err := r.store.ReportDays(ctx)
	if err != nil {
		return err
	}
	moves, err := r.store.LedgerMoves(ctx, start.Add(-nearMidnight), start.AddDate(0, 0, 1).Add(nearMidnight))
	if err != nil {
		return err
	}
	for _, m := range moves {
		complete := true
		for _, at := range []time.Time{m.At.Add(-nearMidnight), m.At, m.At.Add(nearMidnight)} {
			complete = complete && slices.Contains(read, dayOf(at))
		}
		if !complete {
			continue // the file of the neighbouring day may have its row
		}
		if err := r.expect(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// expect finds whether a row is about a move of the ledger.
func (r *reading) expect(ctx context.Context, m checkout.LedgerMove) error {
	k, err := r.order(ctx, m.OrderID)
	if err != nil {
		return err
	}
	p := k.order.Payment(m.PaymentRequestID)
	wanted, ours := expected(m, k, p)
	if len(wanted) == 0 {
		return nil
	}
	subject := "act:" + wanted[0]
	for _, one := range wanted {
		rows, err := r.store.RowsAbout(ctx, one)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(row checkout.ReportRow) bool { return row.Kind == checkout.ReportTransactions }) {
			return r.end(ctx, subject, checkout.ResolvedByReport)
		}
	}
	r.result.Classes[checkout.RowMissingThere]++
	return r.differs(ctx, checkout.Difference{
		Subject: subject, Class: checkout.RowMissingThere, OrderID: k.order.ID, PaymentRequestID: p.RequestID, Ours: ours,
	})
}

// expected are the acts of which a row must exist for a move of the ledger, one of them;
// none where a report need not have one. A card is paid by its capture; the documents leave
// open whether an automatic one has a row of its own.
func expected(m checkout.LedgerMove, k known, p *checkout.Payment) (acts []string, ours string) {
	if p == nil {
		return nil, ""
	}
	at := m.At.UTC().Format(time.RFC3339)
	switch m.Subject {
	case checkout.SubjectPayment:
		acts = []string{act("payment", p.RequestID, "")}
		if slices.ContainsFunc(p.Operations, func(op checkout.Operation) bool { return op.Kind == checkout.Capture }) {
			acts = []string{act("capture", p.RequestID, ""), acts[0]}
		}
		return acts, "paid " + p.EffectiveAmount().String() + " at " + at
	case string(checkout.Refund):
		if op := p.Operation(checkout.Refund, m.RequestID); op != nil {
			return []string{act("refund", p.RequestID, m.RequestID)}, "refunded " + op.Amount.String() + " at " + at
		}
	case string(checkout.Cancel):
		if wasPaid(k, p) {
			return []string{act("cancel", p.RequestID, "")}, "cancelled " + p.EffectiveAmount().String() + " at " + at
		}
	}
	return nil, ""
}

// wasPaid reports whether the payment was paid at some time: otherwise a cancel has returned no
// money.
func wasPaid(k known, p *checkout.Payment) bool {
	return slices.ContainsFunc(k.ledger, func(e checkout.TimelineEntry) bool {
		return e.Subject == checkout.SubjectPayment && e.PaymentRequestID == p.RequestID && e.To == string(checkout.PaymentPaid)
	})
}
