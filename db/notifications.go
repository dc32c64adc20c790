package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"antom-checkout/checkout"
)

// SaveNotification implements checkout.Store.
func (s *Store) SaveNotification(ctx context.Context, n checkout.Notification) error {
	return s.write(ctx, func(ctx context.Context, tx *tx) error {
		_, err := saveNotification(ctx, tx, n)
		return err
	})
}

// saveNotification stores a notification, or finds the row of the same message,
// and answers with the row's id.
func saveNotification(ctx context.Context, tx *tx, n checkout.Notification) (id string, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO notifications (id, type, about, payment_request_id, antom_id, body_sha256, body, received_at, applied)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (about, body_sha256) DO UPDATE
		   SET payment_request_id = iif(excluded.payment_request_id = '', payment_request_id, excluded.payment_request_id),
		       applied = max(applied, excluded.applied)
		RETURNING id`,
		n.ID, n.Type, n.About, n.PaymentRequestID, n.AntomID, n.BodySHA256, n.Body, millis(n.ReceivedAt), n.Applied).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("save notification: %w", err)
	}
	return id, nil
}

// Unmatched implements checkout.Store.
func (s *Store) Unmatched(ctx context.Context, antomID string) ([]checkout.Notification, error) {
	return collect(ctx, s.reads, func(row scanner) (checkout.Notification, error) {
		var n checkout.Notification
		var received int64
		err := row.Scan(&n.ID, &n.Type, &n.About, &n.AntomID, &n.BodySHA256, &n.Body, &received)
		n.ReceivedAt = moment(received)
		return n, err
	}, `
		SELECT id, type, about, antom_id, body_sha256, body, received_at
		  FROM notifications
		 WHERE antom_id = $1 AND antom_id <> '' AND applied = 0 AND payment_request_id = ''
		 ORDER BY id`, antomID)
}

// alreadyApplied reports whether the same message has been taken into account
// before; then it has nothing new to say, whatever has happened since.
func alreadyApplied(ctx context.Context, tx *tx, n *checkout.Notification) (bool, error) {
	applied := false
	err := tx.QueryRowContext(ctx, `
		SELECT applied
		  FROM notifications
		 WHERE about = $1 AND body_sha256 = $2`, n.About, n.BodySHA256).Scan(&applied)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return applied, err
}
