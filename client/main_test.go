package client_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/client"
)

// The whole program with its sandbox, and a client with all scopes. The examples use them.
var (
	ctx     = context.Background()
	server  string // its public address
	apiKey  string
	sandbox string
	shop    *client.Client
)

func TestMain(m *testing.M) {
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		code = 1
	}
	os.Exit(code)
}

// runAll runs the tests beside a program that serves.
func runAll(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "client")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the system removes what is left
	environment := map[string]string{"ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0", "DATABASE_URL": filepath.Join(folder, "checkout.db"), "RATE_LIMITS": "off"}
	settings, err := app.Load(nil, func(name string) string { return environment[name] })
	if err != nil {
		return 1, err
	}
	program, err := app.Build(ctx, settings, app.Outside{})
	if err != nil {
		return 1, err
	}
	defer program.Close() //nolint:errcheck // its folder is removed
	if _, apiKey, err = program.Services.Merchant.CreateKey(ctx, "shop", checkout.Scopes()); err != nil {
		return 1, err
	}
	server, sandbox = program.Settings.PublicURL.String(), program.Settings.Antom.BaseURL
	if shop, err = client.New(server, apiKey); err != nil {
		return 1, err
	}
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- program.Serve(serving) }()
	code = m.Run()
	stop()
	return code, <-ended
}

// buyerPays pays an order by card, as its buyer does at the sandbox, and waits for a status.
func buyerPays(order *client.Order, status client.OrderStatus) {
	started := posts(order.CheckoutURL+"/payments", "application/x-www-form-urlencoded", url.Values{"method": {"CARD"}}.Encode())
	if started.StatusCode >= http.StatusBadRequest {
		panic(started.Status)
	}
	placed, err := shop.GetOrder(ctx, order.ID)
	if err != nil {
		panic(err)
	}
	payment := placed.Payments[0].PaymentRequestID
	if paid := posts(sandbox+"/control/payments/"+payment+"/pay", "application/json", "{}"); paid.StatusCode >= http.StatusBadRequest {
		panic(paid.Status)
	}
	awaits(order, status)
}

// posts sends a body, and reads nothing of the answer.
func posts(address, contentType, body string) *http.Response {
	res, err := http.Post(address, contentType, strings.NewReader(body)) //nolint:gosec,noctx // the sandbox of a test
	if err != nil {
		panic(err)
	}
	_ = res.Body.Close() // nothing of it is read
	return res
}

// awaits waits until an order has a status: its checkout page is told of every change.
func awaits(order *client.Order, status client.OrderStatus) {
	res, err := http.Get(order.CheckoutURL + "/events") //nolint:noctx // it ends with the order
	if err != nil {
		panic(err)
	}
	defer res.Body.Close() //nolint:errcheck // the status was read
	want := fmt.Sprintf(`{"status":%q`, status)
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: "+want) {
			return
		}
	}
	panic("the order does not become " + string(status))
}
