package db

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

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
