package payments

import (
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// notificationTimeout is how long a notification may take to be stored.
const notificationTimeout = 30 * time.Second

// RecordNotification stores a verified notification and applies it. When it returns
// nil the notification is durable and may be acknowledged; that it contradicts, or is
// about something unknown, is no reason to return an error.
func (s *recorder) RecordNotification(ctx context.Context, r checkout.Received) error {
	// What Antom has told must not be lost because its connection closed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notificationTimeout)
	defer cancel()
	known, err := s.applyNotification(ctx, r)
	if err == nil {
		s.cfg.Meter.Notification(known)
		if dispute := r.Event.Dispute; dispute != nil {
			s.cfg.Meter.Dispute(dispute.Step)
		}
	}
	return err
}

// applyNotification stores a notification and applies it to its order. known is false
// when the shop has no payment that it could be about.
func (s *recorder) applyNotification(ctx context.Context, r checkout.Received) (known bool, err error) {
	row := r.Notification
	if !r.Understood {
		if err := s.store.SaveNotification(ctx, row); err != nil {
			return false, err
		}
		s.logNotification(ctx, "", row, "")
		return false, nil
	}
	orderID, requestID, err := s.store.FindPayment(ctx, r.About)
	if checkout.IsNotFound(err) {
		if err := s.store.SaveSearch(ctx, checkout.Search{Notification: row, Status: checkout.Searching, Next: s.rules().Now}); err != nil {
			return false, err
		}
		// Once more: the Antom id of the payment may have become known in between.
		if orderID, requestID, err = s.store.FindPayment(ctx, r.About); checkout.IsNotFound(err) {
			s.logNotification(ctx, "", row, r.Event.Code)
			return false, nil
		}
	}
	if err != nil {
		return false, fmt.Errorf("find payment: %w", err)
	}
	r.Event.RequestID, row.PaymentRequestID = requestID, requestID
	r.Event.Cause = checkout.Cause{Kind: checkout.ByNotification, ID: row.ID}
	if _, err = s.Record(ctx, orderID, r.Event, checkout.Evidence{Notification: &row}); err == nil {
		s.logNotification(ctx, orderID, row, r.Event.Code)
	}
	return true, err
}

// searchNow lets the sweeper apply at once what came before its payment's Antom id was
// known: a capture may be notified before the payment it belongs to.
func (s *recorder) searchNow(ctx context.Context, antomID string) {
	s.logFailure(ctx, "search payment", s.store.HastenSearches(ctx, antomID))
	wake(s.wakeSearch)
}
