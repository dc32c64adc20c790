package checkout

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits that keep every total within the 16 digits that Antom accepts.
const (
	MaxPrice    = 1_000_000_000_000 // minor units of one piece
	MaxQuantity = 99                // pieces of one product in one order
	MaxLines    = 50                // different products in one order
	MaxPieces   = 1_000_000_000     // pieces of one product in stock, as a person types them
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

// SoldOut reports whether no piece is in stock.
func (p Product) SoldOut() bool { return p.Short(1) }

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

// productProblem is something that is wrong with a field of a product.
type productProblem struct {
	field string
	error
}

// CheckProduct reports what is wrong with a product of a catalogue file.
func CheckProduct(p Product) error {
	var problems []error
	for _, problem := range productProblems(p) {
		problems = append(problems, problem.error)
	}
	return errors.Join(problems...)
}

// WrongFields names the fields of a product that CheckProduct does not take: sku, name, price
// or stock.
func WrongFields(p Product) map[string]bool {
	wrong := map[string]bool{}
	for _, problem := range productProblems(p) {
		wrong[problem.field] = true
	}
	return wrong
}

func productProblems(p Product) (problems []productProblem) {
	add := func(field, format string, values ...any) {
		problems = append(problems, productProblem{field, fmt.Errorf(format, values...)})
	}
	if p.SKU == "" || len(p.SKU) > 64 || !isToken(p.SKU) {
		add("sku", "sku %q is not 1 to 64 letters, digits, '-', '_' or '.'", p.SKU)
	}
	if p.SKU == "." || p.SKU == ".." {
		add("sku", "sku %q cannot be part of an address: browsers take it for a folder", p.SKU)
	}
	if p.Name == "" || utf8.RuneCountInString(p.Name) > 256 {
		add("name", "%s: name is missing or longer than 256 characters", p.SKU)
	}
	if strings.ContainsFunc(p.Name, isControl) {
		add("name", "%s: name has a line break or another control character", p.SKU)
	}
	if p.Price.Minor < 1 || p.Price.Minor > MaxPrice {
		add("price", "%s: price is not 1 to %d minor units", p.SKU, int64(MaxPrice))
	}
	if p.Stock != nil && *p.Stock < 0 {
		add("stock", "%s: stock is negative", p.SKU)
	}
	if !p.Price.wholeRupiah() {
		add("price", "%s: an IDR price must end in 00", p.SKU)
	}
	return problems
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
