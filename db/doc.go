// Package db is the store behind payments.Store and shop.Store, on SQLite: tables,
// migrations, and the SQL that changes orders. One writer commits waiting
// transactions together, so that many of them cost one fsync; readers work beside
// it.
//
// It decides nothing: package checkout decides what an order becomes. Times are
// stored as milliseconds since 1970, money as integer minor units.
//
//	store, err := db.Open(ctx, "data/checkout.db")
//	defer store.Close()
package db
