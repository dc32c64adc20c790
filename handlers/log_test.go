package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/handlers"
)

// expectLine finds the one line about a request in the shop's log.
func (s *shop) expectLine(header http.Header, parts ...string) {
	s.t.Helper()
	id := header.Get("X-Request-Id")
	var lines []string
	for line := range strings.Lines(s.logged()) {
		if strings.Contains(line, "request="+id) {
			lines = append(lines, line)
		}
	}
	if id == "" || len(lines) != 1 {
		s.t.Fatalf("%d lines are about request %q: %q", len(lines), id, lines)
	}
	for _, part := range parts {
		if !strings.Contains(lines[0], part) {
			s.t.Errorf("the line lacks %q: %s", part, lines[0])
		}
	}
}

func TestARefusedNotificationIsAWarning(t *testing.T) {
	shop := newShop(t)
	unsigned := shop.notify(paymentResult, func(r *http.Request) { r.Header.Del("Signature") })
	shop.expectLine(unsigned.Header, "level=WARN", "route=/antom/notify", "status=401", "client=127.0.0.1", "error=")
	unreadable := shop.notify("{")
	shop.expectLine(unreadable.Header, "level=WARN", "status=400", "client=127.0.0.1", "error=")
	if text := read(t, unsigned) + read(t, unreadable); text != "" {
		t.Errorf("Antom is answered %q", text)
	}
}

// What the service writes for a request is found by the request's id.
func TestLinesOfPaymentsCarryTheRequest(t *testing.T) {
	shop := newShop(t)
	shop.newBuyer().pays()
	paid := regexp.MustCompile(`to=paid.* request=(\w+)`).FindStringSubmatch(shop.logged())
	if paid == nil {
		t.Fatalf("no line about the paid order has a request's id:\n%s", shop.logged())
	}
	if line := regexp.MustCompile(`msg=request .*request=` + paid[1]); !line.MatchString(shop.logged()) {
		t.Errorf("%s is no request's id:\n%s", paid[1], shop.logged())
	}
}

type full struct{}

func (full) Ready(context.Context) error { return errors.New("disk full") }

func TestAShopThatIsNotReadySaysWhyInTheLogOnly(t *testing.T) {
	shop := newShop(t)
	answer := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), "GET", shop.url+"/readyz", nil)
	handlers.New(shop.cfg, shop.services, shop.gateway, full{}).ServeHTTP(answer, request)
	if answer.Code != http.StatusServiceUnavailable || strings.Contains(answer.Body.String(), "full") {
		t.Errorf("answered %d %s", answer.Code, answer.Body)
	}
	shop.expectLine(answer.Header(), "level=ERROR", "route=/readyz", "status=503", `error="disk full"`)
}

// A capture, refund or cancel is in the log from the order for it on, with who ordered it.
func TestARefundIsFollowedThroughTheLogByItsID(t *testing.T) {
	shop := newShop(t)
	_, _, order := shop.paidBy("GCASH")
	op, err := shop.service.Refund(t.Context(), order, 100, by("one-dollar"))
	must(t, err)
	shop.quiet()
	var lines []string
	for line := range strings.Lines(shop.logged()) {
		if strings.Contains(line, "operation="+op.RequestID) {
			lines = append(lines, line)
		}
	}
	want := []string{`from="" to=pending cause=admin:one-dollar`, `from=pending to=`}
	for i, part := range want {
		if len(lines) < len(want) || !strings.Contains(lines[i], part) || !strings.Contains(lines[i], `level=INFO msg=refund order=`+order) || !strings.Contains(lines[i], `amount="SGD 100"`) {
			t.Fatalf("the refund is told as %q", lines)
		}
	}
}

// Any client may send forged notifications without end. The log stays readable, and
// tells how many there were.
func TestForgedNotificationsDoNotFillTheLog(t *testing.T) {
	meter := &tally{}
	shop := newShop(t, func(s *settings) { s.meter, s.trustedProxy, s.timeStands = meter, "127.0.0.0/8", true })
	forges := func(address string, times int) {
		forger := shop.newBuyer().from(address)
		for range times {
			forger.postJSON("/antom/notify", `{"notifyType":"PAYMENT_RESULT"}`).sees(http.StatusUnauthorized)
		}
	}
	lines := func() int { return strings.Count(shop.logged(), "route=/antom/notify") }
	forges("192.0.2.1", 500)
	if n := lines(); n != 10 {
		t.Errorf("500 forged notifications of one client are %d lines, want 10", n)
	}
	forges("192.0.2.2", 1)
	if n := lines(); n != 11 || !strings.Contains(shop.logged(), "client=192.0.2.2 unlogged=490") {
		t.Errorf("the first of another client is line %d", n)
	}
	for i := range 20 {
		forges(fmt.Sprintf("198.51.100.%d", i), 10)
	}
	if n := lines(); n != 100 {
		t.Errorf("%d lines in a minute, want 100", n)
	}
	shop.passes(time.Minute)
	forges("192.0.2.1", 1)
	if n := lines(); n != 101 {
		t.Errorf("%d lines after a minute, want one more", n)
	}
	if n := meter.counted("notification 401"); n != 702 {
		t.Errorf("%d are counted, want all", n)
	}
}
