package app

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"modernc.org/sqlite"

	"antom-checkout/checkout"
	"antom-checkout/db"
)

// The benchmark of 1,000,000 orders runs by hand only; what it fills and does is tried
// with a few orders here, so that a change of the tables is noticed.
func TestAFilledDatabaseIsOneOfTheShop(t *testing.T) {
	const n = 10
	file := filepath.Join(t.TempDir(), "filled.db")
	fill(t, file, n)
	f := open(t, file, n)
	noError(t, f.order())
	noError(t, f.notification())
	noError(t, f.read())
	for name, filter := range f.filters() {
		if found, err := f.newest(filter); err != nil || (found == 0) != (name == "waiting") {
			t.Errorf("the list by %s has %d orders, %v", name, found, err)
		}
	}
	for i := range n {
		o, err := f.store.OrderByToken(t.Context(), fmt.Sprintf("token-%d", i))
		if err != nil || o.Status != checkout.OrderPaid || len(o.Payments) != 1 || len(o.Lines) != 1 {
			t.Errorf("order %d is %+v, %v; want a paid one with a line and a payment", i, o, err)
		}
	}
}

func init() {
	sqlite.MustRegisterDeterministicScalarFunction("token_hash", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		sum := sha256.Sum256([]byte(args[0].(string)))
		return hex.EncodeToString(sum[:]), nil
	})
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// filled is a database with many orders.
type filled struct {
	store  *db.Store
	n      int
	recent []string // orders to be paid
}

func open(t testing.TB, file string, n int) *filled {
	t.Helper()
	store, err := db.Open(context.Background(), file)
	noError(t, err)
	t.Cleanup(func() { noError(t, store.Close()) })
	return &filled{store: store, n: n}
}

// order places an order and adds an attempt to pay it.
func (f *filled) order() error {
	now, id := time.Now(), newID()
	o := checkout.Order{
		ID: id, Number: id, Token: "t" + id, FormKey: "f" + id, Status: checkout.OrderOpen,
		Buyer: checkout.Buyer{Email: "ann@example.com", Name: "Ann Lee", Country: "SG", City: "Singapore", Address1: "1 Raffles Place", PostalCode: "048616"},
		Lines: []checkout.OrderLine{{SKU: "MUG-01", Name: "Enamel mug", Quantity: 2, Unit: checkout.Money{Minor: 2100, Currency: "SGD"}}},
		Total: checkout.Money{Minor: 4200, Currency: "SGD"}, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	if _, err := f.store.CreateOrder(context.Background(), o, checkout.Cause{Kind: checkout.ByShopper}); err != nil {
		return err
	}
	f.recent = append(f.recent, id)
	return f.update(id, checkout.Evidence{Cause: checkout.Cause{Kind: checkout.ByShopper}}, func(o *checkout.Order) {
		o.Status = checkout.OrderProcessing
		o.Payments = []checkout.Payment{{
			RequestID: "p" + id, Method: "ALIPAY_CN", Mode: checkout.ModeSDK, Status: checkout.PaymentProcessing, Active: true,
			Amount: o.Total, Body: []byte("{}"), CreatedAt: now, ExpiresAt: now.Add(time.Hour), NextPoll: now.Add(time.Hour),
		}}
	})
}

func (f *filled) update(id string, evidence checkout.Evidence, change func(*checkout.Order)) error {
	_, _, err := f.store.Update(context.Background(), id, evidence, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		o.Payments = slices.Clone(o.Payments)
		change(&o)
		return o, nil, nil
	})
	return err
}

// notification finds the payment of one of the last orders and pays it.
func (f *filled) notification() error {
	id := f.recent[len(f.recent)-1]
	f.recent = f.recent[:len(f.recent)-1]
	if _, _, err := f.store.FindPayment(context.Background(), checkout.Reference{RequestID: "p" + id}); err != nil {
		return err
	}
	n := checkout.Notification{
		ID: fmt.Sprintf("p%s.%032x", id, rand.Uint64()), Type: "PAYMENT_RESULT", PaymentRequestID: "p" + id, AntomID: "a" + id,
		BodySHA256: id, Body: make([]byte, 400), ReceivedAt: time.Now(), Applied: true,
	}
	evidence := checkout.Evidence{Cause: checkout.Cause{Kind: checkout.ByNotification, ID: n.ID}, Notification: &n}
	return f.update(id, evidence, func(o *checkout.Order) {
		o.Status, o.EverPaid = checkout.OrderPaid, true
		o.Payments[0].Status, o.Payments[0].AntomID, o.Payments[0].NextPoll = checkout.PaymentPaid, "a"+id, time.Time{}
	})
}

// read reads any order at all.
func (f *filled) read() error {
	_, err := f.store.OrderByToken(context.Background(), fmt.Sprintf("token-%d", rand.IntN(f.n)))
	return err
}

// filters are those of the merchant API, each with what is worst for it in a filled
// database: all orders are of one buyer, paid, and waiting for nothing.
func (f *filled) filters() map[string]checkout.OrderFilter {
	last := f.n - 1
	return map[string]checkout.OrderFilter{
		"nothing":          {},
		"status":           {Status: checkout.OrderPaid},
		"reference":        {Reference: fmt.Sprintf("R-%d", last/2)},
		"reference+status": {Reference: fmt.Sprintf("R-%d", last/2), Status: checkout.OrderPaid},
		"email":            {Email: "ann@example.com"},
		"email+status":     {Email: "ann@example.com", Status: checkout.OrderPaid},
		"number":           {Number: fmt.Sprintf("N-%d", last/2)},
		"created_from":     {CreatedFrom: f.filledAt(last / 2)},
		"created_to":       {CreatedTo: f.filledAt(last / 2)},
		"waiting":          {Waiting: true},
	}
}

// The year that the orders of a filled database were placed in, in milliseconds.
const filledFrom, filledFor = 1_700_000_000_000, 365 * 24 * 3_600_000

// filledAt is when fill says that an order was placed.
func (f *filled) filledAt(i int) time.Time {
	return time.UnixMilli(filledFrom + int64(i)*(filledFor/int64(f.n)))
}

// newest lists the newest 50 orders and says how many there are of them.
func (f *filled) newest(by checkout.OrderFilter) (int, error) {
	orders, err := f.store.Orders(context.Background(), by, checkout.Window{Limit: 50})
	return len(orders), err
}

var newID = checkout.NewIDs(time.Now).New

// fill makes a database of n paid orders of a year, as fast as SQL can. Four methods take
// turns. The first hundredth, and no later order, is of twice the usual amount.
func fill(t testing.TB, file string, n int) {
	t.Helper()
	store, err := db.Open(context.Background(), file)
	noError(t, err)
	noError(t, store.Seed(context.Background(), "SGD"))
	noError(t, store.Close())
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)")
	noError(t, err)
	pool.SetMaxOpenConns(1)
	for _, statement := range []string{
		`INSERT INTO orders (id, number, token_sha256, form_key, status, closed, review, review_payment, ever_paid, stock, version, currency, total,
			email, name, phone, country, region, city, address1, address2, postal_code, language, reference, created_at, expires_at, paid_at)
		SELECT printf('0190%08x-0000-7000-8000-000000000000', i), printf('N-%d', i), token_hash(printf('token-%d', i)), printf('form-%d', i),
		       'paid', '', '', '', 1, '', 3, 'SGD', total, 'ann@example.com', 'Ann Lee', '', 'SG', '', 'Singapore', '1 Raffles Place', '', '048616',
		       'en', printf('R-%d', i), at, at + 3600000, at
		  FROM n`,
		`INSERT INTO order_lines SELECT printf('0190%08x-0000-7000-8000-000000000000', i), 0, 'MUG-01', 'Enamel mug', '', total / 2100, 2100 FROM n`,
		`INSERT INTO payments (request_id, order_id, antom_id, method, mode, status, active, duplicate, currency, amount, result_code, body, action,
			created_at, expires_at, auth_ends, next_poll, polls, card)
		SELECT printf('0190%08x-0000-7000-8000-000000000001', i), printf('0190%08x-0000-7000-8000-000000000000', i), printf('antom-%d', i),
		       method, 'sdk', 'paid', 1, 0, 'SGD', total, 'SUCCESS', randomblob(300), '{"type":""}',
		       at, at + 3600000, NULL, NULL, 0, iif(method = 'CARD', printf('{"brand":"VISA","last4":"%04d"}', i % 10000), '')
		  FROM n`,
		`INSERT INTO transitions (subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at)
		SELECT 'order', printf('0190%08x-0000-7000-8000-000000000000', i), printf('0190%08x-0000-7000-8000-000000000001', i), '', 'processing', 'paid',
		       printf('notification:%d', i), at
		  FROM n`,
		`INSERT INTO notifications (id, type, payment_request_id, antom_id, body_sha256, body, received_at, applied)
		SELECT printf('0190%08x-0000-7000-8000-000000000001.%s', i, lower(hex(randomblob(16)))), 'PAYMENT_RESULT',
		       printf('0190%08x-0000-7000-8000-000000000001', i), printf('antom-%d', i), hex(randomblob(32)), randomblob(400), at, 1
		  FROM n`,
	} {
		// WITH stands before INSERT, so that one list of numbers serves all.
		_, err := pool.Exec(`
			WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ` + strconv.Itoa(n) + `),
			n AS (SELECT i, ` + strconv.FormatInt(filledFrom, 10) + ` + i * ` + strconv.FormatInt(filledFor/int64(n), 10) + ` AS at,
			             iif(i * 100 < ` + strconv.Itoa(n) + `, 8400, 4200) AS total,
			             CASE i % 4 WHEN 0 THEN 'ALIPAY_CN' WHEN 1 THEN 'CARD' WHEN 2 THEN 'GCASH' ELSE 'GRABPAY_SG' END AS method
			        FROM numbers) ` + statement)
		noError(t, err)
	}
	_, err = pool.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	noError(t, err)
	noError(t, pool.Close())
}
