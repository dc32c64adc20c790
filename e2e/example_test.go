package e2e

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"antom-checkout/client"
)

// exampleShop is the example in Go, which runs beside the checkout.
type exampleShop struct {
	url string
	log *journal
}

var apiKey = regexp.MustCompile(`ak_test_\w+`)

// newClient makes a key and a client of the API.
func (s *shop) newClient() (api *client.Client, key string) {
	s.t.Helper()
	key = apiKey.FindString(string(s.runs("keys", "create", "--name", "example", "--scopes", "orders:read,orders:write,links:write,webhooks:write")))
	api, err := client.New(s.url, key)
	must(s.t, err)
	return api, key
}

// openExample makes a key and a webhook endpoint, and starts the shop of examples/go.
func (s *shop) openExample() exampleShop {
	s.t.Helper()
	api, key := s.newClient()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(s.t, err)
	at := listener.Addr().String()
	must(s.t, listener.Close())
	e := exampleShop{"http://" + at, &journal{}}
	endpoint, err := api.CreateWebhookEndpoint(s.t.Context(), client.NewKey(), client.NewEndpoint{URL: e.url + "/webhooks"})
	must(s.t, err)
	binary := filepath.Join(s.t.TempDir(), "example")
	if out, err := exec.CommandContext(s.t.Context(), "go", "build", "-o", binary, "../examples/go").CombinedOutput(); err != nil {
		s.t.Fatalf("the example is not built: %s", out)
	}
	_, port, _ := strings.Cut(at, ":")
	command := exec.CommandContext(s.t.Context(), binary)
	command.Stdout, command.Stderr = e.log, e.log
	command.Env = append(os.Environ(), "PORT="+port, "SHOP_URL="+e.url, "ORDERS_FILE="+filepath.Join(s.t.TempDir(), "orders.json"),
		"CHECKOUT_URL="+s.url, "API_KEY="+key, "WEBHOOK_SECRET="+endpoint.Secret)
	must(s.t, command.Start())
	s.t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() }) // it is ended either way
	return e
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

// opensButton serves the page of examples/button, with the address of a link for mugs.
func (s *shop) opensButton() (url string) {
	s.t.Helper()
	api, _ := s.newClient()
	link, err := api.CreatePaymentLink(s.t.Context(), client.NewKey(), client.NewLink{
		Name: "Enamel mug", Currency: "SGD", AdjustableQuantity: true, Lines: []client.LineInput{{Name: "Enamel mug", Quantity: 1, UnitAmount: 2400}},
	})
	must(s.t, err)
	page, err := os.ReadFile("../examples/button/index.html")
	must(s.t, err)
	const placeholder = "https://pay.example.com/buy/CODE"
	if strings.Count(string(page), placeholder) < 2 {
		s.t.Fatalf("the page has no link and no form: %s", page)
	}
	copied := strings.ReplaceAll(string(page), placeholder, link.URL)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(copied)) // the buyer may have left
	}))
	s.t.Cleanup(server.Close)
	return server.URL
}

// A copied button sells without a program and without scripts: by its form, where the buyer
// says how many, and by its link, which brings the merchant's number along.
func TestACopiedButtonSellsWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		button := shop.opensButton()
		buyer := shop.buyer(on)
		buyer.withoutJavaScript()
		buyer.opens(button)
		buyer.clicks("a.buy")
		buyer.arrives("/buy/.+")
		buyer.seesHook("reference")
		buyer.opens(button)
		buyer.fills("quantity", "3")
		buyer.clicks("button.buy")
		buyer.arrives("/buy/.+")
		buyer.fills("email", "ann@example.com")
		buyer.clicks(hook("link-form") + " button")
		buyer.arrives(checkoutPage)
		buyer.until("three mugs", `document.querySelector('[data-test="order-total"]').dataset.minor === "7200"`)
		buyer.chooses("CARD")
		buyer.pays()
		buyer.arrives("/buyer/.+") // the interstitial redirects
		buyer.fills("number", goodCard)
		buyer.fills("month", "11")
		buyer.fills("year", "38")
		buyer.fills("cvv", "321")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid") // the page refreshes itself
		shop.paidOnce()
	})
}
