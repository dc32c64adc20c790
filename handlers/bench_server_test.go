package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"

	"antom-checkout/antom"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
	"antom-checkout/db/dbtest"
)

// These measure the shop on a PostgreSQL server that the benchmark starts. Processor time is
// that of this process, and beside it that of the server's connections.

func ready(*antom.Client) gateway.Client { return readyGateway{} }

// BenchmarkServerOrder: an order is placed, its pay page shown, an attempt started, and Antom
// says that it is paid: four requests. The limit is one bare transaction that inserts the rows
// that are there then, over pgx and as it is, and four hellos.
func BenchmarkServerOrder(b *testing.B) {
	shop := newBenchShopOn(b, dbtest.NewPostgres(b), ready)
	shops := []*benchShop{shop}
	bare := dbtest.NewPostgres(b)
	limit := openBareOrders(b, bare, shop)
	backends, bareBackends := watchBackends(b, shop.database), watchBackends(b, bare)
	var figures medians
	for b.Loop() {
		least, leastServer := bareBackends.during(func() time.Duration {
			return fire(b, clients, slices.Repeat([]request{limit.order}, perRound)).cpu + fire(b, clients, slices.Repeat([]request{limit.hello}, 3*perRound)).cpu
		})
		ours, ourServer := backends.during(func() time.Duration { return wholeOrders(b, shops, perRound, &figures) })
		figures.add("cpu/bare-cpu", ours.Seconds()/least.Seconds())
		figures.add("server-cpu/bare-server-cpu", ourServer.Seconds()/leastServer.Seconds())
		figures.add("all-cpu/bare-all-cpu", (ours+ourServer).Seconds()/(least+leastServer).Seconds())
		figures.add("us", float64(ours.Microseconds())/perRound)
	}
	figures.report(b)
}

// BenchmarkServerShared: notifications come to three programs on one database, each to another
// one than the buyer's. The limit is one program that does it all.
func BenchmarkServerShared(b *testing.B) {
	var shops [2][]*benchShop
	var backends [2]*backends
	for i, n := range []int{1, 3} {
		database := dbtest.NewPostgres(b)
		for range n {
			shops[i] = append(shops[i], newBenchShopOn(b, database, ready))
		}
		backends[i] = watchBackends(b, database)
	}
	var figures medians
	for b.Loop() {
		var mine, all [2]time.Duration
		for i := range shops {
			final := notificationsTo(b, shops[i], startedAt(b, shops[i], 3*perRound))
			cpu, server := backends[i].during(func() time.Duration { return fire(b, clients, final).cpu })
			mine[i], all[i] = cpu, cpu+server
		}
		figures.add("three-cpu/one-cpu", mine[1].Seconds()/mine[0].Seconds())
		figures.add("three-all-cpu/one-all-cpu", all[1].Seconds()/all[0].Seconds())
		figures.add("us", float64(mine[1].Microseconds())/(3*perRound))
	}
	figures.report(b)
}

// startedAt starts n payments, spread over the shops.
func startedAt(b *testing.B, shops []*benchShop, n int) (all []started) {
	b.Helper()
	for _, shop := range shops {
		all = append(all, shop.payments(b, n/len(shops))...)
	}
	return all
}

// notificationsTo are those that the payments are paid, each to the shop after that at which it was
// started.
func notificationsTo(b *testing.B, shops []*benchShop, all []started) (final []request) {
	b.Helper()
	for i, p := range all {
		at := i * len(shops) / len(all)
		final = append(final, shops[(at+1)%len(shops)].paid(b, p.payment))
	}
	return final
}

// wholeOrders has n buyers come to the shops, and answers with the processor time of their
// requests.
func wholeOrders(b *testing.B, shops []*benchShop, n int, figures *medians) time.Duration {
	b.Helper()
	shop := shops[0]
	form := url.Values{
		"email": {"ann@example.com"}, "name": {"Ann Lee"}, "country": {"SG"}, "city": {"Singapore"},
		"address1": {"1 Raffles Place"}, "postal_code": {"048616"},
	}
	var orders, pages, starts, final []request
	for range n {
		form.Set("form_id", checkout.NewToken())
		orders = append(orders, request{"POST", shop.url + "/orders", map[string]string{
			"Content-Type": "application/x-www-form-urlencoded", "Cookie": shop.cookie,
		}, form.Encode()})
	}
	placed := fire(b, clients, orders).cpu
	ids := shop.openOrders(b, n)
	for _, o := range shop.read(b, ids) {
		pages = append(pages, request{Method: "GET", URL: shop.url + "/checkout/" + o.Token, Header: map[string]string{"Cookie": shop.cookie}})
		starts = append(starts, request{"POST", shop.url + "/checkout/" + o.Token + "/payments", map[string]string{
			"Content-Type": "application/json", "Accept": "application/json", "Cookie": shop.cookie,
		}, `{"method":"ALIPAY_CN"}`})
	}
	shown := fire(b, clients, pages).cpu
	begun := fire(b, clients, starts).cpu
	for _, o := range shop.read(b, ids) {
		final = append(final, shop.paid(b, o.Payments[0].RequestID))
	}
	told := fire(b, clients, final).cpu
	for name, cpu := range map[string]time.Duration{"order-us": placed, "page-us": shown, "start-us": begun, "notification-us": told} {
		figures.add(name, float64(cpu.Microseconds())/float64(n))
	}
	return placed + shown + begun + told
}

// openOrders are the orders of a round: they have no attempt yet.
func (s *benchShop) openOrders(b *testing.B, n int) (ids []string) {
	b.Helper()
	ctx := context.Background()
	conn := connect(b, s.database)
	rows, err := conn.Query(ctx, `SELECT id FROM orders WHERE status = 'open'`)
	noError(b, err)
	ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
	noError(b, err)
	if len(ids) != n {
		b.Fatalf("%d orders are open, want %d", len(ids), n)
	}
	return ids
}

func (s *benchShop) read(b *testing.B, ids []string) (orders []checkout.Order) {
	b.Helper()
	for _, id := range ids {
		o, err := s.services.Payments.OrderByID(context.Background(), id)
		noError(b, err)
		orders = append(orders, o)
	}
	return orders
}

func connect(b *testing.B, address string) *pgx.Conn {
	b.Helper()
	conn, err := pgx.Connect(context.Background(), address)
	noError(b, err)
	b.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// backends are the connections of a server to one database.
type backends struct {
	b        *testing.B
	conn     *pgx.Conn
	database string
}

func watchBackends(b *testing.B, database string) *backends {
	b.Helper()
	return &backends{b, connect(b, database), database}
}

// during measures the processor time of the connections while do measures that of this process.
func (s *backends) during(do func() time.Duration) (cpu, server time.Duration) {
	s.b.Helper()
	before := s.used()
	cpu = do()
	for pid, used := range s.used() {
		server += used - before[pid] // a new one has had none
	}
	return cpu, server
}

// used is what each connection has had so far.
func (s *backends) used() map[int]time.Duration {
	s.b.Helper()
	rows, err := s.conn.Query(context.Background(), `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	noError(s.b, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	noError(s.b, err)
	used := map[int]time.Duration{}
	for _, pid := range pids {
		var ns int64
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
		if err == nil {
			_, err = fmt.Sscan(string(text), &ns)
		}
		if err != nil {
			s.b.Skip("the processor time of PostgreSQL is read from /proc: ", err)
		}
		used[pid] = time.Duration(ns)
	}
	return used
}

// bareOrders is the limit: a program that inserts the rows of an order and says hello.
type bareOrders struct{ order, hello request }

// ordersTables are those that have a row of every order that was paid.
var ordersTables = []struct{ name, where string }{
	{"orders", "id = $1"}, {"order_lines", "order_id = $1"}, {"payments", "order_id = $1"}, {"transitions", "order_id = $1"},
	{"notifications", "payment_request_id = (SELECT request_id FROM payments WHERE order_id = $1)"},
	{"calls", "payment_request_id = (SELECT request_id FROM payments WHERE order_id = $1)"},
	{"outbox", "order_id = $1"}, {"events", "order_id = $1"},
}

// given are columns that the database fills; unique those that no two rows may share.
var (
	given  = []string{"transitions.seq", "transitions.place", "events.seq", "events.place", "outbox.id"}
	unique = []string{"orders.number", "orders.token_sha256", "orders.form_key", "payments.antom_id", "notifications.id", "calls.id", "events.id"}
)

// bareInsert inserts a row. In names, ids stand for what differs in each order.
type bareInsert struct {
	statement string
	values    []any
	differ    []int // places of values that no two rows may share
}

// openBareOrders copies the rows of an order that the shop has stored.
func openBareOrders(b *testing.B, database string, like *benchShop) bareOrders {
	b.Helper()
	var ignored medians
	wholeOrders(b, []*benchShop{like}, 1, &ignored)
	conn := connect(b, like.database)
	var order, payment string
	noError(b, conn.QueryRow(context.Background(), `SELECT order_id, request_id FROM payments`).Scan(&order, &payment))
	inserts := rowsOf(b, conn, order)
	pool := make(chan *pgx.Conn, 16)
	for range cap(pool) {
		pool <- connect(b, database)
	}
	e := echo.New()
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "hello") })
	e.POST("/", func(c echo.Context) error {
		conn := <-pool
		defer func() { pool <- conn }()
		if err := insertAll(c.Request().Context(), conn, inserts, order, payment); err != nil {
			return err
		}
		return c.String(http.StatusOK, "hello")
	})
	server := httptest.NewServer(e)
	b.Cleanup(server.Close)
	return bareOrders{request{Method: "POST", URL: server.URL}, request{Method: "GET", URL: server.URL}}
}

// rowsOf reads the rows of an order, each as the statement that inserts it.
func rowsOf(b *testing.B, conn *pgx.Conn, order string) (inserts []bareInsert) {
	b.Helper()
	for _, table := range ordersTables {
		rows, err := conn.Query(context.Background(), `SELECT * FROM `+table.name+` WHERE `+table.where, order)
		noError(b, err)
		for rows.Next() {
			values, err := rows.Values()
			noError(b, err)
			var in bareInsert
			var names, places []string
			for i, field := range rows.FieldDescriptions() {
				column := table.name + "." + field.Name
				if slices.Contains(given, column) {
					continue
				}
				if slices.Contains(unique, column) {
					in.differ = append(in.differ, len(in.values))
				}
				in.values = append(in.values, values[i])
				names, places = append(names, field.Name), append(places, fmt.Sprint("$", len(in.values)))
			}
			in.statement = `INSERT INTO ` + table.name + ` (` + strings.Join(names, ", ") + `) VALUES (` + strings.Join(places, ", ") + `)`
			inserts = append(inserts, in)
		}
		noError(b, rows.Err())
	}
	return inserts
}

// insertAll inserts the rows of another order, in one transaction.
func insertAll(ctx context.Context, conn *pgx.Conn, inserts []bareInsert, order, payment string) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	ids := strings.NewReplacer(order, newBenchID(), payment, newBenchID())
	for _, in := range inserts {
		values := slices.Clone(in.values)
		for i, value := range values {
			if text, is := value.(string); is && len(text) == len(order) {
				values[i] = ids.Replace(text)
			}
		}
		for _, i := range in.differ {
			values[i] = newBenchID()
		}
		if _, err := tx.Exec(ctx, in.statement, values...); err != nil {
			return errors.Join(err, tx.Rollback(ctx))
		}
	}
	return tx.Commit(ctx)
}
