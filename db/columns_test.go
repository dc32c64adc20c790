package db

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

// unchanging are the fields that an update does not write, and why.
var unchanging = map[string]string{
	"Order.ID":              identity,
	"Order.Number":          "printed in what the buyer was sent",
	"Order.Token":           "in the address that the buyer was given",
	"Order.FormKey":         "the form is posted once",
	"Order.Lines":           "frozen when the order is placed",
	"Order.Total":           "frozen when the order is placed",
	"Order.CreatedAt":       "the past",
	"Order.ExpiresAt":       "shown to the buyer",
	"Order.Terms.Source":    "set when the order is placed",
	"Order.Terms.Reference": "set when the order is placed",
	"Order.Terms.Capture":   "set when the order is placed",
	"Order.Terms.Methods":   "set when the order is placed",
	"Order.Terms.Link":      "set when the order is placed",
	"Order.Fulfillable":     "not stored; known inside Store.Update only",
	"Order.LinkRefusal":     "not stored; known inside Store.Update only",
	"Order.Version":         "Store.Update counts it itself",
	"Order.Events":          "Store.Update counts them itself",

	"Payment.RequestID":     identity,
	"Payment.Mode":          "part of the request",
	"Payment.ManualCapture": "part of the request",
	"Payment.Amount":        "part of the request",
	"Payment.Choice":        "part of the request",
	"Payment.ThreeDS":       "part of the request",
	"Payment.Terminal":      "where it was begun",
	"Payment.CreatedAt":     "the past",

	"Operation.Kind":      identity,
	"Operation.RequestID": identity,
	"Operation.Amount":    "part of the request",
	"Operation.Key":       "the operator stays the same",
	"Operation.Reason":    "part of the request",
	"Operation.CreatedAt": "the past",
}

// identity is why a field cannot change alone: with another value it would be
// another row.
const identity = "names the row"

// otherValue are values that the table allows, where not every text will do.
var otherValue = map[string]string{
	"Order.Status":     string(checkout.OrderPaid),
	"Order.Closed":     string(checkout.OrderCancelled),
	"Order.Stock":      string(checkout.StockTaken),
	"Payment.Mode":     string(checkout.ModeSDK),
	"Payment.Status":   string(checkout.PaymentRefunded),
	"Operation.Status": string(checkout.OperationSuccess),
}

// fullChoice and fullCard have no empty field.
var (
	fullChoice = checkout.CardChoice{Saved: "card-1", Save: true, Charge: true, Authenticated: true, Region: checkout.RegionKorea, Consent: checkout.Consent{Version: "shop-1", Language: "de", Charges: "Monthly."}, Brand: "VISA", Installments: 3}
	fullTerms  = checkout.Terms{
		Source: checkout.SourceAPI, Reference: "R-1", Capture: checkout.CaptureManual, Methods: []string{"CARD"},
		SuccessURL: "https://shop.example/thanks", CancelURL: "https://shop.example/cart", Metadata: map[string]string{"table": "7"}, Link: "link-1",
	}
	fullCard = checkout.Card{
		Brand: "VISA", LastFour: "0768", Expiry: "12/39", Funding: "CREDIT", Country: "SG", Issuer: "EXAMPLE BANK", Region: "GLOBAL", AVS: "Y", CVV: "Y",
		ThreeDS: checkout.ThreeDS{
			Version: "2.2.0", ECI: "05", Challenged: "true", Offered: "true", Cancelled: "01", Reason: "09", Exemption: "lowValue", DSTransactionID: "c4e5",
		},
		NetworkTransactionID: "016153570198200", AuthorizationCode: "831000", RRN: "600512345678", ARN: "74987", RefusalCode: "05",
		RefusalReason: "Do not honor", AdviceCode: "24", Installments: 3,
	}
)

// fullOrder is an order without an empty field, but for what is not stored.
func fullOrder(id string) checkout.Order {
	const unstored = 500 * time.Microsecond // of a moment
	o := newOrder(id)
	o.CreatedAt, o.ExpiresAt = o.CreatedAt.Add(unstored), o.ExpiresAt.Add(unstored)
	o.Status, o.Closed, o.Review, o.ReviewPayment = checkout.OrderReview, checkout.OrderExpired, "another amount", "p1"
	o.EverPaid, o.Stock, o.ErasedAt, o.BuyerReference = true, checkout.StockReserved, noon, "buyer"
	o.PaidAt, o.Terms = noon.Add(time.Minute), fullTerms
	o.Reference = "R-" + id // another order may not have it
	p := newPayment("p-" + id)
	p.CreatedAt = p.CreatedAt.Add(unstored)
	p.AntomID, p.Status, p.Duplicate, p.ResolvedOffline, p.EmailOnFailure, p.Polls, p.Doubts = "antom-"+id, checkout.PaymentPaid, true, true, true, 3, 2
	p.ShopFault, p.ManualCapture = true, true
	p.ReconcileAt, p.DisputeAt = noon.Add(3*time.Hour), noon.Add(time.Hour)
	p.Choice, p.ThreeDS, p.Card, p.CardSaved = fullChoice, true, fullCard, true
	p.Disputes = []checkout.Dispute{{ID: "d1", Type: "CHARGEBACK", Step: "DISPUTE_JUDGED", Due: noon.Add(time.Hour), Result: "ACCEPT_BY_MERCHANT", Amount: checkout.Money{Minor: 900, Currency: "SGD"},
		Source: "VISA", ReasonCode: "10.4", Reason: "not recognised",
		Since: noon, Undefendable: true, AcceptReason: "MERCHANT_ACCEPT", AutoDefence: "LIABILITY_SHIFT"}}
	p.Terminal, p.ReturnURL, p.Incomplete = checkout.TerminalApp, "shop://paid", true
	p.Mode, p.Confirmed, p.ResultCode, p.AuthEndsAt = checkout.ModeAPI, sgd(4100), "SUCCESS", noon.Add(24*time.Hour)
	p.Action = checkout.Action{
		Type: checkout.ActionCode, SessionData: "session", URL: "https://pay.example.com", Method: "POST", Element: true,
		ApplinkURL: "https://wallet.example.com", SchemeURL: "wallet://pay", Parameters: `{"k":"v"}`,
		Codes: []checkout.Code{{Type: "QRCODE", Value: "00020101"}}, ExpiresAt: noon.Add(time.Hour),
	}
	p.Operations = []checkout.Operation{{
		Kind: checkout.Refund, RequestID: "r-" + id, AntomID: "antom-r-" + id, Amount: sgd(100), Status: checkout.OperationPending,
		ResultCode: "PENDING", Key: "admin:ann", Reason: "broken", Misses: 2, CreatedAt: noon.Add(unstored), SubmittedAt: noon.Add(time.Minute),
	}}
	o.Payments = []checkout.Payment{p}
	return o
}

// placeFull stores an order and its payment.
func placeFull(store *Store, o checkout.Order) error {
	payments := o.Payments
	o.Payments = nil
	if _, err := store.CreateOrder(context.Background(), o, checkout.Cause{Kind: checkout.ByShopper}); err != nil {
		return err
	}
	_, _, err := store.Update(context.Background(), o.ID, bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
		o.Payments = payments
		return nil
	}))
	return err
}

// fieldCase is one field of an order, its payment or its operation.
type fieldCase struct {
	name  string // e.g. Payment.Confirmed.Minor
	why   string // an update does not write it; "" if it does
	alter func(*checkout.Order)
}

// fieldCases are all fields that may change alone.
func fieldCases(t *testing.T) (all []fieldCase) {
	t.Helper()
	used := map[string]bool{}
	var walk func(name, why string, typ reflect.Type, of func(*checkout.Order) reflect.Value)
	walk = func(name, why string, typ reflect.Type, of func(*checkout.Order) reflect.Value) {
		if reason, listed := unchanging[name]; listed {
			why, used[name] = reason, true
		}
		switch {
		case typ.Kind() == reflect.Struct && typ != reflect.TypeFor[time.Time]():
			for i := range typ.NumField() {
				walk(name+"."+typ.Field(i).Name, why, typ.Field(i).Type, func(o *checkout.Order) reflect.Value { return of(o).Field(i) })
			}
		case name == "Order.Payments" || name == "Payment.Operations": // have fields of their own
		default:
			if why == identity {
				return
			}
			all = append(all, fieldCase{name, why, func(o *checkout.Order) { alterValue(t, name, of(o)) }})
			if typ == reflect.TypeFor[time.Time]() && why == "" && name != "Payment.ExpiresAt" { // a payment always has an end
				all = append(all, fieldCase{name + " ends", why, func(o *checkout.Order) { of(o).SetZero() }})
			}
		}
	}
	walk("Order", "", reflect.TypeFor[checkout.Order](), func(o *checkout.Order) reflect.Value { return reflect.ValueOf(o).Elem() })
	walk("Payment", "", reflect.TypeFor[checkout.Payment](), func(o *checkout.Order) reflect.Value { return reflect.ValueOf(&o.Payments[0]).Elem() })
	walk("Operation", "", reflect.TypeFor[checkout.Operation](), func(o *checkout.Order) reflect.Value { return reflect.ValueOf(&o.Payments[0].Operations[0]).Elem() })
	for name := range unchanging {
		if !used[name] {
			t.Errorf("%s is listed as unchanging, but there is no such field", name)
		}
	}
	return all
}

// alterValue gives a field another value.
func alterValue(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	switch value := v.Addr().Interface().(type) {
	case *time.Time:
		*value = value.Add(time.Hour + 1500*time.Microsecond) // the half millisecond is not stored
	case *[]byte:
		*value = nil // a body is dropped, and never another one
	case *checkout.Disputes:
		*value = append(slices.Clone(*value), checkout.Dispute{ID: "d2", Step: "DISPUTE_CREATED"})
	case *[]checkout.Code:
		*value = append(slices.Clone(*value), checkout.Code{Type: "BARCODE", Value: "123"})
	case *[]string:
		*value = append(slices.Clone(*value), "other")
	case *map[string]string:
		*value = map[string]string{"other": "value"}
	case *[]checkout.OrderLine:
		*value = slices.Clone((*value)[:1])
	default:
		switch v.Kind() {
		case reflect.String:
			other, limited := otherValue[name]
			if !limited {
				other = v.String() + "x"
			}
			v.SetString(other)
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		case reflect.Bool:
			v.SetBool(!v.Bool())
		default:
			t.Fatalf("%s is a %s: say here how it changes", name, v.Type())
		}
	}
}

// roundedTo is what a millisecond can hold of a moment.
var roundedTo = cmp.Transformer("milliseconds", func(t time.Time) time.Time { return t.Truncate(time.Millisecond).UTC() })

// problem changes one field of an order inside of Store.Update and says what is
// wrong afterwards with the cached or the stored order; "" if nothing is.
func problem(store *Store, id string, f fieldCase) string {
	want := fullOrder(id)
	if err := placeFull(store, want); err != nil {
		return "place: " + err.Error()
	}
	if f.why == "" {
		f.alter(&want)
	}
	_, _, err := store.Update(context.Background(), id, bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
		f.alter(o)
		return nil
	}))
	if err != nil {
		return "update: " + err.Error()
	}
	rows, err := store.sealer.load(context.Background(), store.reads, name{byID, id})
	if err != nil {
		return "read: " + err.Error()
	}
	remembered := store.cache.get(name{byID, id})
	if remembered == nil {
		return "the cache has forgotten the order"
	}
	if diff := cmp.Diff(rows, *remembered); diff != "" {
		return "(-rows +cache)\n" + diff
	}
	want.Version = 3
	if err := store.reads.QueryRowContext(context.Background(), `SELECT count(*) FROM events WHERE order_id = $1`, id).Scan(&want.Events); err != nil {
		return "count events: " + err.Error()
	}
	if diff := cmp.Diff(want, rows, roundedTo); diff != "" {
		return "(-want +rows)\n" + diff
	}
	return ""
}

func TestEveryFieldIsStoredAndRememberedWhenItChangesAlone(t *testing.T) {
	store := openStore(t)
	expectFilled(t, "Order", reflect.ValueOf(withVersion(fullOrder("order"))))
	for _, f := range fieldCases(t) {
		if p := problem(store, "order of "+f.name, f); p != "" {
			t.Errorf("%s (an update does not write it: %q): %s", f.name, f.why, p)
		}
	}
}

func withVersion(o checkout.Order) checkout.Order {
	o.Version, o.Events = 1, 1
	return o
}

func TestEveryColumnOfATableIsMapped(t *testing.T) {
	store := openStore(t)
	for name, mapped := range map[string][]string{
		"orders":            mappedColumns(&orderRows),
		"payments":          mappedColumns(&paymentRows),
		"operations":        mappedColumns(&operationRows),
		"saved_cards":       mappedColumns(&savedCardRows),
		"payment_links":     mappedColumns(&linkRows),
		"webhook_endpoints": mappedColumns(&endpointRows),

		"people":            mappedColumns(&memberRows),
		"people_sessions":   mappedColumns(&sessionRows),
		"people_links":      mappedColumns(&signInLinkRows),
		"people_challenges": mappedColumns(&challengeRows),
		"operators_log":     mappedColumns(&operatorsLogRows),

		"report_files": mappedColumns(&reportFileRows),
		"report_rows":  mappedColumns(&reportRowRows),
		"differences":  mappedColumns(&differenceRows),
	} {
		none, err := store.reads.QueryContext(t.Context(), `SELECT * FROM `+name+` LIMIT 0`)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := none.Columns()
		if err := errors.Join(err, none.Close()); err != nil {
			t.Fatal(err)
		}
		slices.Sort(columns)
		slices.Sort(mapped)
		if diff := cmp.Diff(columns, mapped); diff != "" {
			t.Errorf("the columns of %s (-table +mapping)\n%s", name, diff)
		}
	}
}

func mappedColumns[T any](m *mapping[T]) []string {
	return append(strings.Split(m.names, ", "), m.owner...)
}

// mutant is one mistake in what the program knows of a column.
type mutant struct {
	name  string
	make  func() (undo func())
	cases []fieldCase // the changes that the column is written for, and one that leaves it as it is
}

// mutants makes every column wrong in every way in which it could be left out. row
// finds in an order what a row of the table holds.
func mutants[T any](m *mapping[T], row func(*checkout.Order) *T, cases []fieldCase) (all []mutant) {
	for i := range m.columns {
		c := m.columns[i]
		leaves := func(f fieldCase) bool {
			was, is := fullOrder("order"), fullOrder("order")
			f.alter(&is)
			return c.same(row(&was), row(&is))
		}
		own := append(slices.DeleteFunc(slices.Clone(cases), leaves), cases[slices.IndexFunc(cases, leaves)])
		add := func(how string, change func(*column[T])) {
			all = append(all, mutant{m.table + "." + c.name + " " + how, func() func() {
				change(&m.columns[i])
				return func() { m.columns[i] = c }
			}, own})
		}
		add("is not read", func(c *column[T]) { c.dest = func(*T) any { return new(any) } })
		switch {
		case !c.fixed:
			add("is not written by an update", func(c *column[T]) { c.same = func(_, _ *T) bool { return true } })
			add("is not taken into the cache", func(c *column[T]) { c.take = func(_, _ *T) {} })
			add("is neither written nor taken", func(c *column[T]) { c.fixed = true })
		case !slices.Contains(m.key, c.name): // what names the row is the same before and after
			add("is written although it never changes", func(c *column[T]) { c.fixed = false })
		}
		if c.round != nil {
			add("is not rounded in the cache", func(c *column[T]) { c.round = nil })
		}
		all = append(all, mutant{m.table + "." + c.name + " is not in the list", func() func() {
			was := *m
			less := was
			less.columns = slices.Delete(slices.Clone(was.columns), i, i+1)
			*m = newMapping(less)
			return func() { *m = was }
		}, own})
	}
	return all
}

// The test above is itself tested: with any one column left out in one place, it
// fails.
func TestAColumnThatIsLeftOutIsNoticed(t *testing.T) {
	cases := fieldCases(t)
	all := slices.Concat(
		mutants(&orderRows, func(o *checkout.Order) *checkout.Order { return o }, cases),
		mutants(&paymentRows, func(o *checkout.Order) *checkout.Payment { return &o.Payments[0] }, cases),
		mutants(&operationRows, func(o *checkout.Order) *checkout.Operation { return &o.Payments[0].Operations[0] }, cases),
	)
	store := openStore(t)
	noticed := 0
	for i, m := range all {
		undo := m.make()
		found := slices.ContainsFunc(m.cases, func(f fieldCase) bool {
			return problem(store, fmt.Sprint("order ", i, " of ", f.name), f) != ""
		})
		undo()
		if found {
			noticed++
		} else {
			t.Errorf("%s, and no test would fail", m.name)
		}
	}
	t.Logf("%d of %d mutants were noticed", noticed, len(all))
}
