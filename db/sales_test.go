package db

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

// salesHistory makes orders of two weeks in any order, and knows what a recount has to find.
type salesHistory struct {
	t     *testing.T
	store *Store
	dice  *rand.Rand
	ids   []string
	rows  []checkout.ReportRow
}

// zoneOfSales is one whose days begin at a quarter to in UTC.
var zoneOfSales = time.FixedZone("Asia/Kathmandu", 5*3600+45*60)

// salesFrom and salesUntil enclose all that happens.
var salesFrom, salesUntil = time.Date(2026, 1, 1, 0, 0, 0, 0, zoneOfSales), time.Date(2026, 1, 15, 0, 0, 0, 0, zoneOfSales)

func (h *salesHistory) anyTime() time.Time {
	return salesFrom.Add(time.Duration(h.dice.Int64N(int64(salesUntil.Sub(salesFrom)))))
}

func (h *salesHistory) any(of ...string) string { return of[h.dice.IntN(len(of))] }

// step does one thing that a sum may depend on.
func (h *salesHistory) step() {
	switch kind := h.dice.IntN(6); {
	case kind == 0 || len(h.ids) == 0:
		o := newOrder(fmt.Sprint("o", len(h.ids)))
		o.CreatedAt = h.anyTime()
		placeOrder(h.t, h.store, o)
		h.ids = append(h.ids, o.ID)
	case kind == 1:
		h.reads()
	default:
		h.changes(h.ids[h.dice.IntN(len(h.ids))])
	}
}

// changes starts, declines, pays or refunds, as the order allows it.
func (h *salesHistory) changes(id string) {
	change(h.t, h.store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
		if len(o.Payments) == 0 || o.Payments[len(o.Payments)-1].Status == checkout.PaymentFailed {
			p := newPayment(fmt.Sprint("p", len(o.Payments), "-", o.ID))
			p.Method, p.CreatedAt = h.any("CARD", "GCASH"), h.anyTime()
			o.Status, o.Payments = checkout.OrderProcessing, append(o.Payments, p)
			return nil
		}
		p := &o.Payments[len(o.Payments)-1]
		switch {
		case p.Status == checkout.PaymentCreated && h.dice.IntN(2) == 0:
			p.Status, p.Active, p.ResultCode, p.NextPoll = checkout.PaymentFailed, false, h.any("A", "B"), time.Time{}
		case p.Status == checkout.PaymentCreated:
			p.Status, p.NextPoll, p.Duplicate = checkout.PaymentPaid, time.Time{}, h.dice.IntN(8) == 0
			o.Status, o.EverPaid, o.PaidAt = checkout.OrderPaid, true, h.anyTime()
		case p.Status == checkout.PaymentPaid && len(p.Operations) == 0:
			o.Status = checkout.OrderPartiallyRefunded
			p.Operations = []checkout.Operation{{
				Kind: checkout.Refund, RequestID: "r-" + o.ID, Amount: sgd(100), Status: checkout.OperationProcessing, CreatedAt: h.anyTime(),
			}}
		case p.Status == checkout.PaymentPaid:
			p.Operations[0].Status = checkout.OperationSuccess
		}
		return nil
	})
}

// reads is given rows of a settlement report about some payment or refund, or about a fee alone.
func (h *salesHistory) reads() {
	id := h.ids[h.dice.IntN(len(h.ids))]
	row := checkout.ReportRow{
		Kind: h.any(checkout.ReportSettlement, checkout.ReportTransactions), Key: fmt.Sprint("k", h.dice.IntN(40)), Type: "PAYMENT", Method: h.any("CARD", "GCASH"),
		At: h.anyTime(), OrderID: id, PaymentRequestID: "p0-" + id, Act: h.any("payment:p0-"+id, "capture:p0-"+id, "refund:p0-"+id+":r-"+id, ""),
		Amount: sgd(4200), NetCurrency: "USD", Charged: checkout.Fine(h.dice.IntN(3)),
	}
	if h.dice.IntN(4) == 0 {
		row.Amount, row.OrderID, row.PaymentRequestID, row.Act, row.Method = checkout.Money{}, "", "", "", ""
	}
	saveRows(h.t, h.store, row)
	h.rows = slices.DeleteFunc(h.rows, func(r checkout.ReportRow) bool { return r.Kind == row.Kind && r.Key == row.Key })
	h.rows = append(h.rows, row)
}

// recount counts anew from the orders and rows as they are now, with loops instead of SQL.
func (h *salesHistory) recount(zone *time.Location) (sums []checkout.SalesSum) {
	add := func(at time.Time, kind checkout.SalesKind, name string, money checkout.Money, charge checkout.Charge) {
		sums = append(sums, checkout.SalesSum{At: at, Kind: kind, Name: name, Count: 1, Money: money, Charge: charge})
	}
	reported := map[string]bool{}
	for _, r := range h.rows {
		if r.Kind != checkout.ReportSettlement || r.Charged == 0 && r.Act == "" {
			continue
		}
		reported[r.Act] = true
		add(r.At, checkout.SalesCharged, r.Method, checkout.Money{Currency: cmp.Or(r.Amount.Currency, r.NetCurrency)}, checkout.Charge{Charged: r.Charged, ChargedIn: r.NetCurrency})
	}
	for _, id := range h.ids {
		o, err := h.store.OrderByID(h.t.Context(), id)
		if err != nil {
			h.t.Fatal(err)
		}
		add(o.CreatedAt, checkout.SalesPlaced, "", checkout.Money{}, checkout.Charge{})
		if len(o.Payments) > 0 {
			add(o.CreatedAt, checkout.SalesStarted, "", checkout.Money{}, checkout.Charge{})
		}
		if o.EverPaid {
			add(o.CreatedAt, checkout.SalesPaid, "", checkout.Money{}, checkout.Charge{})
		}
		for _, p := range o.Payments {
			money := func(at time.Time, kind checkout.SalesKind, m checkout.Money, acts ...string) {
				add(at, kind, p.Method, m, checkout.Charge{})
				if slices.ContainsFunc(acts, func(act string) bool { return reported[act] }) {
					add(at, checkout.SalesReported, p.Method, checkout.Money{Currency: m.Currency}, checkout.Charge{})
				}
			}
			switch {
			case p.Status == checkout.PaymentFailed:
				add(o.CreatedAt, checkout.SalesDeclined, p.ResultCode, checkout.Money{}, checkout.Charge{})
			case p.Status == checkout.PaymentPaid && !p.Duplicate:
				money(o.PaidAt, checkout.SalesSold, o.Total, "payment:"+p.RequestID, "capture:"+p.RequestID)
				for _, op := range p.Operations {
					if op.Status == checkout.OperationSuccess {
						money(op.CreatedAt, checkout.SalesRefunded, op.Amount, "refund:"+p.RequestID+":"+op.RequestID)
					}
				}
			}
		}
	}
	return checkout.SumsByDay(sums, zone)
}

func (h *salesHistory) expect(zone *time.Location) {
	h.t.Helper()
	got, err := h.store.Sales(h.t.Context(), salesFrom.In(zone).AddDate(0, 0, -1), salesUntil.In(zone).AddDate(0, 0, 2))
	if err != nil {
		h.t.Fatal(err)
	}
	if diff := gocmp.Diff(sortedSums(h.recount(zone)), sortedSums(got)); diff != "" {
		h.t.Fatalf("after %d orders (-recount +got)\n%s", len(h.ids), diff)
	}
}

// sortedSums are the sums that count something, in one order.
func sortedSums(sums []checkout.SalesSum) (texts []string) {
	for _, s := range sums {
		if s.Count > 0 {
			texts = append(texts, fmt.Sprint(s.At.UTC(), s.Kind, " ", s.Name, " ", s.Money, s.Count, s.Charge))
		}
	}
	slices.Sort(texts)
	return texts
}

// Whatever happens, in whatever order, and whenever days are summed up: what reports show is what
// a recount finds. In the end almost all days are summed up, so the sums were indeed read.
func TestSumsOfSalesAreARecount(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := &salesHistory{t: t, store: openStore(t), dice: rand.New(rand.NewPCG(seed, 7))}
			for i := range 120 {
				h.step()
				switch h.dice.IntN(8) {
				case 0: // some days are over
					sumUpSales(t, h.store, salesFrom.AddDate(0, 0, h.dice.IntN(20)))
				case 1:
					h.expect(zoneOfSales)
				case 2:
					if i%5 == 0 { // the shop is in another zone
						sumUpSales(t, h.store, salesUntil.UTC())
						h.expect(time.UTC)
					}
				}
			}
			sumUpSales(t, h.store, salesUntil)
			h.expect(zoneOfSales)
			if days := storedDays(t, h.store); days < 12 {
				t.Errorf("%d days are summed up", days)
			}
		})
	}
}

func sumUpSales(t testing.TB, store *Store, now time.Time) {
	t.Helper()
	if err := store.SumUpSales(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

func storedDays(t testing.TB, store *Store) (days int) {
	t.Helper()
	if err := store.readers.QueryRow(`SELECT count(DISTINCT day) FROM sales_by_day`).Scan(&days); err != nil {
		t.Fatal(err)
	}
	return days
}

// Sums that were counted before an order or a report changed them are not stored after it.
func TestSumsThatAreOutdatedAreNotStored(t *testing.T) {
	for name, meanwhile := range map[string]func(*testing.T, *Store){
		"another run": func(t *testing.T, store *Store) {
			change(t, store, "o", bySweeper, func(o *checkout.Order) []checkout.Effect {
				o.Payments = append(o.Payments, newPayment("p"))
				return nil
			})
			sumUpSales(t, store, noon) // notes the change, and has no day to store
		},
		"a report": func(t *testing.T, store *Store) { saveRows(t, store, fullRow("k")) },
	} {
		t.Run(name, func(t *testing.T) {
			store := openStore(t)
			placeOrder(t, store, newOrder("o"))
			tomorrow := noon.AddDate(0, 0, 1)
			is, err := store.forgetChanged(t.Context(), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			meanwhile(t, store)
			if err := store.sumUp(t.Context(), is, []time.Time{checkout.ByDay.Start(noon)}); err != nil || storedDays(t, store) != 0 {
				t.Errorf("%d days are stored, %v", storedDays(t, store), err)
			}
			sumUpSales(t, store, tomorrow)
			if storedDays(t, store) != 1 {
				t.Error("the next run has stored nothing")
			}
		})
	}
}

// A day is counted from indexes of time: what is on other days costs nothing.
func TestADayIsCountedFromIndexes(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store := openStore(t)
	plan := planOf(t, store, moneyQuery, []any{noon.UnixMilli(), noon.Add(time.Hour).UnixMilli()})
	for _, index := range []string{"orders_by_time", "orders_paid", "operations_refunded", "report_rows_act", "report_rows_settled"} {
		if !strings.Contains(plan, index) {
			t.Errorf("it does not read %s", index)
		}
	}
	if scansTable(plan) || strings.Contains(plan, "SEARCH report_rows USING PRIMARY KEY") {
		t.Errorf("it reads a whole table: %s", plan)
	}
	changed := planOf(t, store, changedQuery(&store.dialect), []any{0})
	for _, step := range []string{"SEARCH transitions USING INTEGER PRIMARY KEY (rowid>?)", "SEARCH orders USING INDEX sqlite_autoindex_orders_1 (id=?)", "SEARCH operations USING PRIMARY KEY (payment_request_id=? AND kind=?)"} {
		if !strings.Contains(changed, step) {
			t.Errorf("what has changed is not found by %q: %s", step, changed)
		}
	}
}
