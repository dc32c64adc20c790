package db

import (
	"context"
	"fmt"

	"antom-checkout/checkout"
)

// addEvents stores the events of a change, in its transaction.
func (s *Store) addEvents(ctx context.Context, tx *tx, events []checkout.MerchantEvent) error {
	for _, e := range events {
		e.ID, e.At = s.eventIDs.New(), s.now()
		if err := s.addEvent(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) addEvent(ctx context.Context, tx *tx, e checkout.MerchantEvent) error {
	err := later(ctx, tx, `
		INSERT INTO events (id, type, order_id, sequence, status, payment_request_id, about, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.ID, e.Type, e.OrderID, e.Sequence, e.Status, e.PaymentRequestID, e.About, e.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("insert event: %w", err)
	}
	return nil
}

// forgetBodies erases what the deliveries of an order's events hold about its buyer: what
// was sent, and what the endpoints have answered. A later try sends the order as it is then.
func forgetBodies(ctx context.Context, tx *tx, orderID string) error {
	if err := execute(ctx, tx, `DELETE FROM event_bodies WHERE order_id = $1`, orderID); err != nil {
		return fmt.Errorf("erase events: %w", err)
	}
	err := execute(ctx, tx, `
		UPDATE delivery_tries
		   SET answer = $1
		 WHERE delivery_id IN (SELECT id FROM deliveries WHERE order_id = $2 AND order_id <> '')`, []byte{}, orderID)
	if err != nil {
		return fmt.Errorf("erase answers: %w", err)
	}
	return nil
}
