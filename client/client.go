// Package client is a client of the merchant API of antom-checkout, for the servers of a
// shop. Its types and operations are generated from docs/openapi.json.
//
//	checkout, err := client.New("https://pay.shop.example", os.Getenv("API_KEY"))
//	order, err := checkout.CreateOrder(ctx, "A-1001", client.Placement{
//		Reference: "A-1001", Currency: "SGD",
//		Lines:     []client.LineInput{{Name: "Enamel mug", Quantity: 1, UnitAmount: 2400}},
//	})
//	http.Redirect(w, r, order.CheckoutURL, http.StatusSeeOther)
//
// What the API refuses is a *Problem. Of any other error, and of a Problem of status 500 or
// more, it is not known whether the request was carried out: send the same again under the
// same key, and it is done once.
package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// Client calls the API of one checkout. It is safe for concurrent use.
type Client struct {
	HTTP *http.Client // as New makes it, it waits 30 seconds for an answer and follows no redirect

	base, key string
}

// New makes a client of the checkout at its public address, by an API key.
func New(server, key string) (*Client, error) {
	at, err := url.Parse(server)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, fmt.Errorf("client: %q is not the address of a checkout", server)
	}
	if key == "" {
		return nil, errors.New("client: an API key is needed: antom-checkout keys create")
	}
	calls := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Client{HTTP: calls, base: at.JoinPath("api/v1").String(), key: key}, nil
}

// NewKey makes an Idempotency-Key. Where the shop has a number of its own for what it does,
// that is the better key: it is the same after a restart. Keep a key until the answer came.
func NewKey() string { return rand.Text() }

// Error implements error.
func (p *Problem) Error() string {
	text := fmt.Sprintf("checkout: %d %s: %s", p.Status, p.Code, cmp.Or(p.Detail, p.Title))
	for _, field := range p.Errors {
		text += fmt.Sprintf("; %s: %s", field.Pointer, field.Detail)
	}
	return text
}

// request is one of the operations.
type request struct {
	method, path string
	query        query
	key          string // the Idempotency-Key
	body         any
}

// query are parameters by name. A zero value is left out.
type query map[string]any

// encode writes the parameters.
func (q query) encode() string {
	values := url.Values{}
	for name, value := range q {
		if reflect.ValueOf(value).IsZero() {
			continue
		}
		if at, is := value.(time.Time); is {
			value = at.Format(time.RFC3339Nano)
		}
		values.Set(name, fmt.Sprint(value))
	}
	return values.Encode()
}

// path fills ids into a path; "" if one is none, because it would lead to another operation.
func path(format string, ids ...string) string {
	escaped := make([]any, len(ids))
	for i, id := range ids {
		if id == "" || id == "." || id == ".." {
			return ""
		}
		escaped[i] = url.PathEscape(id)
	}
	return fmt.Sprintf(format, escaped...)
}

// mostAnswer is far above any answer of the API.
const mostAnswer = 16 << 20

// call sends a request and decodes its answer. Error: *Problem.
func call[T any](ctx context.Context, c *Client, r request) (*T, error) {
	req, err := c.newRequest(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err != nil {
		return nil, fmt.Errorf("client: read the answer to %s %s: %w", r.method, r.path, err)
	}
	if res.StatusCode >= 300 {
		return nil, problemOf(res, text)
	}
	answer := new(T)
	if res.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return nil, fmt.Errorf("client: the answer to %s %s: %w", r.method, r.path, err)
	}
	return answer, nil
}

// newRequest makes the HTTP request of an operation.
func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	if r.path == "" {
		return nil, errors.New("an id is needed")
	}
	address := c.base + r.path
	if encoded := r.query.encode(); encoded != "" {
		address += "?" + encoded
	}
	var body io.Reader
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json, application/problem+json")
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	return req, nil
}

// problemOf is the error of an answer that is no success. A proxy in front of the checkout
// answers in words of its own, which are no Problem: what became of the request is unknown.
func problemOf(res *http.Response, text []byte) error {
	problem := new(Problem)
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(text, problem) != nil {
		return fmt.Errorf("client: answered %s, and not by the checkout", res.Status)
	}
	return problem
}
