package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

// The examples are those of Antom's own documents; see ../testdata/seeds/README.md.
const seeds = "../testdata/seeds"

func seed(t *testing.T, name string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(seeds, name+".json"))
	must(t, err)
	var fields map[string]any
	must(t, json.Unmarshal(text, &fields))
	return fields
}

// plays sends a request of the documents as it stands there, with the test's notify
// address in it and what a test has to change, and returns the answer.
func (s *shop) plays(endpoint, name string, change func(map[string]any)) map[string]any {
	s.t.Helper()
	request := seed(s.t, name+".request")
	if _, notified := request["paymentNotifyUrl"]; notified {
		request["paymentNotifyUrl"] = s.hooks.URL + "/notify"
	}
	if change != nil {
		change(request)
	}
	if err := s.call(endpoint, request); err != nil {
		s.t.Log("refused: ", err) // an example may be one of a refusal
	}
	messages := s.box.Control().Messages()
	var answer map[string]any
	must(s.t, json.Unmarshal([]byte(messages[len(messages)-1].AnswerBody), &answer))
	return answer
}

// like reports what the documents' message has and the sandbox's has not. Members
// that are empty there may be absent; the sandbox's may have more.
func like(path string, theirs, ours any) []string {
	switch theirs := theirs.(type) {
	case map[string]any:
		if path != "" && ours == nil && empty(theirs) {
			return nil
		}
		fields, isObject := ours.(map[string]any)
		if !isObject {
			return []string{fmt.Sprintf("%s is %v, an object in the documents", path, ours)}
		}
		var missing []string
		for name, value := range theirs {
			if name == "caav" { // a misspelling of the documents
				name = "cavv"
			}
			mine, has := fields[name]
			if !has && !empty(value) {
				missing = append(missing, path+"."+name+" is missing")
				continue
			}
			if has {
				missing = append(missing, like(path+"."+name, value, mine)...)
			}
		}
		return missing
	case []any:
		list, isList := ours.([]any)
		if !isList || len(list) < len(theirs) {
			return []string{fmt.Sprintf("%s has %v entries, %d in the documents", path, ours, len(theirs))}
		}
		var missing []string
		for i := range theirs {
			missing = append(missing, like(fmt.Sprintf("%s[%d]", path, i), theirs[i], list[i])...)
		}
		return missing
	case string:
		text, isText := ours.(string)
		if !isText {
			return []string{fmt.Sprintf("%s is %v, a text in the documents", path, ours)}
		}
		if same := literal[path[strings.LastIndexByte(path, '.')+1:]]; same && text != theirs {
			return []string{fmt.Sprintf("%s is %q, %q in the documents", path, text, theirs)}
		}
		if _, err := time.Parse(time.RFC3339, theirs); err == nil {
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				return []string{fmt.Sprintf("%s is %q, a time in the documents", path, text)}
			}
		}
	}
	return nil
}

// literal are the members whose words are the protocol's and not the example's.
var literal = map[string]bool{
	"resultCode": true, "resultStatus": true, "notifyType": true, "paymentStatus": true, "paymentResultCode": true,
	"transactionType": true, "transactionStatus": true, "currency": true, "value": true, "method": true,
	"avsResultRaw": true, "cvvResultRaw": true, "threeDSVersion": true, "paymentMethodRegion": true,
}

func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case map[string]any:
		for _, inner := range v {
			if !empty(inner) {
				return false
			}
		}
		return true
	}
	return false
}

func (s *shop) wantLike(name string, ours any) {
	s.t.Helper()
	for _, difference := range like("", seed(s.t, name), ours) {
		s.t.Errorf("%s: %s", name, difference)
	}
}

// sent is the body of the last notification of a type.
func (s *shop) sent(kind string) any {
	s.t.Helper()
	var body any
	for _, n := range s.box.Control().Notifications() {
		if n.Type == kind {
			must(s.t, json.Unmarshal(n.Body, &body))
		}
	}
	return body
}

func TestExamplesOfTheDocuments(t *testing.T) {
	withAmount := func(currency, value string) func(map[string]any) {
		return func(request map[string]any) {
			amount := map[string]any{"currency": currency, "value": value}
			request["paymentAmount"] = amount
			request["order"].(map[string]any)["orderAmount"] = amount
		}
	}
	ofCard := func(name string, value any) func(map[string]any) {
		return func(request map[string]any) {
			method := request["paymentMethod"].(map[string]any)
			if method["paymentMethodMetaData"] == nil {
				method["paymentMethodMetaData"] = map[string]any{}
			}
			method["paymentMethodMetaData"].(map[string]any)[name] = value
		}
	}
	for name, play := range map[string]func(s *shop){
		"a card in the Android SDK": func(s *shop) {
			// This sample's session data has the old form of three parts.
			s.wantLike("android-card-session.answer", s.plays("createPaymentSession", "android-card-session", nil))
			must(t, s.box.Control().Pay("paymentRequestId01"))
			s.wantLike("android-card-inquiry-capturing.answer", s.plays("inquiryPayment", "android-card-inquiry", nil))
			s.after(time.Second)
			s.wantLike("android-card-payment.notification", s.sent("PAYMENT_RESULT"))
			s.wantLike("android-card-capture.notification", s.sent("CAPTURE_RESULT"))
			s.wantLike("android-card-inquiry.answer", s.plays("inquiryPayment", "android-card-inquiry", nil))
			s.wantLike("android-card-inquiry-captured.answer", s.plays("inquiryPayment", "android-card-inquiry", nil))
		},
		"a capture that fails": func(s *shop) {
			s.fault(Fault{Kind: CaptureFail})
			s.plays("createPaymentSession", "android-card-session", nil)
			must(t, s.box.Control().Pay("paymentRequestId01"))
			s.after(time.Second)
			s.wantLike("android-card-capture-failed.notification", s.sent("CAPTURE_RESULT"))
			s.wantLike("server-card-capture-failed.notification", s.sent("CAPTURE_RESULT"))
			s.wantLike("android-card-inquiry-capture-failed.answer", s.plays("inquiryPayment", "android-card-inquiry", nil))
			s.wantLike("server-card-inquiry-capture-failed.answer", s.plays("inquiryPayment", "server-card-capture-inquiry", nil))
		},
		"a wallet in the Web SDK": func(s *shop) {
			s.wantLike("apm-web-session.answer", s.plays("createPaymentSession", "apm-web-session", nil))
			must(t, s.box.Control().Pay("paymentRequestId01"))
			s.after(time.Second)
			s.wantLike("apm-web-payment.notification", s.sent("PAYMENT_RESULT"))
			s.wantLike("apm-web-inquiry.answer", s.plays("inquiryPayment", "apm-web-inquiry", nil))
		},
		"a card by server": func(s *shop) {
			s.wantLike("server-card-pay.answer", s.plays("pay", "server-card-pay", nil))
			s.after(time.Second)
			s.wantLike("server-card-payment.notification", s.sent("PAYMENT_RESULT"))
			s.wantLike("server-card-inquiry.answer", s.plays("inquiryPayment", "server-card-inquiry", nil))
			s.wantLike("server-card-inquiry-captured.answer", s.plays("inquiryPayment", "server-card-capture-inquiry", nil))
			s.wantLike("server-card-capture.notification", s.sent("CAPTURE_RESULT"))
		},
		"a card by server that is declined": func(s *shop) {
			s.wantLike("server-card-pay-declined.answer", s.plays("pay", "server-card-pay", ofCard("cardNo", "4054692760174822")))
		},
		"a card by server with 3-D Secure": func(s *shop) {
			s.wantLike("server-card-pay-in-process.answer", s.plays("pay", "server-card-pay", func(request map[string]any) {
				ofCard("is3DSAuthentication", true)(request)
				ofCard("cardNo", "5162774114974622")(request)
			}))
			must(t, s.box.Control().Pay("paymentRequestId01"))
			s.after(300 * time.Millisecond)
			s.wantLike("server-card-payment-3d.notification", s.sent("PAYMENT_RESULT"))
			s.wantLike("server-card-inquiry-3d.answer", s.plays("inquiryPayment", "server-card-inquiry", nil))
			s.wantLike("server-card-inquiry-capturing.answer", s.plays("inquiryPayment", "server-card-capture-inquiry", nil))
		},
		"an expiry of one's own": func(s *shop) {
			answer := s.plays("pay", "server-card-pay-expiry", func(request map[string]any) {
				request["paymentExpiryTime"] = "2026-03-18T12:05:00+08:00" // the sample's has passed
			})
			if answer["normalUrl"] == nil {
				t.Errorf("pay answered %v", answer)
			}
			if closes := s.box.Control().Ledger().Payments[0].ClosesAt; closes.Sub(s.box.Control().Now()) != 5*time.Minute {
				t.Errorf("the payment closes at %s", closes)
			}
		},
		"an authorization by server": func(s *shop) {
			s.wantLike("authorization-server-pay.answer", s.plays("pay", "authorization-server-pay", withAmount("EUR", "1314")))
		},
		"an authorization by server that is declined": func(s *shop) {
			s.wantLike("authorization-server-pay-declined.answer", s.plays("pay", "authorization-server-pay", func(request map[string]any) {
				withAmount("EUR", "1314")(request)
				ofCard("cardNo", "4054692760174822")(request)
			}))
		},
		"an authorization on the hosted page": func(s *shop) {
			id := seed(t, "authorization-hosted-pay.request")["paymentRequestId"].(string)
			s.plays("pay", "authorization-hosted-pay", func(request map[string]any) {
				withAmount("EUR", "8000")(request)
				ofCard("is3DSAuthentication", true)(request)
			})
			s.box.ledger.mu.Lock()
			s.box.payments.challenge(s.box.ledger.payments[id])
			s.box.ledger.payments[id].Card = s.box.cards.info(&card{Number: "5162774114974622", ExpiryMonth: "12", ExpiryYear: "39", CVV: "123"})
			s.box.ledger.mu.Unlock()
			must(t, s.box.Control().Pay(id))
			s.after(time.Second)
			s.wantLike("authorization-payment-3d.notification", s.sent("PAYMENT_RESULT"))
			s.wantLike("authorization-payment.notification", s.sent("PAYMENT_RESULT"))
		},
		"an authorization with manual capture": func(s *shop) {
			id := seed(t, "authorization-manual-pay.request")["paymentRequestId"].(string)
			s.plays("pay", "authorization-manual-pay", nil)
			must(t, s.box.Control().Pay(id))
			s.after(time.Second)
			p, _ := s.box.Control().Ledger().Payment(id)
			answer, err := s.client.Capture(t.Context(), &antom.CaptureRequest{CaptureRequestID: "captureRequestId01", PaymentID: p.ID, CaptureAmount: p.wire()})
			must(t, err)
			if answer.CaptureTime.IsZero() || answer.CaptureID == "" {
				t.Errorf("capture answered %+v", answer)
			}
		},
		"a Korean card": func(s *shop) {
			id := seed(t, "authorization-korean-pay.request")["paymentRequestId"].(string)
			s.wantLike("authorization-pay-in-process.answer", s.plays("pay", "authorization-korean-pay", nil))
			must(t, s.box.Control().Pay(id))
			s.after(time.Second)
			again := newShop(t)
			again.plays("pay", "authorization-korean-pay", withAmount("KRW", "120"))
			must(t, again.box.Control().Pay(id))
			again.after(time.Second)
			again.wantLike("authorization-korean-payment.notification", again.sent("PAYMENT_RESULT"))
			again.wantLike("authorization-korean-inquiry.answer", again.plays("inquiryPayment", "apm-web-inquiry", func(request map[string]any) {
				request["paymentRequestId"] = id
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(newShop(t))
		})
	}
}

// TestEveryExampleIsReadable: no example of a request is refused for its form.
func TestEveryExampleIsReadable(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(seeds, "*.request.json"))
	must(t, err)
	if len(files) < 10 {
		t.Fatalf("only %d examples", len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".request.json")
		endpoint := "pay"
		switch {
		case strings.Contains(name, "session"):
			endpoint = "createPaymentSession"
		case strings.Contains(name, "inquiry"):
			endpoint = "inquiryPayment"
		}
		s := newShop(t, func(cfg *Config) {
			now := time.Date(2024, 1, 20, 0, 45, 0, 0, time.UTC) // when the sample's expiry was ahead
			cfg.Now = func() time.Time { return now }
		})
		answer := s.plays(endpoint, name, nil)
		if code := answer["result"].(map[string]any)["resultCode"]; code == "PARAM_ILLEGAL" {
			t.Errorf("%s is refused: %v", name, s.box.Control().Messages()[0].Verdict)
		}
	}
}
