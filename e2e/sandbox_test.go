package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// sandbox is the local Antom with its control API.
type sandbox struct {
	t   *testing.T
	url string
}

// fault is an injected fault; antom/sandbox/README.md lists the kinds.
type fault struct {
	Kind  string `json:"kind"`
	On    string `json:"on,omitempty"`
	Times int    `json:"times,omitempty"`
	Apply bool   `json:"apply,omitempty"`
	Delay string `json:"delay,omitempty"`
	Code  string `json:"code,omitempty"`
}

func (s sandbox) breaks(f fault) { s.t.Helper(); s.control("POST", "faults", f, nil) }
func (s sandbox) heals()         { s.t.Helper(); s.control("DELETE", "faults", nil, nil) }

// loses drops every notification of a type; "" is every type.
func (s sandbox) loses(notification string) {
	s.t.Helper()
	s.breaks(fault{Kind: "lose", On: notification})
}

// act is an action of the buyer on a payment: pay, decline, pend, close.
func (s sandbox) act(payment, act string) {
	s.t.Helper()
	s.control("POST", "payments/"+payment+"/"+act, nil, nil)
}

// idles returns once every notification that is due has been sent.
func (s sandbox) idles() { s.t.Helper(); s.control("POST", "idle", nil, nil) }

// ledgerLine is a session, payment, capture, refund or cancel of the ledger.
type ledgerLine struct {
	PaymentRequestID string `json:"payment_request_id"`
	Status           string `json:"status"`
	Method           string `json:"method"`
	Amount           int64  `json:"amount"`
	BuyerURL         string `json:"buyer_url"`
	Terms            struct {
		Amount int64 `json:"amount"`
	} `json:"terms"` // of a session: the requested amount
}

type ledger struct{ Sessions, Payments, Captures, Refunds, Cancels []ledgerLine }

func (s sandbox) ledger() (l ledger) {
	s.t.Helper()
	s.control("GET", "ledger", nil, &l)
	return l
}

// payment is the only payment of the sandbox.
func (s sandbox) payment() ledgerLine {
	s.t.Helper()
	payments := s.ledger().Payments
	if len(payments) != 1 {
		s.t.Fatalf("want one payment at the sandbox, have %+v", payments)
	}
	return payments[0]
}

// calls counts the calls of one endpoint.
func (s sandbox) calls(operation string) int {
	s.t.Helper()
	var messages []struct{ Direction, Operation string }
	s.control("GET", "messages", nil, &messages)
	n := 0
	for _, m := range messages {
		if m.Direction == "in" && m.Operation == operation {
			n++
		}
	}
	return n
}

// control calls the control API.
func (s sandbox) control(method, path string, body, answer any) {
	s.t.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		must(s.t, err)
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/control/"+path, sent)
	must(s.t, err)
	res, err := http.DefaultClient.Do(r)
	must(s.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(s.t, err)
	if res.StatusCode >= 300 {
		s.t.Fatalf("the sandbox's control API, %s: %s", path, fmt.Sprint(res.Status, " ", string(text)))
	}
	if answer != nil {
		must(s.t, json.Unmarshal(text, answer))
	}
}
