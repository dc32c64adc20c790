package db

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"

	"antom-checkout/checkout"
	"antom-checkout/db/postgres"
)

// paymentRows is the table of payments. What a payment is for never changes, and what
// was requested is dropped at most; Antom may report the method later, or another one.
var paymentRows = newMapping(mapping[checkout.Payment]{
	table: "payments", key: []string{"request_id"}, owner: []string{"order_id"},
	columns: []column[checkout.Payment]{
		fixed(plain("request_id", func(p *checkout.Payment) *string { return &p.RequestID })),
		plain("antom_id", func(p *checkout.Payment) *string { return &p.AntomID }),
		plain("method", func(p *checkout.Payment) *string { return &p.Method }),
		fixed(plain("mode", func(p *checkout.Payment) *checkout.Mode { return &p.Mode })),
		fixed(plain("manual_capture", func(p *checkout.Payment) *bool { return &p.ManualCapture })),
		plain("status", func(p *checkout.Payment) *checkout.PaymentStatus { return &p.Status }),
		plain("active", func(p *checkout.Payment) *bool { return &p.Active }),
		plain("duplicate", func(p *checkout.Payment) *bool { return &p.Duplicate }),
		fixed(plain("currency", func(p *checkout.Payment) *checkout.Currency { return &p.Amount.Currency })),
		fixed(plain("amount", func(p *checkout.Payment) *int64 { return &p.Amount.Minor })),
		plain("confirmed_currency", func(p *checkout.Payment) *checkout.Currency { return &p.Confirmed.Currency }),
		confirmedColumn(),
		plain("result_code", func(p *checkout.Payment) *string { return &p.ResultCode }),
		fixed(asJSON("choice", func(p *checkout.Payment) *checkout.CardChoice { return &p.Choice }, equal)),
		fixed(plain("three_ds", func(p *checkout.Payment) *bool { return &p.ThreeDS })),
		asJSON("card", func(p *checkout.Payment) *checkout.Card { return &p.Card }, equal),
		plain("card_saved", func(p *checkout.Payment) *bool { return &p.CardSaved }),
		plain("shop_fault", func(p *checkout.Payment) *bool { return &p.ShopFault }),
		fixed(plain("terminal", func(p *checkout.Payment) *checkout.Terminal { return &p.Terminal })),
		plain("return_url", func(p *checkout.Payment) *string { return &p.ReturnURL }),
		bodyColumn(),
		plain("incomplete", func(p *checkout.Payment) *bool { return &p.Incomplete }),
		actionColumn(),
		fixed(instant("created_at", func(p *checkout.Payment) *time.Time { return &p.CreatedAt })),
		instant("expires_at", func(p *checkout.Payment) *time.Time { return &p.ExpiresAt }),
		instant("auth_ends", func(p *checkout.Payment) *time.Time { return &p.AuthEndsAt }),
		instant("next_poll", func(p *checkout.Payment) *time.Time { return &p.NextPoll }),
		plain("polls", func(p *checkout.Payment) *int { return &p.Polls }),
		plain("doubts", func(p *checkout.Payment) *int { return &p.Doubts }),
		asJSON("disputes", func(p *checkout.Payment) *checkout.Disputes { return &p.Disputes }, slices.Equal),
		instant("dispute_at", func(p *checkout.Payment) *time.Time { return &p.DisputeAt }),
		instant("reconcile_at", func(p *checkout.Payment) *time.Time { return &p.ReconcileAt }),
		plain("email_on_failure", func(p *checkout.Payment) *bool { return &p.EmailOnFailure }),
		plain("resolved_offline", func(p *checkout.Payment) *bool { return &p.ResolvedOffline }),
	},
})

// operationRows is the table of captures, refunds and cancels. Only what Antom
// answers changes.
var operationRows = newMapping(mapping[checkout.Operation]{
	table: "operations", key: []string{"payment_request_id", "kind", "request_id"}, owner: []string{"payment_request_id", "position"},
	columns: []column[checkout.Operation]{
		fixed(plain("kind", func(o *checkout.Operation) *checkout.OperationKind { return &o.Kind })),
		fixed(plain("request_id", func(o *checkout.Operation) *string { return &o.RequestID })),
		plain("antom_id", func(o *checkout.Operation) *string { return &o.AntomID }),
		fixed(plain("currency", func(o *checkout.Operation) *checkout.Currency { return &o.Amount.Currency })),
		fixed(plain("amount", func(o *checkout.Operation) *int64 { return &o.Amount.Minor })),
		plain("status", func(o *checkout.Operation) *checkout.OperationStatus { return &o.Status }),
		plain("result_code", func(o *checkout.Operation) *string { return &o.ResultCode }),
		fixed(plain("key", func(o *checkout.Operation) *string { return &o.Key })),
		fixed(plain("reason", func(o *checkout.Operation) *string { return &o.Reason })),
		plain("misses", func(o *checkout.Operation) *int { return &o.Misses }),
		fixed(instant("created_at", func(o *checkout.Operation) *time.Time { return &o.CreatedAt })),
		instant("submitted_at", func(o *checkout.Operation) *time.Time { return &o.SubmittedAt }),
	},
})

// confirmedColumn is the amount that Antom has confirmed; NULL if it is the amount of
// the request.
func confirmedColumn() column[checkout.Payment] {
	c := field("confirmed", func(p *checkout.Payment) *int64 { return &p.Confirmed.Minor },
		func(minor *int64) any { return *minor },
		func(minor *int64) any { return (*storedNumber)(minor) },
		func(was, is int64) bool { return was == is })
	c.value = func(p *checkout.Payment) any {
		return sql.NullInt64{Int64: p.Confirmed.Minor, Valid: p.Confirmed != (checkout.Money{})}
	}
	return c
}

// bodyColumn is the body of the request that has started a payment. An update may drop it,
// and never writes another one: a repeat is the same request.
func bodyColumn() column[checkout.Payment] {
	c := field("body", func(p *checkout.Payment) *[]byte { return &p.Body },
		func(body *[]byte) any { return append([]byte{}, *body...) }, // NULL is not allowed
		func(body *[]byte) any { return (*storedBody)(body) },
		func(was, is []byte) bool { return len(is) > 0 || len(was) == 0 })
	c.take = func(to, from *checkout.Payment) {
		if len(from.Body) == 0 {
			to.Body = nil
		}
	}
	return c
}

// storedBody reads a body; none is nil.
type storedBody []byte

// Scan implements sql.Scanner.
func (b *storedBody) Scan(source any) error {
	content, isBlob := source.([]byte)
	if !isBlob {
		return fmt.Errorf("a body is stored as %T, not as bytes", source)
	}
	*b = nil
	if len(content) > 0 {
		*b = bytes.Clone(content)
	}
	return nil
}

func actionColumn() column[checkout.Payment] {
	return field("action", func(p *checkout.Payment) *checkout.Action { return &p.Action },
		func(action *checkout.Action) any { return (*storedAction)(action) },
		func(action *checkout.Action) any { return (*storedAction)(action) },
		func(was, is checkout.Action) bool { return reflect.DeepEqual(was, is) })
}

// storedAction writes and reads an action as JSON.
type storedAction checkout.Action

// Value implements driver.Valuer.
func (a *storedAction) Value() (driver.Value, error) {
	text, err := json.Marshal((*checkout.Action)(a))
	return string(text), err
}

// Scan implements sql.Scanner.
func (a *storedAction) Scan(source any) error {
	text, isText := source.(string)
	if !isText {
		return fmt.Errorf("an action is stored as %T, not as text", source)
	}
	return json.Unmarshal([]byte(text), (*checkout.Action)(a))
}

func loadPayments(ctx context.Context, q querier, orderID string) ([]checkout.Payment, error) {
	var operated []bool // whether a payment has operations; mostly not
	payments, err := collect(ctx, q, func(row scanner) (checkout.Payment, error) {
		var p checkout.Payment
		var hasOperations bool
		err := paymentRows.scan(row, &p, &hasOperations)
		operated = append(operated, hasOperations)
		return p, err
	}, `
		SELECT `+paymentRows.names+`,
		       EXISTS (SELECT 1 FROM operations WHERE payment_request_id = payments.request_id)
		  FROM payments
		 WHERE order_id = $1
		 ORDER BY request_id`, orderID)
	if err != nil {
		return nil, err
	}
	for i := range payments {
		if !operated[i] {
			continue
		}
		payments[i].Operations, err = collect(ctx, q, scanOperation, `
			SELECT `+operationRows.names+`
			  FROM operations
			 WHERE payment_request_id = $1
			 ORDER BY position`, payments[i].RequestID)
		if err != nil {
			return nil, err
		}
	}
	return payments, nil
}

func scanOperation(row scanner) (checkout.Operation, error) {
	var operation checkout.Operation
	err := operationRows.scan(row, &operation)
	return operation, err
}

// savePayment adds a payment, or writes the columns that differ of one that is
// stored, with its operations.
func (s *sealer) savePayment(ctx context.Context, tx *tx, orderID string, was, p *checkout.Payment) error {
	var err error
	if was == nil {
		was = &checkout.Payment{}
		_, err = paymentRows.add(ctx, tx, s.sealedPayment(p), orderID)
	} else {
		_, err = paymentRows.update(ctx, tx, was, p, p.RequestID)
	}
	if isForeignID(err) {
		return checkout.ErrForeignID
	}
	if err != nil {
		return fmt.Errorf("save payment: %w", err)
	}
	for i := range p.Operations {
		operation := &p.Operations[i]
		if before := was.Operation(operation.Kind, operation.RequestID); before == nil {
			_, err = operationRows.add(ctx, tx, operation, p.RequestID, i)
		} else {
			_, err = operationRows.update(ctx, tx, before, operation, p.RequestID, operation.Kind, operation.RequestID)
		}
		if err != nil {
			return fmt.Errorf("save %s: %w", operation.Kind, err)
		}
	}
	return nil
}

// isForeignID reports that another payment has the Antom id.
func isForeignID(err error) bool {
	var failure *sqlite.Error
	return postgres.Violates(err, "payments_antom") || errors.As(err, &failure) && failure.Code() == sqlitecode.SQLITE_CONSTRAINT_UNIQUE &&
		strings.Contains(failure.Error(), "payments.antom_id")
}

// FindPayment implements payments.Store.
func (s *Store) FindPayment(ctx context.Context, by checkout.Reference) (orderID, requestID string, err error) {
	err = checkout.ErrNotFound
	for _, n := range []name{
		{byRefundID, by.RefundRequestID}, {byRefundAntomID, by.RefundID}, {byRequestID, by.RequestID}, {byAntomID, by.AntomID},
	} {
		if n.value == "" {
			continue
		}
		if o := s.cache.get(n); o != nil {
			if requestID = paymentNamed(*o, n); requestID != "" {
				return o.ID, requestID, nil
			}
		}
		if orderID, requestID, err = findPayment(ctx, s.reads, n); !checkout.IsNotFound(err) {
			return orderID, requestID, err
		}
	}
	return "", "", err
}

// findPayment reads which payment has an id, or has a refund that has it.
func findPayment(ctx context.Context, q querier, by name) (orderID, requestID string, err error) {
	where := by.column + " = $1"
	switch by.column {
	case byRefundID:
		where = "request_id = (SELECT payment_request_id FROM operations WHERE request_id = $1 AND kind = 'refund')"
	case byRefundAntomID:
		where = "request_id = (SELECT payment_request_id FROM operations WHERE antom_id = $1 AND kind = 'refund' AND antom_id <> '')"
	}
	err = q.QueryRowContext(ctx, `
		SELECT order_id, request_id
		  FROM payments
		 WHERE `+where, by.value).Scan(&orderID, &requestID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", checkout.ErrNotFound
	}
	return orderID, requestID, err
}

// paymentNamed is the RequestID of the payment that an order was found by, or "" when
// it has another Antom id by now.
func paymentNamed(o checkout.Order, n name) string {
	for _, p := range o.Payments {
		if n == (name{byRequestID, p.RequestID}) || n == (name{byAntomID, p.AntomID}) ||
			n.column == byRefundID && p.Operation(checkout.Refund, n.value) != nil {
			return p.RequestID
		}
	}
	return ""
}

// DuePolls implements payments.Store.
func (s *Store) DuePolls(ctx context.Context, now time.Time, limit int) ([]checkout.DuePoll, error) {
	return collect(ctx, s.reads, func(row scanner) (checkout.DuePoll, error) {
		var due checkout.DuePoll
		err := row.Scan(&due.OrderID, &due.RequestID, &due.Polls)
		return due, err
	}, `
		SELECT order_id, request_id, polls
		  FROM payments
		 WHERE next_poll <= $1
		 ORDER BY next_poll`+first(limit), now.UnixMilli())
}

// Reschedule implements payments.Store. It counts as a version like any other
// change, so that a cached order is not taken for the present one.
func (s *Store) Reschedule(ctx context.Context, due checkout.DuePoll, next time.Time) (stillDue bool, err error) {
	err = s.writeTo(ctx, aboutOrder(due.OrderID), func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE payments
			   SET next_poll = $1, polls = polls + 1
			 WHERE request_id = $2 AND polls = $3 AND next_poll <= $4`, millis(next), due.RequestID, due.Polls, s.now().UnixMilli())
		if err != nil {
			return fmt.Errorf("reschedule: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		stillDue = true
		_, err = tx.ExecContext(ctx, `
			UPDATE orders
			   SET version = version + 1
			 WHERE id = $1`, due.OrderID)
		return err
	})
	return stillDue && err == nil, err
}
