package checkout

import "slices"

// Cart is what a session has chosen and not ordered yet. It holds neither names nor
// prices: those always come from the database.
type Cart struct {
	Lines    []CartLine
	TakenOut string // token of the paid order whose goods were taken out last
}

// CartLine is a product in a cart.
type CartLine struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// Clone copies the cart so deeply that changing the copy leaves c as it is.
func (c Cart) Clone() Cart {
	c.Lines = slices.Clone(c.Lines)
	return c
}

// Pieces is how many pieces the cart holds.
func (c Cart) Pieces() int {
	n := 0
	for _, line := range c.Lines {
		n += line.Quantity
	}
	return n
}

// line finds a product in the cart, or -1.
func (c *Cart) line(sku string) int {
	return slices.IndexFunc(c.Lines, func(line CartLine) bool { return line.SKU == sku })
}

// Has reports whether a product is in the cart.
func (c Cart) Has(sku string) bool { return c.line(sku) >= 0 }

// Add puts pieces of a product into the cart, on top of those already there. Errors:
// CodeCartFull, CodeQuantityInvalid.
func (c *Cart) Add(sku string, pieces int) error {
	i := c.line(sku)
	switch {
	case i < 0 && len(c.Lines) >= MaxLines:
		return NewError(CodeCartFull, "")
	case i < 0:
		c.Lines = append(c.Lines, CartLine{SKU: sku, Quantity: pieces})
	case c.Lines[i].Quantity+pieces > MaxQuantity:
		return NewError(CodeQuantityInvalid, "")
	default:
		c.Lines[i].Quantity += pieces
	}
	return nil
}

// Set changes how many pieces of a product the cart holds; 0 removes it. Errors:
// CodeNotFound when the product is not in it.
func (c *Cart) Set(sku string, pieces int) error {
	i := c.line(sku)
	switch {
	case i < 0:
		return ErrNotFound
	case pieces == 0:
		c.Lines = slices.Delete(c.Lines, i, i+1)
	default:
		c.Lines[i].Quantity = pieces
	}
	return nil
}

// Remove takes products out of the cart.
func (c *Cart) Remove(skus []string) {
	c.Lines = slices.DeleteFunc(c.Lines, func(line CartLine) bool { return slices.Contains(skus, line.SKU) })
}

// Put makes sure that the cart holds so many pieces of each product, as far as there is
// room for the lines.
func (c *Cart) Put(lines []CartLine) {
	for _, line := range lines {
		if c.Set(line.SKU, line.Quantity) != nil && len(c.Lines) < MaxLines {
			c.Lines = append(c.Lines, line)
		}
	}
}

// TakeOut takes the goods of an order that was bought out of the cart it was placed
// from, once. What was added since stays. Until the order is bought its goods stay too,
// so that a buyer who returns from the checkout finds them.
func (c *Cart) TakeOut(o Order) {
	if c.TakenOut == o.Token || !o.EverPaid && o.Status != OrderAuthorized {
		return
	}
	c.TakenOut = o.Token
	for _, line := range o.Lines {
		if i := c.line(line.SKU); i >= 0 {
			c.Lines[i].Quantity -= line.Quantity
		}
	}
	c.Lines = slices.DeleteFunc(c.Lines, func(line CartLine) bool { return line.Quantity <= 0 })
}
