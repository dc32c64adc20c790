package methods

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/antom/sandbox/sandboxtest"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
)

// local is the sandbox and a client of it.
func local(t *testing.T) *antom.Client {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	box, err := sandbox.New(sandbox.Config{URL: "http://" + server.Listener.Addr().String(), Keys: sandboxtest.Keys()})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = box
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	credentials := box.Credentials()
	client, err := antom.New(antom.Config{
		ClientID: credentials.ClientID, PrivateKey: credentials.MerchantPrivateKey, PublicKeys: credentials.AntomPublicKey, BaseURL: server.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Two lists of the same methods are kept apart: the shop's says what buyers read, the
// sandbox's what Antom's documents allow. They agree on codes, currencies and limits.
func TestTheSandboxKnowsEveryMethodOfOurs(t *testing.T) {
	client := local(t)
	g := gateway.New(gateway.Config{SettlementCurrency: "SGD"}, client)
	for _, m := range methods {
		if m.currency == "" {
			continue
		}
		asked := checkout.Money{Minor: max(m.least, 10_000), Currency: m.currency}
		options, err := g.Consult(t.Context(), checkout.Market{Currency: m.currency, Terminal: checkout.TerminalWeb}, asked)
		if err != nil {
			t.Fatal(err)
		}
		offered := methodsOf(options, asked)
		i := slices.IndexFunc(offered, func(o method) bool { return o.Code == m.Code })
		if i < 0 {
			t.Errorf("the sandbox does not offer %s for %v", m.Code, asked)
			continue
		}
		if o := offered[i]; m.reach == atHome && (o.least != m.least || o.most != m.most) {
			t.Errorf("%s takes %d to %d here, %d to %d in the sandbox", m.Code, m.least, m.most, o.least, o.most)
		}
	}
}

// answered gives every call of consult the same answer.
type answered struct {
	gateway.Client
	text string
}

func (a answered) Consult(context.Context, *antom.ConsultRequest) (*antom.ConsultResponse, error) {
	response := &antom.ConsultResponse{}
	return response, json.Unmarshal([]byte(a.text), response)
}

// An order of SGD 24 is not offered a method that takes at most 10, in whichever form
// Antom writes the limit.
func TestAMethodThatTheOrderExceedsIsHidden(t *testing.T) {
	for name, limit := range map[string]string{
		"an amount": `{"currency":"SGD","value":"1000"}`, "an amount with a number": `{"currency":"SGD","value":1000}`,
		"a number": `1000`, "a number as text": `"1000"`,
	} {
		synctest.Test(t, func(t *testing.T) {
			client := answered{text: `{"paymentOptions":[{"paymentMethodType":"CARD","paymentMethodCategory":"CARD","enabled":true},
				{"paymentMethodType":"GRABPAY_SG","paymentMethodCategory":"WALLET","enabled":true,
				"amountLimitInfoMap":{"SGD":{"singleLimit":{"maxAmount":` + limit + `}}}}]}`}
			s := New(Config{Currency: "SGD"}, gateway.New(gateway.Config{SettlementCurrency: "SGD"}, client))
			for total, want := range map[int64][]string{1000: {"CARD", "GRABPAY_SG"}, 24_00: {"CARD"}} {
				order := checkout.Order{Total: checkout.Money{Minor: total, Currency: "SGD"}, Buyer: checkout.Buyer{Country: "SG"}}
				var got []string
				for _, m := range s.List(t.Context(), order, checkout.Device{Terminal: checkout.TerminalWeb}) {
					got = append(got, m.Code)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s: %d is offered %v, want %v", name, total, got, want)
				}
			}
		})
	}
}
