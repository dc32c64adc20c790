// Package merchant owns what the merchant's own systems need: the keys of their
// programs, orders in the published form, and the events that they are told.
//
//	m := merchant.New(merchant.Config{RealMoney: true}, store)
//	key, secret, err := m.CreateKey(ctx, "shop", checkout.Scopes())
package merchant

import (
	"context"
	"log/slog"
	"time"

	"antom-checkout/checkout"
)

// Store is what the Service reads and writes.
type Store interface {
	LinkStore
	// APIKeys lists all keys, newest first. APIKeyByHash finds one, or answers ErrNotFound.
	APIKeys(ctx context.Context) ([]checkout.APIKey, error)
	APIKeyByHash(ctx context.Context, hash string) (checkout.APIKey, error)
	// AddAPIKey stores a new key; UpdateAPIKey writes what differs.
	AddAPIKey(ctx context.Context, key checkout.APIKey) error
	UpdateAPIKey(ctx context.Context, was, is checkout.APIKey) error
	// ClaimAPIRequest stores a request whose work is about to begin; then claimed is true. It
	// also takes over the same request of a process that is dead. Otherwise stored is what
	// stands under its key. An answer that cannot be unsealed counts as none.
	ClaimAPIRequest(ctx context.Context, claim checkout.APIRequest) (stored checkout.APIRequest, claimed bool, err error)
	// AnswerAPIRequest stores the answer of a claim, and ReleaseAPIRequest gives a claim up,
	// unless another process has taken it over.
	AnswerAPIRequest(ctx context.Context, claim checkout.APIRequest, answer checkout.APIAnswer) error
	ReleaseAPIRequest(ctx context.Context, claim checkout.APIRequest) error
	// ForgetAPIRequests removes requests from before a moment, and says how many.
	ForgetAPIRequests(ctx context.Context, before time.Time, limit int) (forgotten int, err error)
	// Timeline lists all changes of status of an order with their evidence, oldest first.
	Timeline(ctx context.Context, orderID string) ([]checkout.TimelineEntry, error)
	// ProofRows are the same changes with the messages behind them, each once.
	ProofRows(ctx context.Context, orderID string) ([]checkout.ProofTransition, []checkout.ProofMessage, error)
	// Orders lists the orders of a filter, newest first, as many as the window has room for.
	Orders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) ([]checkout.Order, error)
	// Product finds one with a price in currency, or answers ErrNotFound.
	Product(ctx context.Context, sku string, currency checkout.Currency) (checkout.Product, error)
	// OrderByForm finds the order that a request has placed, or answers ErrNotFound.
	OrderByForm(ctx context.Context, formKey string) (checkout.Order, error)
	// CreateOrder stores a new order. If one with the same FormKey is stored already, that
	// one is returned and nothing changes. Errors: CodeReferenceUsed.
	CreateOrder(ctx context.Context, order checkout.Order, cause checkout.Cause) (checkout.Order, error)
	WebhookStore
}

// Config is what the program knows beside the store.
type Config struct {
	PublicURL string // base of every address handed out, without a slash at its end
	RealMoney bool   // payments take real money
	Currency  checkout.Currency
	OrderTTL  time.Duration                                        // how long an unpaid order stays payable
	Takes     func(method string, currency checkout.Currency) bool // reports whether an order may name a method
	Log       *slog.Logger                                         // nil discards
	Now       func() time.Time
	NewID     func() string
	// CheckWebhookURL says what is wrong with the address of an endpoint; nil takes all.
	CheckWebhookURL func(string) error
}

// Service serves the merchant's systems. It is safe for concurrent use.
type Service struct {
	*base
	*keys
	*placing
	*links
	*webhooks
}

// base is what all parts share: orders in the published form, and requests done once.
type base struct {
	cfg   Config
	store Store
}

type (
	keys     struct{ *base } // of the merchant's programs
	placing  struct{ *base } // of orders
	links    struct{ *placing }
	webhooks struct{ *base } // events, and the endpoints that are told of them
)

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
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	base := &base{cfg: cfg, store: store}
	placing := &placing{base}
	return &Service{base: base, keys: &keys{base}, placing: placing, links: &links{placing}, webhooks: &webhooks{base}}
}
