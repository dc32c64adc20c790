package handlers_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"antom-checkout/db/dbtest"
	"antom-checkout/db/postgres/pgtest"
	"antom-checkout/handlers"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// onServer says that shops store in PostgreSQL: DATABASE=postgres go test ./handlers -run X.
var onServer = os.Getenv("DATABASE") == "postgres"

// TestJourneysOnPostgreSQL walks once more, on PostgreSQL: a purchase with its refunds, the
// last piece that many want, streams, events, the merchant API's keys, and at the dashboard a
// dispute, a report with its fees and the emails about the inbox.
func TestJourneysOnPostgreSQL(t *testing.T) {
	if onServer {
		t.Skip("they are walking")
	}
	if testing.Short() {
		t.Skip("they walk on SQLite")
	}
	dbtest.NewPostgres(t) // skips where there is none
	walks := []string{
		"TestPartialRefundsNeverExceedWhatWasPaid", "TestTheMerchantCapturesByHand", "TestAKeyIsOneAction", "TestFiftyBuyersForOneUnitGetOnePaidOrder",
		"TestAnOpenPageGets.*", "TestAPageThatComesBackAfterARestartMissesNothing", "TestAnOrderIsCancelledInEveryState",
		"TestADisputeIsAcceptedAtTheDashboard", "TestReportsShowFeesOnceTheyAreReconciled", "TestPeopleAreToldOfWhatWaits",
	}
	walk := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^("+strings.Join(walks, "|")+")$", "-test.v")
	walk.Env = append(os.Environ(), "DATABASE=postgres")
	out, err := walk.CombinedOutput()
	if err != nil {
		t.Errorf("on PostgreSQL (DATABASE=postgres go test ./handlers): %v\n%s", err, out)
	}
	if passed := strings.Count(string(out), "\n--- PASS"); passed < len(walks) {
		t.Errorf("%d walks passed, want %d or more\n%s", passed, len(walks), out)
	}
}

// A buyer orders and pays at one program; the page is open at another one, which is told at
// once.
func TestAPageOfOneProgramShowsWhatAnotherHasChanged(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.postgres = true })
	other := shop.builds()
	done := make(chan struct{})
	cfg := other.PagesConfig()
	cfg.Sandbox, cfg.Done = true, done
	server := httptest.NewServer(handlers.New(cfg, other.Services, other.Client, other.Store))
	t.Cleanup(func() { close(done); server.CloseClientConnections(); server.Close() })

	buyer := shop.newBuyer()
	path := buyer.orders()
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+path+"/events", nil)
	must(t, err)
	req.Host = strings.TrimPrefix(shop.url, "http://")
	stream, err := http.DefaultClient.Do(req)
	must(t, err)
	t.Cleanup(func() { stream.Body.Close() })
	page := &openPage{t, bufio.NewScanner(stream.Body)}
	page.gets("open")
	started := buyer.starts(path, "GCASH")
	page.gets("processing")
	begun := time.Now()
	must(t, shop.control.Pay(started.PaymentRequestID))
	page.endsAt("paid") // a start is two changes, and the page may have been told of both
	t.Logf("the other program's page has it %v after the buyer has paid", time.Since(begun))
	buyer.expectStatus(path, "paid", "paid")
	if o, err := other.Store.OrderByToken(t.Context(), strings.TrimPrefix(path, "/checkout/")); err != nil || o.Status != "paid" {
		t.Errorf("the other program reads %s, %v", o.Status, err)
	}
}
