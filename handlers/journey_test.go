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

func TestABuyerPaysByCard(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.get(path).sees(http.StatusOK, `data-test="order-total" data-minor="4800" data-currency="SGD"`, `data-method="CARD"`, `data-test="pay"`)

	started := buyer.starts(path, "CARD")
	buyer.expectAction(started, http.StatusOK, "sdk")
	if a := started.Action; a.SDK != "AMSCashierPayment" || a.SessionData == "" || a.Environment != "sandbox" || a.Locale != "en_US" || a.ExpiresAt == "" {
		t.Fatalf("action %+v", a)
	}
	buyer.expectStatus(path, "processing", "processing")

	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	buyer.get(path+"/return").sees(http.StatusOK, `data-status="paid"`)
	buyer.get(path).sees(http.StatusOK, `data-status="paid"`).seesNot(`data-test="pay"`)
	buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "done")

	shop.expectCount(1, "capture", "status", "success")
	shop.expectCount(1, "outbox", "topic", "order.paid")
	published := regexp.MustCompile(`^((notification|inquiry|response|admin|shopper):.+|sweeper)$`)
	for _, row := range shop.audit()["transition"] {
		if !published.MatchString(row["cause"].(string)) {
			t.Errorf("%q is no published cause", row["cause"])
		}
		if row["to"] == "paid" && !strings.HasPrefix(row["cause"].(string), "notification:") && !strings.HasPrefix(row["cause"].(string), "inquiry:") {
			t.Errorf("paid because of %v", row["cause"])
		}
	}
}

func TestADeclinedWalletIsFollowedByAnotherWay(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "GCASH")
	must(t, shop.control.Decline(first.PaymentRequestID, "USER_BALANCE_NOT_ENOUGH"))
	shop.quiet()

	buyer.expectStatus(path, "open", "failed")
	buyer.get(path+"/return").sees(http.StatusOK, `data-test="retry"`, "balance is too low")
	buyer.get(path).sees(http.StatusOK, `data-test="retry"`, `data-test="pay"`)

	second := buyer.starts(path, "ALIPAY_CN")
	if second.PaymentRequestID == first.PaymentRequestID {
		t.Fatal("a new attempt has the old id")
	}
	must(t, shop.control.Pay(second.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	shop.expectCount(1, "payment", "status", "paid")
}

var continueLink = regexp.MustCompile(`<a[^>]*data-test="continue"[^>]*>`)

func TestWithoutJavaScriptAFormLeadsToTheWallet(t *testing.T) {
	for _, method := range []string{"GCASH", "CARD"} {
		t.Run(method, func(t *testing.T) {
			shop := newShop(t)
			buyer := shop.newBuyer()
			path := buyer.orders()
			page := buyer.post(path+"/payments", "method="+method).sees(http.StatusOK, `data-test="continue"`, `http-equiv="refresh"`)
			if link := continueLink.FindString(page.body); !strings.Contains(link, shop.box.Credentials().BaseURL+"/buyer/") {
				t.Fatalf("the page continues to %s", link)
			}
			must(t, shop.control.Pay(buyer.status(path).LastPayment.PaymentRequestID))
			shop.quiet()
			buyer.get(path+"/return").sees(http.StatusOK, `data-status="paid"`)
		})
	}
}

func TestWithoutJavaScriptAQRCodeIsDrawn(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.post(path+"/payments", "method=PAYNOW").sees(http.StatusOK, "<svg", `data-minor="4800"`, path+"/return").seesNot("style=")
	buyer.get(path+"/code").sees(http.StatusOK, "<svg", `http-equiv="refresh"`) // by itself, without scripts
	must(t, shop.control.Pay(buyer.status(path).LastPayment.PaymentRequestID))
	shop.quiet()
	buyer.get(path + "/code").sees(http.StatusSeeOther)
	buyer.expectStatus(path, "paid", "paid")
}

func TestWithEveryNotificationLostAnInquiryPays(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.Lose})
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	shop.passes(3 * time.Second) // a payment is inquired about every two seconds at most
	shop.newBuyer().get(path+"/return").sees(http.StatusOK, `data-status="paid"`)
	if len(shop.audit()["notification"]) != 0 {
		t.Error("a notification arrived all the same")
	}
}

func TestWithAllPagesClosedTheSweeperFindsThePayment(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.Lose})
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "CARD").PaymentRequestID))
	shop.quiet()
	shop.passes(11 * time.Second)
	shop.sweeps()
	shop.expectCount(1, "order", "status", "paid")
}

// Law 3: no answer is unknown, never failed, and posting again goes on with the
// same attempt.
func TestNoAnswerFromAntomIsUnknownAndGoesOn(t *testing.T) {
	faults := map[string]sandbox.Fault{
		"timeout before":  {Kind: sandbox.Timeout, Delay: sandbox.Duration(time.Second)},
		"timeout after":   {Kind: sandbox.Timeout, Delay: sandbox.Duration(time.Second), Apply: true},
		"reset":           {Kind: sandbox.ResetByPeer, Apply: true},
		"U":               {Kind: sandbox.Unknown},
		"unsigned":        {Kind: sandbox.Unsigned},
		"wrong signature": {Kind: sandbox.WrongSignature},
		"html":            {Kind: sandbox.HTML, Apply: true},
		"bad gateway":     {Kind: sandbox.HTTPError},
		"half an answer":  {Kind: sandbox.Truncate},
	}
	for name, fault := range faults {
		for _, way := range []string{"createPaymentSession", "pay"} {
			t.Run(name+" of "+way, func(t *testing.T) {
				shop := newShop(t, func(s *settings) { s.timeout = 300 * time.Millisecond; s.withoutSDK = way == "pay" })
				fault.On, fault.Times = way, 1
				shop.fault(fault)
				buyer := shop.newBuyer()
				path := buyer.orders()

				first := buyer.starts(path, "GCASH")
				buyer.expectAction(first, http.StatusAccepted, "wait")
				shop.fault(sandbox.Fault{Kind: sandbox.Unknown, On: "inquiryPayment", Times: 1})
				buyer.expectStatus(path, "processing", "unknown")
				buyer.get(path).sees(http.StatusOK, `data-status="processing"`).seesNot("didn’t go through", `data-test="pay"`)

				second := buyer.starts(path, "GCASH")
				if second.status != http.StatusOK || second.PaymentRequestID != first.PaymentRequestID {
					t.Fatalf("posting again answers %d with payment %s, the first was %s", second.status, second.PaymentRequestID, first.PaymentRequestID)
				}
				must(t, shop.control.Pay(second.PaymentRequestID))
				shop.quiet()
				buyer.expectStatus(path, "paid", "paid")
				if n := len(shop.audit()["payment"]); n != 1 {
					t.Errorf("%d payments were stored", n)
				}
			})
		}
	}
}

// While Antom is out of reach the outcome is unknown, and nothing is offered twice; when
// it is back, the sweeper sends the same request again and the buyer goes on.
func TestAfterAnOutageTheSameAttemptGoesOn(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.Outage})
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "GCASH")
	buyer.expectAction(first, http.StatusAccepted, "wait")
	shop.control.ClearFaults()
	shop.passes(11 * time.Second)
	shop.sweeps()
	buyer.expectStatus(path, "processing", "processing")
	second := buyer.starts(path, "GCASH")
	buyer.expectAction(second, http.StatusOK, "sdk")
	if second.PaymentRequestID != first.PaymentRequestID {
		t.Fatal("another id was used")
	}
}

func TestDoubledAndReorderedNotificationsChangeNothingTwice(t *testing.T) {
	for _, fault := range []sandbox.Fault{{Kind: sandbox.Duplicate}, {Kind: sandbox.Reorder, On: "PAYMENT_RESULT"}} {
		t.Run(string(fault.Kind), func(t *testing.T) {
			shop := newShop(t)
			shop.fault(fault)
			buyer := shop.newBuyer()
			path := buyer.orders()
			must(t, shop.control.Pay(buyer.starts(path, "CARD").PaymentRequestID))
			shop.quiet()
			buyer.expectStatus(path, "paid", "paid")
			shop.expectCount(1, "outbox", "topic", "order.paid")
			if n := len(shop.audit()["notification"]); n != 2 {
				t.Errorf("%d notifications were stored, want the payment's and the capture's", n)
			}
		})
	}
}

func TestAWrongAmountNeverPaysAndAnInquiryResolvesIt(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.WrongAmountNotification, On: "PAYMENT_RESULT", Times: 1})
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.starts(path, "GCASH")
	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	shop.expectCount(1, "order", "status", "review")
	shop.passes(3 * time.Second)
	shop.sweeps()
	buyer.expectStatus(path, "paid", "paid")
}

func TestTheReturnPageShowsAStrangerNoPerson(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	for _, page := range []string{path + "/return", path, path + "/status"} {
		shop.newBuyer().get(page).sees(http.StatusOK).seesNot("ann@example.com", "Ann Lee", "Raffles", "9123")
	}
}

func TestTheSameFormTenTimesAtOnceIsOneOrder(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	form := "form_id=" + buyer.fills()
	var places sync.Map
	var posts sync.WaitGroup
	for range 10 {
		posts.Go(func() {
			placed := buyer.post("/orders", append([]string{form}, goodAddress...)...)
			places.Store(placed.header.Get("Location"), placed.status)
		})
	}
	posts.Wait()
	different := 0
	places.Range(func(place, status any) bool {
		if different++; status != http.StatusSeeOther || place == "" {
			t.Errorf("an answer was %v to %v", status, place)
		}
		return true
	})
	if different != 1 || len(shop.audit()["order"]) != 1 {
		t.Fatalf("%d addresses, %d orders", different, len(shop.audit()["order"]))
	}
	// Later, from the back button, with an empty or another cart: still the same.
	buyer.post("/cart/MUG-01", "quantity=0").sees(http.StatusSeeOther)
	again := buyer.post("/orders", form).sees(http.StatusSeeOther).header.Get("Location")
	if _, same := places.Load(again); !same {
		t.Errorf("the same form later leads to %s", again)
	}
}

func TestAnotherSessionsFormLeadsToNoOrder(t *testing.T) {
	shop := newShop(t)
	form := append([]string{"form_id=guessed"}, goodAddress...)
	ann, bob := shop.newBuyer(), shop.newBuyer()
	ann.fills()
	bob.fills()
	first := ann.post("/orders", form...).sees(http.StatusSeeOther).header.Get("Location")
	second := bob.post("/orders", form...).sees(http.StatusSeeOther).header.Get("Location")
	if first == second {
		t.Fatal("two buyers with one form id share an order")
	}
}

func TestTwentyStartsAtOnceAreOneAttempt(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	var ids sync.Map
	var starts sync.WaitGroup
	for range 20 {
		starts.Go(func() { ids.Store(buyer.starts(path, "GCASH").PaymentRequestID, true) })
	}
	starts.Wait()
	if n := len(shop.audit()["payment"]); n != 1 {
		t.Fatalf("%d payments were stored", n)
	}
	if n := len(shop.control.Ledger().Sessions); n != 1 {
		t.Fatalf("Antom has %d sessions", n)
	}
}

func TestAChangeOfMindEndsTheFirstAttempt(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "GCASH")
	buyer.expectAction(first, http.StatusOK, "redirect")
	second := buyer.starts(path, "ALIPAY_CN")
	buyer.expectAction(second, http.StatusOK, "redirect")
	if first.PaymentRequestID == second.PaymentRequestID {
		t.Fatal("another method has the same id")
	}
	shop.expectCount(1, "payment", "status", "cancelled")
	shop.expectCount(1, "cancel", "status", "success")
	must(t, shop.control.Pay(second.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
}

func TestASessionNeverSubmittedIsSupersededByAnotherMethod(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.starts(path, "GCASH")
	second := buyer.starts(path, "CARD")
	buyer.expectAction(second, http.StatusOK, "sdk")
	shop.expectCount(1, "payment", "status", "cancelled")
}

// The first session stays payable at Antom after it was superseded: when both are
// paid, the second success is refunded automatically.
func TestASecondSuccessIsRefunded(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "GCASH")
	second := buyer.starts(path, "ALIPAY_CN")
	must(t, shop.control.Pay(second.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	must(t, shop.control.Pay(first.PaymentRequestID))
	shop.quiet()
	shop.passes(3 * time.Second)
	shop.sweeps() // inquires whether the superseded one is really paid
	shop.sweeps() // refunds it
	buyer.expectStatus(path, "paid", "paid")
	paid := 0
	for _, p := range shop.audit()["payment"] {
		if p["status"] == "paid" {
			paid++
		}
	}
	if paid != 1 {
		t.Fatalf("%d payments are paid: %v", paid, shop.audit()["payment"])
	}
	for _, p := range shop.control.Ledger().Payments {
		if p.RequestID == first.PaymentRequestID && p.Status == "SUCCESS" {
			t.Errorf("Antom still holds the second success")
		}
	}
}

func TestAnUnpaidOrderExpiresWhenAntomAgrees(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.starts(path, "GCASH")
	shop.fault(sandbox.Fault{Kind: sandbox.Lose})
	shop.fault(sandbox.Fault{Kind: sandbox.Outage})
	shop.passes(2 * time.Hour)
	shop.sweeps()
	shop.expectCount(0, "order", "status", "expired")
	shop.control.ClearFaults()
	shop.passes(2 * time.Minute)
	shop.sweeps()
	shop.sweeps()
	shop.expectCount(1, "order", "status", "expired")
	if st := buyer.status(path); !st.Final {
		t.Error("expired is not final")
	}
	buyer.expectAction(buyer.starts(path, "GCASH"), http.StatusGone, "closed")
	buyer.post(path+"/payments", "method=GCASH").sees(http.StatusGone, `data-status="expired"`)
	buyer.get(path).sees(http.StatusOK, `data-status="expired"`).seesNot(`data-test="pay"`)
}

func TestAnOrderWithoutAnyAttemptExpires(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	shop.passes(61 * time.Minute)
	buyer.expectAction(buyer.starts(path, "CARD"), http.StatusGone, "closed")
}

func TestAnExpiredOrderIsRenewedWithOneClick(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.post(path + "/renewal").sees(http.StatusConflict) // it may still be paid
	shop.passes(61 * time.Minute)
	shop.sweeps()
	buyer.get(path).sees(http.StatusOK, `data-status="expired"`, path+"/renewal")
	anew := buyer.post(path + "/renewal").sees(http.StatusSeeOther).header.Get("Location")
	if again := buyer.post(path + "/renewal").header.Get("Location"); again != anew || anew == path {
		t.Fatalf("twice leads to %s and %s", anew, again)
	}
	buyer.get(anew).sees(http.StatusOK, `data-minor="4800"`, `data-test="pay"`).seesNot(`data-test="renewed"`)
}

// mugs is a catalogue: mugs at this price, so many of them, and more.
func mugs(price int64, stock int) []checkout.Product {
	return []checkout.Product{
		{SKU: "MUG", Name: "Enamel mug", Price: checkout.Money{Minor: price, Currency: "SGD"}, Stock: &stock},
		{SKU: "TIN", Name: "Tea tin <&>", Price: checkout.Money{Minor: 900, Currency: "SGD"}},
		{SKU: "PEN", Name: "Pen", Price: checkout.Money{Minor: 500, Currency: "SGD"}},
	}
}

// expired is a shop with an order of two mugs and a tin whose time is over.
func expired(t *testing.T) (*shop, *buyer, string) {
	t.Helper()
	shop := newShop(t, func(s *settings) { s.catalog = mugs(2400, 5) })
	buyer := shop.newBuyer()
	buyer.post("/cart", "sku=MUG", "quantity=2").sees(http.StatusSeeOther)
	buyer.post("/cart", "sku=TIN", "quantity=1").sees(http.StatusSeeOther)
	path := buyer.post("/orders", append([]string{"form_id=a"}, goodAddress...)...).sees(http.StatusSeeOther).header.Get("Location")
	buyer.get(path).sees(http.StatusOK, `data-minor="5700"`)
	shop.passes(61 * time.Minute)
	shop.sweeps()
	return shop, buyer, path
}

func TestARenewedOrderSaysThatPricesHaveChanged(t *testing.T) {
	shop, buyer, path := expired(t)
	shop.sells(mugs(2500, 5))
	anew := buyer.post(path + "/renewal").sees(http.StatusSeeOther).header.Get("Location")
	buyer.get(anew).sees(http.StatusOK, `data-minor="5900"`, `data-test="renewed"`, "Prices have changed", "57.00", "59.00", `data-test="pay"`)
	buyer.get(anew + "?lang=de").sees(http.StatusSeeOther)
	buyer.get(anew).sees(http.StatusOK, "Die Preise haben sich", "57,00", "59,00")
	// What is sent and paid is what the page says.
	started := buyer.starts(anew, "CARD")
	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	if p, _ := shop.control.Ledger().Payment(started.PaymentRequestID); p.Money.Amount != 5900 {
		t.Errorf("Antom was paid %d", p.Money.Amount)
	}
	buyer.expectStatus(anew, "paid", "paid")
	buyer.get(anew).seesNot(`data-test="renewed"`)
	buyer.get("/cart").sees(http.StatusOK).seesNot(`data-test="cart-line"`)
}

func TestWhatIsLeftOfAnOrderIsOfferedInTheCart(t *testing.T) {
	for name, row := range map[string]struct {
		today     []checkout.Product
		sees, not []string
	}{
		"short": {mugs(2400, 1), []string{"can’t make this order again", "Enamel mug", "don’t have that many", "Tea tin"}, []string{"No longer available"}},
		"gone":  {mugs(2400, 5)[1:], []string{"can’t make this order again", "No longer available: Enamel mug", "Tea tin"}, []string{`cart/MUG"`}},
		"all":   {nil, []string{"No longer available: Enamel mug", "No longer available: Tea tin &lt;&amp;&gt;", "Your cart is empty"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			shop, buyer, path := expired(t)
			shop.sells(row.today)
			before := len(shop.audit()["order"])
			page := buyer.post(path+"/renewal").sees(http.StatusConflict, row.sees...).seesNot(row.not...)
			if len(row.today) > 0 {
				page.sees(http.StatusConflict, `data-test="checkout-form"`, "ann@example.com", "1 Raffles Place")
				// Nothing is lost: the cart holds it, here and in another browser that has the link.
				buyer.get("/cart").sees(http.StatusOK, "Tea tin")
				other := shop.newBuyer()
				other.post(path+"/renewal").sees(http.StatusConflict, "Tea tin").seesNot("ann@example.com", "Ann Lee", "Raffles")
				other.get("/cart").sees(http.StatusOK, "Tea tin")
			}
			buyer.postJSON(path+"/renewal", "{}").sees(http.StatusConflict, `"error":"We can’t make this order again`)
			if n := len(shop.audit()["order"]); n != before {
				t.Errorf("%d orders were placed", n-before)
			}
			buyer.get(path).sees(http.StatusOK, `data-status="expired"`)
		})
	}
}

func TestTheCartsOtherGoodsStay(t *testing.T) {
	shop, buyer, path := expired(t)
	shop.sells(mugs(2400, 1))
	buyer.post("/cart/TIN", "quantity=0")
	buyer.post("/cart/MUG", "quantity=1")
	buyer.post("/cart", "sku=PEN", "quantity=3")
	buyer.post(path+"/renewal").sees(http.StatusConflict, `cart/PEN"`, `cart/TIN"`, `cart/MUG"`)
	buyer.get("/cart").sees(http.StatusOK, `name="quantity" value="2"`, `name="quantity" value="3"`)
}

func TestManualCaptureLeavesTheOrderAuthorised(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.manualCapture = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "CARD").PaymentRequestID))
	shop.quiet()
	if st := buyer.status(path); st.Status != "authorized" || !st.Final {
		t.Fatalf("status %+v", st)
	}
	buyer.get(path+"/return").sees(http.StatusOK, `data-status="authorized"`)
}

// A card that waits for its merchant's capture is polled days later; a doubt
// about it must not wait that long because Antom has missed one question.
func TestADoubtAboutAnAuthorisedCardIsInquiredAboutAgain(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.manualCapture = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "CARD").PaymentRequestID
	must(t, shop.control.Pay(id))
	shop.quiet()
	shop.notify(strings.NewReplacer("ID", id, "4800", "4900", "20260101194010890100111650285726898", shop.control.Ledger().Payments[0].ID).Replace(paymentResult))
	shop.expectCount(1, "order", "status", "review")
	shop.fault(sandbox.Fault{Kind: sandbox.HTTPError, On: "inquiryPayment", Times: 1})
	shop.sweeps()
	shop.expectCount(1, "order", "status", "review")
	shop.passes(time.Minute)
	shop.sweeps()
	shop.expectCount(1, "order", "status", "authorized")
}

func TestAPaidCartIsEmptiedAndAnUnpaidOneStays(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.get("/cart").sees(http.StatusOK, `data-test="cart-line"`)
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	buyer.get("/cart").sees(http.StatusOK).seesNot(`data-test="cart-line"`)
}

func TestEveryCurrencyIsPaidInItsOwnMinorUnits(t *testing.T) {
	for currency, shown := range map[string]string{"JPY": "JPY", "KRW": "KRW", "IDR": "IDR", "KWD": "KWD"} {
		t.Run(currency, func(t *testing.T) {
			shop := newShop(t, func(s *settings) { s.currency = checkout.Currency(currency) })
			buyer := shop.newBuyer()
			path := buyer.orders()
			started := buyer.starts(path, "CARD")
			must(t, shop.control.Pay(started.PaymentRequestID))
			shop.quiet()
			buyer.get(path+"/return").sees(http.StatusOK, `data-status="paid"`, shown)
		})
	}
}
