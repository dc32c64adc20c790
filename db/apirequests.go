package db

import (
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// apiRequests is the part of the Store that keeps what idempotency keys have answered.
type apiRequests struct{ store *Store }

var apiRequestRows = newMapping(mapping[checkout.APIRequest]{
	table: "idempotency", key: []string{"api_key", "key", "claimed_until", "status"}, onConflict: "ON CONFLICT (api_key, key) DO NOTHING",
	columns: []column[checkout.APIRequest]{
		fixed(plain("api_key", func(r *checkout.APIRequest) *string { return &r.APIKey })),
		fixed(plain("key", func(r *checkout.APIRequest) *string { return &r.Key })),
		fixed(plain("request", func(r *checkout.APIRequest) *string { return &r.Hash })),
		instant("claimed_until", func(r *checkout.APIRequest) *time.Time { return &r.ClaimedUntil }),
		plain("status", func(r *checkout.APIRequest) *int { return &r.Answer.Status }),
		field("answer", func(r *checkout.APIRequest) *[]byte { return &r.Answer.Body },
			func(b *[]byte) any { return *b }, func(b *[]byte) any { return b }, func(was, is []byte) bool { return string(was) == string(is) }),
		plain("about", func(r *checkout.APIRequest) *string { return &r.Answer.About }),
		fixed(instant("created_at", func(r *checkout.APIRequest) *time.Time { return &r.CreatedAt })),
	},
})

// ClaimAPIRequest implements merchant.Store.
func (t apiRequests) ClaimAPIRequest(ctx context.Context, claim checkout.APIRequest) (stored checkout.APIRequest, claimed bool, err error) {
	claim.Answer.Body = []byte{}
	now := claim.CreatedAt
	err = t.store.writeTo(ctx, aboutAPIRequest(claim.APIKey, claim.Key), func(ctx context.Context, tx *tx) error {
		res, err := apiRequestRows.add(ctx, tx, &claim)
		if err != nil {
			return fmt.Errorf("insert API request: %w", err)
		}
		n, err := res.RowsAffected()
		if stored, claimed = claim, n == 1; err != nil || claimed {
			return err
		}
		err = apiRequestRows.scan(tx.QueryRowContext(ctx, `
			SELECT `+apiRequestRows.names+`
			  FROM idempotency
			 WHERE api_key = $1 AND key = $2`, claim.APIKey, claim.Key), &stored)
		if err != nil {
			return fmt.Errorf("read API request: %w", err)
		}
		var known bool
		stored.Answer.Body, known = t.store.unseal(stored.Answer.Body, apiRequestName(stored))
		if claimed = stored.Hash == claim.Hash && (!known || stored.Abandoned(now)); !claimed {
			return nil
		}
		was := stored
		stored.ClaimedUntil, stored.Answer = claim.ClaimedUntil, claim.Answer
		return t.update(ctx, tx, was, stored)
	})
	return stored, claimed, err
}

// AnswerAPIRequest implements merchant.Store.
func (t apiRequests) AnswerAPIRequest(ctx context.Context, claim checkout.APIRequest, answer checkout.APIAnswer) error {
	answered := claim
	answered.Answer = answer
	answered.Answer.Body = t.store.seal(answer.Body, apiRequestName(claim))
	return t.store.writeTo(ctx, aboutAPIRequest(claim.APIKey, claim.Key), func(ctx context.Context, tx *tx) error { return t.update(ctx, tx, claim, answered) })
}

// apiRequestName binds what is sealed to its row.
func apiRequestName(r checkout.APIRequest) string { return r.APIKey + " " + r.Key }

// update writes what differs, unless another process has taken the claim over.
func (t apiRequests) update(ctx context.Context, tx *tx, was, is checkout.APIRequest) error {
	if _, err := apiRequestRows.update(ctx, tx, &was, &is, was.APIKey, was.Key, millis(was.ClaimedUntil), was.Answer.Status); err != nil {
		return fmt.Errorf("update API request: %w", err)
	}
	return nil
}

// ReleaseAPIRequest implements merchant.Store.
func (t apiRequests) ReleaseAPIRequest(ctx context.Context, claim checkout.APIRequest) error {
	return t.store.writeTo(ctx, aboutAPIRequest(claim.APIKey, claim.Key), func(ctx context.Context, tx *tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM idempotency
			 WHERE api_key = $1 AND key = $2 AND status = 0 AND claimed_until = $3`, claim.APIKey, claim.Key, millis(claim.ClaimedUntil))
		if err != nil {
			return fmt.Errorf("release API request: %w", err)
		}
		return nil
	})
}

// ForgetAPIRequests implements merchant.Store.
func (t apiRequests) ForgetAPIRequests(ctx context.Context, before time.Time, limit int) (forgotten int, err error) {
	err = t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `
			DELETE FROM idempotency
			 WHERE (api_key, key) IN (SELECT api_key, key FROM idempotency WHERE created_at < $1 ORDER BY created_at`+first(limit)+`)`, before.UnixMilli())
		if err != nil {
			return fmt.Errorf("forget API requests: %w", err)
		}
		n, err := res.RowsAffected()
		forgotten = int(n)
		return err
	})
	return forgotten, err
}
