package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
)

const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"

// sells has a shop sell one thing at one price.
func sells(currency checkout.Currency, minor int64) func(*settings) {
	return func(s *settings) {
		s.currency = currency
		s.catalog = []checkout.Product{{SKU: "ONE", Name: "One thing", Price: checkout.Money{Minor: minor, Currency: currency}}}
	}
}

func lists(codes ...string) func(*settings) { return func(s *settings) { s.methods = codes } }

func payableFor(d time.Duration) func(*settings) { return func(s *settings) { s.orderTTL = d } }

// ordersTo orders a thing to a country.
func (b *buyer) ordersTo(country, sku string) (path string) {
	b.t.Helper()
	b.post("/cart", "sku="+sku, "quantity=1").sees(http.StatusSeeOther)
	form := formID.FindStringSubmatch(b.get("/cart").sees(http.StatusOK).body)
	placed := b.post("/orders", "form_id="+form[1], "email=ann@example.com", "name=Ann Lee", "country="+country, "city=Town", "address1=1 Main Street", "postal_code=10000")
	return placed.sees(http.StatusSeeOther).header.Get("Location")
}

var methodCode = regexp.MustCompile(`data-test="method" data-method="([^"]+)"`)

// methods are the codes on a page, in their order.
func (a answer) methods() string {
	var codes []string
	for _, found := range methodCode.FindAllStringSubmatch(a.body, -1) {
		codes = append(codes, found[1])
	}
	return strings.Join(codes, " ")
}

func (a answer) offers(want string) {
	a.t.Helper()
	if got := a.methods(); got != want {
		a.t.Errorf("offered are\n%s\nwant\n%s", got, want)
	}
}

// consulted is how often Antom was consulted.
func (s *shop) consulted() (n int) {
	for _, m := range s.control.Messages() {
		if m.Operation == "consult" {
			n++
		}
	}
	return n
}

// soon reads a page until it is as wanted: what is consulted in the background
// comes when it comes.
func (b *buyer) soon(path string, wanted func(answer) bool) answer {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if page := b.get(path).sees(http.StatusOK); wanted(page) {
			return page
		} else if time.Now().After(end) {
			b.t.Fatalf("the page never came to be as wanted; it offers %s", page.methods())
		}
	}
}

// whatWeGuess is the configured list of a shop that sells in SGD, for a buyer who
// is there.
const whatWeGuess = "CARD GRABPAY_SG SHOPEEPAY_SG PAYNOW ALIPAY_CN GCASH"

func TestMethodsComeFromAntom(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	page := buyer.get(path).sees(http.StatusOK, `value="CARD" checked`, "You’ll continue in GrabPay.", "<details class=\"group\" open><summary>Wallets")
	// In groups: wallets, of which there are most at home, then the code.
	page.offers("CARD GRABPAY_SG SHOPEEPAY_SG ALIPAY_CN TNG ALIPAY_HK GCASH TRUEMONEY DANA KAKAOPAY PAYNOW")
	for range 3 {
		buyer.get(path).sees(http.StatusOK)
	}
	if n := shop.consulted(); n != 1 {
		t.Errorf("Antom was consulted %d times, want once", n)
	}
	abroad := shop.newBuyer()
	abroad.get(abroad.ordersTo("PH", "MUG-01")).sees(http.StatusOK)
	if n := shop.consulted(); n != 2 {
		t.Errorf("Antom was consulted %d times, want once for each country", n)
	}
	buyer.expectAction(buyer.starts(path, "TNG"), http.StatusOK, "sdk")
}

// No answer of any kind is worth a page without methods, or one that is late.
func TestWithoutAntomsAnswerTheConfiguredListIsOffered(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{
		sandbox.Unknown, sandbox.Refuse, sandbox.Timeout, sandbox.HTTPError, sandbox.HTML, sandbox.ResetByPeer,
		sandbox.Truncate, sandbox.Unsigned, sandbox.WrongSignature,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			shop := newShop(t)
			shop.fault(sandbox.Fault{Kind: kind, On: "consult"})
			buyer := shop.newBuyer()
			path := buyer.orders()
			began := time.Now()
			buyer.get(path).sees(http.StatusOK, `value="CARD" checked`).offers(whatWeGuess)
			if took := time.Since(began); took > 4*time.Second { // the client itself waits for five
				t.Errorf("the page took %v", took)
			}
			buyer.post(path+"/payments", "method=TNG").sees(http.StatusUnprocessableEntity, "isn’t available for this order")
			buyer.expectAction(buyer.starts(path, "GCASH"), http.StatusOK, "sdk")
		})
	}
}

func TestASlowAnswerServesTheNextPage(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.Slow, On: "consult", Delay: sandbox.Duration(time.Second)})
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.get(path).sees(http.StatusOK).offers(whatWeGuess)
	buyer.soon(path, func(a answer) bool { return strings.Contains(a.methods(), "KAKAOPAY") })
	if n := shop.consulted(); n != 1 {
		t.Errorf("Antom was consulted %d times, want once", n)
	}
}

func TestManyFirstPagesConsultOnce(t *testing.T) {
	shop := newShop(t)
	path := shop.newBuyer().orders()
	var pages sync.WaitGroup
	for range 20 {
		pages.Go(func() { shop.newBuyer().get(path) })
	}
	pages.Wait()
	if n := shop.consulted(); n != 1 {
		t.Errorf("Antom was consulted %d times, want once", n)
	}
}

func TestAnAnswerIsRenewedAndForgotten(t *testing.T) {
	shop := newShop(t, payableFor(24*time.Hour))
	buyer := shop.newBuyer()
	path := buyer.orders()
	full := buyer.get(path).methods()
	shop.passes(6 * time.Minute)
	buyer.get(path).offers(full)
	buyer.soon(path, func(answer) bool { return shop.consulted() == 2 })
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "consult"})
	shop.passes(20 * time.Minute)
	buyer.get(path).offers(full) // better old than a guess
	shop.passes(20 * time.Minute)
	buyer.get(path).offers(whatWeGuess)
	shop.control.ClearFaults()
	shop.passes(time.Minute)
	buyer.soon(path, func(a answer) bool { return a.methods() == full })
}

func TestAfterAWarmStartNoPageWaits(t *testing.T) {
	shop := newShop(t)
	shop.services.Methods.WarmUp()
	limit := time.Now().Add(10 * time.Second)
	for shop.consulted() < 3 && time.Now().Before(limit) {
		time.Sleep(time.Millisecond)
	}
	phone := shop.newBuyer()
	phone.agent = iPhone
	path := phone.orders()
	shop.fault(sandbox.Fault{Kind: sandbox.Timeout, On: "consult"}) // the buyer's own country never answers
	phone.soon(path, func(a answer) bool {
		return strings.HasSuffix(a.methods(), "PAYNOW") && strings.Contains(a.methods(), "KAKAOPAY")
	})
}

func TestTheOperatorsListIsOffered(t *testing.T) {
	shop := newShop(t, lists("PAYNOW", "GCASH", "PAYPAY", "CARD"))
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.get(path).sees(http.StatusOK, `value="PAYNOW" checked`).offers("PAYNOW GCASH CARD")
	buyer.post(path+"/payments", "method=ALIPAY_CN").sees(http.StatusUnprocessableEntity)
	shop.fault(sandbox.Fault{Kind: sandbox.Unknown, On: "consult"})
	shop.passes(40 * time.Minute)
	buyer.get(path).sees(http.StatusOK).offers("PAYNOW GCASH CARD")
}

func TestPhoneAndCountryOrderTheMethods(t *testing.T) {
	shop := newShop(t, sells("THB", 500_00))
	desktop, phone := shop.newBuyer(), shop.newBuyer()
	phone.agent = iPhone
	first := func(a answer) string { return strings.Join(strings.Fields(a.methods())[:3], " ") }
	if got := first(desktop.get(desktop.ordersTo("TH", "ONE"))); got != "CARD PROMPTPAY TRUEMONEY" {
		t.Errorf("a desktop in Thailand is offered %s first", got)
	}
	page := phone.get(phone.ordersTo("TH", "ONE"))
	if got := first(page); got != "CARD TRUEMONEY RABBIT_LINE_PAY" {
		t.Errorf("a phone in Thailand is offered %s first", got)
	}
	page.sees(http.StatusOK, "Save it and open it in your banking app.", "BANKAPP_BANGKOKBANK", "<summary>Banks")
	if got := first(desktop.get(desktop.ordersTo("CN", "ONE"))); !strings.HasPrefix(got, "CARD ALIPAY_CN") {
		t.Errorf("a buyer from China is offered %s first", got)
	}
}

// The first order is too dear for the counter; what Antom said of it must not
// keep the second from going there.
func TestLimitsAreThoseOfEachOrder(t *testing.T) {
	shop := newShop(t, sells("JPY", 300_001), func(s *settings) {
		s.catalog = append(s.catalog, checkout.Product{SKU: "TWO", Name: "Less", Price: checkout.Money{Minor: 300_000, Currency: "JPY"}})
	})
	buyer := shop.newBuyer()
	dear := buyer.ordersTo("JP", "ONE")
	buyer.get(dear).sees(http.StatusOK, `data-method="PAYPAY"`).seesNot("KONBINI", "SEVENELEVEN")
	buyer.post(dear+"/payments", "method=KONBINI").sees(http.StatusUnprocessableEntity, `href="#methods"`, "isn’t available for this order", `data-method="PAYPAY"`)
	buyer = shop.newBuyer()
	cheap := buyer.ordersTo("JP", "TWO")
	buyer.get(cheap).sees(http.StatusOK, `data-method="KONBINI"`, `data-method="SEVENELEVEN"`)
	if n := shop.consulted(); n != 1 {
		t.Errorf("Antom was consulted %d times, want once", n)
	}
	buyer.post(cheap+"/payments", "method=KONBINI").sees(http.StatusOK, `class="code"`)
}

func TestAMethodOnlyAntomKnowsCanBePaid(t *testing.T) {
	shop := newShop(t, sells("EUR", 42_00))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("DE", "ONE")
	buyer.get(path).sees(http.StatusOK, `data-method="SOFORT"`, "You’ll continue at Sofort and confirm with your bank.")
	buyer.post(path+"/payments", "method=SOFORT").sees(http.StatusOK, "Continue to Sofort")
	buyer.get(path+"/return").sees(http.StatusOK, "Sofort")
}

func TestAnAttemptUnderWayGoesOnWhenItsMethodIsOfferedNoMore(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	begun := buyer.starts(path, "TNG")
	buyer.expectAction(begun, http.StatusOK, "sdk")
	must(t, shop.control.Submit(begun.PaymentRequestID, ""))
	shop.fault(sandbox.Fault{Kind: sandbox.Unknown, On: "consult"})
	shop.passes(12 * time.Minute) // the payment is open at Antom
	buyer.get(path).sees(http.StatusOK)
	shop.passes(90 * time.Second)
	page := buyer.get(path).sees(http.StatusOK, `value="TNG" checked`, "Touch &#39;n Go")
	page.seesNot("hint.", "TOUCH")
	if again := buyer.starts(path, "TNG"); again.PaymentRequestID != begun.PaymentRequestID {
		t.Errorf("another attempt was begun: %+v", again)
	}
}

func TestANumberForTheCounter(t *testing.T) {
	shop := newShop(t, sells("JPY", 4_200), payableFor(7*24*time.Hour))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("JP", "ONE")
	buyer.get(path).sees(http.StatusOK, "You’ll get a number to pay at a shop counter. Pay within 7 days.")
	page := buyer.post(path+"/payments", "method=KONBINI").sees(http.StatusOK,
		"At the counter, show this code or say the number", "Pay with Convenience store", `data-copy="`, "Copy the number",
		">7 days<", `<time datetime="`, "I’ve paid", "How to pay with Convenience store", "<svg viewBox")
	number := regexp.MustCompile(`<b class="code">(\d{13})</b>`).FindStringSubmatch(page.body)
	if number == nil {
		t.Fatalf("no number:\n%s", page.body)
	}
	buyer.get(path).sees(http.StatusOK, `href="`+path+`/code"`, "Show the code again")
	buyer.get(path+"/code").sees(http.StatusOK, number[1])

	// For days nothing happens; that is no reason to give up or to raise a review.
	for range 6 {
		shop.passes(24 * time.Hour)
		for range 100 {
			shop.offset.Add(int64(time.Minute))
			shop.sweeps()
		}
	}
	buyer.expectStatus(path, "processing", "processing")
	buyer.get(path+"/code").sees(http.StatusOK, number[1], "hours<")
	must(t, shop.control.Pay(shop.payment(t)))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
}

// A number never outlives its order: the page says the order's end, Antom gets
// it, and when it has come both close.
func TestANumberEndsWithItsOrder(t *testing.T) {
	for _, mode := range []string{"by itself", "in a session"} {
		t.Run(mode, func(t *testing.T) {
			shop := newShop(t, sells("JPY", 4_200), payableFor(2*time.Hour))
			buyer := shop.newBuyer()
			path := buyer.ordersTo("JP", "ONE")
			if mode == "by itself" {
				buyer.post(path+"/payments", "method=SEVENELEVEN").sees(http.StatusOK, ">2 hours<")
			} else {
				begun := buyer.starts(path, "SEVENELEVEN")
				buyer.expectAction(begun, http.StatusOK, "sdk")
				must(t, shop.control.Submit(begun.PaymentRequestID, ""))
			}
			for _, p := range shop.control.Ledger().Payments {
				if left := p.ClosesAt.Sub(p.CreatedAt); left > 2*time.Hour || left < 115*time.Minute {
					t.Errorf("Antom keeps the number for %v", left)
				}
			}
			shop.passes(2*time.Hour + time.Minute)
			shop.sweeps()
			if st := buyer.status(path); st.Status != "expired" || !st.Final {
				t.Errorf("the order is %+v", st)
			}
		})
	}
}

// payment is the id of the only payment at Antom.
func (s *shop) payment(t *testing.T) string {
	t.Helper()
	all := s.control.Ledger().Payments
	if len(all) != 1 {
		t.Fatalf("%d payments", len(all))
	}
	return all[0].RequestID
}

func TestANumberToTransferTo(t *testing.T) {
	shop := newShop(t, sells("IDR", 150_000_00), payableFor(72*time.Hour))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("ID", "ONE")
	buyer.get(path).sees(http.StatusOK, "You’ll get an account number for your bank transfer. Pay within 2 days.", "BNI (transfer)", "Pay later")
	page := buyer.post(path+"/payments", "method=BANKTRANSFER_BNI").sees(http.StatusOK, "Transfer exactly this amount", ">2 days<")
	page.seesNot("<svg viewBox=\"0 0 1") // the number of an account is nothing to scan
	if !regexp.MustCompile(`<b class="code">\d{13}</b>`).MatchString(page.body) {
		t.Fatal("no number")
	}
}
