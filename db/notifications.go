package db

import (
	"context"
	"fmt"

	"antom-checkout/checkout"
)

// SaveNotification implements payments.Store.
func (s *Store) SaveNotification(ctx context.Context, n checkout.Notification) error {
	return s.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		_, err := s.saveNotification(ctx, tx, n)
		return err
	})
}

// saveNotification stores a notification, or finds the row of the same message.
// repeated reports that it was applied already; then the row stays as it is.
func (s *Store) saveNotification(ctx context.Context, tx *tx, n checkout.Notification) (repeated bool, err error) {
	res, err := tx.ExecContext(ctx, `
		INSERT INTO notifications (id, type, payment_request_id, antom_id, body_sha256, body, received_at, applied,
			path, client_id, signed_time, signature)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO NOTHING`,
		n.ID, n.Type, n.PaymentRequestID, n.AntomID, n.BodySHA256, s.sealNotification(n), millis(n.ReceivedAt), n.Applied,
		n.Signing.Path, n.Signing.ClientID, n.Signing.Time, n.Signing.Signature)
	if err != nil {
		return false, fmt.Errorf("save notification: %w", err)
	}
	if isNew, err := res.RowsAffected(); err != nil || isNew == 1 {
		return false, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT applied
		  FROM notifications
		 WHERE id = $1`+s.dialect.lock("notifications"), n.ID).Scan(&repeated)
	if err != nil || repeated {
		return repeated, err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE notifications
		   SET payment_request_id = CASE WHEN $1 = '' THEN payment_request_id ELSE $1 END,
		       applied = $2
		 WHERE id = $3`, n.PaymentRequestID, n.Applied, n.ID)
	if err == nil && n.PaymentRequestID != "" {
		err = endSearch(ctx, tx, n.ID)
	}
	return false, err
}
