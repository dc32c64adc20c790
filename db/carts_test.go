package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antom-checkout/checkout"
)

func adding(sku string) func(*checkout.Cart) error {
	return func(c *checkout.Cart) error { return c.Add(sku, 1) }
}

func TestAdditionsAtOnceAreAllInTheCart(t *testing.T) {
	store := openStore(t)
	var tabs sync.WaitGroup
	for i := range 20 {
		tabs.Go(func() {
			if _, err := store.UpdateCart(context.WithoutCancel(t.Context()), "s", adding("SKU-"+strconv.Itoa(i))); err != nil {
				t.Error(err)
			}
		})
	}
	tabs.Wait()
	if c, err := store.Cart(t.Context(), "s"); err != nil || c.Pieces() != 20 {
		t.Errorf("the cart holds %d pieces: %v", c.Pieces(), err)
	}
	if c, err := store.Cart(t.Context(), "another"); err != nil || c.Lines != nil {
		t.Errorf("another cart holds %v: %v", c.Lines, err)
	}
}

func TestACartThatIsRefusedAChangeStaysAsItWas(t *testing.T) {
	store := openStore(t)
	if _, err := store.UpdateCart(t.Context(), "s", adding("MUG")); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	_, err := store.UpdateCart(t.Context(), "s", func(c *checkout.Cart) error {
		c.Lines[0].Quantity, c.TakenOut = 9, "token"
		return refused
	})
	if c, _ := store.Cart(t.Context(), "s"); !errors.Is(err, refused) || !slices.Equal(c.Lines, []checkout.CartLine{{SKU: "MUG", Quantity: 1}}) || c.TakenOut != "" {
		t.Errorf("the cart holds %v after %v", c, err)
	}
}

// Carts end thirty days after their last change, and the oldest end when there are too
// many.
func TestOldCartsEnd(t *testing.T) {
	var passed atomic.Int64
	store := openStore(t)
	store.now = func() time.Time { return noon.Add(time.Duration(passed.Load())) }
	add := func(session string) {
		t.Helper()
		if _, err := store.UpdateCart(t.Context(), session, adding("MUG")); err != nil {
			t.Fatal(err)
		}
	}
	sessions := func() []string {
		t.Helper()
		all, err := collect(t.Context(), store.reads, scanText, `SELECT session FROM carts ORDER BY seq`)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	add("old")
	add("used")
	passed.Add(int64(cartLife - time.Hour))
	if c, err := store.UpdateCart(t.Context(), "used", adding("TIN")); err != nil || c.Pieces() != 2 {
		t.Fatal(err)
	}
	passed.Add(int64(2 * time.Hour))
	add("new")
	if got := sessions(); !slices.Equal(got, []string{"used", "new"}) {
		t.Errorf("after thirty days there are the carts %v", got)
	}
	store.carts.most = 3
	for i := range 4 {
		add(strconv.Itoa(i))
	}
	if got := sessions(); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("with room for three there are the carts %v", got)
	}
}
