package handlers_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

var update = flag.Bool("update", false, "write docs/openapi.json anew")

const specFile = "../docs/openapi.json"

// The specification that is checked in is the one that the program serves, without a key.
func TestTheSpecificationIsCheckedIn(t *testing.T) {
	s := newShop(t)
	res, err := http.Get(s.url + "/api/v1/openapi.json")
	must(t, err)
	defer res.Body.Close()
	served, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("the specification is answered %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	if *update {
		must(t, os.WriteFile(specFile, served, 0o600))
	}
	stored, err := os.ReadFile(specFile)
	must(t, err)
	if !bytes.Equal(stored, served) {
		t.Error("docs/openapi.json is behind: go test ./handlers -run TheSpecification -update")
	}
}

// specification finds the operation of a request in docs/openapi.json.
var specification = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(specFile)
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc, openapi3.IsOpenAPI31OrLater())
})

// exchangeProblem says how a request and its answer differ from the specification. What the
// program accepts has to be a valid request; what it refuses is checked as an answer.
func exchangeProblem(ctx context.Context, method, address, body string, header http.Header, r reply) error {
	spec, err := specification()
	if err != nil {
		return err
	}
	_, path, _ := strings.Cut(address, "/api/v1")
	req, err := http.NewRequestWithContext(ctx, method, "/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = header.Clone()
	route, params, err := spec.FindRoute(req)
	if err != nil {
		if r.status != http.StatusNotFound && r.status != http.StatusMethodNotAllowed {
			return fmt.Errorf("%s %s is answered %d, and is not in the specification: %w", method, path, r.status, err)
		}
		return nil
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	if r.status < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(ctx, input); err != nil {
			return fmt.Errorf("%s %s %s was accepted, and the specification refuses it: %w", method, path, body, err)
		}
	}
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: r.status, Header: r.header, Options: options}
	answer.SetBodyBytes(r.body)
	if err := openapi3filter.ValidateResponse(ctx, answer); err != nil {
		return fmt.Errorf("the answer %d to %s %s is not as the specification says: %w\n%s", r.status, method, path, err, r.body)
	}
	return nil
}

// checksExchange fails unless a request and its answer are as the specification says.
func checksExchange(t *testing.T, method, address, body string, header http.Header, r reply) {
	t.Helper()
	if err := exchangeProblem(t.Context(), method, address, body, header, r); err != nil {
		t.Error(err)
	}
}

// A specification that is not true is noticed.
func TestAnUntrueSpecificationIsNoticed(t *testing.T) {
	asJSON, asProblem := http.Header{"Content-Type": {"application/json"}}, http.Header{"Content-Type": {"application/problem+json"}}
	withKey := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"k"}}
	list := reply{http.StatusOK, asJSON, []byte(`{"data":[],"next":null}`)}
	refused := func(code string) reply {
		return reply{http.StatusConflict, asProblem, []byte(`{"type":"x","title":"x","status":409,"detail":"x","code":"` + code + `","request_id":"x"}`)}
	}
	for _, c := range []struct {
		name, method, path, body string
		header                   http.Header
		answer                   reply
		problem                  string
	}{
		{"all as it is", "GET", "/orders", "", nil, list, ""},
		{"a listed code", "POST", "/orders/x/refunds", `{"amount":1}`, withKey, refused("nothing_to_refund"), ""},
		{"an unknown address", "GET", "/secrets", "", nil, reply{http.StatusNotFound, asProblem, nil}, ""},
		{"an answer of another form", "GET", "/orders", "", nil, reply{http.StatusOK, asJSON, []byte(`{"data":[{}],"next":null}`)}, "not as the specification says"},
		{"an answer of another type", "GET", "/orders", "", nil, reply{http.StatusOK, http.Header{"Content-Type": {"text/html"}}, []byte(`{}`)}, "not as the specification says"},
		{"an unlisted code", "POST", "/orders/x/refunds", `{"amount":1}`, withKey, refused("new"), "not as the specification says"},
		{"an accepted request that is invalid", "POST", "/orders/x/refunds", `{"amount":0}`, withKey, list, "the specification refuses it"},
		{"an accepted request without a key", "POST", "/orders/x/refunds", `{"amount":1}`, asJSON, list, "the specification refuses it"},
		{"an operation that it lacks", "GET", "/secrets", "", nil, list, "is not in the specification"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := exchangeProblem(t.Context(), c.method, "/api/v1"+c.path, c.body, c.header, c.answer)
			if (err == nil) != (c.problem == "") || err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Errorf("the problem is %v, want %q", err, c.problem)
			}
		})
	}
}
