package gateway

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// Antom's documents "Card payments, server-to-server mode" and "Authorization payment"
// print what Antom answers and notifies. The requests they print are held in package
// handlers.
const examples = "../../antom/testdata/seeds/"

// read is what an event says, in a line.
func read(e checkout.Event) string {
	var b strings.Builder
	if e.Outcome != checkout.OutcomeNone {
		fmt.Fprintf(&b, "%s %s %s", e.Outcome, cmp.Or(e.Code, "–"), e.Amount)
	}
	for _, fact := range []string{e.Card.AVS, e.Card.CVV, e.Card.NetworkTransactionID, e.Card.Region, e.Card.ThreeDS.ECI, e.Card.ThreeDS.Version, e.Card.ThreeDS.DSTransactionID} {
		if fact != "" {
			fmt.Fprintf(&b, " %s", fact)
		}
	}
	if e.Action.Type != checkout.ActionNone {
		fmt.Fprintf(&b, " → %s %s %.27s", e.Action.Type, e.Action.Method, e.Action.URL)
	}
	for _, op := range e.Operations {
		fmt.Fprintf(&b, " %s of %s: %s %s", op.Kind, op.Amount, op.Status, op.Code)
	}
	if e.ShopFault {
		b.WriteString(" by the shop's fault")
	}
	return strings.TrimSpace(b.String())
}

const bank, threeDS = " A Y sampleNetworkTransactionId123456", " 02 2.2.0 sample_dsTranasctionId"

// understood is how the shop reads the answers and notifications of the two documents.
var understood = map[string]string{
	"server-card-pay.answer":                    "succeeded – SGD 4200" + bank,
	"server-card-pay-declined.answer":           "failed ACCESS_DENIED SGD 4200" + bank,
	"server-card-pay-in-process.answer":         "accepted – SGD 4200 → redirect GET https://pgw-ui.2c2p.com/pay",
	"server-card-inquiry.answer":                "succeeded – SGD 4200" + bank,
	"server-card-inquiry-3d.answer":             "succeeded – SGD 4200" + bank + threeDS,
	"server-card-inquiry-captured.answer":       "succeeded –  0 capture of SGD 4200: success SUCCESS",
	"server-card-inquiry-capturing.answer":      "succeeded –  0 capture of SGD 4200: processing PAYMENT_IN_PROCESS",
	"server-card-inquiry-capture-failed.answer": "succeeded –  0 capture of SGD 4200: failed PROCESS_FAIL",
	"server-card-capture.answer":                "capture of SGD 4200: success SUCCESS",
	"server-card-payment.notification":          "succeeded SUCCESS SGD 4200" + bank,
	"server-card-payment-3d.notification":       "succeeded SUCCESS SGD 4200" + bank + threeDS,
	"server-card-capture.notification":          "capture of SGD 4200: success SUCCESS",
	"server-card-capture-failed.notification":   "capture of SGD 4200: failed PROCESS_FAIL",
	"authorization-server-pay.answer":           "succeeded – EUR 1314" + bank,
	"authorization-server-pay-declined.answer":  "failed ACCESS_DENIED EUR 1314" + bank,
	"authorization-pay-in-process.answer":       "accepted – KRW 30000 → redirect GET https://pgw-ui.2c2p.com/pay",
	"authorization-inquiry.answer":              "succeeded – USD 500" + bank,
	"authorization-inquiry-3d.answer":           "succeeded – USD 500" + bank + threeDS,
	"authorization-korean-inquiry.answer":       "succeeded SUCCESS KRW 120 KR",
	"authorization-payment.notification":        "succeeded SUCCESS EUR 8000" + bank,
	"authorization-payment-3d.notification":     "succeeded SUCCESS EUR 8000" + bank + threeDS,
	"authorization-korean-payment.notification": "succeeded SUCCESS KRW 120 KR",
}

// TestTheAnswersOfAntomsDocumentsAreUnderstood holds every answer and notification of the
// two documents, signed and sent as Antom does.
func TestTheAnswersOfAntomsDocumentsAreUnderstood(t *testing.T) {
	files, err := filepath.Glob(examples + "*.json")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		ofTheTwo := strings.HasPrefix(name, "server-card-") || strings.HasPrefix(name, "authorization-")
		if !ofTheTwo || strings.HasSuffix(name, ".request") {
			continue
		}
		held++
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := read(reads(t, name, body)); got != understood[name] {
				t.Errorf("read is %q, want %q", got, understood[name])
			}
		})
	}
	if held != len(understood) {
		t.Errorf("%d examples are read, %d are held", held, len(understood))
	}
}

// reads has the gateway read an example: as the answer to the call that it belongs to, or
// as a notification.
func reads(t *testing.T, name string, body []byte) checkout.Event {
	t.Helper()
	if strings.HasSuffix(name, ".notification") {
		n, err := antom.DecodeNotification(body)
		if err != nil {
			t.Fatal(err)
		}
		return Receive(n, body, time.Now()).Event
	}
	body, p := whole(t, body)
	g := New(Config{}, antomAnswers(t, body))
	switch {
	case strings.Contains(name, "-inquiry"):
		e, _, found := g.Inquire(t.Context(), p)
		if found != checkout.FindingFound {
			t.Errorf("the inquiry finds %v", found)
		}
		return e
	case strings.Contains(name, "-capture"):
		p.AntomID = "2019060811401080010018882020035XXXX"
		e, _ := g.Operate(t.Context(), p, checkout.Operation{Kind: checkout.Capture, RequestID: "captureRequestId01", Amount: p.Amount}, false)
		return e
	}
	var err error
	if p.Body, err = os.ReadFile(examples + requestOf(name) + ".request.json"); err != nil {
		t.Fatal(err)
	}
	e, _, err := g.Submit(t.Context(), p, false)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// requestOf is the request that the answer to a pay is printed for.
func requestOf(answer string) string {
	switch {
	case strings.HasPrefix(answer, "server-card-"):
		return "server-card-pay"
	case strings.HasPrefix(answer, "authorization-server-"):
		return "authorization-server-pay"
	}
	return "authorization-korean-pay"
}

// whole is an answer with what each of Antom's has and some of the documents leave out,
// and the payment that it is about.
func whole(t *testing.T, body []byte) ([]byte, checkout.Payment) {
	t.Helper()
	answer := map[string]any{
		"result": map[string]any{"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"},
	}
	if strings.Contains(string(body), `"transactions"`) {
		answer["paymentStatus"] = "SUCCESS"
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	id := "paymentRequestId01"
	if named, ok := answer["paymentRequestId"].(string); ok {
		id = named
	}
	body, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return body, checkout.Payment{RequestID: id, Method: checkout.MethodCard, Mode: checkout.ModeAPI, Amount: checkout.Money{Minor: 4200, Currency: "SGD"}}
}

// antomAnswers is a client of an Antom that answers each call with a body, signed.
func antomAnswers(t *testing.T, body []byte) *antom.Client {
	t.Helper()
	file := func(name string) string {
		text, err := os.ReadFile("../../antom/testdata/vectors/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const id = "5Y00000000000000"
	key, err := antom.ParsePrivateKey(file("antom.pkcs8.b64"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := time.Now().Format(time.RFC3339)
		signature, err := antom.Sign(key, antom.SigningString(r.Method, r.URL.Path, id, at, body))
		if err != nil {
			t.Error(err)
		}
		signature.KeyVersion = "1"
		w.Header().Set("Client-Id", id)
		w.Header().Set("Response-Time", at)
		w.Header().Set("Signature", signature.String())
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = w.Write(body) // a client that left sees no answer
	}))
	t.Cleanup(server.Close)
	client, err := antom.New(antom.Config{
		ClientID: id, PrivateKey: file("merchant.pkcs8.b64"), PublicKeys: "1:" + file("antom.pub.b64"), BaseURL: server.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
