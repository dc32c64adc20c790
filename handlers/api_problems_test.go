package handlers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/handlers"
)

// hashOfRequest is the hash under which the API claims a request.
func hashOfRequest(method, address, body string) string {
	sum := sha256.Sum256([]byte(method + " " + address + "\n" + body))
	return hex.EncodeToString(sum[:])
}

// restarts serves the same database by another process, as far as a test can have one.
func (s *shop) restarts() (url string) {
	s.t.Helper()
	program := s.builds()
	server := httptest.NewServer(handlers.New(s.cfg, program.Services, program.Client, program.Store))
	s.t.Cleanup(server.Close)
	return server.URL
}

// at is the program at another server.
func (p *program) at(url string) *program {
	there := *p.shop
	there.url = url
	return &program{&there, p.key}
}

// Each wrong member of a body is named, by a pointer that a program can follow.
func TestEachWrongMemberIsPointedAt(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	p := s.newProgram()
	for body, want := range map[string][]string{
		`{"amount":"100"}`:              {"/amount invalid"},
		`{"amount":0}`:                  {"/amount invalid"},
		`{"amount":-1}`:                 {"/amount invalid"},
		`{"amount":1.5}`:                {"/amount invalid"},
		`{"amount":1e30}`:               {"/amount invalid"},
		`{"Amount":100}`:                {"/Amount unknown_member"},
		`{"amount":0,"more":1}`:         {"/amount invalid", "/more unknown_member"},
		`{"a.b":1,"c/d":2,"e~f":3}`:     {"/a.b unknown_member", "/c~1d unknown_member", "/e~0f unknown_member"},
		`{"a[0]":1}`:                    {"/a[0] unknown_member"},
		`{"reason":7}`:                  {"/reason invalid"},
		`{"reason":"two\nlines"}`:       {"/reason invalid"},
		`{"reason":"4054695723100768"}`: {"/reason invalid"},
		`[]`:                            {" invalid"},
		`"refund"`:                      {" invalid"},
		`{"reason":"` + strings.Repeat("x", 257) + `"}`: {"/reason invalid"},
	} {
		found := p.expectProblem(p.calls(http.MethodPost, "/orders/"+order+"/refunds", body, "Idempotency-Key", hashOfRequest("", "", body)), http.StatusUnprocessableEntity, "invalid")
		var got []string
		for _, e := range found.Errors {
			got = append(got, e.Pointer+" "+e.Code)
			if e.Detail == "" || strings.Contains(e.Detail, "Go ") {
				t.Errorf("%s: the detail is %q", body, e.Detail)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s is refused at %q, want %q", body, got, want)
		}
	}
	if n := len(s.audit()["refund"]); n != 0 {
		t.Errorf("refused bodies have refunded %d times", n)
	}
}

// What is no request of this API at all has the problem of its kind.
func TestWhatIsNoRequestIsAProblem(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	for name, c := range map[string]struct {
		method, path, body, contentType string
		status                          int
		code                            string
	}{
		"torn JSON":       {"POST", "/orders/x/refunds", `{"amount":`, "", http.StatusBadRequest, "bad_request"},
		"two values":      {"POST", "/orders/x/refunds", `{} {}`, "", http.StatusBadRequest, "bad_request"},
		"a form":          {"POST", "/orders/x/refunds", `amount=1`, "application/x-www-form-urlencoded", http.StatusUnsupportedMediaType, "unsupported_media_type"},
		"a text":          {"POST", "/orders/x/refunds", `{}`, "text/plain", http.StatusUnsupportedMediaType, "unsupported_media_type"},
		"too large":       {"POST", "/orders/x/refunds", `{"reason":"` + strings.Repeat("x", 65536) + `"}`, "", http.StatusRequestEntityTooLarge, "body_too_large"},
		"another method":  {"DELETE", "/orders/x", "", "", http.StatusMethodNotAllowed, "method_not_allowed"},
		"another address": {"GET", "/nothing", "", "", http.StatusNotFound, "not_found"},
		"another order":   {"POST", "/orders/x/refunds", "", "", http.StatusNotFound, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{"Idempotency-Key", strings.ReplaceAll(name, " ", "-")}
			if c.contentType != "" {
				headers = append(headers, "Content-Type", c.contentType)
			}
			p.expectProblem(p.calls(c.method, c.path, c.body, headers...), c.status, c.code)
		})
	}
}

// Too many requests are refused with the time to wait, and a program's failure is in the
// log and not in the answer.
func TestLimitsAndFailuresAreProblems(t *testing.T) {
	s := newShop(t, func(set *settings) { set.rateLimits, set.timeStands = true, true })
	p := s.newProgram(checkout.ScopeReadOrders)
	for range 1001 {
		if r := p.calls(http.MethodGet, "/orders/x", ""); r.status == http.StatusTooManyRequests {
			p.expectProblem(r, http.StatusTooManyRequests, "too_many_requests")
			if r.header.Get("Retry-After") == "" {
				t.Error("the answer does not say how long to wait")
			}
			return
		}
	}
	t.Error("1,001 requests at once are all answered")
}
