package client_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"antom-checkout/client"
)

// A client is made of the address of a checkout and a key, or not at all.
func TestAClientNeedsAnAddressAndAKey(t *testing.T) {
	for _, address := range []string{"", "pay.example.com", "ftp://pay.example.com", "https://", "http://%"} {
		if _, err := client.New(address, "ak_test_1"); err == nil {
			t.Errorf("a client is made for %q", address)
		}
	}
	if _, err := client.New("https://pay.example.com", ""); err == nil {
		t.Error("a client is made without a key")
	}
}

// A wrong member is named by the error, with a pointer to it.
func TestAProblemNamesEachMember(t *testing.T) {
	_, err := shop.CreateOrder(t.Context(), client.NewKey(), client.Placement{Lines: []client.LineInput{{Name: "Mug", Quantity: 100, UnitAmount: 1}}})
	var problem *client.Problem
	if !errors.As(err, &problem) || problem.Status != http.StatusUnprocessableEntity || len(problem.Errors) != 1 || problem.RequestID == "" {
		t.Fatalf("the error is %v", err)
	}
	if pointer := problem.Errors[0].Pointer; pointer != "/lines/0/quantity" || !strings.Contains(err.Error(), pointer) {
		t.Errorf("the error is %v", err)
	}
}

// An unknown order, and an id that would lead to another path, are not found.
func TestIDsStayWithinTheirPath(t *testing.T) {
	for _, id := range []string{"none", "../payment-links", "a/b", "?limit=1", "%2e%2e"} {
		var problem *client.Problem
		if _, err := shop.GetOrder(t.Context(), id); !errors.As(err, &problem) || problem.Status != http.StatusNotFound {
			t.Errorf("%q is answered %v", id, err)
		}
	}
	for _, id := range []string{"", ".", ".."} {
		if found, err := shop.GetOrder(t.Context(), id); err == nil {
			t.Errorf("%q is answered %+v", id, found)
		}
	}
}

// What a proxy answers in the checkout's place is no Problem: the request may have arrived.
// A redirect is not followed, since it would make a GET of a POST.
func TestAnotherServersAnswerIsNoProblem(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a gateway's page": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "bad gateway", http.StatusBadGateway) },
		"a redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", server)
			w.WriteHeader(http.StatusMovedPermanently)
		},
		"no JSON":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) },
		"a torn answer": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "9") },
	} {
		t.Run(name, func(t *testing.T) {
			proxy := httptest.NewServer(answer)
			defer proxy.Close()
			c, err := client.New(proxy.URL, apiKey)
			if err != nil {
				t.Fatal(err)
			}
			var problem *client.Problem
			if _, err = c.CancelOrder(t.Context(), "id", "key"); err == nil || errors.As(err, &problem) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// A change writes what it names: a value, nothing, or null.
func TestAChangeWritesWhatItNames(t *testing.T) {
	for want, change := range map[string]client.LinkChange{
		`{}`:                  {},
		`{"max_uses":3}`:      {MaxUses: client.To[int64](3)},
		`{"max_uses":null}`:   {MaxUses: client.ToNone[int64]()},
		`{"expires_at":null}`: {ExpiresAt: client.ToNone[time.Time]()},
		`{"active":false,"methods":[],"success_url":""}`: {Active: new(false), Methods: &[]string{}, SuccessURL: new("")},
	} {
		if got, err := json.Marshal(change); err != nil || string(got) != want {
			t.Errorf("%+v is written as %s %v, want %s", change, got, err, want)
		}
	}
}

// Webhook believes what the reference library has signed, by one of two signatures, within
// five minutes, and nothing else.
func TestWebhookBelievesWhatIsSigned(t *testing.T) {
	const id, body = "01a22122", `{"id":"01a22122","type":"order.paid","created_at":"2026-11-28T08:00:00Z","sequence":3,"data":{"status":"paid"}}`
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte("the secret of an endpoint"))
	now := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	reference, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := reference.Sign(id, now, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		secret, id, signature, body string
		now                         time.Time
		believed                    bool
	}{
		"as it was sent":    {secret, id, signature, body, now.Add(5 * time.Minute), true},
		"while rotated":     {secret, id, "v1,b3RoZXI= " + signature, body, now, true},
		"another secret":    {"whsec_b3RoZXI=", id, signature, body, now, false},
		"another id":        {secret, "01a22123", signature, body, now, false},
		"another body":      {secret, id, signature, body + " ", now, false},
		"another version":   {secret, id, strings.Replace(signature, "v1,", "v2,", 1), body, now, false},
		"no signature":      {secret, id, "", body, now, false},
		"a late one":        {secret, id, signature, body, now.Add(5*time.Minute + time.Second), false},
		"one ahead of time": {secret, id, signature, body, now.Add(-5*time.Minute - time.Second), false},
	} {
		header := http.Header{"Webhook-Id": {row.id}, "Webhook-Timestamp": {"1795852800"}, "Webhook-Signature": {row.signature}}
		event, err := client.Webhook(row.secret, header, []byte(row.body), row.now)
		if row.believed != (err == nil) || !row.believed && !errors.Is(err, client.ErrNotSigned) || row.believed && (event.Sequence != 3 || event.Data.Status != "paid") {
			t.Errorf("%s: %+v %v", name, event, err)
		}
	}
	if _, err := client.Webhook("", http.Header{}, nil, now); err == nil || errors.Is(err, client.ErrNotSigned) {
		t.Errorf("without a secret the error is %v", err)
	}
}
