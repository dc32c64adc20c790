package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// apiKeys is the part of the Store that keeps the keys of the merchant's programs.
type apiKeys struct{ store *Store }

var apiKeyRows = newMapping(mapping[checkout.APIKey]{
	table: "api_keys", key: []string{"id"},
	columns: []column[checkout.APIKey]{
		fixed(plain("id", func(k *checkout.APIKey) *string { return &k.ID })),
		fixed(plain("name", func(k *checkout.APIKey) *string { return &k.Name })),
		fixed(plain("hash", func(k *checkout.APIKey) *string { return &k.Hash })),
		fixed(plain("real_money", func(k *checkout.APIKey) *bool { return &k.RealMoney })),
		fixed(asJSON("scopes", func(k *checkout.APIKey) *[]checkout.Scope { return &k.Scopes }, slices.Equal)),
		fixed(instant("created_at", func(k *checkout.APIKey) *time.Time { return &k.CreatedAt })),
		instant("used_at", func(k *checkout.APIKey) *time.Time { return &k.UsedAt }),
		instant("revoked_at", func(k *checkout.APIKey) *time.Time { return &k.RevokedAt }),
	},
})

// APIKeys implements merchant.Store.
func (t apiKeys) APIKeys(ctx context.Context) ([]checkout.APIKey, error) {
	return t.list(ctx, `ORDER BY id DESC`)
}

// APIKeyByHash implements merchant.Store.
func (t apiKeys) APIKeyByHash(ctx context.Context, hash string) (checkout.APIKey, error) {
	return t.find(ctx, `WHERE hash = $1`, hash)
}

func (t apiKeys) find(ctx context.Context, where string, value any) (checkout.APIKey, error) {
	keys, err := t.list(ctx, where, value)
	switch {
	case err != nil:
		return checkout.APIKey{}, err
	case len(keys) == 0:
		return checkout.APIKey{}, checkout.ErrNotFound
	}
	return keys[0], nil
}

func (t apiKeys) list(ctx context.Context, which string, values ...any) ([]checkout.APIKey, error) {
	keys, err := collect(ctx, t.store.reads, func(row scanner) (checkout.APIKey, error) {
		var k checkout.APIKey
		err := apiKeyRows.scan(row, &k)
		return k, err
	}, `SELECT `+apiKeyRows.names+` FROM api_keys `+which, values...)
	if err != nil {
		return nil, fmt.Errorf("read API keys: %w", err)
	}
	return keys, nil
}

// AddAPIKey implements merchant.Store.
func (t apiKeys) AddAPIKey(ctx context.Context, key checkout.APIKey) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		_, err := apiKeyRows.add(ctx, tx, &key)
		if err != nil {
			return fmt.Errorf("insert API key: %w", err)
		}
		return nil
	})
}

// UpdateAPIKey implements merchant.Store.
func (t apiKeys) UpdateAPIKey(ctx context.Context, was, is checkout.APIKey) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		if _, err := apiKeyRows.update(ctx, tx, &was, &is, was.ID); err != nil {
			return fmt.Errorf("update API key: %w", err)
		}
		return nil
	})
}
