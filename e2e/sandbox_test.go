package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// sandbox is the local Antom, by its levers.
type sandbox struct {
	t   *testing.T
	url string
}

// fault is something that goes wrong; antom/sandbox/README.md lists the kinds.
type fault struct {
	Kind  string `json:"kind"`
	On    string `json:"on,omitempty"`
	Times int    `json:"times,omitempty"`
	Apply bool   `json:"apply,omitempty"`
	Delay string `json:"delay,omitempty"`
	Code  string `json:"code,omitempty"`
}

func (s sandbox) breaks(f fault) { s.t.Helper(); s.pull("POST", "faults", f, nil) }
func (s sandbox) heals()         { s.t.Helper(); s.pull("DELETE", "faults", nil, nil) }

// loses has no notification of this type arrive, ever.
func (s sandbox) loses(notice string) { s.t.Helper(); s.breaks(fault{Kind: "lose", On: notice}) }

// act pulls a buyer's lever of one payment: pay, decline, pend, close.
func (s sandbox) act(payment, act string) {
	s.t.Helper()
	s.pull("POST", "payments/"+payment+"/"+act, nil, nil)
}

// idles returns once every notification that is due has been sent.
func (s sandbox) idles() { s.t.Helper(); s.pull("POST", "idle", nil, nil) }

// ledgerLine is a session, payment, capture, refund or cancel of the ledger.
type ledgerLine struct {
	PaymentRequestID string `json:"payment_request_id"`
	Status           string `json:"status"`
	Method           string `json:"method"`
	Amount           int64  `json:"amount"`
	BuyerURL         string `json:"buyer_url"`
	Terms            struct {
		Amount int64 `json:"amount"`
	} `json:"terms"` // of a session: what was asked for
}

type ledger struct{ Sessions, Payments, Captures, Refunds, Cancels []ledgerLine }

func (s sandbox) ledger() (l ledger) {
	s.t.Helper()
	s.pull("GET", "ledger", nil, &l)
	return l
}

// payment is the only payment there is.
func (s sandbox) payment() ledgerLine {
	s.t.Helper()
	payments := s.ledger().Payments
	if len(payments) != 1 {
		s.t.Fatalf("want one payment at the sandbox, have %+v", payments)
	}
	return payments[0]
}

// calls counts the gateway's calls of one operation.
func (s sandbox) calls(operation string) int {
	s.t.Helper()
	var messages []struct{ Direction, Operation string }
	s.pull("GET", "messages", nil, &messages)
	n := 0
	for _, m := range messages {
		if m.Direction == "in" && m.Operation == operation {
			n++
		}
	}
	return n
}

func (s sandbox) pull(method, lever string, body, answer any) {
	s.t.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		must(s.t, err)
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/control/"+lever, sent)
	must(s.t, err)
	res, err := http.DefaultClient.Do(r)
	must(s.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(s.t, err)
	if res.StatusCode >= 300 {
		s.t.Fatalf("the sandbox's lever %s: %s", lever, fmt.Sprint(res.Status, " ", string(text)))
	}
	if answer != nil {
		must(s.t, json.Unmarshal(text, answer))
	}
}
