package db

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

// Two stores on one file are a server and a command beside it.
func besides(t *testing.T) (server, command *Store) {
	t.Helper()
	server, path := openStoreAt(t, newDatabase(t))
	command, _ = openStoreAt(t, path)
	return server, command
}

func TestWhatACommandHasChangedIsSeenByTheServerAtOnce(t *testing.T) {
	server, command := besides(t)
	orderWithPayment(t, server, "order", newPayment("p1"))
	change(t, command, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status, o.Closed, o.Payments[0].Status = checkout.OrderCancelled, checkout.OrderCancelled, checkout.PaymentCancelled
		return nil
	})
	for by, read := range map[string]func() (checkout.Order, error){
		"id":    func() (checkout.Order, error) { return server.OrderByID(t.Context(), "order") },
		"token": func() (checkout.Order, error) { return server.OrderByToken(t.Context(), "token-order") },
		"form":  func() (checkout.Order, error) { return server.OrderByForm(t.Context(), "form-order") },
		"update": func() (checkout.Order, error) {
			before, _, err := server.Update(t.Context(), "order", bySweeper, altering(nothing))
			return before, err
		},
	} {
		server.cache.put(checkout.Order{ID: "other"}) // whatever happens in between
		if o, err := read(); err != nil || o.Status != checkout.OrderCancelled || o.Payments[0].Status != checkout.PaymentCancelled {
			t.Errorf("by %s the order is %s, %v; want cancelled", by, o.Status, err)
		}
	}
}

func TestServerAndCommandTakeTurnsAndLoseNothing(t *testing.T) {
	server, command := besides(t)
	orderWithPayment(t, server, "order", newPayment("p1"))
	var all sync.WaitGroup
	for _, store := range []*Store{server, command} {
		for range 4 {
			all.Go(func() {
				for range 10 {
					_, _, err := store.Update(t.Context(), "order", bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
						o.Payments[0].Polls++
						return nil
					}))
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	for _, store := range []*Store{server, command} {
		if o := orderByID(t, store, "order"); o.Payments[0].Polls != 80 || o.Version != 82 {
			t.Errorf("%d changes, version %d; want 80 and 82", o.Payments[0].Polls, o.Version)
		}
	}
}

// A neighbour in the same group may already see a change that is undone later.
func TestWhatWasNotCommittedIsNotRemembered(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	placeOrder(t, store, newOrder("other"))
	taken := newPayment("p2")
	taken.AntomID = "antom-1"
	change(t, store, "other", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments = []checkout.Payment{taken}
		return nil
	})
	_, _, err := store.Update(t.Context(), "order", bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
		o.Status, o.Payments[0].AntomID = checkout.OrderPaid, "antom-1"
		return nil
	}))
	if !errors.Is(err, checkout.ErrForeignID) {
		t.Fatalf("another payment's Antom id: %v, want ErrForeignID", err)
	}
	if o := orderByID(t, store, "order"); o.Status != checkout.OrderProcessing {
		t.Errorf("the order is %s, want processing", o.Status)
	}
	if id, request, err := store.FindPayment(t.Context(), checkout.Reference{AntomID: "antom-1"}); id != "other" || request != "p2" || err != nil {
		t.Errorf("antom-1 belongs to %s, %s, %v; want other and p2", id, request, err)
	}
}

func TestACallerMayChangeTheOrderItHasRead(t *testing.T) {
	store := openStore(t)
	p := newPayment("p1")
	p.Operations = []checkout.Operation{{Kind: checkout.Refund, RequestID: "r1", Amount: sgd(100), Status: checkout.OperationPending, CreatedAt: noon}}
	orderWithPayment(t, store, "order", p)
	for range 2 {
		o := orderByID(t, store, "order")
		o.Payments[0].Status, o.Payments[0].Operations[0].Status = checkout.PaymentPaid, checkout.OperationSuccess
	}
	orderByID(t, store, "order")
}

func TestOnlySoManyOrdersAreRemembered(t *testing.T) {
	var c cache
	for i := range 5 * generationSize {
		c.put(checkout.Order{ID: fmt.Sprint(i), Token: fmt.Sprint("t", i), Version: 1, Payments: []checkout.Payment{{RequestID: fmt.Sprint("p", i)}}})
		if c.get(name{byToken, "t0"}) == nil {
			t.Fatalf("after %d others, an order in use is forgotten", i)
		}
	}
	if n := len(c.recent) + len(c.older); n > 2*4*generationSize {
		t.Errorf("%d names are remembered, want no more than those of %d orders", n, 2*generationSize)
	}
	if c.get(name{byID, "1"}) != nil {
		t.Error("an order that was not used is still remembered")
	}
}

func TestThePaymentOfAMessageIsFoundByAnyOfItsNames(t *testing.T) {
	store := openStore(t)
	p := newPayment("p1")
	p.AntomID = "antom-1"
	p.Operations = []checkout.Operation{{Kind: checkout.Refund, RequestID: "r1", Amount: sgd(100), Status: checkout.OperationPending, CreatedAt: noon}}
	orderWithPayment(t, store, "order", p)
	for _, where := range []string{"remembered", "stored"} {
		for _, by := range []checkout.Reference{{RequestID: "p1"}, {AntomID: "antom-1"}, {RefundRequestID: "r1"}} {
			order, payment, err := store.FindPayment(t.Context(), by)
			if diff := cmp.Diff([]string{"order", "p1"}, []string{order, payment}); diff != "" || err != nil {
				t.Errorf("%s, by %v: %v (-want +got)\n%s", where, by, err, diff)
			}
		}
		store.cache = cache{}
	}
}
