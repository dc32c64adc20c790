package app

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"antom-checkout/db"
)

// measures reads /metrics, by the line without its value.
func (p *program) measures() map[string]string {
	p.t.Helper()
	_, _, text := p.send("GET", p.metrics+"/metrics", "", "")
	values := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if i := strings.LastIndexByte(lines.Text(), ' '); i > 0 && !strings.HasPrefix(lines.Text(), "#") {
			values[lines.Text()[:i]] = lines.Text()[i+1:]
		}
	}
	return values
}

// awaits waits until something is measured.
func (p *program) awaits(line, value string) {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if p.measures()[line] == value {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s is %q, want %q", line, p.measures()[line], value)
		}
	}
}

func TestWhatHappensIsMeasured(t *testing.T) {
	p := runProgram(t, nil)
	path := p.orders()
	token := strings.TrimPrefix(path, "/checkout/")
	status, _, text := p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"GCASH"}`)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil || status != http.StatusOK {
		t.Fatalf("the start is answered %d %s", status, text)
	}
	ctx, leave := context.WithCancel(t.Context())
	stream, err := http.NewRequestWithContext(ctx, "GET", p.shop+path+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	open, err := http.DefaultClient.Do(stream)
	if err != nil {
		t.Fatal(err)
	}
	p.awaits("checkout_event_streams", "1")
	if status, _, text := p.send("POST", p.sandbox+"/control/payments/"+started.PaymentRequestID+"/pay", "application/json", "{}"); status != http.StatusOK {
		t.Fatalf("the sandbox answers %d %s", status, text)
	}
	p.awaits(`checkout_payment_outcomes_total{method="GCASH",status="paid"}`, "1")
	p.awaits(`checkout_notifications_total{result="verified"}`, "1")
	leave()
	open.Body.Close()
	p.awaits("checkout_event_streams", "0")

	p.send("POST", p.shop+"/antom/notify", "application/json", `{}`)
	p.send("POST", p.shop+"/csp-reports", "application/csp-report", `{"csp-report":{"effective-directive":"img-src","blocked-uri":"https://evil.example/x"}}`)
	p.send("GET", p.shop+"/nothing/"+token, "", "")
	p.send("GET", p.shop+path+"/status/"+token, "", "")
	p.send("BREW", p.shop+path, "", "")
	for range 40 { // more than an order is for
		p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"NONE"}`)
	}
	m := p.measures()
	for line, want := range map[string]string{
		`checkout_http_requests_total{method="POST",route="/orders",status="303"}`:                   "1",
		`checkout_http_requests_total{method="POST",route="/checkout/:token/payments",status="200"}`: "1",
		`checkout_http_request_duration_seconds_count{route="/orders"}`:                              "1",
		`checkout_http_requests_total{method="GET",route="none",status="404"}`:                       "2",
		`checkout_payments_started_total{method="GCASH"}`:                                            "1",
		`checkout_gateway_calls_total{operation="createPaymentSession",result="S"}`:                  "1",
		`checkout_gateway_call_duration_seconds_count{operation="createPaymentSession"}`:             "1",
		`checkout_notifications_total{result="refused"}`:                                             "1",
		`checkout_csp_reports_total{directive="img-src",kind="violation",source="evil.example"}`:     "1",
		`checkout_outbox_rows{state="dead"}`:                                                         "0",
	} {
		if m[line] != want {
			t.Errorf("%s is %q, want %s", line, m[line], want)
		}
	}
	if m[`checkout_rate_limited_total{limit="payments"}`] == "" {
		t.Error("no request was refused")
	}
	if m["go_goroutines"] == "" || m[`checkout_outbox_rows{state="pending"}`] == "" || m["checkout_outbox_oldest_pending_seconds"] == "" {
		t.Error("the process or the outbox is not measured")
	}
	for line := range m {
		for _, secret := range []string{token, started.PaymentRequestID, "ann@example.com", "BREW", "/nothing", "127.0.0.1"} {
			if strings.Contains(line, secret) {
				t.Errorf("%s contains %q", line, secret)
			}
		}
		if strings.HasPrefix(line, `checkout_http_request_duration_seconds_count{route="/checkout/:token/events"`) {
			t.Error("an open page counts as a slow request")
		}
	}
}

func TestRefusedCardsAreMeasured(t *testing.T) {
	p := runProgram(t, nil)
	path := p.orders()
	start := func() (id string, status int) {
		status, _, text := p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"CARD"}`)
		var started struct {
			PaymentRequestID string `json:"payment_request_id"`
		}
		if err := json.Unmarshal([]byte(text), &started); err != nil {
			t.Fatalf("the start is answered %d %s", status, text)
		}
		return started.PaymentRequestID, status
	}
	for n := range 5 {
		id, _ := start()
		p.send("POST", p.sandbox+"/control/payments/"+id+"/decline", "application/json", "{}")
		p.awaits(`checkout_payment_outcomes_total{method="CARD",status="failed"}`, strconv.Itoa(n+1))
	}
	if _, status := start(); status != http.StatusTooManyRequests {
		t.Errorf("the sixth start is answered %d", status)
	}
	p.awaits(`checkout_cards_refused_total{declines_of="order"}`, "1")
}

func TestMetricsHaveTheirOwnListenerAndNoOther(t *testing.T) {
	p := runProgram(t, nil)
	if status, _, _ := p.send("GET", p.shop+"/metrics", "", ""); status != http.StatusNotFound {
		t.Errorf("the shop answers /metrics with %d", status)
	}
	for _, path := range []string{"/", "/cart", "/debug/pprof/"} {
		if status, _, _ := p.send("GET", p.metrics+path, "", ""); status != http.StatusNotFound {
			t.Errorf("the metrics' listener answers %s with %d", path, status)
		}
	}
}

func TestATakenMetricsAddressIsReportedAtOnce(t *testing.T) {
	p := runProgram(t, nil)
	env := environ{
		"ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0", "DATABASE_URL": filepath.Join(t.TempDir(), "shop.db"),
		"METRICS_ADDR": strings.TrimPrefix(p.metrics, "http://"),
	}
	if err := run(t.Context(), nil, env.get, io.Discard, io.Discard); err == nil {
		t.Fatal("a second program starts on the same address")
	}
}

// outboxOf is an outbox that stands still.
type outboxOf db.Outbox

func (o outboxOf) Outbox(context.Context) (db.Outbox, error) { return db.Outbox(o), nil }

func (o outboxOf) Waiting(context.Context, time.Time) (db.Waiting, error) {
	return db.Waiting{Reviews: 1, CapturesDue: 2, CapturesFailed: 3, DeadEmails: o.Dead, Strays: 4}, nil
}

func TestAnOldEffectIsSeen(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	for _, row := range []struct {
		outbox db.Outbox
		age    float64
	}{
		{db.Outbox{Pending: 2, Sent: 5, Dead: 1, Oldest: now.Add(-90 * time.Second)}, 90},
		{db.Outbox{Sent: 5}, 0},
		{db.Outbox{Pending: 1, Oldest: now.Add(time.Second)}, 0}, // another machine's clock
	} {
		m := newMetrics()
		m.watchOutbox(outboxOf(row.outbox), func() time.Time { return now })
		families, err := m.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]float64{}
		for _, family := range families {
			for _, metric := range family.GetMetric() {
				name := family.GetName()
				for _, label := range metric.GetLabel() {
					name += " " + label.GetValue()
				}
				found[name] = metric.GetGauge().GetValue()
			}
		}
		if found["checkout_outbox_oldest_pending_seconds"] != row.age || found["checkout_outbox_rows sent"] != float64(row.outbox.Sent) || found["checkout_outbox_rows dead"] != float64(row.outbox.Dead) {
			t.Errorf("%+v is measured as %v", row.outbox, found)
		}
		for what, want := range map[string]float64{"review": 1, "capture_due": 2, "capture_failed": 3, "dead_email": float64(row.outbox.Dead), "stray_notification": 4} {
			if found["checkout_waiting "+what] != want {
				t.Errorf("%s is measured as %v, want %v", what, found["checkout_waiting "+what], want)
			}
		}
	}
}

// Refusals that a person at the shop has to mend are counted apart from declines.
func TestFaultsOfTheShopAreCountedApart(t *testing.T) {
	p := runProgram(t, nil)
	p.send("POST", p.sandbox+"/control/faults", "application/json", `{"kind":"refuse","on":"createPaymentSession","code":"INVALID_CONTRACT","times":1}`)
	_, _, text := p.send("POST", p.shop+p.orders()+"/payments", "application/json", `{"method":"GCASH"}`)
	if !strings.Contains(text, "on our side") {
		t.Errorf("the buyer reads %s", text)
	}
	m := p.measures()
	for line, want := range map[string]string{
		`checkout_shop_faults_total{code="INVALID_CONTRACT",operation="createPaymentSession"}`: "1",
		`checkout_payment_outcomes_total{method="GCASH",status="shop_fault"}`:                  "1",
		`checkout_payment_outcomes_total{method="GCASH",status="failed"}`:                      "",
	} {
		if m[line] != want {
			t.Errorf("%s is %q, want %q", line, m[line], want)
		}
	}
}
