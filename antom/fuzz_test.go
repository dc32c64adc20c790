package antom

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// testdata/fuzz.sh runs each of these for 100,000 executions.

func FuzzSignatureHeader(f *testing.F) {
	for _, header := range []string{
		"algorithm=RSA256,keyVersion=1,signature=QQ%3D%3D", "algorithm=RSA256, keyVersion=1, signature=Q+/=",
		"signature=QQ==,algorithm=RSA256", "algorithm=RSA256,algorithm=RSA256,signature=QQ==", "signature=%", "=,=", "",
	} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		signature, err := ParseSignature(header)
		if err != nil {
			if !errors.Is(err, ErrSignature) {
				t.Fatalf("error is %v", err)
			}
			return
		}
		again, err := ParseSignature(signature.String())
		if err != nil || again.KeyVersion != signature.KeyVersion || !bytes.Equal(again.Value, signature.Value) {
			t.Fatalf("%q is printed as %q, and that is read as %v, %v", header, signature, again, err)
		}
	})
}

func FuzzNotification(f *testing.F) {
	addSamples(f, "notification")
	f.Add([]byte(`{"disputeNotificationType":"DISPUTE_CREATED","disputeId":"D-1"}`))
	f.Add([]byte(`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"S"},"refundRequestId":"R","refundRequestId":"R"}`))
	f.Add([]byte(`{"notifyType":"NEWS","x":[[[[{"\u0041":1}]]]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := readNotification(body)
		if err != nil {
			if n != nil {
				t.Fatalf("%T beside %v", n, err)
			}
			return
		}
		// A reader that takes names by their exact letters, and the first of
		// two, must see the same.
		var exact map[string]any
		if err := json.Unmarshal(body, &exact); err != nil {
			t.Fatal(err)
		}
		kind, _ := exact["notifyType"].(string)
		if d, ok := n.(*DisputeNotification); ok && kind == "" {
			kind = d.DisputeNotificationType
		}
		if kind != n.Kind() {
			t.Fatalf("kind is %q, exactly %q", n.Kind(), kind)
		}
		if p, ok := n.(*PaymentResult); ok && exact["paymentRequestId"] != p.PaymentRequestID {
			t.Fatalf("id is %q, exactly %q", p.PaymentRequestID, exact["paymentRequestId"])
		}
		text, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, unknown := n.(*UnknownNotification); unknown {
			return
		}
		again, err := readNotification(text)
		if err != nil || !reflect.DeepEqual(again, n) {
			t.Fatalf("%s is read as %v, %v", text, again, err)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	addSamples(f, "answer")
	f.Add([]byte(`{"result":{"resultStatus":"U"},"transactions":null,"actualPaymentAmount":7,"paymentAmount":{"currency":"SGD","value":1}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		res, err := readAnswer[InquiryPaymentResponse](body)
		if res == nil {
			t.Fatal("no response")
		}
		if err != nil {
			if !reflect.DeepEqual(*res, InquiryPaymentResponse{}) {
				t.Fatalf("%v was read beside %v", res, err)
			}
			return
		}
		// A reader that takes names by their exact letters must see the same.
		var exact map[string]any
		if err := json.Unmarshal(body, &exact); err != nil {
			t.Fatal(err)
		}
		if status, _ := exact["paymentStatus"].(string); status != string(res.PaymentStatus) {
			t.Fatalf("the status is %q, exactly %q", res.PaymentStatus, status)
		}
		text, err := json.Marshal(res)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readAnswer[InquiryPaymentResponse](text)
		if err != nil || again.PaymentStatus != res.PaymentStatus || again.PaymentAmount != res.PaymentAmount || again.Result != res.Result {
			t.Fatalf("%s is read as %v, %v", text, again, err)
		}
	})
}

func FuzzAmount(f *testing.F) {
	for _, text := range []string{
		`{"currency":"SGD","value":"4200"}`, `{"currency":"IDR","value":100}`, `{"currency":"SGD","value":"1e3"}`,
		`{"currency":"SGD","value":-0}`, `{"currency":"SGD","value":"9999999999999999"}`, `null`, `{}`, `[]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var a Amount
		if json.Unmarshal(text, &a) != nil {
			if !a.IsZero() {
				t.Fatalf("%s left %v behind", text, a)
			}
			return
		}
		if a.IsZero() {
			return
		}
		if _, err := NewAmount(a.Currency(), a.Minor()); err != nil {
			t.Fatalf("%s gives %v, which Antom refuses: %v", text, a, err)
		}
		printed, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var again Amount
		if err := json.Unmarshal(printed, &again); err != nil || again != a {
			t.Fatalf("%s is printed as %s, and that is read as %v, %v", text, printed, again, err)
		}
	})
}

func addSamples(f *testing.F, kind string) {
	files, err := filepath.Glob("testdata/seeds/*." + kind + ".json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}
