package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// ownOrder is an order of the merchant's own lines.
const ownOrder = `{"lines":[{"name":"Table for two","quantity":2,"unit_amount":2100}]}`

// orderJSON is an order as a program reads it.
type orderJSON struct {
	ID, Number, Status, Reference, Currency string
	Total                                   struct{ Amount int64 }
	Lines                                   []struct {
		SKU, Name  string
		Quantity   int
		UnitAmount int64  `json:"unit_amount"`
		ImageURL   string `json:"image_url"`
	}
	Buyer *struct {
		Email   string
		Address *struct{ Country, Line1 string }
	}
	CheckoutURL string    `json:"checkout_url"`
	SuccessURL  string    `json:"success_url"`
	CreatedAt   time.Time `json:"created_at"`
	ExpiresAt   time.Time `json:"expires_at"`
	Metadata    map[string]string
}

// places posts an order and returns it as the API shows it, and as it is stored.
func (p *program) places(body string, headers ...string) (orderJSON, checkout.Order) {
	p.t.Helper()
	r := p.calls(http.MethodPost, "/orders", body, headers...)
	if r.status != http.StatusCreated {
		p.t.Fatalf("the order is answered with %d %s", r.status, r.body)
	}
	shown := into[orderJSON](p.t, r)
	o, err := p.store.OrderByID(p.t.Context(), shown.ID)
	must(p.t, err)
	return shown, o
}

// with is the body of an order with further members.
func with(members string) string { return strings.TrimSuffix(ownOrder, "}") + "," + members + "}" }

// A program places an order of lines that no catalogue has, with all that it may say, and
// leads the buyer to its address.
func TestAProgramPlacesAnOrder(t *testing.T) {
	s := newShop(t)
	p := s.newProgram(checkout.ScopeWriteOrders, checkout.ScopeReadOrders)
	shown, o := p.places(`{"lines":[{"name":"Table for two","quantity":2,"unit_amount":2100,"image_url":"https://shop.example/table.png"}],
		"currency":"SGD","reference":"R-1","buyer":{"email":" ada@example.com ","address":{"country":"sg"}},"methods":["CARD","ALIPAY_CN"],
		"capture":"manual","success_url":"https://shop.example/thanks?a=1","cancel_url":"http://localhost:3000/cart","expires_in":600,
		"locale":"de","metadata":{"table":"7"}}`)
	if shown.Status != "open" || shown.Total.Amount != 4200 || shown.Currency != "SGD" || shown.Reference != "R-1" || shown.Metadata["table"] != "7" ||
		shown.Buyer.Email != "ada@example.com" || shown.Buyer.Address.Country != "SG" || shown.Lines[0].ImageURL != "https://shop.example/table.png" {
		t.Errorf("the order is %+v", shown)
	}
	if shown.CheckoutURL != s.url+"/checkout/"+o.Token {
		t.Errorf("the buyer pays at %s", shown.CheckoutURL)
	}
	if got := o.ExpiresAt.Sub(o.CreatedAt); got != 10*time.Minute {
		t.Errorf("the order may be paid for %s", got)
	}
	if o.Capture != checkout.CaptureManual || o.Source != checkout.SourceAPI || o.Language != "de" || strings.Join(o.Methods, " ") != "CARD ALIPAY_CN" {
		t.Errorf("the order's terms are %+v, its language %q", o.Terms, o.Language)
	}
	again := into[orderJSON](t, p.calls(http.MethodGet, "/orders/"+shown.ID, ""))
	if again.ID != shown.ID || again.SuccessURL != "https://shop.example/thanks?a=1" {
		t.Errorf("it is read as %+v", again)
	}
}

// A line of the catalogue has the catalogue's name and price in the order's currency.
func TestAProgramOrdersFromTheCatalogue(t *testing.T) {
	s := newShop(t)
	products, err := s.services.Shop.Products(t.Context())
	must(t, err)
	article := products[0]
	shown, _ := s.newProgram().places(fmt.Sprintf(`{"lines":[{"sku":%q,"quantity":3},{"name":"Gift wrap","quantity":1,"unit_amount":150}]}`, article.SKU))
	if shown.Lines[0].Name != article.Name || shown.Lines[0].UnitAmount != article.Price.Minor || shown.Total.Amount != 3*article.Price.Minor+150 {
		t.Errorf("the order is %+v, the article %+v", shown, article)
	}
}

// Amounts are minor units of every currency, whatever its decimals.
func TestAProgramOrdersInEveryCurrency(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	for currency, text := range map[string]string{"JPY": "JPY\u00a04,200", "KWD": "KWD\u00a04.200", "EUR": "EUR\u00a042.00", "IDR": "IDR\u00a042.00"} {
		shown, _ := p.places(with(fmt.Sprintf(`"currency":%q`, currency)))
		if page := s.newBuyer().get(strings.TrimPrefix(shown.CheckoutURL, s.url)); shown.Currency != currency || !strings.Contains(page.body, text) {
			t.Errorf("an order in %s is shown in %s, and its page lacks %q", currency, shown.Currency, text)
		}
	}
}

// Everything that is wrong is named at once, by its place in the body.
func TestAWrongOrderIsRefused(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	many := strings.Repeat("x", 501)
	for name, c := range map[string]struct{ body, pointers string }{
		"no lines":            {`{"lines":[]}`, "/lines"},
		"unknown article":     {`{"lines":[{"sku":"none","quantity":1}]}`, "/lines/0/sku"},
		"price of an article": {`{"lines":[{"sku":"none","quantity":1,"unit_amount":5}]}`, "/lines/0/sku /lines/0/unit_amount"},
		"neither":             {`{"lines":[{"quantity":1}]}`, "/lines/0/name /lines/0/unit_amount"},
		"no pieces":           {`{"lines":[{"name":"A","quantity":0,"unit_amount":1}]}`, "/lines/0/quantity"},
		"negative":            {`{"lines":[{"name":"A","quantity":1,"unit_amount":-1}]}`, "/lines/0/unit_amount"},
		"half a rupiah":       {`{"lines":[{"name":"A","quantity":1,"unit_amount":150}],"currency":"IDR"}`, "/lines/0/unit_amount"},
		"currency":            {with(`"currency":"XXX"`), "/currency"},
		"unknown member":      {with(`"colour":"red"`), "/colour"},
		"deep unknown member": {with(`"buyer":{"address":{"town":"X"}}`), "/buyer/address/town"},
		"type":                {with(`"reference":7`), "/reference"},
		"email and country":   {with(`"buyer":{"email":"ada","address":{"country":"XX"}}`), "/buyer/address/country /buyer/email"},
		"card number":         {with(`"buyer":{"name":"4111 1111 1111 1111"},"metadata":{"a/b":"4111111111111111"}`), "/buyer/name /metadata/a~1b"},
		"method":              {with(`"methods":["CARD","NONE"]`), "/methods/1"},
		"capture":             {with(`"capture":"later"`), "/capture"},
		"addresses":           {with(`"success_url":"http://shop.example/","cancel_url":"javascript:alert(1)"`), "/cancel_url /success_url"},
		"user in an address":  {with(`"success_url":"https://a:b@shop.example/"`), "/success_url"},
		"soon":                {with(`"expires_in":59`), "/expires_in"},
		"never":               {with(`"expires_in":2592001`), "/expires_in"},
		"locale":              {with(`"locale":"not a language"`), "/locale"},
		"metadata value":      {with(fmt.Sprintf(`"metadata":{"a":%q}`, many)), "/metadata/a"},
		"metadata name":       {with(fmt.Sprintf(`"metadata":{%q:"a"}`, many[:41])), "/metadata/" + many[:41]},
	} {
		t.Run(name, func(t *testing.T) {
			r := p.calls(http.MethodPost, "/orders", c.body)
			found := into[problem](t, r)
			pointers := map[string]bool{}
			for _, e := range found.Errors {
				pointers[e.Pointer] = true
			}
			for _, pointer := range strings.Fields(c.pointers) {
				if !pointers[pointer] {
					t.Errorf("%s is not named", pointer)
				}
			}
			if r.status != http.StatusUnprocessableEntity || len(pointers) != len(strings.Fields(c.pointers)) {
				t.Errorf("the answer is %d %s", r.status, r.body)
			}
		})
	}
}

// A reference is one order's until that has expired or was cancelled: of twenty at once one
// is placed, and the others are told its id.
func TestAReferenceIsOneOrders(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	body := with(`"reference":"R-1","expires_in":60`)
	replies := make([]reply, 20)
	var group sync.WaitGroup
	for i := range replies {
		group.Go(func() { replies[i] = p.calls(http.MethodPost, "/orders", body) })
	}
	group.Wait()
	var first string
	for _, r := range replies {
		if r.status == http.StatusCreated && first == "" {
			first = into[orderJSON](t, r).ID
		} else if r.status == http.StatusCreated {
			t.Error("the reference has two orders")
		}
	}
	for _, r := range replies {
		if r.status == http.StatusCreated {
			continue
		}
		p.expectProblem(r, http.StatusConflict, "reference_used")
		if named := into[struct {
			OrderID string `json:"order_id"`
		}](t, r); named.OrderID != first {
			t.Errorf("the problem names order %q, want %q", named.OrderID, first)
		}
	}
	s.passes(2 * time.Minute)
	s.sweeps()
	if shown, _ := p.places(body); shown.ID == first {
		t.Error("the expired order has come back")
	}
}

// The same request under the same key is the same order, also when its answer was lost.
func TestAPlacedOrderIsPlacedOnce(t *testing.T) {
	s := newShop(t)
	p, other := s.newProgram(), s.newProgram()
	body := with(`"reference":"R-1","metadata":{"b":"2","a":"1"}`)
	first, _ := p.places(body, "Idempotency-Key", "k1")
	if again, _ := p.places(body, "Idempotency-Key", "k1"); again.ID != first.ID {
		t.Error("the same request is another order")
	}
	p.expectProblem(p.calls(http.MethodPost, "/orders", body, "Idempotency-Key", "k2"), http.StatusConflict, "reference_used")
	p.expectProblem(other.calls(http.MethodPost, "/orders", body, "Idempotency-Key", "k1"), http.StatusConflict, "reference_used")
	one, _ := p.places(ownOrder)
	if two, _ := p.places(ownOrder); one.ID == two.ID {
		t.Error("two requests without a key are one order")
	}
}

// Goods that the shop does not have are not sold by the API either.
func TestAProgramCannotOrderWhatIsSoldOut(t *testing.T) {
	stock := 1
	s := newShop(t, func(set *settings) {
		set.catalog = []checkout.Product{{SKU: "a", Name: "A", Price: checkout.Money{Minor: 100, Currency: "SGD"}, Stock: &stock}}
	})
	p := s.newProgram()
	p.expectProblem(p.calls(http.MethodPost, "/orders", `{"lines":[{"sku":"a","quantity":2}]}`), http.StatusConflict, "sold_out")
	p.expectProblem(p.calls(http.MethodPost, "/orders", `{"lines":[{"sku":"a","quantity":1},{"sku":"a","quantity":1}]}`), http.StatusUnprocessableEntity, "form_invalid")
	p.places(`{"lines":[{"sku":"a","quantity":1}]}`)
}

// Who placed the order stands in the ledger, without the buyer's data or the program's key.
func TestThePlacedOrdersCauseIsTheKey(t *testing.T) {
	s := newShop(t)
	_, o := s.newProgram().places(ownOrder, "Idempotency-Key", "k1")
	keys, err := s.services.Merchant.Keys(t.Context())
	must(t, err)
	for _, row := range s.audit()["transition"] {
		if want := "admin:api-" + keys[0].ID + "/" + o.ID; row["cause"] != want {
			t.Errorf("the cause is %q, want %q", row["cause"], want)
		}
	}
	s.expectCount(1, "transition", "to", "open")
}
