package handlers_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/handlers"
)

// posted is what Antom got with a start about the method and the instalments.
type posted struct {
	PaymentMethod antom.PaymentMethod          `json:"paymentMethod"`
	Available     antom.AvailablePaymentMethod `json:"availablePaymentMethod"` // of the element
	CreditPayPlan *antom.CreditPayPlan         `json:"creditPayPlan"`
	Collects      bool                         `json:"enableInstallmentCollection"`
}

// lastPosted is the last request of an operation.
func (s *shop) lastPosted(operation string) (last posted) {
	s.t.Helper()
	for _, m := range s.control.Messages() {
		if m.Operation != operation {
			continue
		}
		last = posted{}
		if err := json.Unmarshal([]byte(m.Body), &last); err != nil {
			s.t.Fatal(err)
		}
	}
	return last
}

var optionOf = regexp.MustCompile(`<option value="([^"]+)"`)

// choices are the values of a list on a page, in their order.
func (a answer) choices(list string) string {
	_, rest, shown := strings.Cut(a.body, `<select id="`+list+`"`)
	if !shown {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "</select>")
	var values []string
	for _, found := range optionOf.FindAllStringSubmatch(rest, -1) {
		values = append(values, found[1])
	}
	return strings.Join(values, " ")
}

// onlyBrands is the operator's list of Korean card companies.
func onlyBrands(codes ...string) func(*settings) { return func(s *settings) { s.koreanBrands = codes } }

func byMerchant(s *settings) { s.manualCapture = true }

// A Korean card company is chosen on the page and reached by a redirect, with the SDK
// and without it; the buyer confirms there, and the order is paid.
func TestAKoreanCardCompanyIsPaidOnItsOwnPage(t *testing.T) {
	shop := newShop(t, sells("KRW", 60_000))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("KR", "ONE")
	page := buyer.isOffered(path, "card_brand").sees(http.StatusOK, "Samsung Card · 삼성카드", "your card company’s app")
	if got := page.choices("card_brand"); !strings.HasPrefix(got, "SAMSUNG SHINHAN HYUNDAI ") || strings.Contains(got, "VISA") {
		t.Errorf("the page offers %s", got)
	}
	started := buyer.startsWith(path, `{"method":"CARD","card_brand":"SAMSUNG","installments":"3"}`)
	buyer.expectAction(started, http.StatusOK, "redirect")
	sent := shop.lastPosted("pay")
	if meta := sent.PaymentMethod.Metadata; meta == nil || meta.SelectedCardBrand != "SAMSUNG" || sent.CreditPayPlan.InstallmentNum != 3 {
		t.Errorf("Antom got %+v", sent)
	}
	if resumed := buyer.startsWith(path, `{"method":"CARD","card_brand":"SAMSUNG","installments":3}`); resumed.PaymentRequestID != started.PaymentRequestID {
		t.Error("the same choice is another attempt")
	}
	if other := buyer.startsWith(path, `{"method":"CARD","card_brand":"LOTTE"}`); other.PaymentRequestID == started.PaymentRequestID {
		t.Error("another company is the same attempt")
	}
	buyer.isPaid(path)
	buyer.get(path+"/return").sees(http.StatusOK, "Lotte Card")
}

// Where it is not offered, a company is refused at its field, in every form of a start.
func TestACardCompanyThatIsNotOfferedIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		change  []func(*settings)
		country string
		start   string
	}{
		"dollars":              {[]func(*settings){sells("USD", 60_00)}, "US", "method=CARD&card_brand=SAMSUNG"},
		"captured by merchant": {[]func(*settings){sells("KRW", 60_000), byMerchant}, "KR", "method=CARD&card_brand=SAMSUNG"},
		"not of the list":      {[]func(*settings){sells("KRW", 60_000), onlyBrands("LOTTE", "WOORI")}, "KR", "method=CARD&card_brand=SAMSUNG"},
		"a worldwide brand":    {[]func(*settings){sells("KRW", 60_000)}, "KR", "method=CARD&card_brand=VISA"},
		"a wallet":             {[]func(*settings){sells("KRW", 60_000)}, "KR", "method=KAKAOPAY&card_brand=SAMSUNG"},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, row.change...)
			buyer := shop.newBuyer()
			path := buyer.ordersTo(row.country, "ONE")
			buyer.get(path)
			buyer.post(path+"/payments", strings.Split(row.start, "&")...).sees(http.StatusUnprocessableEntity, "This card company isn’t available")
			fields := buyer.refusedFields(path, row.start)
			if len(fields) != 1 || fields["card_brand"] == "" {
				t.Errorf("refused are %v", fields)
			}
			if n := len(shop.begun("pay")) + len(shop.begun("createPaymentSession")); n != 0 {
				t.Errorf("Antom got %d starts", n)
			}
		})
	}
}

func TestTheOperatorsCardCompaniesAreOffered(t *testing.T) {
	shop := newShop(t, sells("KRW", 60_000), onlyBrands("WOORI", "NEW_CARD"))
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "consult"}) // they do not need Antom's answer
	buyer := shop.newBuyer()
	if got := buyer.get(buyer.ordersTo("KR", "ONE")).sees(http.StatusOK, "New Card").choices("card_brand"); got != "WOORI NEW_CARD" {
		t.Errorf("the page offers %s", got)
	}
}

// A company that Antom cannot take now leaves the list of this order, and no other.
func TestARefusedCardCompanyLeavesTheList(t *testing.T) {
	shop := newShop(t, sells("KRW", 60_000))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("KR", "ONE")
	buyer.isOffered(path, "card_brand")
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "pay", Code: "SELECTED_CARD_BRAND_NOT_AVAILABLE", Times: 1})
	declined := buyer.startsWith(path, `{"method":"CARD","card_brand":"SAMSUNG"}`)
	buyer.expectAction(declined, http.StatusOK, "declined")
	page := buyer.get(path).sees(http.StatusOK, "This card company can’t be used right now")
	if got := page.choices("card_brand"); strings.Contains(got, "SAMSUNG") || !strings.HasPrefix(got, "SHINHAN ") {
		t.Errorf("the page offers %s", got)
	}
	if fields := buyer.refusedFields(path, "method=CARD&card_brand=SAMSUNG"); fields["card_brand"] == "" {
		t.Error("the company is offered again")
	}
	buyer.expectAction(buyer.startsWith(path, `{"method":"CARD","card_brand":"SHINHAN"}`), http.StatusOK, "redirect")
	other := shop.newBuyer()
	if got := other.get(other.ordersTo("KR", "ONE")).choices("card_brand"); !strings.HasPrefix(got, "SAMSUNG ") {
		t.Errorf("another order is offered %s", got)
	}
}

func TestInstalmentsArePaidInEveryWay(t *testing.T) {
	for name, operation := range map[string]string{"sdk": "createPaymentSession", "api": "pay"} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, sells("BRL", 100_00), func(s *settings) { s.withoutSDK = operation == "pay" })
			buyer := shop.newBuyer()
			path := buyer.ordersTo("BR", "ONE")
			page := buyer.isOffered(path, "installments").sees(http.StatusOK, "Pay at once", "3 × BRL\u00a033.33, the last BRL\u00a033.34 · no interest", "Visa, Mastercard")
			if got := page.choices("installments"); got != "2 3 4 5 6 7 8 9 10 11 12" || page.choices("card_brand") != "" {
				t.Errorf("the page offers %s", got)
			}
			buyer.startsWith(path, `{"method":"CARD","installments":3}`)
			if plan := shop.lastPosted(operation).CreditPayPlan; plan == nil || plan.InstallmentNum != 3 || plan.Interval != "MONTH" {
				t.Errorf("Antom got %+v", plan)
			}
			buyer.get(path).sees(http.StatusOK, `<option value="3" selected`)
			buyer.isPaid(path)
			buyer.get(path+"/return").sees(http.StatusOK, `data-test="instalments"`, "3 × BRL\u00a033.33, the last BRL\u00a033.34")
		})
	}
}

// Antom's element asks by itself, where there are plans.
func TestAntomsElementAsksForInstalments(t *testing.T) {
	for currency, want := range map[string]bool{"BRL": true, "SGD": false} {
		shop := newShop(t, sells("BRL", 100_00), func(s *settings) {
			s.sdk = func(sdk *handlers.SDK) { sdk.UI = handlers.Element }
			if currency == "SGD" {
				sells("SGD", 100_00)(s)
			}
		})
		buyer := shop.newBuyer()
		path := buyer.ordersTo("BR", "ONE")
		if want { // plans come from Antom alone, and the page of the element lists none
			buyer.soon(path+"/methods", func(a answer) bool { return strings.Contains(a.body, `"plans":[{`) })
		} else {
			buyer.soon(path, func(a answer) bool { return strings.Contains(a.methods(), "DANA") })
		}
		buyer.expectAction(buyer.startsWith(path, `{"method":"","card_brand":"","installments":""}`), http.StatusOK, "sdk")
		if sent := shop.lastPosted("createPaymentSession"); sent.Collects != want || sent.CreditPayPlan != nil {
			t.Errorf("%s: Antom got %+v", currency, sent)
		}
	}
}

func TestInstalmentsThatAreNotOfferedAreRefused(t *testing.T) {
	shop := newShop(t, sells("BRL", 100_00))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("BR", "ONE")
	buyer.isOffered(path, "installments")
	for _, parts := range []string{`2.5`, `"abc"`, `-1`, `1`, `13`, `[3]`, `{}`, `true`, `"3x"`, `99999999999999999999`} {
		got := buyer.postJSON(path+"/payments", `{"method":"CARD","installments":`+parts+`}`)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `"installments":"These instalments`) {
			t.Errorf("%s: %d %s", parts, got.status, got.body)
		}
	}
	for _, start := range []string{"method=CARD&installments=2.5", "method=CARD&installments=abc", "method=ALIPAY_CN&installments=3"} {
		buyer.post(path+"/payments", strings.Split(start, "&")...).sees(http.StatusUnprocessableEntity, "These instalments aren’t available here")
	}
	if n := len(shop.begun("pay")) + len(shop.begun("createPaymentSession")); n != 0 {
		t.Errorf("Antom got %d starts", n)
	}
	for _, none := range []string{`0`, `""`, `null`} {
		buyer.expectAction(buyer.startsWith(path, `{"method":"CARD","installments":`+none+`}`), http.StatusOK, "sdk")
	}
	small := newShop(t, sells("MXN", 299_99))
	buyer = small.newBuyer()
	if got := buyer.get(buyer.ordersTo("MX", "ONE")).choices("installments"); got != "" {
		t.Errorf("below the limit the page offers %s", got)
	}
}

func TestAppsAreToldOfCompaniesAndPlans(t *testing.T) {
	shop := newShop(t, sells("KRW", 60_000))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("KR", "ONE")
	buyer.isOffered(path, "card_brand")
	buyer.get(path+"/methods").sees(http.StatusOK, `{"card_brand":"SAMSUNG","name":"Samsung Card · 삼성카드"}`, `{"installments":3,"text":"3 × KRW`)
}

// startsWith starts by a JSON body.
func (b *buyer) startsWith(path, body string) action {
	b.t.Helper()
	got := b.postJSON(path+"/payments", body)
	a := action{status: got.status}
	if err := json.Unmarshal([]byte(got.body), &a); err != nil {
		b.t.Fatalf("start with %s answers %d %s", body, got.status, got.body)
	}
	return a
}

// refusedFields are the fields of a start that is refused, as JSON names them.
func (b *buyer) refusedFields(path, start string) map[string]string {
	b.t.Helper()
	fields := map[string]string{}
	for pair := range strings.SplitSeq(start, "&") {
		name, value, _ := strings.Cut(pair, "=")
		fields[name] = value
	}
	body, err := json.Marshal(fields)
	if err != nil {
		b.t.Fatal(err)
	}
	got := b.postJSON(path+"/payments", string(body))
	var refused struct {
		Fields map[string]string `json:"fields"`
	}
	if err := json.Unmarshal([]byte(got.body), &refused); err != nil || got.status != http.StatusUnprocessableEntity {
		b.t.Fatalf("%s answers %d %s", start, got.status, got.body)
	}
	return refused.Fields
}

// isOffered reads the checkout page until Antom's answer has come and a list is on it.
func (b *buyer) isOffered(path, list string) answer {
	b.t.Helper()
	return b.soon(path, func(a answer) bool { return a.choices(list) != "" })
}

// isPaid has the buyer pay the last attempt, and the shop hear of it.
func (b *buyer) isPaid(path string) {
	b.t.Helper()
	must(b.t, b.shop.control.Pay(b.status(path).LastPayment.PaymentRequestID))
	b.shop.passes(2 * time.Second)
	b.shop.sweeps()
	b.expectStatus(path, "paid", "paid")
}
