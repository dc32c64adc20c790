package handlers_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"antom-checkout/checkout"
)

// acts are the actions of an operator, by name.
func (s *shop) acts(name, order string, key checkout.Key) error {
	s.t.Helper()
	var err error
	switch desk := s.desk(); name {
	case "capture":
		_, err = desk.Capture(s.t.Context(), order, key)
	case "refund":
		_, err = desk.Refund(s.t.Context(), order, 0, key)
	case "refund 10.00":
		_, err = desk.Refund(s.t.Context(), order, 1000, key)
	case "cancel":
		err = desk.Cancel(s.t.Context(), order, key)
	case "accept":
		err = desk.Accept(s.t.Context(), order, key)
	}
	return err
}

// expectReused fails unless the key is refused with a sentence that names what it was
// used for.
func (s *shop) expectReused(err error, action string, first string) {
	s.t.Helper()
	var refused *checkout.Error
	if !errors.As(err, &refused) || refused.Code != checkout.CodeKeyReused {
		s.t.Fatalf("%s under the key: %v, want key_reused", action, err)
	}
	o, findErr := s.store.OrderByID(s.t.Context(), first)
	must(s.t, findErr)
	if !strings.Contains(refused.Detail, o.Number) {
		s.t.Errorf("%s: %q does not name order %s", action, refused.Detail, o.Number)
	}
}

var allActions = []string{"capture", "refund", "refund 10.00", "cancel", "accept"}

// A key means one action on one order, whatever else is ordered under it.
func TestAKeyIsOneActionOnOneOrder(t *testing.T) {
	for first, stories := range map[string]func(*testing.T) (s *shop, order string){
		"refund 10.00": func(t *testing.T) (*shop, string) {
			shop := newShop(t)
			_, _, order := shop.paidBy("GCASH")
			return shop, order
		},
		"capture": func(t *testing.T) (*shop, string) {
			shop := newShop(t, func(s *settings) { s.manualCapture = true })
			_, _, order := shop.paidBy("CARD")
			return shop, order
		},
		"cancel": func(t *testing.T) (*shop, string) {
			shop := newShop(t)
			shop.newBuyer().orders()
			return shop, shop.orderID()
		},
		"accept": func(t *testing.T) (*shop, string) {
			shop := newShop(t)
			_, _, order := shop.paidOther("GCASH")
			return shop, order
		},
	} {
		t.Run(first, func(t *testing.T) {
			shop, order := stories(t)
			must(t, shop.acts(first, order, by("k")))
			shop.quiet()
			_, _, other := shop.paidBy("GCASH")
			before := shop.audit()
			for _, action := range allActions {
				shop.expectReused(shop.acts(action, other, by("k")), action+" of another order", order)
				if action != first {
					shop.expectReused(shop.acts(action, order, by("k")), action, order)
				}
			}
			must(t, shop.acts(first, order, by("k")))
			if after := shop.audit(); len(after["transition"]) != len(before["transition"]) || len(after["refund"]) != len(before["refund"]) {
				t.Error("what was refused has changed something")
			}
		})
	}
}

// An action that had nothing left to do has used its key, and one that was refused has
// not.
func TestWhatIsRefusedLeavesTheKeyFree(t *testing.T) {
	shop := newShop(t)
	_, _, paid := shop.paidBy("GCASH")
	shop.newBuyer().orders()
	open := shop.orderID()
	must(t, shop.acts("cancel", open, by("k1")))
	must(t, shop.acts("cancel", open, by("k2")))
	shop.expectReused(shop.acts("cancel", paid, by("k2")), "cancel", open)
	if err := shop.acts("capture", paid, by("k3")); kindOf(err) != checkout.Conflict {
		t.Fatalf("a wallet is captured: %v", err)
	}
	must(t, shop.acts("refund 10.00", paid, by("k3")))
	shop.expectReused(shop.acts("refund", paid, by("k3")), "a refund of all", paid)
}

// Two commands with one key at the same time: one is carried out.
func TestOneKeyForTwoOrdersAtOnceIsOneAction(t *testing.T) {
	shop := newShop(t)
	_, _, first := shop.paidBy("GCASH")
	_, _, second := shop.paidBy("GCASH")
	results := make([]error, 2)
	var both sync.WaitGroup
	for i, order := range []string{first, second} {
		desk := shop.desk()
		both.Go(func() { _, results[i] = desk.Refund(t.Context(), order, 1000, by("k")) })
	}
	both.Wait()
	if (results[0] == nil) == (results[1] == nil) {
		t.Errorf("the results are %v and %v", results[0], results[1])
	}
	shop.quiet()
	shop.expectCount(1, "refund", "amount", float64(1000))
}
