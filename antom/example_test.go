package antom_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"antom-checkout/antom"
)

func ExampleClient_CreatePaymentSession() {
	client := newClient(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},
		"paymentSessionData":"aGVsbG8=&&SG&&188","paymentSessionId":"aGVsbG8=","paymentSessionExpiryTime":"2024-01-01T01:00:00+08:00"}`)

	amount, err := antom.NewAmount("SGD", 4200) // 42.00 Singapore dollars
	if err != nil {
		log.Fatal(err)
	}
	order := &antom.Order{
		ReferenceOrderID: "ORD-1001",
		Description:      "2 mugs for Zoë",
		Amount:           amount,
		Buyer:            &antom.Buyer{ReferenceBuyerID: "B-77"},
	}
	order.MakeSafe() // Antom takes no text beyond ASCII

	session, err := client.CreatePaymentSession(context.Background(), &antom.PaymentSessionRequest{
		ProductCode:        antom.ProductCheckout,
		ProductScene:       antom.SceneElement,
		PaymentRequestID:   "PR-7f3a-01", // stored before the call
		Order:              order,
		PaymentAmount:      amount,
		SettlementStrategy: &antom.SettlementStrategy{SettlementCurrency: "SGD"},
		PaymentRedirectURL: "https://shop.example/result?o=ORD-1001",
		PaymentNotifyURL:   "https://shop.example/hooks/antom/payment",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("for the SDK in the browser:", session.Data)
	// Output: for the SDK in the browser: aGVsbG8=&&SG&&188
}

func ExampleClient_Pay() {
	client := newClient(`{"result":{"resultCode":"PAYMENT_IN_PROCESS","resultStatus":"U","resultMessage":"payment in process"},
		"paymentId":"20240318194010890100111650285726898","normalUrl":"https://cashier.example/pay?t=abc"}`)

	amount, err := antom.NewAmount("SGD", 4200)
	if err != nil {
		log.Fatal(err)
	}
	payment, err := client.Pay(context.Background(), &antom.PayRequest{
		ProductCode:        antom.ProductCheckout,
		PaymentRequestID:   "PR-9b01",
		Order:              &antom.Order{ReferenceOrderID: "ORD-1001", Description: "2 mugs", Amount: amount},
		PaymentAmount:      amount,
		PaymentMethod:      &antom.PaymentMethod{Type: "GRABPAY_SG"},
		PaymentRedirectURL: "https://shop.example/result?o=ORD-1001",
		Env:                &antom.Env{TerminalType: antom.TerminalWeb, ClientIP: "203.0.113.7"},
	})
	var problem *antom.Error
	switch {
	case err == nil && payment.Result.Status == antom.StatusSuccess:
		fmt.Println("paid")
	case err == nil:
		fmt.Println("send the buyer to", payment.NormalURL)
	case !errors.As(err, &problem) || problem.Unknown():
		fmt.Println("inquire; it may have been paid")
	case problem.Declined():
		fmt.Println("let the buyer try again, with a new PaymentRequestID")
	default:
		fmt.Println("it has failed:", problem)
	}
	// Output: send the buyer to https://cashier.example/pay?t=abc
}

func ExampleClient_ParseNotification() {
	client := newClient("")
	hook := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, antom.MaxNotification))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		notification, err := client.ParseNotification(r.URL.RequestURI(), r.Header, body)
		if err != nil {
			http.Error(w, "not from Antom", http.StatusBadRequest) // Antom will send it again
			return
		}
		switch n := notification.(type) {
		case *antom.PaymentResult:
			fmt.Println("payment", n.PaymentRequestID, "ended with", n.Result.Code, "for", n.PaymentAmount)
		case *antom.CaptureResult:
			fmt.Println("capture of", n.PaymentID, "ended with", n.Result.Code)
		default:
			fmt.Println("noted:", n.Kind())
		}
		// Store it durably before this line.
		if err := antom.Acknowledge(w); err != nil {
			log.Print(err)
		}
	}

	w := httptest.NewRecorder()
	hook(w, fromAntom("/hooks/antom/payment", `{"notifyType":"PAYMENT_RESULT",
		"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},
		"paymentRequestId":"PR-9b01","paymentAmount":{"currency":"SGD","value":"4200"}}`))
	fmt.Println("answered", w.Code)
	// Output:
	// payment PR-9b01 ended with SUCCESS for SGD 4200
	// answered 200
}

func ExampleClient_Refund() {
	client := newClient(`{"result":{"resultCode":"REFUND_IN_PROCESS","resultStatus":"U","resultMessage":"refund in process"},"refundId":"20240401"}`)

	amount, err := antom.NewAmount("SGD", 1000)
	if err != nil {
		log.Fatal(err)
	}
	refund, err := client.Refund(context.Background(), &antom.RefundRequest{
		RefundRequestID: "RF-1", // stored before the call, and used again if it must be repeated
		PaymentID:       "20240318194010890100111650285726898",
		RefundAmount:    amount,
		RefundReason:    "one mug arrived broken",
	})
	switch {
	case err != nil:
		log.Fatal(err)
	case refund.Result.InProcess():
		fmt.Println("wait for the RefundResult, or inquire")
	default:
		fmt.Println("refunded")
	}
	// Output: wait for the RefundResult, or inquire
}

func ExampleError() {
	for _, err := range []*antom.Error{
		{Endpoint: "pay", Code: "USER_BALANCE_NOT_ENOUGH", Status: antom.StatusFailed},
		{Endpoint: "pay", Code: "RISK_REJECT", Status: antom.StatusFailed},
		{Endpoint: "refund", Code: "UNKNOWN_EXCEPTION", Status: antom.StatusUnknown},
		{Endpoint: "inquiryPayment", Code: "KEY_NOT_FOUND", Status: antom.StatusFailed},
	} {
		fmt.Printf("%s: unknown %t, declined %t, fix %t, retry %s\n", err.Code, err.Unknown(), err.Declined(), err.Fix(), err.Retry())
	}
	// Output:
	// USER_BALANCE_NOT_ENOUGH: unknown false, declined true, fix false, retry new
	// RISK_REJECT: unknown false, declined false, fix false, retry none
	// UNKNOWN_EXCEPTION: unknown true, declined false, fix false, retry same
	// KEY_NOT_FOUND: unknown false, declined false, fix true, retry none
}

// What follows stands in for Antom. Package antom/sandbox does so in earnest.

const merchant = "SANDBOX_5X00000000000000"

// newClient makes a client whose every call is answered with body.
func newClient(body string) *antom.Client {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sign(w.Header(), r.URL.Path, "Response-Time", body)
		io.WriteString(w, body)
	}))
	client, err := antom.New(antom.Config{
		ClientID:   merchant,
		PrivateKey: file("merchant.pkcs8.pem"),
		PublicKeys: file("antom.pub.b64"),
		BaseURL:    server.URL,
	})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// fromAntom is a notification as Antom sends it.
func fromAntom(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	sign(r.Header, path, "Request-Time", body)
	return r
}

func sign(header http.Header, path, timeHeader, body string) {
	at := time.Date(2024, 3, 18, 19, 36, 54, 0, time.UTC).Format(time.RFC3339)
	signature, err := antom.Sign(antomKey(), antom.SigningString(http.MethodPost, path, merchant, at, []byte(body)))
	if err != nil {
		log.Fatal(err)
	}
	header.Set("Client-Id", merchant)
	header.Set(timeHeader, at)
	header.Set("Signature", signature.String())
}

func antomKey() *rsa.PrivateKey {
	key, err := antom.ParsePrivateKey(file("antom.pkcs8.pem"))
	if err != nil {
		log.Fatal(err)
	}
	return key
}

func file(name string) string {
	text, err := os.ReadFile("testdata/vectors/" + name)
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}
