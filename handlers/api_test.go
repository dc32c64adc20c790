package handlers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/checkout"
)

// program is a system of the merchant's that has an API key.
type program struct {
	*shop
	key string
}

// newProgram makes a key with these scopes; none are all.
func (s *shop) newProgram(scopes ...checkout.Scope) *program {
	s.t.Helper()
	if len(scopes) == 0 {
		scopes = checkout.Scopes()
	}
	_, key, err := s.services.Merchant.CreateKey(s.t.Context(), "program", scopes)
	must(s.t, err)
	return &program{s, key}
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// calls sends a request to the API, and checks that the exchange is as the specification
// says. headers are pairs.
func (p *program) calls(method, path, body string, headers ...string) reply {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1"+path, strings.NewReader(body))
	must(p.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if p.key != "" {
		req.Header.Set("Authorization", "Bearer "+p.key)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	must(p.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(p.t, err)
	r := reply{res.StatusCode, res.Header, text}
	checksExchange(p.t, method, req.URL.RequestURI(), body, req.Header, r)
	return r
}

// into reads an answer as JSON.
func into[T any](t *testing.T, r reply) (value T) {
	t.Helper()
	if err := json.Unmarshal(r.body, &value); err != nil {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	return value
}

// problem is an error of the API as a program reads it.
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	RequestID                 string `json:"request_id"`
	Errors                    []struct{ Pointer, Code, Detail string }
}

// expectProblem checks that a reply is a problem with a status and a code.
func (p *program) expectProblem(r reply, status int, code string) problem {
	p.t.Helper()
	found := into[problem](p.t, r)
	if r.status != status || found.Status != status || found.Code != code || r.header.Get("Content-Type") != "application/problem+json" {
		p.t.Errorf("the answer is %d %s %s, want %d %s", r.status, r.header.Get("Content-Type"), r.body, status, code)
	}
	if id := r.header.Get("Request-Id"); id == "" || found.RequestID != id {
		p.t.Errorf("the problem names request %q, the header %q", found.RequestID, id)
	}
	return found
}

// A program reads an order by the id that the shop gave it.
func TestAProgramReadsAnOrder(t *testing.T) {
	s := newShop(t)
	path := s.placesOrder()
	o, err := s.store.OrderByToken(t.Context(), strings.TrimPrefix(path, "/checkout/"))
	must(t, err)
	r := s.newProgram(checkout.ScopeReadOrders).calls(http.MethodGet, "/orders/"+o.ID, "")
	got := into[struct {
		ID, Status  string
		Total       struct{ Amount int64 }
		CheckoutURL string `json:"checkout_url"`
	}](t, r)
	if r.status != http.StatusOK || got.ID != o.ID || got.Status != "open" || got.Total.Amount != o.Total.Minor || !strings.HasSuffix(got.CheckoutURL, path) {
		t.Errorf("the order is %d %s", r.status, r.body)
	}
}

// Nothing is open without a key of this mode that has the scope.
func TestTheAPINeedsAKey(t *testing.T) {
	s := newShop(t)
	for name, p := range map[string]*program{
		"none":      {s, ""},
		"unknown":   {s, checkout.NewAPIKeySecret(false)},
		"live mode": {s, checkout.NewAPIKeySecret(true)},
		"a word":    {s, "open sesame"},
	} {
		t.Run(name, func(t *testing.T) {
			r := p.calls(http.MethodGet, "/orders/x", "")
			p.expectProblem(r, http.StatusUnauthorized, "unauthorized")
			if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
				t.Error("the answer does not say how to authenticate")
			}
		})
	}
	p := s.newProgram(checkout.ScopeWriteLinks)
	p.expectProblem(p.calls(http.MethodGet, "/orders/x", ""), http.StatusForbidden, "forbidden")

	p = s.newProgram(checkout.ScopeReadOrders)
	p.expectProblem(p.calls(http.MethodGet, "/orders/x", ""), http.StatusNotFound, "not_found")
	p.expectProblem(p.calls(http.MethodGet, "/nothing", ""), http.StatusNotFound, "not_found")
	keys, err := s.services.Merchant.Keys(t.Context())
	must(t, err)
	_, err = s.services.Merchant.RevokeKey(t.Context(), keys[0].ID)
	must(t, err)
	p.expectProblem(p.calls(http.MethodGet, "/orders/x", ""), http.StatusUnauthorized, "unauthorized")
}
