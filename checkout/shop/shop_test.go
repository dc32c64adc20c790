package shop_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
	"antom-checkout/db"
	"antom-checkout/db/dbtest"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func sgd(minor int64) checkout.Money { return checkout.Money{Minor: minor, Currency: "SGD"} }

// fixture is a shop over a database of its own: mugs without a counted stock, and
// three tins.
type fixture struct {
	*shop.Shop
	t     *testing.T
	store *db.Store
	log   *bytes.Buffer
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	now := func() time.Time { return noon }
	file := filepath.Join(t.TempDir(), "shop.db")
	dbtest.Make(t, file)
	store, err := db.Open(t.Context(), file, db.WithClock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	log := &bytes.Buffer{}
	cfg := shop.Config{Currency: "SGD", OrderTTL: time.Hour, Now: now, Log: slog.New(slog.NewTextHandler(log, nil))}
	f := fixture{shop.New(cfg, store), t, store, log}
	three := 3
	f.importProducts(
		checkout.Product{SKU: "MUG", Name: "Enamel mug", Image: "products/mug.svg", Price: sgd(1200)},
		checkout.Product{SKU: "TIN", Name: "Tea tin", Price: sgd(1800), Stock: &three},
	)
	return f
}

func (f fixture) importProducts(products ...checkout.Product) {
	f.t.Helper()
	if err := f.store.ImportProducts(f.t.Context(), products); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) place(req shop.OrderRequest) checkout.Order {
	f.t.Helper()
	o, err := f.PlaceOrder(f.t.Context(), req)
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

// close ends an open order.
func (f fixture) close(o checkout.Order, as checkout.OrderStatus) {
	f.t.Helper()
	evidence := checkout.Evidence{Cause: checkout.Cause{Kind: checkout.BySweeper}}
	_, after, err := f.store.Update(f.t.Context(), o.ID, evidence, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		closed, effects := checkout.CloseOrder(o, as, checkout.Rules{Now: noon.Add(time.Hour)})
		return closed, effects, nil
	})
	if err != nil || after.Status != as {
		f.t.Fatalf("the order is %s: %v", after.Status, err)
	}
}

func (f fixture) renew(token string) shop.Renewal {
	f.t.Helper()
	r, err := f.Renew(f.t.Context(), token)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// request is a form, filled in without a mistake.
func request(formID string, cart ...checkout.CartLine) shop.OrderRequest {
	return shop.OrderRequest{
		FormKey: checkout.FormKey("session", formID), Cart: cart, Language: "en-SG",
		Buyer: checkout.Buyer{Email: "mei@example.com", Name: "Tan Mei Ling", Country: "SG", Address1: "1 Raffles Place", PostalCode: "048616"},
	}
}

func pieces(sku string, quantity int) checkout.CartLine {
	return checkout.CartLine{SKU: sku, Quantity: quantity}
}

func expectCode(t *testing.T, err error, want checkout.ErrorCode) {
	t.Helper()
	if !errors.Is(err, &checkout.Error{Code: want}) {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestAnOrderHoldsThePricesOfTheCatalogue(t *testing.T) {
	f := newFixture(t)
	placed := f.place(request("form", pieces("MUG", 2), pieces("TIN", 1)))
	if placed.Status != checkout.OrderOpen || placed.Total != sgd(4200) || !placed.ExpiresAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("the order is %s over %s until %s", placed.Status, placed.Total, placed.ExpiresAt)
	}
	want := []checkout.OrderLine{
		{SKU: "MUG", Name: "Enamel mug", Image: "products/mug.svg", Quantity: 2, Unit: sgd(1200)},
		{SKU: "TIN", Name: "Tea tin", Quantity: 1, Unit: sgd(1800)},
	}
	if !slices.Equal(placed.Lines, want) {
		t.Errorf("its lines are\n%+v, want\n%+v", placed.Lines, want)
	}

	f.importProducts(checkout.Product{SKU: "MUG", Name: "Big mug", Price: sgd(9900)})
	stored, err := f.store.OrderByToken(t.Context(), placed.Token)
	if err != nil || stored.Total != sgd(4200) || !slices.Equal(stored.Lines, want) {
		t.Errorf("after a new price the order is over %s: %v", stored.Total, err)
	}
	if dearer := f.place(request("next form", pieces("MUG", 1))); dearer.Total != sgd(9900) || dearer.Lines[0].Name != "Big mug" {
		t.Errorf("the next order is over %s for %q", dearer.Total, dearer.Lines[0].Name)
	}
}

// A form that is posted again leads to its order, whatever the cart holds by then. One
// that is empty corrects nothing.
func TestOneFormIsOneOrder(t *testing.T) {
	f := newFixture(t)
	first := f.place(request("form", pieces("MUG", 1)))
	if again := f.place(request("form", pieces("MUG", 1))); again.ID != first.ID || again.Version != first.Version {
		t.Errorf("the same form is order %s and order %s", first.ID, again.ID)
	}
	changed := request("form")
	changed.Buyer = checkout.Buyer{}
	if again := f.place(changed); again.ID != first.ID || again.Total != sgd(1200) {
		t.Errorf("the form with an empty cart is order %s over %s, want %s", again.ID, again.Total, first.ID)
	}
	if other := f.place(request("another form", pieces("MUG", 1))); other.ID == first.ID || other.Token == first.Token {
		t.Error("another form is the same order")
	}
}

// A buyer who goes back and corrects the form corrects the order. Its lines stay.
func TestACorrectedFormBringsItsUnpaidOrderUpToDate(t *testing.T) {
	f := newFixture(t)
	first := f.place(request("form", pieces("MUG", 1)))
	f.importProducts(checkout.Product{SKU: "MUG", Name: "Enamel mug", Price: sgd(9900)})
	corrected := request("form", pieces("MUG", 1), pieces("TIN", 1))
	corrected.Buyer.Email, corrected.Buyer.Address1 = "right@example.com", "22 Right Road"
	for range 2 {
		again := f.place(corrected)
		if again.ID != first.ID || again.Token != first.Token || again.Buyer != corrected.Buyer || again.Total != sgd(1200) || again.Version != first.Version+1 {
			t.Errorf("the corrected order is %s over %s for %+v", again.ID, again.Total, again.Buyer)
		}
	}
	stored, err := f.store.OrderByToken(t.Context(), first.Token)
	if err != nil || stored.Buyer != corrected.Buyer {
		t.Errorf("stored is %+v: %v", stored.Buyer, err)
	}
	corrected.Buyer.Email = "wrong"
	_, err = f.PlaceOrder(t.Context(), corrected)
	expectCode(t, err, checkout.CodeFormInvalid)
	if lines := strings.Count(f.log.String(), "order corrected"); lines != 1 {
		t.Errorf("the log says %d times that the order was corrected:\n%s", lines, f.log)
	}
}

// The correction of an order that has expired is a new order, the same one for every
// click.
func TestACorrectedFormOfAnExpiredOrderIsANewOrder(t *testing.T) {
	f := newFixture(t)
	first := f.place(request("form", pieces("MUG", 1)))
	f.close(first, checkout.OrderExpired)
	if again := f.place(request("form", pieces("MUG", 1))); again.ID != first.ID {
		t.Errorf("the same form is order %s", again.ID)
	}
	corrected := request("form", pieces("MUG", 1))
	corrected.Buyer.Address1 = "22 Right Road"
	second := f.place(corrected)
	if second.ID == first.ID || second.Buyer != corrected.Buyer || !second.PlacedBy("session") {
		t.Errorf("the corrected order is %+v", second)
	}
	if again := f.place(corrected); again.ID != second.ID {
		t.Errorf("corrected twice it is order %s, want %s", again.ID, second.ID)
	}
}

// What the form showed is what is ordered, or nothing is.
func TestAFormThatShowedAnotherCartOrdersNothing(t *testing.T) {
	f := newFixture(t)
	shown := func(cart ...checkout.CartLine) string {
		lines, _, err := f.Price(t.Context(), cart)
		if err != nil {
			t.Fatal(err)
		}
		return checkout.Shown(lines)
	}
	saw := shown(pieces("MUG", 1))
	for name, change := range map[string]func(*shop.OrderRequest){
		"a line more":      func(r *shop.OrderRequest) { r.Cart = append(r.Cart, pieces("TIN", 1)) },
		"another quantity": func(r *shop.OrderRequest) { r.Cart = []checkout.CartLine{pieces("MUG", 2)} },
		"a line less":      func(r *shop.OrderRequest) { r.Shown = shown(pieces("MUG", 1), pieces("TIN", 1)) },
		"another price": func(*shop.OrderRequest) {
			f.importProducts(checkout.Product{SKU: "MUG", Name: "Enamel mug", Price: sgd(9900)})
		},
		"another name": func(*shop.OrderRequest) {
			f.importProducts(checkout.Product{SKU: "MUG", Name: "Big mug", Price: sgd(1200)})
		},
		"a wrong form too": func(r *shop.OrderRequest) { r.Cart = append(r.Cart, pieces("TIN", 9)); r.Buyer.Email = "mei" },
	} {
		t.Run(name, func(t *testing.T) {
			f.importProducts(checkout.Product{SKU: "MUG", Name: "Enamel mug", Price: sgd(1200)})
			req := request(name, pieces("MUG", 1))
			req.Shown = saw
			change(&req)
			_, err := f.PlaceOrder(t.Context(), req)
			expectCode(t, err, checkout.CodeCartChanged)
			if _, err := f.store.OrderByForm(t.Context(), req.FormKey); !checkout.IsNotFound(err) {
				t.Errorf("an order is stored: %v", err)
			}
		})
	}
	f.importProducts(checkout.Product{SKU: "MUG", Name: "Enamel mug", Price: sgd(1200)})
	same := request("same", pieces("MUG", 1))
	same.Shown = saw
	f.place(same)
}

func TestOneFormPostedManyTimesAtOnceIsOneOrder(t *testing.T) {
	f := newFixture(t)
	placed, errs := make([]checkout.Order, 8), make([]error, 8)
	var posts sync.WaitGroup
	for i := range placed {
		posts.Go(func() {
			placed[i], errs[i] = f.PlaceOrder(context.WithoutCancel(t.Context()), request("form", pieces("TIN", 1)))
		})
	}
	posts.Wait()
	for i, o := range placed {
		if errs[i] != nil || o.ID == "" || o.ID != placed[0].ID {
			t.Errorf("post %d is order %q (%v), post 0 is %q", i, o.ID, errs[i], placed[0].ID)
		}
	}
	if lines := strings.Count(f.log.String(), "order placed"); lines != 1 {
		t.Errorf("the log says %d times that the order was placed:\n%s", lines, f.log)
	}
}

func TestAnOrderThatCannotBePlacedSaysWhy(t *testing.T) {
	f := newFixture(t)
	wrong := request("wrong", pieces("MUG", 1))
	wrong.Buyer.Email = "mei"
	for name, c := range map[string]struct {
		request shop.OrderRequest
		want    checkout.ErrorCode
	}{
		"an empty cart":               {request("empty"), checkout.CodeCartEmpty},
		"nothing that is still sold":  {request("gone", pieces("CUP", 1)), checkout.CodeCartEmpty},
		"more than there is in stock": {request("short", pieces("MUG", 1), pieces("TIN", 4)), checkout.CodeSoldOut},
		"a wrong form":                {wrong, checkout.CodeFormInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := f.PlaceOrder(t.Context(), c.request)
			expectCode(t, err, c.want)
			if o.ID != "" {
				t.Errorf("it is order %s", o.ID)
			}
			if _, err := f.store.OrderByForm(t.Context(), c.request.FormKey); !checkout.IsNotFound(err) {
				t.Errorf("an order is stored: %v", err)
			}
		})
	}
	if all := f.place(request("all", pieces("TIN", 3))); all.Total != sgd(5400) {
		t.Errorf("all three tins cost %s", all.Total)
	}
}

func TestAWrongFormNamesItsFields(t *testing.T) {
	f := newFixture(t)
	req := request("form", pieces("MUG", 1))
	req.Buyer.Email, req.Buyer.Name = "mei", ""
	_, err := f.PlaceOrder(t.Context(), req)
	var invalid *checkout.Error
	if !errors.As(err, &invalid) || len(invalid.Fields) != 2 || invalid.Fields["email"] == "" || invalid.Fields["name"] == "" {
		t.Errorf("the error is %v with %v", err, invalid)
	}
}

// A cart is priced without the products that are gone; a line says when it is short.
func TestACartIsPriced(t *testing.T) {
	f := newFixture(t)
	lines, total, err := f.Price(t.Context(), []checkout.CartLine{pieces("CUP", 1), pieces("TIN", 4), pieces("MUG", 1)})
	if err != nil || total != sgd(4*1800+1200) || len(lines) != 2 {
		t.Fatalf("%+v cost %s: %v", lines, total, err)
	}
	if tin, mug := lines[0], lines[1]; tin.SKU != "TIN" || !tin.Short || mug.SKU != "MUG" || mug.Short {
		t.Errorf("the lines are %+v", lines)
	}
	none := 0
	f.importProducts(checkout.Product{SKU: "TIN", Name: "Tea tin", Price: sgd(1800), Stock: &none})
	gone, _, err := f.Price(t.Context(), []checkout.CartLine{pieces("TIN", 1)})
	if err != nil || !gone[0].SoldOut || !gone[0].Short || lines[0].SoldOut {
		t.Errorf("of no tins, the line is %+v: %v", gone, err)
	}
}

func TestAnExpiredOrderIsRenewedOnceAtTodaysPrices(t *testing.T) {
	f := newFixture(t)
	old := f.place(request("form", pieces("MUG", 2), pieces("TIN", 1)))
	f.close(old, checkout.OrderExpired)
	three := 3
	f.importProducts(
		checkout.Product{SKU: "MUG", Name: "Enamel mug", Price: sgd(1300)},
		checkout.Product{SKU: "TIN", Name: "Tea tin", Price: sgd(1800), Stock: &three},
	)
	r := f.renew(old.Token)
	if !r.Renewed() || r.Order.ID == old.ID || r.Old.ID != old.ID || r.Order.Status != checkout.OrderOpen {
		t.Fatalf("the renewal is %+v", r)
	}
	if r.Order.Total != sgd(2*1300+1800) || r.Order.Buyer != old.Buyer || r.Order.Language != old.Language {
		t.Errorf("the new order is over %s for %+v in %s", r.Order.Total, r.Order.Buyer, r.Order.Language)
	}
	none := 0
	f.importProducts(checkout.Product{SKU: "TIN", Name: "Tea tin", Price: sgd(1800), Stock: &none})
	if again := f.renew(old.Token); again.Order.ID != r.Order.ID {
		t.Errorf("renewed again, with the tins sold out, it is order %q, want %s", again.Order.ID, r.Order.ID)
	}
	from, err := f.RenewedFrom(t.Context(), r.Order)
	if err != nil || from.ID != old.ID {
		t.Errorf("it was renewed from %q: %v", from.ID, err)
	}
	if _, err := f.RenewedFrom(t.Context(), old); !checkout.IsNotFound(err) {
		t.Errorf("an order from a form was renewed from another: %v", err)
	}
}

// An order with fewer goods would be another order: the buyer decides on what is left.
func TestAnOrderWhoseGoodsAreGoneIsNotRenewed(t *testing.T) {
	f := newFixture(t)
	old := f.place(request("form", pieces("MUG", 2), pieces("TIN", 2)))
	f.close(old, checkout.OrderExpired)
	t.Run("short", func(t *testing.T) {
		one := 1
		f.importProducts(checkout.Product{SKU: "TIN", Name: "Tea tin", Price: sgd(1800), Stock: &one})
		r := f.renew(old.Token)
		if r.Renewed() || len(r.Gone) != 0 || !slices.Equal(r.Rest, []checkout.CartLine{pieces("MUG", 2), pieces("TIN", 2)}) {
			t.Errorf("the renewal is %+v", r)
		}
	})
	t.Run("gone", func(t *testing.T) {
		// A product without a price in the shop's currency is not sold in it.
		dollars := shop.New(shop.Config{Currency: "USD", OrderTTL: time.Hour}, f.store)
		f.importProducts(checkout.Product{SKU: "MUG", Name: "Enamel mug", Price: checkout.Money{Minor: 900, Currency: "USD"}})
		r, err := dollars.Renew(t.Context(), old.Token)
		if err != nil || r.Renewed() || !slices.Equal(r.Gone, []string{"Tea tin"}) || !slices.Equal(r.Rest, []checkout.CartLine{pieces("MUG", 2)}) {
			t.Errorf("the renewal is %+v: %v", r, err)
		}
	})
}

func TestOnlyAnExpiredOrderIsRenewed(t *testing.T) {
	f := newFixture(t)
	open, cancelled := f.place(request("open", pieces("MUG", 1))), f.place(request("cancelled", pieces("MUG", 1)))
	f.close(cancelled, checkout.OrderCancelled)
	for token, want := range map[string]checkout.ErrorCode{
		open.Token:          checkout.CodeNotExpired,
		cancelled.Token:     checkout.CodeNotExpired,
		checkout.NewToken(): checkout.CodeNotFound,
		"short":             checkout.CodeNotFound,
		"":                  checkout.CodeNotFound,
	} {
		_, err := f.Renew(t.Context(), token)
		expectCode(t, err, want)
	}
}
