package db

import (
	"context"
	"database/sql"
	"fmt"

	"antom-checkout/checkout"
)

// Timeline implements merchant.Store.
func (t orderLists) Timeline(ctx context.Context, orderID string) ([]checkout.TimelineEntry, error) {
	entries, err := collect(ctx, t.store.reads, scanTimeline, `
		SELECT t.seq, t.subject, t.payment_request_id, t.request_id, t.from_status, t.to_status, t.cause, t.at,
		       n.id, n.type, n.body_sha256, n.received_at,
		       c.id, c.endpoint, c.result, c.code, c.verified, c.at
		  FROM transitions AS t
		  LEFT JOIN notifications AS n
		    ON t.cause LIKE 'notification:%' AND n.id = substr(t.cause, length('notification:') + 1)
		  LEFT JOIN calls AS c
		    ON c.id = CASE WHEN t.cause LIKE 'inquiry:%' THEN substr(t.cause, length('inquiry:') + 1)
		                   WHEN t.cause LIKE 'response:%' THEN substr(t.cause, length('response:') + 1)
		                   ELSE '' END
		 WHERE t.order_id = $1
		 ORDER BY t.seq`, orderID)
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	return entries, nil
}

func scanTimeline(row scanner) (checkout.TimelineEntry, error) {
	var e checkout.TimelineEntry
	var notification, kind, hash, call, endpoint, result, code sql.NullString
	var at int64
	var received, called sql.NullInt64
	var verified sql.NullBool
	err := row.Scan(&e.Seq, &e.Subject, &e.PaymentRequestID, &e.RequestID, &e.From, &e.To, &e.Cause, &at,
		&notification, &kind, &hash, &received, &call, &endpoint, &result, &code, &verified, &called)
	e.At = moment(at)
	if notification.Valid {
		e.Notification = &checkout.TimelineNotification{
			ID: notification.String, Type: kind.String, BodySHA256: hash.String, ReceivedAt: moment(received.Int64),
		}
	}
	if call.Valid {
		e.Call = &checkout.TimelineCall{
			ID: call.String, Endpoint: endpoint.String, Result: result.String, Code: code.String, Verified: verified.Bool, At: moment(called.Int64),
		}
	}
	return e, err
}
