package checkout

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits that keep every total within the 16 digits that Antom accepts.
const (
	MaxPrice    = 1_000_000_000_000 // minor units of one piece
	MaxQuantity = 99                // pieces of one product in one order
	MaxLines    = 50                // different products in one order
)

// Product is one article with its price in the shop's currency.
type Product struct {
	SKU         string
	Name        string
	Description string
	Image       string // a file of static/, or ""
	Price       Money
	Stock       *int // pieces in stock that no other order has reserved; nil means unlimited
}

// Short reports whether fewer pieces are in stock than ordered.
func (p Product) Short(quantity int) bool { return p.Stock != nil && *p.Stock < quantity }

// ParseQuantity reads a number of pieces as a buyer types it: 1 to MaxQuantity,
// plain digits.
func ParseQuantity(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxQuantity || strconv.Itoa(n) != text {
		return 0, &Error{Code: CodeQuantityInvalid, Fields: map[string]string{"quantity": "error.quantity"}}
	}
	return n, nil
}

// Cleaned is the product with its texts cleaned.
func (p Product) Cleaned() Product {
	p.SKU, p.Image = strings.TrimSpace(p.SKU), strings.TrimSpace(p.Image)
	p.Name = CleanText(p.Name)
	p.Description = CleanText(p.Description)
	return p
}

// CheckProduct reports what is wrong with a product of a catalogue file.
func CheckProduct(p Product) error {
	var problems []error
	if p.SKU == "" || len(p.SKU) > 64 || !isToken(p.SKU) {
		problems = append(problems, fmt.Errorf("sku %q is not 1 to 64 letters, digits, '-', '_' or '.'", p.SKU))
	}
	if p.SKU == "." || p.SKU == ".." {
		problems = append(problems, fmt.Errorf("sku %q cannot be part of an address: browsers take it for a folder", p.SKU))
	}
	if p.Name == "" || len(p.Name) > 256 {
		problems = append(problems, fmt.Errorf("%s: name is missing or longer than 256 bytes", p.SKU))
	}
	if strings.ContainsFunc(p.Name, isControl) {
		problems = append(problems, fmt.Errorf("%s: name has a line break or another control character", p.SKU))
	}
	if p.Price.Minor < 1 || p.Price.Minor > MaxPrice {
		problems = append(problems, fmt.Errorf("%s: price is not 1 to %d minor units", p.SKU, int64(MaxPrice)))
	}
	if p.Stock != nil && *p.Stock < 0 {
		problems = append(problems, fmt.Errorf("%s: stock is negative", p.SKU))
	}
	if !p.Price.wholeRupiah() {
		problems = append(problems, fmt.Errorf("%s: an IDR price must end in 00", p.SKU))
	}
	return errors.Join(problems...)
}

// isToken reports whether text has only characters that are safe in addresses, file
// names and Antom's ids.
func isToken(text string) bool {
	for _, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return false
		}
	}
	return true
}
