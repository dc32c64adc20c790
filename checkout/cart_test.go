package checkout

import (
	"errors"
	"slices"
	"strconv"
	"testing"
)

func cartOf(lines ...CartLine) Cart { return Cart{Lines: lines} }

func TestACartIsFilledWithinItsLimits(t *testing.T) {
	var c Cart
	for i := range MaxLines {
		if err := c.Add("SKU-"+strconv.Itoa(i), 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Add("ONE-MORE", 1); !errors.Is(err, &Error{Code: CodeCartFull}) {
		t.Errorf("a line too many is answered %v", err)
	}
	if err := c.Add("SKU-1", MaxQuantity-1); err != nil {
		t.Errorf("more of a line is answered %v", err)
	}
	if err := c.Add("SKU-1", 1); !errors.Is(err, &Error{Code: CodeQuantityInvalid}) {
		t.Errorf("too much of a line is answered %v", err)
	}
	if err := c.Set("NONE", 1); !IsNotFound(err) {
		t.Errorf("a line that is not there is answered %v", err)
	}
	if c.Set("SKU-0", 0) != nil || c.Set("SKU-2", 7) != nil || c.Has("SKU-0") || c.Pieces() != MaxLines-3+MaxQuantity+7 {
		t.Errorf("the cart holds %d pieces", c.Pieces())
	}
}

// What was bought leaves the cart once; what was added since stays.
func TestGoodsThatWereBoughtLeaveTheCartOnce(t *testing.T) {
	o := Order{Token: "first", Status: OrderPaid, EverPaid: true, Lines: []OrderLine{{SKU: "MUG", Quantity: 2}, {SKU: "TIN", Quantity: 1}, {SKU: "GONE", Quantity: 1}}}
	c := cartOf(CartLine{"MUG", 3}, CartLine{"TIN", 1}, CartLine{"POT", 1})
	for range 2 {
		c.TakeOut(o)
		if want := []CartLine{{"MUG", 1}, {"POT", 1}}; !slices.Equal(c.Lines, want) {
			t.Errorf("the cart holds %v, want %v", c.Lines, want)
		}
	}
	for _, waiting := range []Order{{Token: "second", Status: OrderOpen, Lines: o.Lines}, {Token: "second", Status: OrderProcessing, Lines: o.Lines}, {Token: "second", Status: OrderExpired, Lines: o.Lines}} {
		if c.TakeOut(waiting); c.Pieces() != 2 || c.TakenOut != "first" {
			t.Errorf("an order that is %s took goods out of the cart: %v", waiting.Status, c)
		}
	}
	if c.TakeOut(Order{Token: "third", Status: OrderAuthorized, Lines: []OrderLine{{SKU: "POT", Quantity: 1}}}); c.Has("POT") {
		t.Error("what a card was authorised for is still in the cart")
	}
}
