package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
)

// Antom's documents "Card payments, server-to-server mode" and "Authorization payment"
// print the requests that a merchant sends. This file places the order of each example
// in the shop, and compares what the shop sends with what the document prints.
const antomExamples = "../antom/testdata/seeds"

// copyist is a client of Antom that keeps the body of each request.
type copyist struct {
	*antom.Client
	bodies map[string][]byte // the last of each operation
}

func (c copyist) keep(operation string, request any) {
	c.bodies[operation], _ = json.Marshal(request) // the client encodes it again, and reports an error
}

func (c copyist) Pay(ctx context.Context, r *antom.PayRequest) (*antom.PayResponse, error) {
	c.keep("pay", r)
	return c.Client.Pay(ctx, r)
}

func (c copyist) InquiryPayment(ctx context.Context, r *antom.InquiryPaymentRequest) (*antom.InquiryPaymentResponse, error) {
	c.keep("inquiryPayment", r)
	return c.Client.InquiryPayment(ctx, r)
}

func (c copyist) Capture(ctx context.Context, r *antom.CaptureRequest) (*antom.CaptureResponse, error) {
	c.keep("capture", r)
	return c.Client.Capture(ctx, r)
}

// members are the members of a JSON value that hold no others, by their path.
func members(t *testing.T, body []byte) map[string]string {
	t.Helper()
	var value any
	must(t, json.Unmarshal(body, &value))
	all := map[string]string{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for name, member := range value {
				walk(strings.TrimPrefix(path+"."+name, "."), member)
			}
		case []any:
			for i, element := range value {
				walk(fmt.Sprintf("%s[%d]", path, i), element)
			}
		default:
			all[path] = fmt.Sprint(value)
		}
	}
	walk("", value)
	return all
}

// differences are the members in which a request is another than the example: "+" the shop
// sends it, "-" only the document has it, "~" both have it with other values.
func differences(example, sent map[string]string) []string {
	var all []string
	for path, want := range example {
		switch got, there := sent[path]; {
		case !there:
			all = append(all, "- "+path)
		case got != want:
			all = append(all, "~ "+path)
		}
	}
	for path := range sent {
		if _, there := example[path]; !there {
			all = append(all, "+ "+path)
		}
	}
	slices.Sort(all)
	return all
}

// example is a request of a document, and how the shop comes to send it.
type example struct {
	operation string
	settings  func(*settings)
	order     func(*buyer) (path string)
	start     map[string]any
	headers   headers       // of the buyer's requests
	clock     time.Time     // of the shop; zero is now
	then      func(s *shop) // after the start
	reasons   []reasons
}

// reasons says why a request is another than the example, by difference.
type reasons map[string]string

// because gives one reason to differences of one kind.
func because(reason, kind string, paths ...string) reasons {
	all := reasons{}
	for _, path := range paths {
		all[kind+" "+path] = reason
	}
	return all
}

// within are the paths of members of an object.
func within(object string, members ...string) []string {
	var paths []string
	for _, member := range members {
		paths = append(paths, object+"."+member)
	}
	return paths
}

// TestTheExamplesOfAntomsDocumentsAreSent holds every request of the two documents. A
// difference without a reason fails, and so does a reason without its difference.
func TestTheExamplesOfAntomsDocumentsAreSent(t *testing.T) {
	for name, e := range cardExamples {
		t.Run(name, func(t *testing.T) {
			printed, err := os.ReadFile(filepath.Join(antomExamples, name+".request.json"))
			must(t, err)
			compareWithExample(t, e, printed)
		})
	}
	files, err := filepath.Glob(antomExamples + "/*.request.json")
	must(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".request.json")
		ofTheTwo := strings.HasPrefix(name, "server-card-") || strings.HasPrefix(name, "authorization-")
		if _, held := cardExamples[name]; ofTheTwo != held {
			t.Errorf("%s is held: %v", name, held)
		}
	}
}

// The document on the server-to-server mode prints its capture as Java.
func TestTheCaptureOfAntomsDocumentIsSent(t *testing.T) {
	compareWithExample(t, example{
		operation: "capture", settings: byTheDocument("SGD", 4200, typesCards, byMerchant), order: coffees("quantity=1"), start: typed(stillValid()),
		then: func(s *shop) {
			_, err := s.service.Capture(t.Context(), s.orderID(), by("capture"))
			must(t, err)
		},
		reasons: []reasons{because("ids are made by the shop and by Antom", "~", "captureRequestId", "paymentId")},
	}, []byte(`{"captureAmount":{"currency":"SGD","value":"4200"},"captureRequestId":"captureRequestId01","paymentId":"2019060811401080010018882020035XXXX"}`))
}

func compareWithExample(t *testing.T, e example, printed []byte) {
	t.Helper()
	bodies := map[string][]byte{}
	shop := newShop(t, e.settings, func(s *settings) {
		s.client = func(c *antom.Client) gateway.Client { return copyist{c, bodies} }
	})
	if !e.clock.IsZero() {
		shop.offset.Store(int64(time.Until(e.clock)))
	}
	buyer := shop.newBuyer()
	buyer.client.Transport = e.headers
	path := e.order(buyer)
	body, err := json.Marshal(e.start)
	must(t, err)
	if got := buyer.postJSON(path+"/payments", string(body)); got.status >= http.StatusBadRequest {
		t.Fatalf("the start is answered with %d %s", got.status, got.body)
	}
	if e.then != nil {
		e.then(shop)
	}
	if bodies[e.operation] == nil {
		t.Fatalf("Antom got no %s", e.operation)
	}
	left := reasons{}
	for _, some := range e.reasons {
		maps.Copy(left, some)
	}
	for _, difference := range differences(members(t, printed), members(t, bodies[e.operation])) {
		if left[difference] == "" {
			t.Errorf("%s has no reason", difference)
		}
		delete(left, difference)
	}
	for difference, reason := range left {
		t.Errorf("%s is no difference: %s", difference, reason)
	}
}

// headers are set in each request of a buyer.
type headers map[string]string

func (h headers) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, value := range h {
		r.Header.Set(name, value)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// byTheDocument is a shop that sells the coffee of the documents' examples.
func byTheDocument(currency checkout.Currency, minor int64, more ...func(*settings)) func(*settings) {
	return func(s *settings) {
		s.currency, s.appReturns, s.withoutSDK, s.trustedProxy = currency, "https://www.alipay.com, imeituan://pay", true, "127.0.0.0/8"
		s.catalog = []checkout.Product{{
			SKU:   "383382011_SGAMZ-904520356",
			Name:  "[3 Boxes] Starbucks Cappuccino Milk Coffee Pods / Coffee Capsules by Nescafe Dolce Gusto",
			Price: checkout.Money{Minor: minor, Currency: currency},
		}}
		for _, change := range more {
			change(s)
		}
	}
}

// coffees orders the coffee for the documents' buyer.
func coffees(quantity string, changes ...string) func(*buyer) string {
	return func(b *buyer) string {
		b.t.Helper()
		b.post("/cart", "sku=383382011_SGAMZ-904520356", quantity).sees(http.StatusSeeOther)
		form := formID.FindStringSubmatch(b.get("/cart").sees(http.StatusOK).body)
		pairs := append(slices.Clone(changes), "form_id="+form[1])
		for _, pair := range []string{
			"email=test@gmail.com", "name=Dehua Skr Liu", "phone=12345678912", "country=CN", "region=Zhejiang", "city=Hangzhou",
			"address1=Wuchang road", "address2=Xihu", "postal_code=310000",
		} {
			if name, _, _ := strings.Cut(pair, "="); !slices.ContainsFunc(changes, func(change string) bool { return strings.HasPrefix(change, name+"=") }) {
				pairs = append(pairs, pair)
			}
		}
		return b.post("/orders", pairs...).sees(http.StatusSeeOther).header.Get("Location")
	}
}

// whenWritten is a day on which the documents' cards are valid.
var whenWritten = time.Date(2024, 5, 11, 10, 13, 0, 0, time.UTC)

var (
	inTheWeb = headers{"X-Forwarded-For": "112.80.248.78", "Accept-Language": "zh-CN", "User-Agent": "Chrome/100"}
	inTheApp = headers{"X-Forwarded-For": "112.80.248.78", "Accept-Language": "zh-CN", "User-Agent": "Chrome/100", "Accept": "*/*"}
)

// alansCard and tomsCard are the cards of the two documents.
var (
	alansCard = map[string]any{"card_number": "4054695723100768", "card_cvc": "712", "card_expiry": "06/28", "cardholder_first": "Alan", "cardholder_last": "Wallex"}
	tomsCard  = map[string]any{"card_number": "4117347806156383", "card_cvc": "850", "card_expiry": "12/29", "cardholder_first": "Tom", "cardholder_last": "Jay"}
)

// typed is a start with a card that is typed in the shop.
func typed(card map[string]any) map[string]any {
	all := map[string]any{
		"method": "CARD", "billing_country": "CN", "billing_region": "Zhejiang", "billing_city": "Hangzhou",
		"billing_address1": "Wuchang road", "billing_address2": "Xihu", "billing_postal_code": "310000",
	}
	maps.Copy(all, card)
	return all
}

// stillValid is a card of the documents that this test can still pay with.
func stillValid() map[string]any {
	all := maps.Clone(alansCard)
	all["card_expiry"] = "12/39"
	return all
}

// inTheirApp is a start in the app of the document on authorisation.
func inTheirApp(fields map[string]any) map[string]any {
	all := map[string]any{
		"method": "CARD", "terminal": "APP", "os": "IOS", "return_url": "https://www.alipay.com",
		"device_id": "eYOIkvFpZzztgO0Yu6USdprBQZCWxDhiUAHCiK8K/cH9mT6wMaMOzAKe", "device_language": "zh_CN",
	}
	maps.Copy(all, fields)
	return all
}

// losing has an answer or a notification of Antom's lost before an order is placed.
func losing(lost sandbox.Fault, order func(*buyer) string) func(*buyer) string {
	return func(b *buyer) string {
		b.t.Helper()
		b.shop.fault(lost)
		return order(b)
	}
}

// inquires has the sweeper inquire.
func inquires(s *shop) {
	s.passes(time.Minute)
	s.sweeps()
}

// Reasons that several examples share.
var (
	everyPay = because("ids, texts and addresses are the shop's", "~", "paymentRequestId", "order.referenceOrderId", "order.orderDescription", "paymentNotifyUrl")
	ownPages = because("the buyer comes back to the shop's own page", "~", "paymentRedirectUrl")
	ownBuyer = because("the shop knows its buyers by an id of its own", "~", "order.buyer.referenceBuyerId")
	anyBuyer = because("Antom assesses the risk by the buyer, whom the shop knows", "+", within("order.buyer", "referenceBuyerId", "buyerEmail", "buyerPhoneNo")...)
	anyName  = because("Antom assesses the risk by the buyer, whom the shop knows", "+", within("order.buyer.buyerName", "firstName", "lastName", "fullName")...)
	anyGoods = because("the document wants goods for a better success rate", "+", within("order.goods[0]",
		"referenceGoodsId", "goodsName", "goodsUrl", "goodsQuantity", "goodsUnitAmount.currency", "goodsUnitAmount.value")...)
	shipped     = because("the shop sends goods", "+", "order.goods[0].deliveryMethodType")
	anyShipping = because("the document wants the delivery for a better success rate", "+", within("order.shipping",
		"shippingName.firstName", "shippingName.lastName", "shippingName.fullName", "shippingPhoneNo", "shipToEmail",
		"shippingAddress.region", "shippingAddress.state", "shippingAddress.city", "shippingAddress.address1", "shippingAddress.address2", "shippingAddress.zipCode")...)
	oneName = because("the form asks for one name, and in China the family name is written first", "~",
		"order.buyer.buyerName.firstName", "order.buyer.buyerName.lastName", "order.shipping.shippingName.firstName", "order.shipping.shippingName.lastName")
	noMiddleName = because("the form asks for one name", "-", "order.buyer.buyerName.middleName", "order.shipping.shippingName.middleName")
	ownGoods     = because("the goods are shown in the shop", "~", "order.goods[0].goodsUrl")
	priceOfTen   = because("ten coffees at the document's price cost ten times its amount", "~", "order.goods[0].goodsUnitAmount.value")
	unknownFacts = because("the shop has no categories, and knows no carrier before it is paid", "-", "order.goods[0].goodsCategory", "order.shipping.shippingCarrier")
	oneEmail     = because("the form asks for one email address", "~", "order.shipping.shipToEmail")
	closesAt     = because("an attempt ends with its order", "+", "paymentExpiryTime")
	browser      = because("the bank decides by the browser whether it asks the buyer", "+", within("env.browserInfo", "acceptHeader", "language", "userAgent")...)
	inOrderToo   = because("the document on the server-to-server mode has the device in the order too", "+", within("order.env", "terminalType", "clientIp", "deviceLanguage")...)
	browserToo   = because("the document on the server-to-server mode has the device in the order too", "+", within("order.env.browserInfo", "acceptHeader", "language", "userAgent")...)
	appToo       = because("the document on the server-to-server mode has the device in the order too", "+", within("order.env", "osType", "deviceId")...)
	screenToo    = because("the document on the server-to-server mode has the device in the order too", "+", within("order.env",
		"colorDepth", "screenHeight", "screenWidth", "timeZoneOffset")...)
	upgrades = because("CARD_3DS=auto lets the bank ask for 3-D Secure", "+", "paymentMethod.paymentMethodMetaData.enableAuthenticationUpgrade")
)

// cardExamples are the requests of the two documents.
var cardExamples = map[string]example{
	"server-card-pay": {
		operation: "pay", settings: byTheDocument("SGD", 4200, typesCards), order: coffees("quantity=1"), start: typed(alansCard), headers: inTheWeb, clock: whenWritten,
		reasons: []reasons{
			everyPay, ownPages, ownBuyer, without(anyBuyer, "+ order.buyer.referenceBuyerId"), anyName, anyGoods, shipped, anyShipping, closesAt, browser, browserToo, upgrades,
			because("the document's address has a leading zero, and is none", "~", "env.clientIp", "order.env.clientIp"),
			because("the bank reads it in the buyer's language", "+", "env.deviceLanguage", "order.env.deviceLanguage"),
			because("AVS compares the billing address", "+", within("paymentMethod.paymentMethodMetaData.billingAddress", "region", "state", "city", "address1", "address2", "zipCode")...),
			because("SETTLEMENT_CURRENCY is always said", "+", "settlementStrategy.settlementCurrency"),
		},
	},
	"server-card-pay-expiry": {
		operation: "pay", settings: byTheDocument("CNY", 1314, lists("ALIPAY_CN"), func(s *settings) { s.settlement = "USD" }), order: coffees("quantity=1"),
		start: map[string]any{"method": "ALIPAY_CN", "terminal": "APP", "os": "ANDROID", "return_url": "imeituan://pay"},
		reasons: []reasons{
			everyPay, anyBuyer, anyName, anyGoods, shipped, anyShipping, browser,
			because("APP_RETURN_URLS takes an app's address with a host", "~", "paymentRedirectUrl"),
			because("the shop's clock is another", "~", "paymentExpiryTime"),
			because("Antom assesses the risk by the device", "+", "env.clientIp", "env.deviceLanguage"),
		},
	},
	"server-card-inquiry": {
		operation: "inquiryPayment", settings: byTheDocument("SGD", 4200, typesCards), start: typed(stillValid()), then: inquires,
		order:   losing(sandbox.Fault{Kind: sandbox.Unknown, On: "pay", Times: 1}, coffees("quantity=1")),
		reasons: []reasons{because("ids are the shop's", "~", "paymentRequestId")},
	},
	"server-card-capture-inquiry": {
		operation: "inquiryPayment", settings: byTheDocument("SGD", 4200, typesCards), start: typed(stillValid()), then: inquires,
		order:   losing(sandbox.Fault{Kind: sandbox.Lose, On: "CAPTURE_RESULT"}, coffees("quantity=1")),
		reasons: []reasons{because("ids are the shop's", "~", "paymentRequestId")},
	},
	"authorization-server-pay": {
		operation: "pay", settings: byTheDocument("EUR", 3000, typesCards), order: coffees("quantity=10", "email=alipay@alipay.com"),
		start:   inTheirApp(typed(withScreen(tomsCard))),
		headers: inTheApp, clock: whenWritten,
		reasons: []reasons{
			everyPay, ownBuyer, shipped, oneName, noMiddleName, ownGoods, priceOfTen, unknownFacts, oneEmail, closesAt, inOrderToo, browserToo, appToo, screenToo,
			because("an app is no browser, and tells neither", "-", "env.browserInfo.javaEnabled", "env.browserInfo.javaScriptEnabled"),
			because("how Antom combines the two flags of 3-D Secure is not documented: one is sent", "-", "paymentMethod.paymentMethodMetaData.is3DSAuthentication"),
			because("it is sent where it is true", "-", "paymentMethod.paymentMethodMetaData.isCardOnFile"),
		},
	},
	"authorization-hosted-pay": {
		operation: "pay", settings: byTheDocument("EUR", 3000), order: coffees("quantity=10", "email=alipay@alipay.com"), start: inTheirApp(nil), headers: inTheApp,
		reasons: []reasons{
			everyPay, ownBuyer, shipped, oneName, noMiddleName, ownGoods, priceOfTen, unknownFacts, oneEmail, closesAt, browser, inOrderToo, browserToo, appToo, upgrades,
		},
	},
	"authorization-korean-pay": {
		operation: "pay", settings: byTheDocument("KRW", 30000, onlyBrands("SAMSUNG")), order: coffees("quantity=1", "email=alipay@alipay.com"),
		start: map[string]any{"method": "CARD", "card_brand": "SAMSUNG"}, headers: inTheWeb,
		reasons: []reasons{
			everyPay, ownPages, ownBuyer, anyName, anyGoods, shipped, anyShipping, closesAt, browser, inOrderToo, browserToo,
			because("Antom assesses the risk by the buyer, whom the shop knows", "+", "order.buyer.buyerPhoneNo"),
			because("a browser has no device id", "-", "env.deviceId"),
			because("Antom's SDKs write the flag beside the metadata", "+", "paymentMethod.requireIssuerAuthentication"),
			because("the brand is one of Korea", "+", "paymentMethod.paymentMethodMetaData.paymentMethodRegion"),
		},
	},
	"authorization-manual-pay": {
		operation: "pay", settings: byTheDocument("USD", 30000, byMerchant), order: coffees("quantity=1"), start: map[string]any{"method": "CARD"}, headers: inTheWeb,
		reasons: []reasons{
			everyPay, ownPages, anyBuyer, anyName, anyGoods, shipped, anyShipping, closesAt, browser, inOrderToo, browserToo, upgrades,
			because("Antom assesses the risk by the device", "+", "env.clientIp", "env.deviceLanguage"),
		},
	},
}

// withScreen adds the screen of the document on authorisation.
func withScreen(fields map[string]any) map[string]any {
	all := map[string]any{"color_depth": 48, "screen_height": 768, "screen_width": 1024, "time_zone_offset": 1}
	maps.Copy(all, fields)
	return all
}

func without(all reasons, difference string) reasons {
	fewer := maps.Clone(all)
	delete(fewer, difference)
	return fewer
}
