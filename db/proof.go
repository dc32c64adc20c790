package db

import (
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// proofRow is a transition with the message behind it, if any.
type proofRow struct {
	checkout.ProofTransition
	id         string // of the message's row
	signing    checkout.Signing
	result     string // of a call
	body       []byte
	receivedAt time.Time
}

// ProofRows implements merchant.Store.
func (t orderLists) ProofRows(ctx context.Context, orderID string) ([]checkout.ProofTransition, []checkout.ProofMessage, error) {
	rows, err := collect(ctx, t.store.reads, scanProofRow, `
		SELECT t.seq, t.at, t.subject, t.payment_request_id, t.request_id, t.from_status, t.to_status, t.cause,
		       coalesce(c.id, n.id, ''),
		       CASE WHEN c.id IS NOT NULL AND t.call_id <> '' THEN 'inquiry:' || c.id
		            WHEN c.id IS NOT NULL OR n.id IS NOT NULL THEN t.cause
		            ELSE '' END,
		       coalesce(c.path, n.path, ''), coalesce(c.client_id, n.client_id, ''), coalesce(c.signed_time, n.signed_time, ''),
		       coalesce(c.signature, n.signature, ''), coalesce(c.result, ''), coalesce(c.body, n.body), coalesce(c.at, n.received_at, 0)
		  FROM transitions AS t
		  LEFT JOIN notifications AS n
		    ON t.cause LIKE 'notification:%' AND n.id = substr(t.cause, length('notification:') + 1)
		  LEFT JOIN calls AS c
		    ON c.id = CASE WHEN t.call_id <> '' THEN t.call_id
		                   WHEN t.cause LIKE 'inquiry:%' THEN substr(t.cause, length('inquiry:') + 1)
		                   WHEN t.cause LIKE 'response:%' THEN substr(t.cause, length('response:') + 1)
		                   ELSE '' END
		 WHERE t.order_id = $1
		 ORDER BY t.seq`, orderID)
	if err != nil {
		return nil, nil, fmt.Errorf("read proof: %w", err)
	}
	transitions, messages := make([]checkout.ProofTransition, 0, len(rows)), []checkout.ProofMessage{}
	added := map[string]bool{}
	for _, row := range rows {
		transitions = append(transitions, row.ProofTransition)
		if row.Message != "" && !added[row.Message] {
			added[row.Message] = true
			messages = append(messages, row.message(&t.store.sealer))
		}
	}
	return transitions, messages, nil
}

func scanProofRow(row scanner) (r proofRow, err error) {
	var at, received int64
	err = row.Scan(&r.Seq, &at, &r.Subject, &r.PaymentRequestID, &r.RequestID, &r.From, &r.To, &r.Cause,
		&r.id, &r.Message, &r.signing.Path, &r.signing.ClientID, &r.signing.Time, &r.signing.Signature, &r.result, &r.body, &received)
	r.At, r.receivedAt = moment(at).UTC(), moment(received).UTC()
	return r, err
}

// message is the message as a proof holds it, unsealed, or says why it cannot be.
func (r proofRow) message(s *sealer) checkout.ProofMessage {
	m := checkout.ProofMessage{ID: r.Message, ReceivedAt: r.receivedAt}
	body, known := s.unseal(r.body, r.id)
	switch {
	case r.result == "none":
		m.Missing = checkout.MissingUnanswered
	case r.signing == (checkout.Signing{}):
		m.Missing = checkout.MissingUnkept
	case !known:
		m.Missing = checkout.MissingSealed
	default:
		m.Method, m.Body, m.Private = "POST", string(body), namesSecret(body)
		m.Path, m.ClientID, m.Time, m.Signature = r.signing.Path, r.signing.ClientID, r.signing.Time, r.signing.Signature
	}
	return m
}
