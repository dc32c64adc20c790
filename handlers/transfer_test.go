package handlers_test

import (
	"net/http"
	"slices"
	"testing"

	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/db"
	"antom-checkout/db/postgres/pgtest"
	"antom-checkout/handlers"
)

// goesOnAt serves the shop by a program on another database.
func (s *shop) goesOnAt(database string) {
	s.t.Helper()
	s.database = database
	s.program = s.restartedWith(func(set *app.Settings) { set.Database = database })
	s.store, s.gateway, s.services, s.service = s.program.Store, s.program.Client, s.program.Services, s.program.Services.Payments
	handler := http.Handler(handlers.New(s.cfg, s.services, s.gateway, s.store))
	s.answers.Store(&handler)
}

// A shop is transferred in the middle of everything: of carts, payments, refunds, disputes and
// deliveries. On PostgreSQL each of them goes on, once.
func TestAShopThatIsTransferredGoesOn(t *testing.T) {
	if onServer {
		t.Skip("it begins on SQLite")
	}
	pgtest.Need(t)
	address := pgtest.NewDatabase(t, pgtest.Empty)
	s := newShop(t)
	p := s.newProgram()
	r := p.newReceiver()
	ann, annPath, paid := s.paidBy("GCASH")
	_, _, returned := s.paidBy("ALIPAY_CN")
	must(t, s.acts("refund", returned, by("returned")))
	_, _, disputed := s.paidBy("CARD")
	dispute := s.disputes(disputed, sandbox.DisputeAct{Amount: 1200, ReasonCode: "13.1"})
	dora := s.newBuyer()
	dora.saves()
	ben, cleo := s.newBuyer(), s.newBuyer()
	ben.post("/cart", "sku=MUG-01", "quantity=3").sees(http.StatusSeeOther)
	cleoPath := cleo.orders()
	begun := cleo.starts(cleoPath, "GCASH")
	finance := s.newPerson(operators.Finance)
	s.quiet()
	events := p.events(t)
	if len(events) < 9 {
		t.Fatalf("there are %d events", len(events))
	}

	done, err := db.Transfer(t.Context(), s.database, address)
	must(t, err)
	for _, table := range []string{"orders", "payments", "operations", "transitions", "notifications", "calls", "outbox", "events", "saved_cards", "api_keys", "people", "people_sessions", "carts", "webhook_endpoints"} {
		if !slices.ContainsFunc(done, func(d db.Transferred) bool { return d.Table == table && d.Rows > 0 }) {
			t.Errorf("no row of %s was transferred", table)
		}
	}
	s.goesOnAt(address)

	ann.expectStatus(annPath, "paid", "paid")
	ann.get(annPath).sees(http.StatusOK, "Ann Lee") // shown to the session of the order only
	ben.get("/cart").sees(http.StatusOK, `value="3"`)
	dora.card(dora.orders())
	finance.get("/dashboard/orders/"+disputed).sees(http.StatusOK, `data-dispute="`+dispute+`"`)
	s.expectReused(s.acts("refund", paid, by("returned")), "another refund", returned)

	must(t, s.control.Pay(begun.PaymentRequestID)) // its notification arrives at the new program
	s.quiet()
	cleo.expectStatus(cleoPath, "paid", "paid")
	must(t, s.acts("refund", paid, by("later")))
	s.quiet()
	if o, err := s.store.OrderByID(t.Context(), paid); err != nil || o.Status != checkout.OrderRefunded {
		t.Errorf("the order is %s, %v", o.Status, err)
	}

	for range 3 { // what waited is delivered once, also what was stored since
		r.takes()
	}
	var delivered []string
	for _, d := range r.got {
		delivered = append(delivered, d.event.ID)
	}
	all := p.events(t)
	slices.Sort(delivered)
	slices.Sort(all)
	if len(all) <= len(events) || !slices.Equal(delivered, all) {
		t.Errorf("delivered were\n%v, want\n%v", delivered, all)
	}
}

// events are the ids of all events.
func (p *program) events(t *testing.T) (ids []string) {
	t.Helper()
	reply := p.calls(http.MethodGet, "/events?limit=100", "")
	for _, e := range into[struct{ Data []struct{ ID string } }](t, reply).Data {
		ids = append(ids, e.ID)
	}
	if reply.status != http.StatusOK || len(ids) == 100 {
		t.Fatalf("the events are %d %.300s", reply.status, reply.body)
	}
	return ids
}
