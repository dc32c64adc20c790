package e2e

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exampleShop is the example in Go, which runs beside the checkout.
type exampleShop struct {
	url string
	log *journal
}

var apiKey = regexp.MustCompile(`ak_test_\w+`)

// openExample makes a key and a webhook endpoint, and starts the shop of examples/go.
func (s *shop) openExample() exampleShop {
	s.t.Helper()
	key := apiKey.FindString(string(s.runs("keys", "create", "--name", "example", "--scopes", "orders:read,orders:write,webhooks:write")))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(s.t, err)
	at := listener.Addr().String()
	must(s.t, listener.Close())
	e := exampleShop{"http://" + at, &journal{}}
	binary := filepath.Join(s.t.TempDir(), "example")
	if out, err := exec.CommandContext(s.t.Context(), "go", "build", "-o", binary, "../examples/go").CombinedOutput(); err != nil {
		s.t.Fatalf("the example is not built: %s", out)
	}
	_, port, _ := strings.Cut(at, ":")
	command := exec.CommandContext(s.t.Context(), binary)
	command.Stdout, command.Stderr = e.log, e.log
	command.Env = append(os.Environ(), "PORT="+port, "SHOP_URL="+e.url, "ORDERS_FILE="+filepath.Join(s.t.TempDir(), "orders.json"),
		"CHECKOUT_URL="+s.url, "API_KEY="+key, "WEBHOOK_SECRET="+s.addsEndpoint(key, e.url+"/webhooks"))
	must(s.t, command.Start())
	s.t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() }) // it is ended either way
	return e
}

// addsEndpoint makes a webhook endpoint and returns its secret.
func (s *shop) addsEndpoint(key, address string) (secret string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/api/v1/webhook-endpoints", strings.NewReader(`{"url":"`+address+`"}`))
	must(s.t, err)
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	must(s.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(s.t, err)
	var endpoint struct{ Secret string }
	must(s.t, json.Unmarshal(text, &endpoint))
	if _, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(endpoint.Secret, "whsec_")); err != nil || endpoint.Secret == "" {
		s.t.Fatalf("the endpoint is answered %d %s", res.StatusCode, text)
	}
	return endpoint.Secret
}

// From the shop of an example to the checkout, paid there, and back: the webhook has the
// shop ship, and its success page says that the order is paid.
func TestABuyerOfAnExampleShopPaysInABrowser(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		example := shop.openExample()
		buyer := shop.buyer(on)
		buyer.await("the example", func() bool { return strings.Contains(example.log.String(), "The shop is at") })
		buyer.opens(example.url + "/")
		buyer.fillsIn("", `form:has([value="mug"]) [name="email"]`, "ann@example.com")
		buyer.presses("buy-mug")
		buyer.arrives("/checkout/[^/]+")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(goodCard)
		buyer.arrives("/thanks.*")
		buyer.until("the shop's thanks", `document.querySelector('[data-test="status"]')?.dataset.status === "paid"`)
		buyer.await("the webhook", func() bool { return strings.Contains(example.log.String(), "ship the order") })
	})
}
