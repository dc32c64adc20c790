package merchant

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// longestKeyName is in characters.
const longestKeyName = 64

// CreateKey makes a key with a name and scopes, and returns what its program sends, which is
// stored nowhere. Errors: CodeFormInvalid for "name" and "scopes".
func (s *keys) CreateKey(ctx context.Context, name string, scopes []checkout.Scope) (key checkout.APIKey, secret string, err error) {
	wrong := map[string]string{}
	if !checkout.IsName(name, longestKeyName) {
		wrong["name"] = "error.invalid"
	}
	all := checkout.APIKey{Scopes: checkout.Scopes()}
	if len(scopes) == 0 || !all.May(scopes...) {
		wrong["scopes"] = "error.invalid"
	}
	if len(wrong) > 0 {
		return key, "", &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
	}
	secret = checkout.NewAPIKeySecret(s.cfg.RealMoney)
	hash, _ := checkout.HashAPIKey(secret, s.cfg.RealMoney)
	key = checkout.APIKey{ID: s.cfg.NewID(), Name: name, Hash: hash, RealMoney: s.cfg.RealMoney, Scopes: scopes, CreatedAt: s.cfg.Now()}
	return key, secret, s.store.AddAPIKey(ctx, key)
}

// Keys lists all keys, newest first.
func (s *keys) Keys(ctx context.Context) ([]checkout.APIKey, error) { return s.store.APIKeys(ctx) }

// RevokeKey makes a key open nothing from now on. It is idempotent. Errors: CodeNotFound.
func (s *keys) RevokeKey(ctx context.Context, id string) (checkout.APIKey, error) {
	keys, err := s.store.APIKeys(ctx)
	if err != nil {
		return checkout.APIKey{}, err
	}
	for _, key := range keys {
		if key.ID != id {
			continue
		}
		if !key.Valid() {
			return key, nil
		}
		revoked := key
		revoked.RevokedAt = s.cfg.Now()
		return revoked, s.store.UpdateAPIKey(ctx, key, revoked)
	}
	return checkout.APIKey{}, checkout.ErrNotFound
}

// usePause is how exact the time of a key's last use is: each use would be a write.
const usePause = time.Minute

// Authenticate finds the key of what a program sends. Errors: CodeNotFound for an unknown or
// revoked key, and for one of the other mode.
func (s *keys) Authenticate(ctx context.Context, secret string) (checkout.APIKey, error) {
	hash, ok := checkout.HashAPIKey(secret, s.cfg.RealMoney)
	if !ok {
		return checkout.APIKey{}, checkout.ErrNotFound
	}
	key, err := s.store.APIKeyByHash(ctx, hash)
	if err != nil {
		return checkout.APIKey{}, err
	}
	if !key.Valid() {
		return checkout.APIKey{}, checkout.ErrNotFound
	}
	if now := s.cfg.Now(); now.Sub(key.UsedAt) >= usePause {
		used := key
		used.UsedAt = now
		if err := s.store.UpdateAPIKey(ctx, key, used); err != nil {
			return checkout.APIKey{}, err
		}
		return used, nil
	}
	return key, nil
}
