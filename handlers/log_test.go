package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

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

func TestAShopThatCannotSignIsNotReady(t *testing.T) {
	shop := newShop(t)
	if got := shop.newBuyer().get("/readyz"); got.status != http.StatusOK {
		t.Errorf("with good keys it is answered %d", got.status)
	}
	cfg := shop.cfg
	cfg.CheckKeys = func() error { return errors.New("no key") }
	answer := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), "GET", shop.url+"/readyz", nil)
	handlers.New(cfg, shop.services, shop.gateway, shop.store).ServeHTTP(answer, request)
	if answer.Code != http.StatusServiceUnavailable || strings.Contains(answer.Body.String(), "no key") {
		t.Errorf("answered %d %s", answer.Code, answer.Body)
	}
	shop.expectLine(answer.Header(), "level=ERROR", "route=/readyz", "status=503", `error="no key"`)
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
