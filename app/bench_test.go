//go:build bench

package app

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/db"
)

// These need some minutes and two gigabytes of disk, so they stand behind a tag; how
// to run them, and what they found, stands in BENCH.md.

const many, few = 1_000_000, 1000

// BenchmarkMemory: the resident memory of the program with its sandbox, after
// the start and while 64 buyers fill carts, order and start to pay (target 8).
func BenchmarkMemory(b *testing.B) {
	binary := build(b)
	var idle, busy []float64
	for b.Loop() {
		shop := start(b, binary, filepath.Join(b.TempDir(), "checkout.db"))
		shop.get(b, "/")
		time.Sleep(2 * time.Second)
		idle = append(idle, shop.resident(b))
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() { shop.buy(b, 5*time.Second) })
		}
		peak := 0.0
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			peak = max(peak, shop.resident(b))
		}
		all.Wait()
		busy = append(busy, peak)
		shop.stop(b)
	}
	b.ReportMetric(median(idle), "idle-MB")
	b.ReportMetric(median(busy), "busy-MB")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkManyOrders: from exec to the first answer with 1,000,000 orders on
// disk (target 9), and the p99 of single steps compared to that with 1,000 (target
// 10), where the two databases take turns call by call.
func BenchmarkManyOrders(b *testing.B) {
	folder := b.TempDir()
	small, large := filepath.Join(folder, "few.db"), filepath.Join(folder, "many.db")
	fill(b, small, few)
	fill(b, large, many)
	b.Run("start", func(b *testing.B) {
		binary := build(b)
		start(b, binary, large).stop(b) // makes the keys
		var took []float64
		for b.Loop() {
			for range 5 {
				begun := time.Now()
				shop := start(b, binary, large)
				shop.get(b, "/healthz")
				took = append(took, float64(time.Since(begun))/float64(time.Millisecond))
				shop.stop(b)
			}
		}
		b.ReportMetric(median(took), "start-ms")
		b.ReportMetric(0, "ns/op")
	})
	both := []*filled{open(b, small, few), open(b, large, many)}
	for _, step := range []struct {
		name string
		do   func(*filled) error
	}{
		{"order", (*filled).order}, {"notification", (*filled).notification}, {"read", (*filled).read},
	} {
		b.Run(step.name, func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				var waits [2][]time.Duration
				for range 2000 {
					for i, shop := range both {
						begun := time.Now()
						noError(b, step.do(shop))
						waits[i] = append(waits[i], time.Since(begun))
					}
				}
				ratios = append(ratios, p99(waits[1])/p99(waits[0]))
			}
			b.ReportMetric(median(ratios), "p99/p99")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// filled is a database with many orders.
type filled struct {
	store  *db.Store
	n      int
	recent []string // orders to be paid
}

func open(b *testing.B, file string, n int) *filled {
	b.Helper()
	store, err := db.Open(context.Background(), file)
	noError(b, err)
	b.Cleanup(func() { noError(b, store.Close()) })
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

var newID = checkout.NewIDs(time.Now).New

// fill makes a database of n paid orders of the past, as fast as SQL can.
func fill(b *testing.B, file string, n int) {
	b.Helper()
	store, err := db.Open(context.Background(), file)
	noError(b, err)
	noError(b, store.Seed(context.Background(), "SGD"))
	noError(b, store.Close())
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)")
	noError(b, err)
	pool.SetMaxOpenConns(1)
	for _, statement := range []string{
		`INSERT INTO orders (id, number, token, form_key, status, closed, review, review_payment, ever_paid, stock, version, currency, total,
			email, name, phone, country, region, city, address1, address2, postal_code, language, created_at, expires_at)
		SELECT printf('0190%08x-0000-7000-8000-000000000000', i), printf('N-%d', i), printf('token-%d', i), printf('form-%d', i),
		       'paid', '', '', '', 1, '', 3, 'SGD', 4200, 'ann@example.com', 'Ann Lee', '', 'SG', '', 'Singapore', '1 Raffles Place', '', '048616',
		       'en', 1700000000000 + i, 1700003600000 + i
		  FROM n`,
		`INSERT INTO order_lines SELECT printf('0190%08x-0000-7000-8000-000000000000', i), 0, 'MUG-01', 'Enamel mug', '', 2, 2100 FROM n`,
		`INSERT INTO payments (request_id, order_id, antom_id, method, mode, status, active, duplicate, currency, amount, result_code, body, action,
			created_at, expires_at, auth_ends, next_poll, polls)
		SELECT printf('0190%08x-0000-7000-8000-000000000001', i), printf('0190%08x-0000-7000-8000-000000000000', i), printf('antom-%d', i),
		       'ALIPAY_CN', 'sdk', 'paid', 1, 0, 'SGD', 4200, 'SUCCESS', randomblob(300), '{"type":""}',
		       1700000000000 + i, 1700003600000 + i, NULL, NULL, 0
		  FROM n`,
		`INSERT INTO transitions (subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at)
		SELECT 'order', printf('0190%08x-0000-7000-8000-000000000000', i), printf('0190%08x-0000-7000-8000-000000000001', i), '', 'processing', 'paid',
		       printf('notification:%d', i), 1700000000000 + i
		  FROM n`,
		`INSERT INTO notifications
		SELECT printf('0190%08x-0000-7000-8000-000000000001.%s', i, lower(hex(randomblob(16)))), 'PAYMENT_RESULT',
		       printf('0190%08x-0000-7000-8000-000000000001', i), printf('antom-%d', i), hex(randomblob(32)), randomblob(400), 1700000000000 + i, 1
		  FROM n`,
	} {
		// WITH stands before INSERT, so that one list of numbers serves all.
		_, err := pool.Exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ` + strconv.Itoa(n) + `) ` + statement)
		noError(b, err)
	}
	_, err = pool.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	noError(b, err)
	noError(b, pool.Close())
}

// running is the program as an operator runs it.
type running struct {
	url     string
	process *exec.Cmd
}

func build(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "antom-checkout")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", binary, "antom-checkout").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

func start(b *testing.B, binary, file string) *running {
	b.Helper()
	r := &running{process: exec.Command(binary, "serve")}
	r.process.Env = []string{"ADDR=127.0.0.1:0", "SANDBOX_ADDR=127.0.0.1:0", "DATABASE_URL=" + file, "RATE_LIMITS=off"}
	stdout, err := r.process.StdoutPipe()
	noError(b, err)
	noError(b, r.process.Start())
	for lines := bufio.NewScanner(stdout); r.url == "" && lines.Scan(); {
		if at, found := strings.CutPrefix(lines.Text(), "The shop is at"); found {
			r.url = strings.TrimSpace(at)
		}
	}
	if r.url == "" {
		b.Fatal("the shop did not say where it is")
	}
	go io.Copy(io.Discard, stdout) //nolint:errcheck // nothing reads the rest
	return r
}

func (r *running) stop(b *testing.B) {
	b.Helper()
	noError(b, r.process.Process.Signal(syscall.SIGTERM))
	noError(b, r.process.Wait())
}

func (r *running) get(b *testing.B, path string) {
	b.Helper()
	res, err := http.Get(r.url + path)
	noError(b, err)
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s answers %s: %v", path, res.Status, err)
	}
}

// resident is the process's resident memory in megabytes.
func (r *running) resident(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.process.Process.Pid))
	if err != nil {
		b.Skip("resident memory is read from /proc")
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); fields[0] == "VmRSS:" {
			kilobytes, err := strconv.Atoi(fields[1])
			noError(b, err)
			return float64(kilobytes) / 1000
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

var formID = regexp.MustCompile(`name="form_id" value="([^"]+)"`)

// buy fills a cart, orders, and starts to pay, over and over.
func (r *running) buy(b *testing.B, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end) && !b.Failed(); {
		jar, _ := cookiejar.New(nil) // never fails without options
		client := &http.Client{Jar: jar}
		post := func(path string, form url.Values) *http.Response {
			res, err := client.PostForm(r.url+path, form)
			if err != nil {
				b.Error(err)
				return nil
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != http.StatusOK {
				b.Errorf("%s answers %s, %v", path, res.Status, err)
				return nil
			}
			if found := formID.FindSubmatch(body); found != nil {
				form.Set("form_id", string(found[1]))
			}
			return res
		}
		form := url.Values{"sku": {"MUG-01"}, "quantity": {"1"}}
		if post("/cart", form) == nil {
			return
		}
		res := post("/orders", url.Values{
			"form_id": form["form_id"], "email": {"ann@example.com"}, "name": {"Ann Lee"}, "country": {"SG"},
			"city": {"Singapore"}, "address1": {"1 Raffles Place"}, "postal_code": {"048616"},
		})
		if res == nil || post(res.Request.URL.Path+"/payments", url.Values{"method": {"ALIPAY_CN"}}) == nil {
			return
		}
	}
}

func noError(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func median(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

func p99(waits []time.Duration) float64 {
	return float64(slices.Sorted(slices.Values(waits))[len(waits)*99/100])
}
