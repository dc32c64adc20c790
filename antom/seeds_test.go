package antom

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answers gives the type that reads a sample answer, by a part of its name.
var answers = []struct {
	part   string
	decode func([]byte) (any, error)
}{
	{"-session", into[PaymentSessionResponse]},
	{"-pay", into[PayResponse]},
	{"-inquiry", into[InquiryPaymentResponse]},
	{"-capture", into[CaptureResponse]},
}

func into[T any](sample []byte) (any, error) {
	out := new(T)
	return out, json.Unmarshal(sample, out) // without decode's leniency
}

// TestSampleAnswersAreReadWhole decodes and encodes every answer and
// notification of the four documents. What went in must come out.
func TestSampleAnswersAreReadWhole(t *testing.T) {
	for name, sample := range samples(t, "answer") {
		for _, answer := range answers {
			if strings.Contains(name, answer.part) {
				message, err := answer.decode(sample)
				wantWhole(t, name, sample, message, err)
				break
			}
		}
	}
	for name, sample := range samples(t, "notification") {
		message, err := readNotification(sample)
		if kind := fmt.Sprintf("%T", message); kind == "*antom.UnknownNotification" {
			t.Errorf("%s is read as %s", name, kind)
		}
		wantWhole(t, name, sample, message, err)
	}
}

func wantWhole(t *testing.T, name string, sample []byte, message any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	again, err := json.Marshal(message)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	want, got := tree(t, sample), tree(t, again)
	if _, has := want.(map[string]any)["result"]; !has {
		delete(got.(map[string]any), "result") // some samples leave it out; this package never does
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s comes out otherwise (-sample +got):\n%s", name, diff)
	}
}

// tree is a message without what makes no difference: empty members, and the
// misspelt caav.
func tree(t *testing.T, message []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(message, &v); err != nil {
		t.Fatal(err)
	}
	return prune(v)
}

func prune(v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name, value := range object {
		if value = prune(value); value == nil || value == "" || cmp.Equal(value, map[string]any{}) {
			delete(object, name)
		} else {
			object[name] = value
		}
	}
	if misspelt, ok := object["caav"]; ok {
		object["cavv"] = misspelt
		delete(object, "caav")
	}
	return object
}

// samples are the sample messages of one kind, by name.
func samples(t *testing.T, kind string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/seeds/*." + kind + ".json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), "."+kind+".json")] = text
	}
	return all
}

// TestSampleRequestsAreWritten builds every request of the four documents
// from the package's types and compares it member by member.
func TestSampleRequestsAreWritten(t *testing.T) {
	written := sampleRequests(t)
	for name, sample := range samples(t, "request") {
		req, ok := written[name]
		if !ok {
			t.Errorf("no request of the test is %s", name)
			continue
		}
		body, err := encode(req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var want, got any
		if err := errors.Join(json.Unmarshal(sample, &want), json.Unmarshal(body, &got)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-sample +got):\n%s", name, diff)
		}
	}
}

func amount(t *testing.T, currency string, minor int64) Amount {
	t.Helper()
	a, err := NewAmount(currency, minor)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func sampleRequests(t *testing.T) map[string]any {
	sgd, eur, krw, usd := amount(t, "SGD", 4200), amount(t, "EUR", 30000), amount(t, "KRW", 30000), amount(t, "USD", 30000)
	one := &InquiryPaymentRequest{PaymentRequestID: "paymentRequestId01"}
	buyer := &Buyer{ReferenceBuyerID: "yourBuyerId"}
	name := &UserName{FirstName: "Dehua", MiddleName: "Skr", LastName: "Liu", FullName: "Dehua Skr Liu"}
	address := &Address{Region: "CN", State: "Zhejiang", City: "Hangzhou", Address1: "Wuchang road", Address2: "Xihu", ZipCode: "310000"}
	const (
		device = "eYOIkvFpZzztgO0Yu6USdprBQZCWxDhiUAHCiK8K/cH9mT6wMaMOzAKe"
		coffee = "Cappuccino #grande (Mika's coffee shop)"
		order  = "ORDER_20221114141714891"
		pay    = "PAY_20221114141714891"
	)
	app := Env{TerminalType: TerminalApp, OSType: OSIOS, ClientIP: "112.80.248.78", DeviceID: device, DeviceLanguage: "zh_CN"}
	web := &Env{TerminalType: TerminalWeb, ClientIP: "114.121.121.01"}
	coffees := &Order{
		ReferenceOrderID: order, Description: coffee, Amount: eur,
		Goods: []Goods{{
			ReferenceGoodsID: "383382011_SGAMZ-904520356",
			Name:             "[3 Boxes] Starbucks Cappuccino Milk Coffee Pods / Coffee Capsules by Nescafe Dolce Gusto",
			Category:         "Digital Goods/Digital Vouchers/Food and Beverages",
			URL:              "https://www.lazada.sg/products/3-boxes-starbucks-cappuccino-milk-coffee-pods-coffee-capsules-by-nescafe-dolce-gusto-i383382011-s904520356.html?clickTrackInfo=undefined&search=1&source=search&spm=a2o42.searchlist.list.3",
			UnitAmount:       eur, Quantity: "10",
		}},
		Shipping: &Shipping{Name: name, Address: address, Carrier: "FedEx", PhoneNo: "12345678912", ShipToEmail: "test@gmail.com"},
		Buyer:    &Buyer{ReferenceBuyerID: "test12345678", PhoneNo: "12345678912", Email: "alipay@alipay.com", Name: name},
	}
	full := app
	full.BrowserInfo = &BrowserInfo{AcceptHeader: "*/*", JavaEnabled: True, JavaScriptEnabled: True, Language: "zh_CN", UserAgent: "Chrome/100"}
	full.ColorDepth, full.ScreenHeight, full.ScreenWidth, full.TimeZoneOffset = 48, 768, 1024, ptr(Int(1))
	authorise := &PaymentFactor{IsAuthorization: True}

	return map[string]any{
		"android-card-inquiry":        one,
		"apm-web-inquiry":             one,
		"server-card-inquiry":         one,
		"server-card-capture-inquiry": one,
		"android-card-session": &PaymentSessionRequest{
			ProductCode: ProductCheckout, PaymentRequestID: "paymentRequestId01",
			Order:         &Order{ReferenceOrderID: "referenceOrderId01", Description: "antom sdk test order", Amount: sgd, Buyer: buyer},
			PaymentAmount: sgd, PaymentMethod: &PaymentMethod{Type: "CARD"}, PaymentFactor: authorise,
			SettlementStrategy: &SettlementStrategy{SettlementCurrency: "SGD"},
			PaymentNotifyURL:   "https://www.yourNotifyUrl", PaymentRedirectURL: "https://www.yourMerchantWeb.com",
		},
		"apm-web-session": &PaymentSessionRequest{
			ProductCode: ProductCheckout, PaymentRequestID: "paymentRequestId01",
			Order:         &Order{ReferenceOrderID: "referenceOrderId01", Description: "antom testing order", Amount: sgd, Buyer: buyer},
			PaymentAmount: sgd, PaymentMethod: &PaymentMethod{Type: "SHOPEEPAY_SG"},
			PaymentNotifyURL: "https://www.yourNotifyUrl.com", PaymentRedirectURL: "https://www.yourMerchantWeb.com",
		},
		"server-card-pay": &PayRequest{
			ProductCode: ProductCheckout, PaymentRequestID: "paymentRequestId01",
			Order:         &Order{ReferenceOrderID: "3232db07-91f7-4364-85bc-829a4c1c653f", Description: "antom test order", Amount: sgd, Buyer: buyer, Env: web},
			PaymentAmount: sgd, PaymentFactor: authorise, Env: web,
			PaymentMethod: &PaymentMethod{Type: "CARD", Metadata: &Metadata{
				CardNo: "4054695723100768", CVV: "712", ExpiryMonth: "06", ExpiryYear: "28", CardholderName: &UserName{FirstName: "Alan", LastName: "Wallex"},
			}},
			PaymentNotifyURL: "http://www.yourNotifyUrl.com", PaymentRedirectURL: "http://www.yourRedirectUrl.com",
		},
		"server-card-pay-expiry": &PayRequest{
			ProductCode: ProductCheckout, PaymentRequestID: "iJ9lsVgTx8pX7qJpvW6rfqEE2Kdv9M3lgL8e1999ydfz52uMSqwvT3qXYw8IFBYt",
			Order:         &Order{ReferenceOrderID: "ORDER_0517884936248XXXX", Description: coffee, Amount: amount(t, "CNY", 1314)},
			PaymentAmount: amount(t, "CNY", 1314), PaymentMethod: &PaymentMethod{Type: "ALIPAY_CN"},
			PaymentExpiryTime:  NewTime(time.Date(2024, 1, 20, 8, 51, 6, 0, time.FixedZone("", 8*3600))),
			Env:                &Env{TerminalType: TerminalApp, OSType: OSAndroid},
			SettlementStrategy: &SettlementStrategy{SettlementCurrency: "USD"},
			PaymentNotifyURL:   "https://www.gaga.com/notify", PaymentRedirectURL: "imeituan://",
		},
		"authorization-server-pay": &PayRequest{
			ProductCode: ProductCheckout, PaymentRequestID: pay, Order: coffees, PaymentAmount: eur, Env: &full, PaymentFactor: authorise,
			PaymentMethod: &PaymentMethod{Type: "CARD", Metadata: &Metadata{
				CardNo: "4117347806156383", CVV: "850", ExpiryMonth: "12", ExpiryYear: "29",
				CardholderName: &UserName{FirstName: "Tom", LastName: "Jay"}, BillingAddress: address,
				IsCardOnFile: False, EnableAuthenticationUpgrade: True, Is3DSAuthentication: False,
			}},
			SettlementStrategy: &SettlementStrategy{SettlementCurrency: "EUR"},
			PaymentNotifyURL:   "https://www.alipay.com/notify", PaymentRedirectURL: "https://www.alipay.com",
		},
		"authorization-hosted-pay": &PayRequest{
			ProductCode: ProductCheckout, PaymentRequestID: pay, Order: coffees, PaymentAmount: eur, Env: &app, PaymentFactor: authorise,
			PaymentMethod:      &PaymentMethod{Type: "CARD"},
			SettlementStrategy: &SettlementStrategy{SettlementCurrency: "EUR"},
			PaymentNotifyURL:   "https://www.alipay.com/notify", PaymentRedirectURL: "https://www.alipay.com",
		},
		"authorization-korean-pay": &PayRequest{
			ProductCode: ProductCheckout, PaymentRequestID: pay, PaymentAmount: krw, PaymentFactor: authorise,
			Order: &Order{ReferenceOrderID: order, Description: coffee, Amount: krw, Buyer: &Buyer{ReferenceBuyerID: "test12345678", Email: "alipay@alipay.com"}},
			Env:   &Env{TerminalType: TerminalWeb, ClientIP: "112.80.248.78", DeviceID: device, DeviceLanguage: "zh_CN"},
			PaymentMethod: &PaymentMethod{Type: "CARD", Metadata: &Metadata{
				SelectedCardBrand: "SAMSUNG", RequireIssuerAuthentication: True,
			}},
			SettlementStrategy: &SettlementStrategy{SettlementCurrency: "KRW"},
			PaymentNotifyURL:   "https://www.example.com/notify", PaymentRedirectURL: "https://www.example.com/redirect",
		},
		"authorization-manual-pay": &PayRequest{
			ProductCode: ProductCheckout, PaymentRequestID: pay, PaymentAmount: usd, Env: &Env{TerminalType: TerminalWeb},
			Order:              &Order{ReferenceOrderID: order, Description: coffee, Amount: usd},
			PaymentMethod:      &PaymentMethod{Type: "CARD"},
			PaymentFactor:      &PaymentFactor{IsAuthorization: True, CaptureMode: CaptureManual},
			SettlementStrategy: &SettlementStrategy{SettlementCurrency: "USD"},
			PaymentNotifyURL:   "https://www.alipay.com/notify", PaymentRedirectURL: "https://www.alipay.com",
		},
	}
}
