package handlers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

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

// null is no value of a member, nor does it leave the member out, unless the specification lists
// it: every member of every body that the API takes is tried.
func TestNullIsRefusedWhereTheSpecificationLacksIt(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	doc, err := openapi3.NewLoader().LoadFromFile(specFile)
	must(t, err)
	refused, taken := 0, 0
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil {
				continue
			}
			nulls := nullsIn(op.RequestBody.Value.Content["application/json"].Schema.Value, "")
			for pointer, null := range nulls {
				body, err := json.Marshal(null.body)
				must(t, err)
				r := p.calls(method, strings.ReplaceAll(path, "{id}", "x"), string(body), "Idempotency-Key", hashOfRequest(method, path, string(body)))
				named := slices.ContainsFunc(into[problem](t, r).Errors, func(e struct{ Pointer, Code, Detail string }) bool {
					return e.Pointer == pointer && e.Code == "invalid" && strings.HasPrefix(e.Detail, "expected ")
				})
				switch {
				case null.allowed == named, !null.allowed && r.status != http.StatusUnprocessableEntity:
					t.Errorf("%s %s %s is answered %d %s", method, path, body, r.status, r.body)
				case null.allowed:
					taken++
				default:
					refused++
				}
			}
		}
	}
	if refused < 40 || taken != 2 {
		t.Errorf("null was refused at %d members and taken at %d: the walk has missed some", refused, taken)
	}
	found := p.expectProblem(p.calls(http.MethodPost, "/orders", `{"lines":null,"reference":null,"more":1}`), http.StatusUnprocessableEntity, "invalid")
	if len(found.Errors) != 3 {
		t.Errorf("of three wrong members there are named %+v", found.Errors)
	}
}

// nullAt is a body with one null, and whether the specification takes it.
type nullAt struct {
	body    any
	allowed bool
}

// nullsIn are bodies of a schema with null in the place of each member, by its pointer.
func nullsIn(s *openapi3.Schema, pointer string) map[string]nullAt {
	all := map[string]nullAt{pointer: {nil, s.Type.Includes("null")}}
	add := func(name string, of *openapi3.SchemaRef, around func(any) any) {
		for at, inside := range nullsIn(of.Value, pointer+"/"+name) {
			all[at] = nullAt{around(inside.body), inside.allowed}
		}
	}
	for name, of := range s.Properties {
		add(name, of, func(inside any) any { return map[string]any{name: inside} })
	}
	if of := s.AdditionalProperties.Schema; of != nil {
		add("any", of, func(inside any) any { return map[string]any{"any": inside} })
	}
	if s.Items != nil {
		add("0", s.Items, func(inside any) any { return []any{inside} })
	}
	return all
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
