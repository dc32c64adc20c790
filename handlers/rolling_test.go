package handlers_test

import (
	"net/http"
	"testing"

	"antom-checkout/app"
	"antom-checkout/db"
	"antom-checkout/handlers"
)

// newer builds a program of the next version on the shop's database, whose server has expanded
// the tables.
func (s *shop) newer() *app.Program {
	s.t.Helper()
	ahead := db.Ahead(`ALTER TABLE orders ADD COLUMN later TEXT NOT NULL DEFAULT ''`, `CREATE TABLE later (id TEXT PRIMARY KEY)`)
	server, err := db.Open(s.t.Context(), s.database, ahead, db.Exclusively())
	must(s.t, err)
	must(s.t, server.Close())
	older := s.outside
	defer func() { s.outside = older }()
	s.outside.Database = []db.Option{ahead}
	return s.builds()
}

// isServedBy has a program answer what comes to the shop's address.
func (s *shop) isServedBy(p *app.Program) {
	handler := http.Handler(handlers.New(s.cfg, p.Services, p.Client, p.Store))
	s.answers.Store(&handler)
}

// Two versions work on one database, one after the other on SQLite and beside each other on
// PostgreSQL: a purchase begins at one and ends at the other.
func TestAPurchaseBeginsAtOneVersionAndEndsAtAnother(t *testing.T) {
	for name, postgres := range map[string]bool{"SQLite": false, "PostgreSQL": true} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, func(set *settings) { set.postgres = postgres })
			older := s.program
			ann, ben := s.newBuyer(), s.newBuyer()
			annPath := ann.orders()
			begun := ann.starts(annPath, "GCASH")

			newer := s.newer()
			s.isServedBy(newer)
			must(t, s.control.Pay(begun.PaymentRequestID))
			s.quiet()
			ann.expectStatus(annPath, "paid", "paid")
			benPath := ben.orders()
			begun = ben.starts(benPath, "GCASH")

			s.isServedBy(older)
			ann.expectStatus(annPath, "paid", "paid")
			must(t, s.control.Pay(begun.PaymentRequestID))
			s.quiet()
			ben.expectStatus(benPath, "paid", "paid")

			again := s.builds() // the older version starts on the tables of the newer one
			s.isServedBy(again)
			must(t, again.Store.Ready(t.Context()))
			cleo := s.newBuyer()
			order := cleo.orders()
			must(t, s.control.Pay(cleo.starts(order, "GCASH").PaymentRequestID))
			s.quiet()
			cleo.expectStatus(order, "paid", "paid")
			s.expectCount(3, "order", "status", "paid")
		})
	}
}
