package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

func loadPayments(ctx context.Context, q querier, orderID string) ([]checkout.Payment, error) {
	var operated []bool // whether there is anything to look for; mostly not
	payments, err := collect(ctx, q, func(row scanner) (checkout.Payment, error) {
		p, hasOperations, err := scanPayment(row)
		operated = append(operated, hasOperations)
		return p, err
	}, `
		SELECT request_id, antom_id, method, mode, status, live, surplus, currency, amount, result_code,
		       request, action, created_at, expires_at, auth_ends, next_check, checks,
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
	var authEnds, next sql.NullInt64
	err = row.Scan(&p.RequestID, &p.AntomID, &p.Method, &p.Mode, &p.Status, &p.Live, &p.Surplus,
		&p.Amount.Currency, &p.Amount.Minor, &p.ResultCode,
		&p.Request, &action, &created, &expires, &authEnds, &next, &p.Checks, &hasOperations)
	if err != nil {
		return p, false, err
	}
	p.CreatedAt, p.ExpiresAt = moment(created), moment(expires)
	p.AuthEndsAt, p.NextCheck = optionalMoment(authEnds), optionalMoment(next)
	return p, hasOperations, json.Unmarshal([]byte(action), &p.Action)
}

func scanOperation(row scanner) (checkout.Operation, error) {
	var op checkout.Operation
	var created int64
	err := row.Scan(&op.Kind, &op.RequestID, &op.AntomID, &op.Amount.Currency, &op.Amount.Minor, &op.Status, &op.ResultCode, &op.Key, &op.Misses, &created)
	op.CreatedAt = moment(created)
	return op, err
}

// checkForeignID refuses an Antom id that another payment has.
func checkForeignID(ctx context.Context, tx *tx, was *checkout.Payment, p checkout.Payment) error {
	if p.AntomID == "" || was != nil && was.AntomID == p.AntomID {
		return nil
	}
	taken := 0
	err := tx.QueryRowContext(ctx, `
		SELECT count(*)
		  FROM payments
		 WHERE antom_id = $1 AND antom_id <> '' AND request_id <> $2`, p.AntomID, p.RequestID).Scan(&taken)
	if err != nil {
		return fmt.Errorf("look for antom id: %w", err)
	}
	if taken > 0 {
		return checkout.ErrForeignID
	}
	return nil
}

func savePayment(ctx context.Context, tx *tx, orderID string, p checkout.Payment) error {
	action, err := json.Marshal(p.Action)
	if err != nil {
		return fmt.Errorf("encode action: %w", err)
	}
	// Who the payment belongs to, what it is for and what was asked never change;
	// a method chosen inside Antom's element is told later.
	_, err = tx.ExecContext(ctx, `
		INSERT INTO payments (
			request_id, order_id, antom_id, method, mode, status, live, surplus, currency, amount, result_code,
			request, action, created_at, expires_at, auth_ends, next_check, checks)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (request_id) DO UPDATE
		   SET antom_id = excluded.antom_id,
		       method = excluded.method,
		       status = excluded.status,
		       live = excluded.live,
		       surplus = excluded.surplus,
		       result_code = excluded.result_code,
		       action = excluded.action,
		       expires_at = excluded.expires_at,
		       auth_ends = excluded.auth_ends,
		       next_check = excluded.next_check,
		       checks = excluded.checks`,
		p.RequestID, orderID, p.AntomID, p.Method, p.Mode, p.Status, p.Live, p.Surplus, p.Amount.Currency, p.Amount.Minor, p.ResultCode,
		p.Request, string(action), millis(p.CreatedAt), millis(p.ExpiresAt), millis(p.AuthEndsAt), millis(p.NextCheck), p.Checks)
	if err != nil {
		return fmt.Errorf("save payment: %w", err)
	}
	for i, op := range p.Operations {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO operations (
				payment_request_id, kind, request_id, position, antom_id, currency, amount, status, result_code, key, misses, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (payment_request_id, kind, request_id) DO UPDATE
			   SET antom_id = excluded.antom_id,
			       status = excluded.status,
			       result_code = excluded.result_code,
			       misses = excluded.misses`,
			p.RequestID, op.Kind, op.RequestID, i, op.AntomID, op.Amount.Currency, op.Amount.Minor, op.Status, op.ResultCode, op.Key, op.Misses, millis(op.CreatedAt))
		if err != nil {
			return fmt.Errorf("save %s: %w", op.Kind, err)
		}
	}
	return nil
}

// FindPayment implements checkout.Store.
func (s *Store) FindPayment(ctx context.Context, by checkout.Reference) (orderID, requestID string, err error) {
	where, value := "request_id = $1", by.RequestID
	switch {
	case by.AntomID != "":
		where, value = "antom_id = $1", by.AntomID
	case by.RefundRequestID != "":
		where, value = "request_id = (SELECT payment_request_id FROM operations WHERE request_id = $1 AND kind = 'refund')", by.RefundRequestID
	}
	if value == "" {
		return "", "", checkout.ErrNotFound
	}
	err = s.reads.QueryRowContext(ctx, `
		SELECT order_id, request_id
		  FROM payments
		 WHERE `+where, value).Scan(&orderID, &requestID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", checkout.ErrNotFound
	}
	return orderID, requestID, err
}

// DueChecks implements checkout.Store.
func (s *Store) DueChecks(ctx context.Context, now time.Time, limit int) ([]checkout.DueCheck, error) {
	return collect(ctx, s.reads, func(row scanner) (checkout.DueCheck, error) {
		var due checkout.DueCheck
		err := row.Scan(&due.OrderID, &due.RequestID, &due.Checks)
		return due, err
	}, `
		SELECT order_id, request_id, checks
		  FROM payments
		 WHERE next_check <= $1
		 ORDER BY next_check
		 LIMIT $2`, now.UnixMilli(), limit)
}

// Reschedule implements checkout.Store.
func (s *Store) Reschedule(ctx context.Context, requestID string, next time.Time, checks int) error {
	return s.write(ctx, func(ctx context.Context, tx *tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE payments
			   SET next_check = $1, checks = $2
			 WHERE request_id = $3`, millis(next), checks, requestID)
		return err
	})
}
