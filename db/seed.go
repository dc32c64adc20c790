package db

import (
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"antom-checkout/checkout"
)

//go:embed seed/catalog.json
var seedCatalog []byte

// perSGD is roughly what one Singapore dollar buys, in minor units. The seeded
// shop is for trying the program; its prices only have to look plausible.
var perSGD = map[checkout.Currency]int64{
	"AUD": 115, "BDT": 9200, "BHD": 290, "BRL": 420, "CAD": 105, "CHF": 62, "CLP": 720, "CNY": 550,
	"EUR": 68, "GBP": 58, "HKD": 600, "IDR": 1_250_000, "INR": 6500, "JPY": 115, "KRW": 1080,
	"KWD": 235, "MXN": 1450, "MYR": 330, "NZD": 130, "PEN": 280, "PHP": 4400, "PKR": 21_500,
	"PLN": 285, "SGD": 100, "THB": 2500, "TWD": 2400, "USD": 76, "VND": 20_000,
}

// Seed fills an empty shop with a few products, priced in currency; or prices
// them in another one. A shop that has any other product is left alone.
func (s *Store) Seed(ctx context.Context, currency checkout.Currency) error {
	var seeds []catalogEntry
	if err := json.Unmarshal(seedCatalog, &seeds); err != nil {
		return fmt.Errorf("seed catalogue: %w", err)
	}
	stocked, err := collect(ctx, s.reads, scanText, `SELECT sku FROM products`)
	if err != nil {
		return fmt.Errorf("seed catalogue: %w", err)
	}
	own := func(sku string) bool {
		return !slices.ContainsFunc(seeds, func(e catalogEntry) bool { return e.SKU == sku })
	}
	if priced, err := s.Products(ctx, currency); err != nil || len(priced) > 0 || slices.ContainsFunc(stocked, own) {
		return err
	}
	var products []checkout.Product
	for _, seed := range seeds {
		p := seed.product(currency)
		p.Price.Minor = seedPrice(seed.Price, currency)
		products = append(products, p)
	}
	return s.ImportProducts(ctx, products)
}

func seedPrice(cents int64, currency checkout.Currency) int64 {
	rate, known := perSGD[currency]
	if !known {
		rate = 1
		for range currency.Exponent() {
			rate *= 10
		}
	}
	minor := max(1, cents*rate/100)
	if currency == "IDR" {
		minor -= minor % 100_000 // whole thousands of rupiah
	}
	return minor
}

// catalogEntry is a product of a catalogue file; Price is in minor units.
type catalogEntry struct {
	SKU         string `json:"sku"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Image       string `json:"image"`
	Price       int64  `json:"price"`
	Stock       *int   `json:"stock"` // null or absent: enough
	problem     error  // of reading it
}

func (e catalogEntry) product(currency checkout.Currency) checkout.Product {
	return checkout.Product{
		SKU: e.SKU, Name: e.Name, Description: e.Description, Image: e.Image,
		Price: checkout.Money{Minor: e.Price, Currency: currency}, Stock: e.Stock,
	}.Cleaned()
}

// ReadCatalog reads products from JSON, or from CSV whose first line names the
// columns: sku, name, price in minor units of currency, and perhaps description,
// image, stock. It reports every wrong product at once and then returns none.
func ReadCatalog(r io.Reader, isCSV bool, currency checkout.Currency) ([]checkout.Product, error) {
	var entries []catalogEntry
	var err error
	if isCSV {
		entries, err = readCSV(r)
	} else {
		decoder := json.NewDecoder(r)
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&entries)
		if err == nil && decoder.More() {
			err = errors.New("there is something after the list")
		}
	}
	if err != nil {
		return nil, err
	}
	var products []checkout.Product
	var problems []error
	seen := map[string]bool{}
	for _, entry := range entries {
		p := entry.product(currency)
		problems = append(problems, entry.problem, checkout.CheckProduct(p))
		if seen[p.SKU] {
			problems = append(problems, fmt.Errorf("%s: listed twice", p.SKU))
		}
		seen[p.SKU] = true
		products = append(products, p)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return products, nil
}

func readCSV(r io.Reader) ([]catalogEntry, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("the file is empty")
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, name := range []string{"sku", "name", "price"} {
		if _, there := column[name]; !there {
			return nil, fmt.Errorf("there is no column %q", name)
		}
	}
	var entries []catalogEntry
	for n, row := range rows[1:] {
		cell := func(name string) string {
			if i, there := column[name]; there {
				return row[i]
			}
			return ""
		}
		entry := catalogEntry{SKU: cell("sku"), Name: cell("name"), Description: cell("description"), Image: cell("image")}
		if entry.Price, err = strconv.ParseInt(cell("price"), 10, 64); err != nil {
			entry.problem = fmt.Errorf("line %d: price is not an integer of minor units", n+2)
		}
		if text := cell("stock"); text != "" {
			stock, err := strconv.Atoi(text)
			if err != nil {
				entry.problem = errors.Join(entry.problem, fmt.Errorf("line %d: stock is not an integer", n+2))
			}
			entry.Stock = &stock
		}
		entries = append(entries, entry)
	}
	return entries, nil
}
