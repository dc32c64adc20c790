package db

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

// fullLink is a payment link without an empty field.
func fullLink(id string) checkout.PaymentLink {
	return checkout.PaymentLink{
		ID: id, Code: "code-" + id, FormKey: "form-" + id, Name: "A mug",
		Lines:  []checkout.OrderLine{{SKU: "MUG-01", Name: "Mug", Image: "https://shop.example/mug.png", Quantity: 2, Unit: sgd(2100)}},
		Amount: checkout.AmountRange{Min: 100, Max: 900, Suggested: 500}, Currency: "SGD", Adjustable: true, MaxUses: 3,
		Methods: []string{"CARD"}, SuccessURL: "https://shop.example/thanks", Metadata: map[string]string{"table": "7"},
		Active: true, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour), Uses: 1, Reserved: 1,
	}
}

func addLink(t *testing.T, store *Store, l checkout.PaymentLink) {
	t.Helper()
	if _, err := store.AddPaymentLink(t.Context(), l); err != nil {
		t.Fatal(err)
	}
}

func TestAPaymentLinkIsReadBackAsItWasWritten(t *testing.T) {
	store := openStore(t)
	want := fullLink("1")
	expectFilled(t, "PaymentLink", reflect.ValueOf(want))
	addLink(t, store, want)
	again := want
	again.ID, again.Code = "2", "code-2"
	if stored, err := store.AddPaymentLink(t.Context(), again); err != nil || stored.ID != "1" {
		t.Errorf("the same request again has made link %s, %v", stored.ID, err)
	}
	byCode, err := store.PaymentLinkByCode(t.Context(), want.Code)
	if diff := cmp.Diff(want, byCode); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	_, err = store.PaymentLinkByCode(t.Context(), "code-2")
	expectNotFound(t, "a link that was not made", err)

	want.Name, want.MaxUses, want.Active, want.SuccessURL = "Two mugs", 0, false, ""
	want.Methods, want.Metadata, want.ExpiresAt = nil, nil, time.Time{}
	changed := func(checkout.PaymentLink) (checkout.PaymentLink, error) { return want, nil }
	if _, err := store.UpdatePaymentLink(t.Context(), "1", changed); err != nil {
		t.Fatal(err)
	}
	byID, err := store.PaymentLink(t.Context(), "1")
	if diff := cmp.Diff(want, byID); diff != "" || err != nil {
		t.Errorf("changed: %v (-want +got)\n%s", err, diff)
	}
}

func TestPaymentLinksAreListedNewestFirst(t *testing.T) {
	store := openStore(t)
	for _, id := range []string{"1", "2", "3"} {
		addLink(t, store, fullLink(id))
	}
	ids := func(after string) (ids []string) {
		links, err := store.PaymentLinks(t.Context(), checkout.Window{After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range links {
			ids = append(ids, l.ID)
		}
		return ids
	}
	if diff := cmp.Diff([][]string{{"3", "2"}, {"1"}}, [][]string{ids(""), ids("2")}); diff != "" {
		t.Error(diff)
	}
}

// reserve adds an attempt to pay an order of a link, as a start does.
func reserve(t *testing.T, store *Store, id string) error {
	_, _, err := store.Update(t.Context(), id, bySweeper, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		p := newPayment("p-" + id)
		p.Status = checkout.PaymentCreated
		o, err := checkout.AddPayment(o, p, checkout.Rules{Now: noon, Schedule: checkout.Schedule{time.Minute}})
		return o, nil, err
	})
	return err
}

// Fifty orders of a link for one use begin to pay at once: one does. Its use is free again
// when the attempt has failed, and gone for good when one has paid.
func TestASingleUseLinkIsReservedOnce(t *testing.T) {
	store := openStore(t)
	link := fullLink("1")
	link.MaxUses, link.Uses, link.Reserved = 1, 0, 0
	addLink(t, store, link)
	errs := make([]error, 50)
	var all sync.WaitGroup
	for i := range errs {
		o := newOrder(fmt.Sprint("order-", i))
		o.Link = "1"
		placeOrder(t, store, o)
	}
	for i := range errs {
		all.Go(func() { errs[i] = reserve(t, store, fmt.Sprint("order-", i)) })
	}
	all.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Errorf("orders %d and %d have both reserved the use", winner, i)
		case !errors.Is(err, &checkout.Error{Code: checkout.CodeLinkInUse}):
			t.Errorf("order %d is refused by %v", i, err)
		}
	}
	if winner < 0 {
		t.Fatal("no order has reserved the use")
	}
	expectUses(t, store, 0, 1)

	won, next := fmt.Sprint("order-", winner), fmt.Sprint("order-", (winner+1)%len(errs))
	pay := func(id string, status checkout.PaymentStatus, stock checkout.Stock) {
		change(t, store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
			o.Payments[0].Status, o.Payments[0].Active, o.Stock = status, stock != checkout.StockFree, stock
			return nil
		})
	}
	pay(won, checkout.PaymentFailed, checkout.StockFree)
	expectUses(t, store, 0, 0)
	if err := reserve(t, store, next); err != nil {
		t.Fatal("the use is not free again:", err)
	}
	pay(next, checkout.PaymentPaid, checkout.StockTaken)
	expectUses(t, store, 1, 0)
	last := fmt.Sprint("order-", (winner+2)%len(errs))
	if err := reserve(t, store, last); !errors.Is(err, &checkout.Error{Code: checkout.CodeLinkUsedUp}) {
		t.Errorf("an order of a link that is used up is refused by %v", err)
	}
}

func expectUses(t *testing.T, store *Store, uses, reserved int) {
	t.Helper()
	l, err := store.PaymentLink(t.Context(), "1")
	if err != nil || l.Uses != uses || l.Reserved != reserved {
		t.Errorf("%d uses are taken and %d reserved (%v), want %d and %d", l.Uses, l.Reserved, err, uses, reserved)
	}
}
