package db

import (
	"context"
	"fmt"
	"reflect"

	"antom-checkout/checkout"
)

// Update implements payments.Store.
func (s *Store) Update(ctx context.Context, orderID string, evidence checkout.Evidence, change func(checkout.Order) (checkout.Order, []checkout.Effect, error)) (before, after checkout.Order, err error) {
	err = s.writeTo(ctx, aboutOrder(orderID), func(ctx context.Context, tx *tx) error {
		if before, err = s.orderIn(ctx, tx, orderID); err != nil {
			return err
		}
		if before.LinkRefusal, err = s.paymentLinks.refusal(ctx, tx, before); err != nil {
			return err
		}
		if before.Fulfillable, err = fulfillable(ctx, tx, &s.dialect, before); err != nil {
			return err
		}
		var effects []checkout.Effect
		if after, effects, err = change(before); err != nil {
			return err
		}
		changed := len(effects) > 0 || !reflect.DeepEqual(before, after)
		repeated, err := s.saveEvidence(ctx, tx, evidence, changed)
		if repeated {
			after = before // it was applied already
		}
		if err != nil || repeated || !changed {
			return err
		}
		after.Version = before.Version + 1
		return s.saveOrder(ctx, tx, &before, &after, evidence, effects)
	})
	if err == nil {
		s.cache.put(merged(&before, &after))
	}
	return before, after, err
}

// saveOrder writes what differs, with its ledger rows, outbox rows and events, and what it
// does to saved cards. Effects come first: those that are new count as events, and the order
// counts its events.
func (s *Store) saveOrder(ctx context.Context, tx *tx, before, after *checkout.Order, evidence checkout.Evidence, effects []checkout.Effect) error {
	added, err := s.addEffects(ctx, tx, after.ID, effects)
	if err != nil {
		return err
	}
	transitions := checkout.Transitions(*before, *after)
	events := checkout.AddEvents(*before, after, transitions, added)
	n, err := orderRows.update(ctx, tx, before, after, before.ID, before.Version)
	if err != nil {
		return fmt.Errorf("update order: %w", err)
	}
	if n != 1 {
		return checkout.ErrStale
	}
	if err := s.sealer.savePayments(ctx, tx, *before, *after); err != nil {
		return err
	}
	if err := s.savedCards.change(ctx, tx, evidence.Cards); err != nil {
		return err
	}
	if err := s.counts.saveCardOrigin(ctx, tx, evidence.Card); err != nil {
		return err
	}
	if err := s.counts.saveDeclines(ctx, tx, before, after); err != nil {
		return err
	}
	if err := updateStock(ctx, tx, *before, *after); err != nil {
		return err
	}
	if err := s.addTransitions(ctx, tx, after.ID, transitions, evidence); err != nil {
		return err
	}
	if after.Erased() && !before.Erased() {
		if err := forgetBodies(ctx, tx, after.ID); err != nil {
			return err
		}
	}
	return s.addEvents(ctx, tx, events)
}

// addEffects adds the effects that the order has not had, and returns those.
func (s *Store) addEffects(ctx context.Context, tx *tx, orderID string, effects []checkout.Effect) (added []checkout.Effect, err error) {
	for _, effect := range effects {
		res, err := tx.ExecContext(ctx, `
			INSERT INTO outbox (topic, order_id, state, attempts, next_at, created_at)
			VALUES ($1, $2, 'pending', 0, $3, $4)
			ON CONFLICT (order_id, topic) DO NOTHING`, effect, orderID, s.now().Add(effect.Delay()).UnixMilli(), s.now().UnixMilli())
		if err != nil {
			return nil, fmt.Errorf("insert effect: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil {
			return nil, err
		} else if n == 1 {
			added = append(added, effect)
		}
	}
	return added, nil
}

// savePayments writes the payments that differ; those that stop being active first,
// because an order has at most one active payment at any moment.
func (s *sealer) savePayments(ctx context.Context, tx *tx, before, after checkout.Order) error {
	for _, active := range []bool{false, true} {
		for i := range after.Payments {
			p := &after.Payments[i]
			was := before.Payment(p.RequestID)
			if p.Active != active || was != nil && reflect.DeepEqual(was, p) {
				continue
			}
			if err := s.savePayment(ctx, tx, after.ID, was, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// addTransitions inserts row by row: one INSERT of several into a table with
// triggers makes SQLite build a temporary table first.
func (s *Store) addTransitions(ctx context.Context, tx *tx, orderID string, transitions []checkout.Transition, evidence checkout.Evidence) error {
	call := ""
	if c := evidence.Call; c != nil && c.ID != evidence.Cause.ID {
		call = c.ID // the answer over which an operator has decided
	}
	for _, t := range transitions {
		err := later(ctx, tx, `
			INSERT INTO transitions (subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at, call_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			t.Subject, orderID, t.PaymentRequestID, t.RequestID, t.From, t.To, evidence.Cause.String(), s.now().UnixMilli(), call)
		if err != nil {
			return fmt.Errorf("insert transition: %w", err)
		}
	}
	return nil
}

// TransitionsAfter implements payments.Store. No row appears before a complete place that
// was seen already.
func (s *Store) TransitionsAfter(ctx context.Context, after int64) (orderIDs []string, last int64, err error) {
	if after < 0 {
		err = s.reads.QueryRowContext(ctx, `SELECT `+s.dialect.newest("transitions")).Scan(&last)
		return nil, last, err
	}
	last = after
	orderIDs, err = collect(ctx, s.reads, func(row scanner) (orderID string, err error) {
		err = row.Scan(&last, &orderID)
		return orderID, err
	}, `
		SELECT `+s.dialect.place+`, order_id
		  FROM transitions
		 WHERE `+s.dialect.place+` > $1 AND `+s.dialect.place+` < `+s.dialect.complete+`
		 ORDER BY `+s.dialect.place, after)
	return orderIDs, last, err
}

// TransitionsBy implements payments.Store.
func (s *Store) TransitionsBy(ctx context.Context, orderID string, cause checkout.Cause) ([]checkout.Transition, error) {
	return collect(ctx, s.reads, func(row scanner) (checkout.Transition, error) {
		var t checkout.Transition
		err := row.Scan(&t.Subject, &t.PaymentRequestID, &t.RequestID, &t.From, &t.To)
		return t, err
	}, `
		SELECT subject, payment_request_id, request_id, from_status, to_status
		  FROM transitions
		 WHERE order_id = $1 AND cause = $2
		 ORDER BY seq`, orderID, cause.String())
}

// saveEvidence stores what a change came from. A notification is stored whatever it
// changed, and repeated reports that the same message was applied already; an
// inquiry that changed nothing leaves no row.
func (s *Store) saveEvidence(ctx context.Context, tx *tx, e checkout.Evidence, changed bool) (repeated bool, err error) {
	if e.Action != nil {
		if err := saveAction(ctx, tx, *e.Action, s.now()); err != nil {
			return false, err
		}
	}
	switch {
	case e.Notification != nil:
		return s.saveNotification(ctx, tx, *e.Notification)
	case e.Call != nil && (changed || e.Cause.Kind != checkout.ByInquiry):
		return false, s.saveCall(ctx, tx, *e.Call)
	}
	return false, nil
}

// saveCall stores a call. The answer is sealed: it may hold a card's token, or what opens
// a payment's page.
func (s *sealer) saveCall(ctx context.Context, tx *tx, c checkout.Call) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO calls (id, endpoint, request_id, payment_request_id, result, code, verified, at,
			path, client_id, signed_time, signature, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.ID, c.Endpoint, c.RequestID, c.PaymentRequestID, c.Result, c.Code, c.Verified, millis(c.At),
		c.Signed.Path, c.Signed.ClientID, c.Signed.Time, c.Signed.Signature, s.seal(c.Signed.Body, c.ID))
	if err != nil {
		return fmt.Errorf("insert call: %w", err)
	}
	return nil
}
