// Package shop prices carts, places orders, and renews expired ones. Prices and names always come from the database, never from a form.
//
//	s := shop.New(shop.Config{Currency: "SGD", OrderTTL: time.Hour}, store)
//	order, err := s.PlaceOrder(ctx, request)
package shop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// Store is what the Shop reads and writes.
type Store interface {
	// Products lists what has a price in currency, in the merchant's order.
	Products(ctx context.Context, currency checkout.Currency) ([]checkout.Product, error)
	// Product finds one, or answers ErrNotFound.
	Product(ctx context.Context, sku string, currency checkout.Currency) (checkout.Product, error)
	// CreateOrder stores a new order. If one with the same FormKey is stored
	// already, that one is returned and nothing changes.
	CreateOrder(ctx context.Context, order checkout.Order, cause checkout.Cause) (checkout.Order, error)
	// Cart is the cart of a session, empty if there is none; UpdateCart lets change decide
	// and commits what differs.
	Cart(ctx context.Context, session string) (checkout.Cart, error)
	UpdateCart(ctx context.Context, session string, change func(*checkout.Cart) error) (checkout.Cart, error)
	// OrderByForm finds the order that a form has placed, or answers ErrNotFound.
	OrderByForm(ctx context.Context, formKey string) (checkout.Order, error)
	// OrderByToken and OrderByID find an order, or answer ErrNotFound.
	OrderByToken(ctx context.Context, token string) (checkout.Order, error)
	OrderByID(ctx context.Context, id string) (checkout.Order, error)
	// Update loads an order, lets change decide, and commits what differs.
	Update(ctx context.Context, orderID string, evidence checkout.Evidence, change func(checkout.Order) (checkout.Order, []checkout.Effect, error)) (before, after checkout.Order, err error)
}

// Config is what the merchant decides.
type Config struct {
	Currency checkout.Currency
	OrderTTL time.Duration // how long an unpaid order stays payable
	Now      func() time.Time
	NewID    func() string
	Log      *slog.Logger // nil discards
}

// Shop takes orders. It is safe for concurrent use.
type Shop struct {
	cfg   Config
	store Store
}

// New makes a Shop.
func New(cfg Config, store Store) *Shop {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.NewID == nil {
		cfg.NewID = checkout.NewIDs(cfg.Now).New
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Shop{cfg: cfg, store: store}
}

// Currency is what the shop sells in.
func (s *Shop) Currency() checkout.Currency { return s.cfg.Currency }

// Products lists the catalogue in the shop's currency, in the order the merchant
// gave it.
func (s *Shop) Products(ctx context.Context) ([]checkout.Product, error) {
	return s.store.Products(ctx, s.cfg.Currency)
}

// Product finds one article by its SKU.
func (s *Shop) Product(ctx context.Context, sku string) (checkout.Product, error) {
	return s.store.Product(ctx, sku, s.cfg.Currency)
}

// Price looks up the products of a cart. Lines whose product is no longer sold are left
// out.
func (s *Shop) Price(ctx context.Context, cart []checkout.CartLine) ([]checkout.OrderLine, checkout.Money, error) {
	total := checkout.Money{Currency: s.cfg.Currency}
	var lines []checkout.OrderLine
	for _, line := range cart {
		product, err := s.Product(ctx, line.SKU)
		if checkout.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, checkout.Money{}, fmt.Errorf("price %s: %w", line.SKU, err)
		}
		priced := checkout.OrderLine{
			SKU: product.SKU, Name: product.Name, Image: product.Image,
			Quantity: line.Quantity, Unit: product.Price,
			Short: product.Short(line.Quantity), SoldOut: product.SoldOut(),
		}
		lines = append(lines, priced)
		total = total.Plus(priced.Total())
	}
	return lines, total, nil
}

// OrderRequest is a filled-in checkout form.
type OrderRequest struct {
	FormKey string // the same form gives the same key
	Shown   string // the version of the lines that it showed, by checkout.Shown; "" when the client does not say
	Buyer   checkout.Buyer
	// BuyerReference is the same for all orders of one browser.
	BuyerReference string
	Cart           []checkout.CartLine
	Language       string
}

// PlaceOrder freezes cart and address into an order. The same form again is the same
// order; a corrected one brings it up to date, see correct. Errors: CodeFormInvalid with
// a message key per field, CodeCartEmpty, CodeCartChanged, CodeSoldOut, CodeOrderPaid,
// and CodeOrderUnderWay with the order whose payment is not finished.
func (s *Shop) PlaceOrder(ctx context.Context, req OrderRequest) (checkout.Order, error) {
	order, err := s.store.OrderByForm(ctx, req.FormKey)
	if corrects := req.Buyer != order.Buyer && req.Buyer != (checkout.Buyer{}); err == nil && corrects {
		return s.correct(ctx, req, order)
	}
	if !checkout.IsNotFound(err) {
		return order, err
	}
	lines, total, err := s.orderable(ctx, req)
	if err != nil {
		return checkout.Order{}, err
	}
	now := s.cfg.Now()
	order = checkout.Order{
		ID:             s.cfg.NewID(),
		Number:         checkout.NewNumber(),
		Token:          checkout.NewToken(),
		FormKey:        req.FormKey,
		Buyer:          req.Buyer,
		BuyerReference: req.BuyerReference,
		Lines:          lines,
		Total:          total,
		Language:       req.Language,
		CreatedAt:      now,
		ExpiresAt:      now.Add(s.cfg.OrderTTL),
		Status:         checkout.OrderOpen,
	}
	cause := checkout.Cause{Kind: checkout.ByShopper, ID: order.ID}
	stored, err := s.store.CreateOrder(ctx, order, cause)
	if err != nil {
		return checkout.Order{}, fmt.Errorf("place order: %w", err)
	}
	switch {
	case stored.ID == order.ID:
		s.logPlaced(ctx, stored, cause)
	case stored.Buyer != req.Buyer: // the form was posted twice at once, and differently
		return s.correct(ctx, req, stored)
	}
	return stored, nil
}

// orderable prices the cart and checks the whole form. That the lines have changed comes
// first: the form is shown again with the new ones, and must not pass them over.
func (s *Shop) orderable(ctx context.Context, req OrderRequest) ([]checkout.OrderLine, checkout.Money, error) {
	lines, total, err := s.Price(ctx, req.Cart)
	switch {
	case err != nil:
		return nil, total, err
	case len(lines) == 0:
		return nil, total, checkout.NewError(checkout.CodeCartEmpty, "")
	case req.Shown != "" && req.Shown != checkout.Shown(lines):
		return nil, total, checkout.NewError(checkout.CodeCartChanged, "")
	case slices.ContainsFunc(lines, func(l checkout.OrderLine) bool { return l.Short }):
		return nil, total, checkout.NewError(checkout.CodeSoldOut, "")
	}
	return lines, total, req.Buyer.Check()
}

// correct brings the unpaid order of a form up to date: the buyer went back and posted
// the form again with another address. Its lines are those that the form showed. The
// correction of an order that is closed is a new order.
func (s *Shop) correct(ctx context.Context, req OrderRequest, o checkout.Order) (checkout.Order, error) {
	if err := req.Buyer.Check(); err != nil {
		return checkout.Order{}, err
	}
	cause := checkout.Cause{Kind: checkout.ByShopper, ID: o.ID}
	before, after, err := s.store.Update(ctx, o.ID, checkout.Evidence{Cause: cause}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		corrected, err := checkout.CorrectBuyer(o, req.Buyer)
		return corrected, nil, err
	})
	if errors.Is(err, &checkout.Error{Code: checkout.CodeOrderClosed}) {
		req.FormKey = checkout.CorrectedFormKey(req.FormKey, req.Buyer)
		return s.PlaceOrder(ctx, req)
	}
	if err != nil {
		return o, fmt.Errorf("correct order: %w", err)
	}
	if before.Version != after.Version {
		s.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "order corrected", slog.String(checkout.LogOrder, o.ID), slog.String(checkout.LogCause, cause.String()))
	}
	return after, nil
}

// logPlaced writes the line about an order's first transition.
func (s *Shop) logPlaced(ctx context.Context, o checkout.Order, cause checkout.Cause) {
	s.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "order placed", checkout.PlacedAttributes(o, cause)...)
}
