package db

import (
	"context"
	"fmt"

	"antom-checkout/checkout"
)

// SaveNotification implements payments.Store.
func (s *Store) SaveNotification(ctx context.Context, n checkout.Notification) error {
	return s.write(ctx, func(ctx context.Context, tx *tx) error {
		_, err := s.saveNotification(ctx, tx, n)
		return err
	})
}

// saveNotification stores a notification, or finds the row of the same message.
// repeated reports that it was applied already; then the row stays as it is.
func (s *Store) saveNotification(ctx context.Context, tx *tx, n checkout.Notification) (repeated bool, err error) {
	res, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (id, type, payment_request_id, antom_id, body_sha256, body, received_at, applied)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO NOTHING`,
		n.ID, n.Type, n.PaymentRequestID, n.AntomID, n.BodySHA256, n.Body, millis(n.ReceivedAt), n.Applied)
	if err != nil {
		return false, fmt.Errorf("save notification: %w", err)
	}
	if n.AntomID != "" && n.PaymentRequestID == "" {
		s.unmatched.Store(true)
	}
	if isNew, err := res.RowsAffected(); err != nil || isNew == 1 {
		return false, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT applied
		  FROM notifications
		 WHERE id = $1`, n.ID).Scan(&repeated)
	if err != nil || repeated {
		return repeated, err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE notifications
		   SET payment_request_id = iif($1 = '', payment_request_id, $1),
		       applied = $2
		 WHERE id = $3`, n.PaymentRequestID, n.Applied, n.ID)
	if err == nil && n.PaymentRequestID != "" {
		err = endSearch(ctx, tx, n.ID)
	}
	return false, err
}

// noteUnmatched notes whether Unmatched has anything to find.
func (s *Store) noteUnmatched(ctx context.Context) error {
	var exists bool
	err := s.reads.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM notifications WHERE antom_id <> '' AND applied = 0 AND payment_request_id = '')`).Scan(&exists)
	s.unmatched.Store(exists)
	return err
}

// Unmatched implements payments.Store. Few shops ever have such a notification;
// the others are spared the query.
func (s *Store) Unmatched(ctx context.Context, antomID string) ([]checkout.Notification, error) {
	if !s.unmatched.Load() {
		return nil, nil
	}
	return collect(ctx, s.reads, func(row scanner) (checkout.Notification, error) {
		var n checkout.Notification
		var received int64
		err := row.Scan(&n.ID, &n.Type, &n.AntomID, &n.BodySHA256, &n.Body, &received)
		n.ReceivedAt = moment(received)
		return n, err
	}, `
		SELECT id, type, antom_id, body_sha256, body, received_at
		  FROM notifications
		 WHERE antom_id = $1 AND antom_id <> '' AND applied = 0 AND payment_request_id = ''
		 ORDER BY received_at, id`, antomID)
}
