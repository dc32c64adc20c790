package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"

	"antom-checkout/checkout"
)

func loadPayments(ctx context.Context, q querier, orderID string) ([]checkout.Payment, error) {
	var operated []bool // whether there is anything to look for; mostly not
	payments, err := collect(ctx, q, func(row scanner) (checkout.Payment, error) {
		p, hasOperations, err := scanPayment(row)
		operated = append(operated, hasOperations)
		return p, err
	}, `
		SELECT request_id, antom_id, method, mode, status, live, surplus, currency, amount, held_currency, held, result_code,
		       request, action, created_at, expires_at, auth_ends, next_check, checks, mail_me, settled,
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
			SELECT kind, request_id, antom_id, currency, amount, status, result_code, key, misses, created_at
			  FROM operations
			 WHERE payment_request_id = $1
			 ORDER BY position`, payments[i].RequestID)
		if err != nil {
			return nil, err
		}
	}
	return payments, nil
}

func scanPayment(row scanner) (p checkout.Payment, hasOperations bool, err error) {
	var action string
	var created, expires int64
	var held, authEnds, next sql.NullInt64
	err = row.Scan(&p.RequestID, &p.AntomID, &p.Method, &p.Mode, &p.Status, &p.Active, &p.Duplicate,
		&p.Amount.Currency, &p.Amount.Minor, &p.Confirmed.Currency, &held, &p.ResultCode,
		&p.Request, &action, &created, &expires, &authEnds, &next, &p.Polls, &p.EmailOnFailure, &p.ResolvedOffline, &hasOperations)
	if err != nil {
		return p, false, err
	}
	p.Confirmed.Minor = held.Int64
	p.CreatedAt, p.ExpiresAt = moment(created), moment(expires)
	p.AuthEndsAt, p.NextPoll = optionalMoment(authEnds), optionalMoment(next)
	return p, hasOperations, json.Unmarshal([]byte(action), &p.Action)
}

func scanOperation(row scanner) (checkout.Operation, error) {
	var op checkout.Operation
	var created int64
	err := row.Scan(&op.Kind, &op.RequestID, &op.AntomID, &op.Amount.Currency, &op.Amount.Minor, &op.Status, &op.ResultCode, &op.Key, &op.Misses, &created)
	op.CreatedAt = moment(created)
	return op, err
}

// savePayment adds a payment, or writes of one that is there what differs: an
// UPDATE that names an indexed column moves it in the index, also when it is the
// same as before. Who the payment belongs to, what it is for and what was asked
// never change; a method may be told later, or be another than was asked for.
func savePayment(ctx context.Context, tx *tx, orderID string, was *checkout.Payment, p checkout.Payment) error {
	var err error
	if was == nil {
		was, err = &checkout.Payment{}, insertPayment(ctx, tx, orderID, p)
	} else {
		err = updatePayment(ctx, tx, *was, p)
	}
	if isForeignID(err) {
		return checkout.ErrForeignID
	}
	if err != nil {
		return fmt.Errorf("save payment: %w", err)
	}
	for i, op := range p.Operations {
		if before := was.Operation(op.Kind, op.RequestID); before != nil && *before == op {
			continue
		}
		if err := saveOperation(ctx, tx, p.RequestID, i, op); err != nil {
			return fmt.Errorf("save %s: %w", op.Kind, err)
		}
	}
	return nil
}

// isForeignID reports that another payment has the Antom id.
func isForeignID(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code() == sqlitecode.SQLITE_CONSTRAINT_UNIQUE &&
		strings.Contains(failure.Error(), "payments.antom_id")
}

func insertPayment(ctx context.Context, tx *tx, orderID string, p checkout.Payment) error {
	action, err := json.Marshal(p.Action)
	if err != nil {
		return fmt.Errorf("encode action: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO payments (
			request_id, order_id, antom_id, method, mode, status, live, surplus, currency, amount, held_currency, held, result_code,
			request, action, created_at, expires_at, auth_ends, next_check, checks, mail_me, settled)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		p.RequestID, orderID, p.AntomID, p.Method, p.Mode, p.Status, p.Active, p.Duplicate, p.Amount.Currency, p.Amount.Minor, p.Confirmed.Currency, held(p), p.ResultCode,
		p.Request, string(action), millis(p.CreatedAt), millis(p.ExpiresAt), millis(p.AuthEndsAt), millis(p.NextPoll), p.Polls, p.EmailOnFailure, p.ResolvedOffline)
	return err
}

// held is what Antom holds instead of the amount asked for, or NULL.
func held(p checkout.Payment) sql.NullInt64 {
	return sql.NullInt64{Int64: p.Confirmed.Minor, Valid: p.Confirmed != (checkout.Money{})}
}

func updatePayment(ctx context.Context, tx *tx, was, p checkout.Payment) error {
	var set []string
	var values []any
	write := func(column string, differs bool, value any) {
		if differs {
			values = append(values, value)
			set = append(set, column+" = $"+strconv.Itoa(len(values)))
		}
	}
	write("antom_id", p.AntomID != was.AntomID, p.AntomID)
	write("method", p.Method != was.Method, p.Method)
	write("status", p.Status != was.Status, p.Status)
	write("live", p.Active != was.Active, p.Active)
	write("surplus", p.Duplicate != was.Duplicate, p.Duplicate)
	write("held_currency", p.Confirmed.Currency != was.Confirmed.Currency, p.Confirmed.Currency)
	write("held", p.Confirmed.Minor != was.Confirmed.Minor, held(p))
	write("result_code", p.ResultCode != was.ResultCode, p.ResultCode)
	if !reflect.DeepEqual(p.Action, was.Action) {
		action, err := json.Marshal(p.Action)
		if err != nil {
			return fmt.Errorf("encode action: %w", err)
		}
		write("action", true, string(action))
	}
	write("expires_at", !p.ExpiresAt.Equal(was.ExpiresAt), millis(p.ExpiresAt))
	write("auth_ends", !p.AuthEndsAt.Equal(was.AuthEndsAt), millis(p.AuthEndsAt))
	write("next_check", !p.NextPoll.Equal(was.NextPoll), millis(p.NextPoll))
	write("checks", p.Polls != was.Polls, p.Polls)
	write("mail_me", p.EmailOnFailure != was.EmailOnFailure, p.EmailOnFailure)
	write("settled", p.ResolvedOffline != was.ResolvedOffline, p.ResolvedOffline)
	if len(set) == 0 {
		return nil // only its operations differ
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE payments
		   SET `+strings.Join(set, ", ")+`
		 WHERE request_id = $`+strconv.Itoa(len(values)+1), append(values, p.RequestID)...)
	return err
}

func saveOperation(ctx context.Context, tx *tx, requestID string, position int, op checkout.Operation) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO operations (
			payment_request_id, kind, request_id, position, antom_id, currency, amount, status, result_code, key, misses, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (payment_request_id, kind, request_id) DO UPDATE
		   SET antom_id = excluded.antom_id,
		       status = excluded.status,
		       result_code = excluded.result_code,
		       misses = excluded.misses`,
		requestID, op.Kind, op.RequestID, position, op.AntomID, op.Amount.Currency, op.Amount.Minor, op.Status, op.ResultCode, op.Key, op.Misses, millis(op.CreatedAt))
	return err
}

// FindPayment implements checkout.Store.
func (s *Store) FindPayment(ctx context.Context, by checkout.Reference) (orderID, requestID string, err error) {
	where, wanted := "request_id = $1", name{byRequestID, by.RequestID}
	switch {
	case by.AntomID != "":
		where, wanted = "antom_id = $1", name{byAntomID, by.AntomID}
	case by.RefundRequestID != "":
		where = "request_id = (SELECT payment_request_id FROM operations WHERE request_id = $1 AND kind = 'refund')"
		wanted = name{byRefundID, by.RefundRequestID}
	}
	if wanted.value == "" {
		return "", "", checkout.ErrNotFound
	}
	if o := s.cache.get(wanted); o != nil {
		return o.ID, paymentNamed(*o, wanted), nil
	}
	err = s.reads.QueryRowContext(ctx, `
		SELECT order_id, request_id
		  FROM payments
		 WHERE `+where, wanted.value).Scan(&orderID, &requestID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", checkout.ErrNotFound
	}
	return orderID, requestID, err
}

// paymentNamed is the RequestID of the payment that an order was found by.
func paymentNamed(o checkout.Order, n name) string {
	for _, p := range o.Payments {
		if n == (name{byRequestID, p.RequestID}) || n == (name{byAntomID, p.AntomID}) ||
			n.column == byRefundID && p.Operation(checkout.Refund, n.value) != nil {
			return p.RequestID
		}
	}
	return "" // an order is not remembered under what it does not hold
}

// DuePolls implements checkout.Store.
func (s *Store) DuePolls(ctx context.Context, now time.Time, limit int) ([]checkout.DuePoll, error) {
	return collect(ctx, s.reads, func(row scanner) (checkout.DuePoll, error) {
		var due checkout.DuePoll
		err := row.Scan(&due.OrderID, &due.RequestID, &due.Polls)
		return due, err
	}, `
		SELECT order_id, request_id, checks
		  FROM payments
		 WHERE next_check <= $1
		 ORDER BY next_check
		 LIMIT $2`, now.UnixMilli(), limit)
}

// Reschedule implements checkout.Store. It counts as a version like any other
// change, so that nobody takes the old date for the present one.
func (s *Store) Reschedule(ctx context.Context, due checkout.DuePoll, next time.Time) (stillDue bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE payments
			   SET next_check = $1, checks = checks + 1
			 WHERE request_id = $2 AND checks = $3 AND next_check <= $4`, millis(next), due.RequestID, due.Polls, s.now().UnixMilli())
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
