// Package merchant owns what the merchant's own systems need: the keys of their
// programs, orders in the published form, and the events that they are told.
//
//	m := merchant.New(merchant.Config{RealMoney: true}, store)
//	key, secret, err := m.CreateKey(ctx, "shop", checkout.Scopes())
package merchant

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// Store is what the Service reads and writes.
type Store interface {
	// APIKeys lists all keys, newest first. APIKeyByHash finds one, or answers ErrNotFound.
	APIKeys(ctx context.Context) ([]checkout.APIKey, error)
	APIKeyByHash(ctx context.Context, hash string) (checkout.APIKey, error)
	// AddAPIKey stores a new key; UpdateAPIKey writes what differs.
	AddAPIKey(ctx context.Context, key checkout.APIKey) error
	UpdateAPIKey(ctx context.Context, was, is checkout.APIKey) error
	// Orders lists the orders of a filter, newest first, as many as the window has room for.
	Orders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) ([]checkout.Order, error)
	WebhookStore
}

// Config is what the program knows beside the store.
type Config struct {
	PublicURL string // base of every address handed out, without a slash at its end
	RealMoney bool   // payments take real money
	Now       func() time.Time
	NewID     func() string
	// CheckWebhookURL says what is wrong with the address of an endpoint; nil takes all.
	CheckWebhookURL func(string) error
}

// Service serves the merchant's systems. It is safe for concurrent use.
type Service struct {
	cfg   Config
	store Store
}

// New makes a Service.
func New(cfg Config, store Store) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.NewID == nil {
		cfg.NewID = checkout.NewIDs(cfg.Now).New
	}
	if cfg.CheckWebhookURL == nil {
		cfg.CheckWebhookURL = func(string) error { return nil }
	}
	return &Service{cfg: cfg, store: store}
}
