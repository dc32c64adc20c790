package payments

import (
	"context"
	"log/slog"

	"antom-checkout/checkout"
)

// What happens to a payment is told in one line each: every transition that was
// committed (a start is a payment's first, a decline its transition to failed), every
// notification, every email. Calls to Antom are told by package gateway. A line names
// ids, statuses and codes, and never a person.

// paymentLog writes the lines.
type paymentLog struct{ log *slog.Logger }

// logTransitions writes a line per transition of a committed change.
func (s *paymentLog) logTransitions(ctx context.Context, after checkout.Order, transitions []checkout.Transition, cause checkout.Cause) {
	for _, t := range transitions {
		level, message := headline(t)
		if s.log.Enabled(ctx, level) {
			s.log.LogAttrs(ctx, level, message, transitionAttrs(after, t, cause)...)
		}
	}
}

// headline is the level and the message of a transition's line. A failed payment is
// the buyer's own matter; a review and a failed capture or refund wait for a person.
func headline(t checkout.Transition) (level slog.Level, message string) {
	failed := t.To == string(checkout.PaymentFailed)
	switch t.Subject {
	case checkout.SubjectOrder:
		if t.To == string(checkout.OrderReview) {
			return slog.LevelWarn, "order under review"
		}
		return slog.LevelInfo, "order"
	case checkout.SubjectPayment:
		switch {
		case t.From == "":
			return slog.LevelInfo, "payment started"
		case failed:
			return slog.LevelInfo, "payment failed"
		}
		return slog.LevelInfo, "payment"
	}
	if failed && t.Subject != string(checkout.Cancel) {
		return slog.LevelWarn, t.Subject
	}
	return slog.LevelInfo, t.Subject
}

// transitionAttrs are the attributes of a transition's line.
func transitionAttrs(o checkout.Order, t checkout.Transition, cause checkout.Cause) []slog.Attr {
	l := lineAbout(o, t.PaymentRequestID)
	p := o.Payment(t.PaymentRequestID)
	switch {
	case t.Subject == checkout.SubjectOrder:
		l.add(checkout.LogReview, string(o.Review))
	case t.Subject == checkout.SubjectPayment:
		l.add(checkout.LogCode, p.ResultCode)
		if t.From == "" {
			l.add(checkout.LogMode, string(p.Mode))
			l.add(checkout.LogAmount, p.Amount.String())
		}
	default:
		op := p.Operation(checkout.OperationKind(t.Subject), t.RequestID)
		l.add(checkout.LogOperation, op.RequestID)
		l.add(checkout.LogAmount, op.Amount.String())
		l.add(checkout.LogCode, op.ResultCode)
	}
	return append(l, slog.String(checkout.LogFrom, t.From), slog.String(checkout.LogTo, t.To), slog.String(checkout.LogCause, cause.String()))
}

// logNotification writes the line about a verified notification that was stored. One
// that is about nothing known, or contradicts what is known, is worth a look.
func (s *paymentLog) logNotification(ctx context.Context, orderID string, row checkout.Notification, code string) {
	level := slog.LevelInfo
	if !row.Applied {
		level = slog.LevelWarn
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	l := make(line, 0, lineLength)
	l.add(checkout.LogOrder, orderID)
	l.add(checkout.LogPayment, row.PaymentRequestID)
	l.add(checkout.LogType, row.Type)
	l.add(checkout.LogCode, code)
	l.add(checkout.LogCause, checkout.Cause{Kind: checkout.ByNotification, ID: row.ID}.String())
	s.log.LogAttrs(ctx, level, "notification", append(l, slog.Bool(checkout.LogApplied, row.Applied))...)
}

// logStray tells that a notification is about no payment of the shop.
func (s *paymentLog) logStray(ctx context.Context, row checkout.Notification, code string) {
	l := line{slog.String(checkout.LogMatter, string(checkout.MatterStray))}
	l.add(checkout.LogType, row.Type)
	l.add(checkout.LogCode, code)
	s.log.LogAttrs(ctx, slog.LevelWarn, "waits for a person", append(l, aboutNotification(row))...)
}

// logEmail writes the line about an email that was sent.
func (s *paymentLog) logEmail(ctx context.Context, email checkout.Email, effect checkout.Effect) {
	l := lineAbout(email.Order, email.Payment.RequestID)
	l.add(checkout.LogEffect, string(effect))
	s.log.LogAttrs(ctx, slog.LevelInfo, "email sent", l...)
}

// logCaptureDue warns the merchant that an authorised card has to be captured.
func (s *paymentLog) logCaptureDue(ctx context.Context, o checkout.Order, effect checkout.Effect) {
	l := lineAbout(o, "")
	if p := o.Active(); p != nil {
		l = lineAbout(o, p.RequestID)
	}
	l.add(checkout.LogEffect, string(effect))
	s.log.LogAttrs(ctx, slog.LevelWarn, "capture is due", l...)
}

// logUndelivered tells when the trouble with an effect begins, and when it is given up.
func (s *paymentLog) logUndelivered(ctx context.Context, level slog.Level, message string, e checkout.PendingEffect, err error) {
	s.log.LogAttrs(ctx, level, message, slog.String(checkout.LogOrder, e.OrderID), slog.String(checkout.LogEffect, string(e.Effect)),
		slog.Int(checkout.LogAttempt, e.Attempts+1), slog.Any(checkout.LogError, err))
}

// logFailure writes the line about an error that no caller is told, unless the program
// stops.
func (s *paymentLog) logFailure(ctx context.Context, what string, err error, about ...slog.Attr) {
	if err != nil && ctx.Err() == nil {
		s.log.LogAttrs(ctx, slog.LevelError, what, append(about, slog.Any(checkout.LogError, err))...)
	}
}

func aboutOrder(id string) slog.Attr { return slog.String(checkout.LogOrder, id) }

func aboutPayment(requestID string) slog.Attr { return slog.String(checkout.LogPayment, requestID) }

func aboutNotification(row checkout.Notification) slog.Attr {
	return slog.String(checkout.LogCause, checkout.Cause{Kind: checkout.ByNotification, ID: row.ID}.String())
}

// line collects the attributes of a log line; what is empty is left out.
type line []slog.Attr

// lineLength is room for the longest line.
const lineLength = 12

// lineAbout begins a line about an order and one of its payments, or "".
func lineAbout(o checkout.Order, requestID string) line {
	l := make(line, 0, lineLength)
	l.add(checkout.LogOrder, o.ID)
	l.add(checkout.LogNumber, o.Number)
	if p := o.Payment(requestID); p != nil {
		l.add(checkout.LogPayment, p.RequestID)
		l.add(checkout.LogMethod, p.Method)
	}
	return l
}

func (l *line) add(name, value string) {
	if value != "" {
		*l = append(*l, slog.String(name, value))
	}
}
