package handlers_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// linkJSON is a payment link as a program reads it.
type linkJSON struct {
	ID, Name, URL, HTML, Status, Currency string
	QRURL                                 string `json:"qr_url"`
	Active                                bool
	Uses                                  int
	MaxUses                               *int       `json:"max_uses"`
	ExpiresAt                             *time.Time `json:"expires_at"`
	Amount                                *struct{ Min, Max, Suggested int64 }
	Lines                                 []struct {
		SKU, Name string
		Quantity  int
	}
	Methods    []string
	SuccessURL string `json:"success_url"`
	Metadata   map[string]string
}

// makesLink makes a payment link, and returns it with the path of its page.
func (p *program) makesLink(body string, headers ...string) (linkJSON, string) {
	p.t.Helper()
	r := p.calls(http.MethodPost, "/payment-links", body, headers...)
	if r.status != http.StatusCreated {
		p.t.Fatalf("the link is answered with %d %s", r.status, r.body)
	}
	l := into[linkJSON](p.t, r)
	return l, strings.TrimPrefix(l.URL, p.url)
}

// linkTo is the body of a link that sells a dinner for two, with further members.
func linkTo(members string) string {
	body := `{"name":"Table for two","lines":[{"name":"Dinner","quantity":2,"unit_amount":2100}]`
	if members != "" {
		body += "," + members
	}
	return body + "}"
}

func TestAProgramMakesAPaymentLink(t *testing.T) {
	s := newShop(t)
	p := s.newProgram(checkout.ScopeWriteLinks)
	l, _ := p.makesLink(`{"name":"Table & chairs","lines":[{"sku":"MUG-01","quantity":1},{"name":"Dinner","quantity":2,"unit_amount":2100}],
		"adjustable_quantity":true,"max_uses":3,"expires_at":"2099-01-01T00:00:00Z","methods":["CARD"],"success_url":"https://shop.example/thanks","metadata":{"table":"7"}}`)
	if !regexp.MustCompile(`^`+s.url+`/buy/[a-z2-7]{16}$`).MatchString(l.URL) || l.QRURL != l.URL+"/qr.svg" {
		t.Errorf("the link is at %s, its code at %s", l.URL, l.QRURL)
	}
	if l.Status != "open" || !l.Active || *l.MaxUses != 3 || l.Uses != 0 || l.Lines[0].SKU != "MUG-01" || l.Lines[1].Name != "Dinner" || l.Metadata["table"] != "7" || l.Currency != "SGD" {
		t.Errorf("the link is %+v", l)
	}
	if !strings.Contains(l.HTML, `<a href="`+l.URL+`">Table &amp; chairs</a>`) || !strings.Contains(l.HTML, `<form action="`+l.URL+`" method="get">`) || strings.Contains(l.HTML, "script") {
		t.Errorf("a page of the merchant's has %s", l.HTML)
	}
	again := into[linkJSON](t, p.calls(http.MethodGet, "/payment-links/"+l.ID, ""))
	if again.URL != l.URL {
		t.Errorf("it is read as %+v", again)
	}
	p.expectProblem(p.calls(http.MethodGet, "/payment-links/none", ""), http.StatusNotFound, "not_found")
	reader := s.newProgram(checkout.ScopeReadOrders)
	reader.expectProblem(reader.calls(http.MethodGet, "/payment-links", ""), http.StatusForbidden, "forbidden")
}

// The same request under the same key makes one link.
func TestAPaymentLinkIsMadeOnce(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	one, _ := p.makesLink(linkTo(""), "Idempotency-Key", "k")
	again, _ := p.makesLink(linkTo(""), "Idempotency-Key", "k")
	other, _ := p.makesLink(linkTo(""))
	if one.ID != again.ID || other.ID == one.ID || other.URL == one.URL {
		t.Errorf("the links are %s, again %s, and %s", one.ID, again.ID, other.ID)
	}
	list := into[struct {
		Data []linkJSON
		Next *string
	}](t, p.calls(http.MethodGet, "/payment-links?limit=1", ""))
	if len(list.Data) != 1 || list.Data[0].ID != other.ID || list.Next == nil {
		t.Errorf("the list begins with %+v", list)
	}
}

func TestAPaymentLinkIsChanged(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	l, _ := p.makesLink(linkTo(`"max_uses":1,"expires_at":"2099-01-01T00:00:00Z","methods":["CARD"],"metadata":{"a":"1"}`))
	change := func(body string) linkJSON {
		r := p.calls(http.MethodPatch, "/payment-links/"+l.ID, body)
		if r.status != http.StatusOK {
			t.Fatalf("%s is answered with %d %s", body, r.status, r.body)
		}
		return into[linkJSON](t, r)
	}
	if got := change(`{"active":false}`); got.Status != "off" || got.Name != "Table for two" || *got.MaxUses != 1 || got.ExpiresAt == nil {
		t.Errorf("switched off it is %+v", got)
	}
	got := change(`{"active":true,"name":"Dinner","max_uses":null,"expires_at":null,"methods":[],"success_url":"https://shop.example/","metadata":{}}`)
	if got.Status != "open" || got.Name != "Dinner" || got.MaxUses != nil || got.ExpiresAt != nil || len(got.Methods) != 0 || got.SuccessURL == "" || len(got.Metadata) != 0 {
		t.Errorf("changed it is %+v", got)
	}
	if got := change(`{"expires_at":"2020-01-01T00:00:00Z"}`); got.Status != "expired" {
		t.Errorf("ended it is %+v", got)
	}
	for body, at := range map[string]string{
		`{"name":""}`: "/name", `{"max_uses":0}`: "/max_uses", `{"methods":["NONE"]}`: "/methods/0", `{"lines":[]}`: "/lines", `{"success_url":"ftp://x"}`: "/success_url",
	} {
		p.expectPointers(p.calls(http.MethodPatch, "/payment-links/"+l.ID, body), at)
	}
	p.expectProblem(p.calls(http.MethodPatch, "/payment-links/none", `{"active":true}`), http.StatusNotFound, "not_found")
}

// expectPointers checks that a request is refused because of these members and no others.
func (p *program) expectPointers(r reply, want ...string) {
	p.t.Helper()
	named := map[string]bool{}
	for _, e := range into[problem](p.t, r).Errors {
		named[e.Pointer] = true
	}
	for _, pointer := range want {
		if !named[pointer] {
			p.t.Errorf("%s is not named", pointer)
		}
	}
	if r.status != http.StatusUnprocessableEntity || len(named) != len(want) {
		p.t.Errorf("the answer is %d %s, want %q", r.status, r.body, want)
	}
}

func TestAWrongPaymentLinkIsRefused(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	for name, c := range map[string]struct{ body, pointers string }{
		"nothing to sell":  {`{"name":"A"}`, "/lines"},
		"no name":          {`{"lines":[{"name":"A","quantity":1,"unit_amount":1}]}`, "/name"},
		"unknown article":  {`{"name":"A","lines":[{"sku":"none","quantity":1}]}`, "/lines/0/sku"},
		"both":             {linkTo(`"amount":{"min":1,"max":2}`), "/amount"},
		"no amounts":       {`{"name":"A","amount":{}}`, "/amount/min /amount/max"},
		"limits":           {`{"name":"A","amount":{"min":500,"max":400}}`, "/amount/max"},
		"suggested":        {`{"name":"A","amount":{"min":500,"max":600,"suggested":700}}`, "/amount/suggested"},
		"rupiah":           {`{"name":"A","amount":{"min":150,"max":60000},"currency":"IDR"}`, "/amount/min"},
		"amount and times": {`{"name":"A","amount":{"min":1,"max":2},"adjustable_quantity":true}`, "/adjustable_quantity"},
		"currency":         {linkTo(`"currency":"XXX"`), "/currency"},
		"no use":           {linkTo(`"max_uses":0`), "/max_uses"},
		"past":             {linkTo(`"expires_at":"2020-01-01T00:00:00Z"`), "/expires_at"},
		"address":          {linkTo(`"success_url":"javascript:alert(1)"`), "/success_url"},
		"metadata":         {linkTo(fmt.Sprintf(`"metadata":{"a":%q}`, strings.Repeat("x", 501))), "/metadata/a"},
		"unknown":          {linkTo(`"colour":"red"`), "/colour"},
		"card number":      {`{"name":"4111 1111 1111 1111","amount":{"min":1,"max":2}}`, "/name"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &program{p.shop, p.key}
			p.expectPointers(p.calls(http.MethodPost, "/payment-links", c.body), strings.Fields(c.pointers)...)
		})
	}
}
