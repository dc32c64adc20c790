package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"antom-checkout/checkout"
)

// Audit writes all rows about money as JSON lines, in a stable order:
// orders, payments, operations, transitions, notifications, calls, outbox. It
// reads the file at path, or the database that an address names, in one consistent view,
// beside a running server or after a crash, and takes no lock that a writer would wait for.
func Audit(ctx context.Context, path string, w io.Writer) error {
	open, versions, view := openToRead, schemaVersions, sql.LevelDefault
	if OnServer(path) {
		open, versions, view = openOneConnection, serverVersions, sql.LevelRepeatableRead
	}
	reads, err := open(ctx, path)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	defer reads.Close()
	found, known, err := versions(ctx, reads)
	if err == nil && found < known {
		err = fmt.Errorf("schema %d, this program reads schema %d: use the version that made it, or migrate first", found, known)
	}
	if err != nil && !errors.Is(err, ErrNewerSchema) { // a newer one is read as far as it is known
		return fmt.Errorf("audit: %s: %w", Shown(path), err)
	}
	tx, err := reads.BeginTx(ctx, &sql.TxOptions{Isolation: view, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return writeAudit(ctx, tx, w)
}

// writeAudit writes what a transaction sees.
func writeAudit(ctx context.Context, q querier, w io.Writer) error {
	out := json.NewEncoder(w)
	for _, export := range []func(context.Context, querier, *json.Encoder) error{
		auditOrders, auditPayments, auditOperations, auditTransitions, auditNotifications, auditCalls, auditOutbox,
	} {
		if err := export(ctx, q, out); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
	}
	return nil
}

// openToRead opens a file that is there.
func openToRead(_ context.Context, path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)")
}

// auditTime is RFC 3339 in UTC with milliseconds.
type auditTime int64

func (t auditTime) MarshalText() ([]byte, error) {
	return []byte(time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")), nil
}

// export reads rows into one and writes a line after each.
func export(ctx context.Context, q querier, out *json.Encoder, line any, dest []any, query string) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if err := out.Encode(line); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return rows.Err()
}

func auditOrders(ctx context.Context, q querier, out *json.Encoder) error {
	line := struct {
		Kind        string    `json:"kind"`
		ID          string    `json:"id"`
		TokenSHA256 string    `json:"token_sha256"`
		Status      string    `json:"status"`
		Currency    string    `json:"currency"`
		Total       int64     `json:"total"`
		CreatedAt   auditTime `json:"created_at"`
		EverPaid    bool      `json:"ever_paid"`
	}{Kind: "order"}
	return export(ctx, q, out, &line,
		[]any{&line.ID, &line.TokenSHA256, &line.Status, &line.Currency, &line.Total, &line.CreatedAt, &line.EverPaid}, `
		SELECT id, token_sha256, status, currency, total, created_at, ever_paid
		  FROM orders
		 ORDER BY id`)
}

func auditPayments(ctx context.Context, q querier, out *json.Encoder) error {
	line := struct {
		Kind      string        `json:"kind"`
		RequestID string        `json:"payment_request_id"`
		OrderID   string        `json:"order_id"`
		Method    string        `json:"method"`
		Mode      string        `json:"mode"`
		Status    string        `json:"status"`
		Amount    int64         `json:"amount"`
		Currency  string        `json:"currency"`
		AntomID   string        `json:"antom_payment_id"`
		Disputed  int64         `json:"disputed,omitempty"` // taken by disputes that were lost, in minor units; no refund
		Card      checkout.Card `json:"card,omitzero"`
	}{Kind: "payment"}
	return export(ctx, q, out, &line,
		[]any{&line.RequestID, &line.OrderID, &line.Method, &line.Mode, &line.Status, &line.Amount, &line.Currency, &line.AntomID, &storedJSON[checkout.Card]{value: &line.Card}, &takenMinor{&line.Amount, &line.Currency, &line.Disputed}}, `
		SELECT request_id, order_id, method, mode, status,
		       coalesce(confirmed, amount), CASE WHEN confirmed IS NULL THEN currency ELSE confirmed_currency END, antom_id, card, disputes
		  FROM payments
		 ORDER BY request_id`)
}

// takenMinor reads the disputes of a payment as what they have taken of it. Amount and currency
// of the payment are read before.
type takenMinor struct {
	amount   *int64
	currency *string
	taken    *int64
}

// Scan implements sql.Scanner.
func (t *takenMinor) Scan(source any) error {
	var all checkout.Disputes
	if err := (&storedJSON[checkout.Disputes]{value: &all}).Scan(source); err != nil {
		return err
	}
	*t.taken = all.Taken(checkout.Money{Minor: *t.amount, Currency: checkout.Currency(*t.currency)}).Minor
	return nil
}

func auditOperations(ctx context.Context, q querier, out *json.Encoder) error {
	var line struct {
		Kind             string `json:"kind"`
		RequestID        string `json:"request_id"`
		PaymentRequestID string `json:"payment_request_id"`
		Amount           int64  `json:"amount"`
		Currency         string `json:"currency"`
		Status           string `json:"status"`
	}
	return export(ctx, q, out, &line,
		[]any{&line.Kind, &line.RequestID, &line.PaymentRequestID, &line.Amount, &line.Currency, &line.Status}, `
		SELECT kind, request_id, payment_request_id, amount, currency, status
		  FROM operations
		 ORDER BY payment_request_id, kind, request_id`)
}

func auditTransitions(ctx context.Context, q querier, out *json.Encoder) error {
	line := struct {
		Kind             string    `json:"kind"`
		Seq              int64     `json:"seq"`
		Subject          string    `json:"subject,omitempty"` // "payment" for rows about attempts
		OrderID          string    `json:"order_id"`
		PaymentRequestID string    `json:"payment_request_id"`
		From             string    `json:"from"`
		To               string    `json:"to"`
		Cause            string    `json:"cause"`
		At               auditTime `json:"at"`
	}{Kind: "transition"}
	return export(ctx, q, out, &line,
		[]any{&line.Seq, &line.Subject, &line.OrderID, &line.PaymentRequestID, &line.From, &line.To, &line.Cause, &line.At}, `
		SELECT seq, CASE WHEN subject = 'order' THEN '' ELSE subject END, order_id, payment_request_id, from_status, to_status, cause, at
		  FROM transitions
		 WHERE subject IN ('order', 'payment')
		 ORDER BY seq`)
}

func auditNotifications(ctx context.Context, q querier, out *json.Encoder) error {
	line := struct {
		Kind             string    `json:"kind"`
		ID               string    `json:"id"`
		BodySHA256       string    `json:"body_sha256"`
		Verified         bool      `json:"verified"`
		Type             string    `json:"type"`
		PaymentRequestID string    `json:"payment_request_id"`
		ReceivedAt       auditTime `json:"received_at"`
		Applied          bool      `json:"applied"`
	}{Kind: "notification", Verified: true} // unverified ones are never stored
	return export(ctx, q, out, &line,
		[]any{&line.ID, &line.BodySHA256, &line.Type, &line.PaymentRequestID, &line.ReceivedAt, &line.Applied}, `
		SELECT id, body_sha256, type, payment_request_id, received_at, applied
		  FROM notifications
		 ORDER BY received_at, id`)
}

func auditCalls(ctx context.Context, q querier, out *json.Encoder) error {
	line := struct {
		Kind             string    `json:"kind"`
		ID               string    `json:"id"`
		Endpoint         string    `json:"op"` // the published name
		RequestID        string    `json:"request_id"`
		PaymentRequestID string    `json:"payment_request_id"`
		Result           string    `json:"result"`
		Code             string    `json:"code"`
		Verified         bool      `json:"verified"`
		At               auditTime `json:"at"`
	}{Kind: "call"}
	return export(ctx, q, out, &line,
		[]any{&line.ID, &line.Endpoint, &line.RequestID, &line.PaymentRequestID, &line.Result, &line.Code, &line.Verified, &line.At}, `
		SELECT id, endpoint, request_id, payment_request_id, result, code, verified, at
		  FROM calls
		 ORDER BY id`)
}

func auditOutbox(ctx context.Context, q querier, out *json.Encoder) error {
	line := struct {
		Kind     string `json:"kind"`
		ID       int64  `json:"id"`
		Topic    string `json:"topic"`
		OrderID  string `json:"order_id"`
		State    string `json:"state"`
		Attempts int    `json:"attempts"`
	}{Kind: "outbox"}
	return export(ctx, q, out, &line,
		[]any{&line.ID, &line.Topic, &line.OrderID, &line.State, &line.Attempts}, `
		SELECT id, topic, order_id, state, attempts
		  FROM outbox
		 ORDER BY id`)
}
