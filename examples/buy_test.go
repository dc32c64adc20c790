package examples_test

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/db/dbtest"
)

// checkoutProgram is the whole program with its sandbox, and the key of a shop.
type checkoutProgram struct {
	url, sandbox, key string
}

// opensCheckout starts the program on this machine.
func opensCheckout(t *testing.T) checkoutProgram {
	t.Helper()
	file := filepath.Join(t.TempDir(), "checkout.db")
	dbtest.Make(t, file)
	environment := map[string]string{"ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0", "DATABASE_URL": file, "RATE_LIMITS": "off"}
	settings, err := app.Load(nil, func(name string) string { return environment[name] })
	must(t, err)
	program, err := app.Build(t.Context(), settings, app.Outside{})
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- program.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
		must(t, program.Close())
	})
	_, key, err := program.Services.Merchant.CreateKey(t.Context(), "shop", checkout.Scopes())
	must(t, err)
	return checkoutProgram{program.Settings.PublicURL.String(), program.Settings.Antom.BaseURL, key}
}

// opensShop starts the shop of a language with a webhook endpoint of its own.
func (c checkoutProgram) opensShop(t *testing.T, language string) *shop {
	t.Helper()
	port := freePort(t)
	merchant := &shop{t: t, client: newClient(t)}
	status, _, text := merchant.sends("POST", c.url+"/api/v1/webhook-endpoints", `{"url":"http://127.0.0.1:`+port+`/webhooks"}`,
		"Authorization", "Bearer "+c.key, "Content-Type", "application/json", "Idempotency-Key", language)
	var endpoint struct{ Secret string }
	if err := json.Unmarshal([]byte(text), &endpoint); err != nil || status != http.StatusCreated {
		t.Fatalf("the endpoint is answered %d %s", status, text)
	}
	return opens(t, language, port, filepath.Join(t.TempDir(), "orders.json"), c.url, c.key, endpoint.Secret)
}

var (
	referenceIn = regexp.MustCompile(`name="reference" value="([^"]+)"`)
	thanksIn    = regexp.MustCompile(`"(http://127\.0\.0\.1:\d+/thanks\?order=[^"]+)"`)
)

// A buyer pays in every shop: the order is made by the API, the checkout leads back, the
// webhook has the shop ship, and the success page asks the API.
func TestABuyerPaysInEveryShop(t *testing.T) {
	c := opensCheckout(t)
	for language := range languages {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			s := c.opensShop(t, language)
			reference, checkoutURL := s.orders()
			s.paysByCard(c, checkoutURL)
			s.log.awaits(t, `ship the order "`+reference+`"`)
			if o, _ := s.knows(reference); o.Status != "paid" || !o.Ship {
				t.Errorf("the shop knows %+v", o)
			}
			status, _, page := s.sends("GET", checkoutURL+"/return", "")
			back := thanksIn.FindStringSubmatch(page)
			if status != http.StatusOK || back == nil {
				t.Fatalf("the return page leads not back: %d %s", status, page)
			}
			if status, _, page := s.sends("GET", html.UnescapeString(back[1]), ""); status != http.StatusOK || !strings.Contains(page, `data-status="paid"`) || !strings.Contains(page, reference) {
				t.Errorf("the success page is answered %d %s", status, page)
			}
		})
	}
}

// orders posts the form of the shop twice, as a double click does: it is one order.
func (s *shop) orders() (reference, checkoutURL string) {
	s.t.Helper()
	_, _, page := s.sends("GET", s.url+"/", "")
	found := referenceIn.FindStringSubmatch(page)
	if found == nil {
		s.t.Fatalf("the shop shows no form: %s", page)
	}
	var leads []string
	for range 2 {
		status, header, text := s.sends("POST", s.url+"/buy", "sku=mug&email=ann%40example.com&reference="+found[1], "Content-Type", "application/x-www-form-urlencoded")
		if status != http.StatusSeeOther {
			s.t.Fatalf("the order is answered %d %s", status, text)
		}
		leads = append(leads, header.Get("Location"))
	}
	if leads[0] != leads[1] {
		s.t.Errorf("the same form leads to %s and to %s", leads[0], leads[1])
	}
	return found[1], leads[0]
}

// paysByCard pays at the checkout, as a buyer does whose browser has no script.
func (s *shop) paysByCard(c checkoutProgram, checkoutURL string) {
	s.t.Helper()
	if status, _, page := s.sends("GET", checkoutURL, ""); status != http.StatusOK || !strings.Contains(page, "Enamel mug") {
		s.t.Fatalf("the checkout page is answered %d %s", status, page)
	}
	_, _, text := s.sends("POST", checkoutURL+"/payments", `{"method":"CARD"}`, "Content-Type", "application/json", "Accept", "application/json")
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil || started.PaymentRequestID == "" {
		s.t.Fatalf("the start is answered %s", text)
	}
	if status, _, text := s.sends("POST", c.sandbox+"/control/payments/"+started.PaymentRequestID+"/pay", "{}", "Content-Type", "application/json"); status >= 300 {
		s.t.Fatalf("the sandbox answers %d %s", status, text)
	}
}
