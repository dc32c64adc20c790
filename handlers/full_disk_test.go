package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/db"
)

// fullDisk is a store whose disk may be full: it reads, and writes nothing. A test of
// package db fills a real one, and sees this error.
type fullDisk struct {
	app.Store
	full *atomic.Bool
}

func (d fullDisk) err() error {
	if d.full.Load() {
		return &checkout.Error{Code: checkout.CodeUnstored, Err: errors.New("database or disk is full (13)")}
	}
	return nil
}

func (d fullDisk) CreateOrder(ctx context.Context, o checkout.Order, cause checkout.Cause) (checkout.Order, error) {
	if err := d.err(); err != nil {
		return o, err
	}
	return d.Store.CreateOrder(ctx, o, cause)
}

func (d fullDisk) Update(ctx context.Context, id string, evidence checkout.Evidence, change func(checkout.Order) (checkout.Order, []checkout.Effect, error)) (before, after checkout.Order, err error) {
	if err := d.err(); err != nil {
		return before, after, err
	}
	return d.Store.Update(ctx, id, evidence, change)
}

func (d fullDisk) SaveNotification(ctx context.Context, n checkout.Notification) error {
	return errors.Join(d.err(), d.Store.SaveNotification(ctx, n))
}

func (d fullDisk) SaveSearch(ctx context.Context, search checkout.Search) error {
	if err := d.err(); err != nil {
		return err
	}
	return d.Store.SaveSearch(ctx, search)
}

func (d fullDisk) UpdateCart(ctx context.Context, session string, change func(*checkout.Cart) error) (checkout.Cart, error) {
	if err := d.err(); err != nil {
		return checkout.Cart{}, err
	}
	return d.Store.UpdateCart(ctx, session, change)
}

func (d fullDisk) EffectDone(ctx context.Context, id int64) error {
	if err := d.err(); err != nil {
		return err
	}
	return d.Store.EffectDone(ctx, id)
}

// newFullDisk is a shop whose disk the test fills.
func newFullDisk(t *testing.T, change ...func(*settings)) (*shop, *atomic.Bool) {
	full := &atomic.Bool{}
	return newShop(t, append(change, func(s *settings) {
		s.store = func(store *db.Store) app.Store { return fullDisk{store, full} }
	})...), full
}

// A request that cannot be stored is not the client's mistake, and may come again.
func TestAFullDiskAsksToComeAgain(t *testing.T) {
	shop, full := newFullDisk(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	order := append([]string{"form_id=" + buyer.fills()}, goodAddress...)
	full.Store(true)
	asksAgain := func(what string, a answer) {
		t.Helper()
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			t.Errorf("%s is answered %d with Retry-After %q", what, a.status, a.header.Get("Retry-After"))
		}
	}
	asksAgain("an addition to the cart", buyer.post("/cart", "sku=MUG-01", "quantity=1"))
	asksAgain("an order", buyer.post("/orders", order...).sees(http.StatusServiceUnavailable, "Try again in a minute"))
	asksAgain("a start by form", buyer.post(path+"/payments", "method=GCASH"))
	asksAgain("a start by JSON", buyer.postJSON(path+"/payments", `{"method":"GCASH"}`).sees(http.StatusServiceUnavailable, `{"error":"`))
	asksAgain("an email", buyer.post(path+"/mail"))
	res := shop.notify(`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"x"},"paymentRequestId":"p","paymentId":"a"}`)
	if text := read(t, res); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || text != "" {
		t.Errorf("a notification is answered %d %q", res.StatusCode, text)
	}
	buyer.get("/").sees(http.StatusOK) // pages read on
	buyer.get(path).sees(http.StatusOK)
	full.Store(false)
	buyer.post("/orders", order...).sees(http.StatusSeeOther)
}

// An email that cannot be marked as sent does not go out with every round.
func TestAFullDiskSendsNoEmailTwice(t *testing.T) {
	var sent counter
	shop, full := newFullDisk(t, func(s *settings) { s.mailer = &sent })
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	full.Store(true)
	for range 3 {
		shop.sweeps()
	}
	if n := sent.Load(); n != 1 {
		t.Errorf("%d emails go out while none can be marked as sent, want 1", n)
	}
	full.Store(false)
	shop.sweeps()
	shop.expectCount(0, "outbox", "state", "pending")
	if n := sent.Load(); n != 1 {
		t.Errorf("with space again %d emails have gone out, want 1", n)
	}
}

// counter is a mailer that counts.
type counter struct{ atomic.Int64 }

func (c *counter) Mail(context.Context, checkout.Email) error {
	c.Add(1)
	return nil
}
