// A small shop that is paid through antom-checkout, with the standard library only:
//
//	CHECKOUT_URL=http://localhost:8080 API_KEY=ak_test_… WEBHOOK_SECRET=whsec_… go run .
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// product is what the shop sells; its price is in minor units: 2400 is SGD 24.00.
type product struct {
	Name  string
	Price int
}

var products = map[string]product{"mug": {"Enamel mug", 2400}, "tea": {"Green tea, 100 g", 1250}}

// order is what the shop knows of an order, by its own number, the reference.
type order struct {
	Status   string `json:"status"`
	Sequence int    `json:"sequence"` // of the latest event about it
	Ship     bool   `json:"ship"`     // it was paid
}

type shop struct {
	checkout, apiKey, address, file string
	secret                          []byte

	mu     sync.Mutex
	orders map[string]order
}

func main() {
	port := cmp.Or(os.Getenv("PORT"), "3000")
	s := &shop{
		checkout: strings.TrimSuffix(cmp.Or(os.Getenv("CHECKOUT_URL"), "http://localhost:8080"), "/"), apiKey: os.Getenv("API_KEY"),
		address: cmp.Or(os.Getenv("SHOP_URL"), "http://localhost:"+port), file: cmp.Or(os.Getenv("ORDERS_FILE"), "orders.json"), orders: map[string]order{},
	}
	var err error
	if s.secret, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_")); err != nil || len(s.secret) == 0 || s.apiKey == "" {
		log.Fatal("API_KEY and WEBHOOK_SECRET are needed")
	}
	stored, err := os.ReadFile(s.file)
	if err == nil {
		err = json.Unmarshal(stored, &s.orders)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Fatal(err)
	}
	pages := http.NewServeMux()
	pages.HandleFunc("GET /{$}", s.showProducts)
	pages.HandleFunc("POST /buy", s.buy)
	pages.HandleFunc("GET /thanks", s.thank)
	pages.HandleFunc("POST /webhooks", s.receive)
	pages.HandleFunc("GET /orders/{reference}", s.showOrder)
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("The shop is at", s.address)
	log.Fatal((&http.Server{Handler: pages, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second}).Serve(listener))
}

// showProducts has a form for each product. The reference in it makes of a double click
// one order.
func (s *shop) showProducts(w http.ResponseWriter, _ *http.Request) {
	var forms strings.Builder
	for _, sku := range []string{"mug", "tea"} {
		fmt.Fprintf(&forms, `<form method="post" action="/buy"><input type="hidden" name="reference" value="%s"><input type="hidden" name="sku" value="%s">
<p>%s, SGD %d.%02d <input name="email" type="email" placeholder="Email" required> <button data-test="buy-%[2]s">Buy</button></p></form>`,
			rand.Text()[:10], sku, html.EscapeString(products[sku].Name), products[sku].Price/100, products[sku].Price%100)
	}
	page(w, http.StatusOK, "The Go shop", forms.String())
}

// buy makes an order at the checkout and leads the buyer there.
func (s *shop) buy(w http.ResponseWriter, r *http.Request) {
	p, known := products[r.FormValue("sku")]
	reference := r.FormValue("reference")
	if !known || reference == "" {
		page(w, http.StatusUnprocessableEntity, "This cannot be bought", "")
		return
	}
	var placed struct {
		CheckoutURL string `json:"checkout_url"`
	}
	err := s.calls(r.Context(), http.MethodPost, "/orders", reference, map[string]any{
		"reference": reference, "currency": "SGD", "buyer": map[string]any{"email": r.FormValue("email")},
		"lines":       []any{map[string]any{"name": p.Name, "quantity": 1, "unit_amount": p.Price}},
		"success_url": s.address + "/thanks", "cancel_url": s.address + "/",
	}, &placed)
	if err != nil {
		log.Print(err)
		page(w, http.StatusBadGateway, "The checkout does not answer", "<p>Nothing was ordered. Please try again.</p>")
		return
	}
	http.Redirect(w, r, placed.CheckoutURL, http.StatusSeeOther)
}

// thank asks the checkout how the order stands: that a buyer comes here proves nothing.
func (s *shop) thank(w http.ResponseWriter, r *http.Request) {
	var o struct{ Reference, Status string }
	id := r.FormValue("order")
	if id == "" {
		page(w, http.StatusNotFound, "No such order", "")
		return
	}
	if err := s.calls(r.Context(), http.MethodGet, "/orders/"+url.PathEscape(id), "", nil, &o); err != nil {
		log.Print(err)
		page(w, http.StatusNotFound, "No such order", "")
		return
	}
	text := "We wait for your payment."
	if o.Status == "paid" {
		text = "Thank you. Your order is paid."
	}
	page(w, http.StatusOK, text, fmt.Sprintf(`<p data-test="status" data-status="%s">Order %s</p>`, html.EscapeString(o.Status), html.EscapeString(o.Reference)))
}

// calls calls the checkout's API. The same idempotency key is the same order, however
// often it is sent.
func (s *shop) calls(ctx context.Context, method, path, key string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.checkout+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.apiKey)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		problem, _ := io.ReadAll(io.LimitReader(res.Body, 4096)) // the status says enough
		return fmt.Errorf("%s %s is answered %d %s", method, path, res.StatusCode, problem)
	}
	return json.NewDecoder(res.Body).Decode(answer)
}

// receive takes an event. It is acknowledged once it is stored; until then the checkout
// sends it again.
func (s *shop) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil || !s.verifies(r.Header, body, time.Now()) {
		http.Error(w, "not signed by the checkout", http.StatusUnauthorized)
		return
	}
	var event struct {
		Sequence int
		Data     struct {
			Status string
			Order  struct{ Reference string }
		}
	}
	if err := json.Unmarshal(body, &event); err != nil {
		http.Error(w, "not an event", http.StatusBadRequest)
		return
	}
	if event.Data.Order.Reference != "" {
		if err := s.note(event.Data.Order.Reference, event.Data.Status, event.Sequence); err != nil {
			log.Print(err)
			http.Error(w, "not stored", http.StatusServiceUnavailable)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// verifies checks a signature of Standard Webhooks: by this secret, over these bytes, not
// older than five minutes. While the secret is rotated there are two signatures.
func (s *shop) verifies(header http.Header, body []byte, now time.Time) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, s.secret)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	want := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for signature := range strings.FieldsSeq(header.Get("webhook-signature")) {
		if hmac.Equal([]byte(signature), want) {
			return true
		}
	}
	return false
}

// note stores what an event says. Events come again and out of order: one that is not
// newer than what is known changes nothing.
func (s *shop) note(reference, status string, sequence int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.orders[reference]
	if sequence <= known.Sequence {
		return nil
	}
	s.orders[reference] = order{status, sequence, known.Ship || status == "paid"}
	text, err := json.Marshal(s.orders)
	if err == nil {
		err = os.WriteFile(s.file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(s.file+".new", s.file)
	}
	if err != nil {
		s.orders[reference] = known
		return err
	}
	if status == "paid" && !known.Ship {
		log.Print("ship the order ", strconv.Quote(reference))
	}
	return nil
}

// showOrder is what the shop itself knows of an order.
func (s *shop) showOrder(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	known, found := s.orders[r.PathValue("reference")]
	s.mu.Unlock()
	if !found {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(known) // the client is gone
}

func page(w http.ResponseWriter, status int, title, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html><html lang=\"en\"><meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\"><title>%s</title><h1>%[1]s</h1>%s<p><a href=\"/\">Shop</a></p>", html.EscapeString(title), body)
}
