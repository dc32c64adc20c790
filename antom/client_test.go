package antom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNewReportsEveryProblemAtOnce(t *testing.T) {
	_, err := New(Config{BaseURL: "http://shop.example", Timeout: -1})
	mentions(t, err, "client id is missing", "private key: key is missing", "public key: key version 1: key is missing", "https", "negative")

	_, err = New(Config{
		ClientID:   "a.b",
		PrivateKey: vector(t, "merchant.pub.pem"),
		PublicKeys: vector(t, "antom.pkcs8.pem"),
		BaseURL:    "https://user:secret@shop.example",
	})
	mentions(t, err, "client id is not", "not a PKCS#8 or PKCS#1 private key", "not an X.509 public key", "more than scheme, host and path")
}

func TestBaseURLs(t *testing.T) {
	cfg := config(t)
	for _, good := range []string{"", Asia, NorthAmerica, Europe, "https://proxy.example/antom/", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1"} {
		cfg.BaseURL = good
		if _, err := New(cfg); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"open.example", "ftp://open.example", "http://open.example", "http://127.0.0.1.example", "https://", "https://a.example?b", "https://a.example#b", "://"} {
		cfg.BaseURL = bad
		if _, err := New(cfg); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestSandboxPathIsTheOneThatIsSigned(t *testing.T) {
	for id, want := range map[string]string{
		clientID:           "/ams/sandbox/api/v1/payments/inquiryPayment",
		"5X00000000000000": "/ams/api/v1/payments/inquiryPayment",
	} {
		cfg := config(t)
		cfg.ClientID = id
		cfg.Attempts = 1
		c, g := newGateway(t, cfg, func(_ *gateway, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
		c.InquiryPayment(deadline(t), inquiry()) // the gateway checks the signature
		if g.count() != 1 || g.requests[0].path != want {
			t.Errorf("%s: requests %v, want one to %s", id, g.requests, want)
		}
	}
}

func TestEveryOperationHasItsPath(t *testing.T) {
	c, g := newGateway(t, config(t), says(success))
	ctx, id, amount := deadline(t), "id-1", sgd(t, 100)
	order := &Order{ReferenceOrderID: id, Description: id, Amount: amount}
	env := &Env{TerminalType: TerminalWeb}
	for path, call := range map[string]func() error{
		"payments/createPaymentSession": func() error {
			_, err := c.CreatePaymentSession(ctx, &PaymentSessionRequest{
				ProductCode: ProductCheckout, PaymentRequestID: id, Order: order, PaymentAmount: amount, PaymentRedirectURL: "https://shop.example",
			})
			return err
		},
		"payments/pay": func() error { _, err := c.Pay(ctx, payRequest(t)); return err },
		"payments/consult": func() error {
			_, err := c.Consult(ctx, &ConsultRequest{ProductCode: ProductCheckout, PaymentAmount: amount, Env: env})
			return err
		},
		"payments/inquiryPayment": func() error { _, err := c.InquiryPayment(ctx, inquiry()); return err },
		"payments/cancel":         func() error { _, err := c.Cancel(ctx, &CancelRequest{PaymentID: id}); return err },
		"payments/capture": func() error {
			_, err := c.Capture(ctx, &CaptureRequest{CaptureRequestID: id, PaymentID: id, CaptureAmount: amount})
			return err
		},
		"payments/refund": func() error {
			_, err := c.Refund(ctx, &RefundRequest{RefundRequestID: id, PaymentID: id, RefundAmount: amount})
			return err
		},
		"payments/inquiryRefund": func() error { _, err := c.InquiryRefund(ctx, &InquiryRefundRequest{RefundRequestID: id}); return err },
		"vaults/createVaultingSession": func() error {
			_, err := c.CreateVaultingSession(ctx, &VaultingSessionRequest{PaymentMethodType: "CARD", VaultingRequestID: id})
			return err
		},
		"vaults/vaultPaymentMethod": func() error {
			_, err := c.VaultPaymentMethod(ctx, &VaultPaymentMethodRequest{
				VaultingRequestID: id, PaymentMethodDetail: &PaymentMethodDetail{PaymentMethodType: "CARD"}, Env: env,
			})
			return err
		},
		"vaults/inquireVaulting": func() error {
			_, err := c.InquireVaulting(ctx, &InquireVaultingRequest{VaultingRequestID: id})
			return err
		},
		"payments/getCardInfo": func() error { _, err := c.GetCardInfo(ctx, &CardInfoRequest{CardBIN: "405469"}); return err },
		"payments/inquireInstallment": func() error {
			_, err := c.InquireInstallment(ctx, &InquireInstallmentRequest{})
			return err
		},
		"vaults/inquireToken":    func() error { _, err := c.InquireToken(ctx, &InquireTokenRequest{Token: id}); return err },
		"vaults/updateToken":     func() error { _, err := c.UpdateToken(ctx, &UpdateTokenRequest{Token: id}); return err },
		"vaults/deleteToken":     func() error { _, err := c.DeleteToken(ctx, &DeleteTokenRequest{Token: id}); return err },
		"payments/acceptDispute": func() error { _, err := c.AcceptDispute(ctx, &AcceptDisputeRequest{DisputeID: id}); return err },
		"payments/supplyDefenseDocument": func() error {
			_, err := c.SupplyDefenseDocument(ctx, &SupplyDefenseDocumentRequest{DisputeID: id, DisputeEvidence: "QQ=="})
			return err
		},
		"payments/downloadDisputeEvidence": func() error {
			_, err := c.DownloadDisputeEvidence(ctx, &DownloadDisputeEvidenceRequest{DisputeID: id, DisputeEvidenceType: EvidenceFile})
			return err
		},
	} {
		if err := call(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if got := g.last().path; got != "/ams/sandbox/api/v1/"+path {
			t.Errorf("sent to %s, want %s", got, path)
		}
	}
}

func TestAnswersByResult(t *testing.T) {
	for body, want := range map[string]*Error{
		success:                                nil,
		result("PAYMENT_IN_PROCESS", "U"):      nil,
		result("VERIFICATION_IN_PROCESS", "U"): nil,
		result("PAYMENT_IN_PROCESS", "F"):      {Code: "PAYMENT_IN_PROCESS", Status: "F"},
		result("CARD_EXPIRED", "F"):            {Code: "CARD_EXPIRED", Status: "F"},
		result("UNKNOWN_EXCEPTION", "U"):       {Code: "UNKNOWN_EXCEPTION", Status: "U"},
		result("SUCCESS", "X"):                 {},
		result("SUCCESS", ""):                  {},
		`{}`:                                   {},
		`{"result":null}`:                      {},
		`[]`:                                   {},
		`null`:                                 {},
		`{"result":`:                           {},
	} {
		cfg := config(t)
		cfg.Attempts = 1
		c, _ := newGateway(t, cfg, says(body))
		res, err := c.Pay(deadline(t), payRequest(t))
		if res == nil {
			t.Fatalf("%s: no response", body)
		}
		if want == nil {
			if err != nil {
				t.Errorf("%s: %v", body, err)
			}
			continue
		}
		e := wantError(t, err)
		if e.Endpoint != "pay" || e.HTTPStatus != 200 || e.Code != want.Code || e.Status != want.Status {
			t.Errorf("%s: %+v", body, e)
		}
		if e.Code != "" && res.Result.Code != e.Code {
			t.Errorf("%s: the response beside the error has %v", body, res.Result)
		}
	}
}

// untrusted are answers that prove nothing: each must leave the payment unknown.
var untrusted = map[string]func(*gateway, http.ResponseWriter, *http.Request){
	"unsigned": func(_ *gateway, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, success) },
	"signed by another key": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		signHeader(g.t, w.Header(), privateKey(g.t, "merchant"), r.URL.Path, "Response-Time", success)
		fmt.Fprint(w, success)
	},
	"another body": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, success)
		fmt.Fprint(w, success+" ")
	},
	"another path": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		signHeader(g.t, w.Header(), g.key, "/ams/api/v1/payments/cancel", "Response-Time", success)
		fmt.Fprint(w, success)
	},
	"another client": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, success)
		w.Header().Set("Client-Id", "SANDBOX_other")
		fmt.Fprint(w, success)
	},
	"unknown key version": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, success)
		w.Header().Set("Signature", strings.Replace(w.Header().Get("Signature"), "keyVersion=1", "keyVersion=3", 1))
		fmt.Fprint(w, success)
	},
	"key of another version": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, success)
		w.Header().Set("Signature", strings.Replace(w.Header().Get("Signature"), "keyVersion=1", "keyVersion=2", 1))
		fmt.Fprint(w, success)
	},
	"two signatures": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, success)
		w.Header().Add("Signature", w.Header().Get("Signature"))
		fmt.Fprint(w, success)
	},
	"no time": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, success)
		w.Header().Del("Response-Time")
		fmt.Fprint(w, success)
	},
	"a redirect to a signed answer": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		if g.count() > 1 {
			says(success)(g, w, r)
			return
		}
		http.Redirect(w, r, "/proxy/eu"+r.URL.Path, http.StatusTemporaryRedirect)
	},
	"HTML": func(_ *gateway, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>be back soon</html>") },
	"huge": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		says(success+strings.Repeat(" ", maxAnswer+1-len(success)))(g, w, r)
	},
	"nothing": func(*gateway, http.ResponseWriter, *http.Request) {},
}

func TestUntrustedAnswersLeaveThePaymentUnknown(t *testing.T) {
	for name, answer := range untrusted {
		t.Run(name, func(t *testing.T) {
			c, g := newGateway(t, config(t), answer)
			res, err := c.Pay(deadline(t), payRequest(t))
			e := wantError(t, err)
			if !e.Unknown() || e.Declined() || e.Fix() || e.Retry() != RetrySame || e.Code != "" {
				t.Errorf("error is %+v", e)
			}
			if res.Result.Status != "" {
				t.Errorf("an answer was believed: %v", res.Result)
			}
			if g.count() != 1 {
				t.Errorf("sent %d times; the same answer would only come again", g.count())
			}
			if name != "huge" && !errors.Is(err, ErrSignature) {
				t.Errorf("not ErrSignature: %v", err)
			}
		})
	}
}

// The signing string joins id, time and body by dots. A dot, and the text
// around it, must not wander from one part to the next under one signature.
func TestADotCannotBeShifted(t *testing.T) {
	const body = `.5.1685599933871.{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S"},"paymentRequestId":"PR-1"}`
	signed := clientID + "." + timeText + "." + body
	var shifts int
	for i := range signed {
		for j := i + 1; j < len(signed); j++ {
			if signed[i] != '.' || signed[j] != '.' || signed[:i] == clientID && signed[i+1:j] == timeText {
				continue
			}
			shifts++
			id, at, rest := signed[:i], signed[i+1:j], signed[j+1:]
			shift := func(header http.Header, name string) {
				header.Set("Client-Id", id)
				header.Set(name, at)
			}
			c, _ := newGateway(t, config(t), func(g *gateway, w http.ResponseWriter, r *http.Request) {
				g.sign(w, r, body)
				shift(w.Header(), "Response-Time")
				fmt.Fprint(w, rest)
			})
			if _, err := c.Pay(deadline(t), payRequest(t)); !errors.Is(err, ErrSignature) {
				t.Errorf("answer, id %q, time %q, body %q: %v", id, at, rest, err)
			}
			header := signedBy(t, "antom", notifyPath, body)
			shift(header, "Request-Time")
			if _, err := c.ParseNotification(notifyPath, header, []byte(rest)); !errors.Is(err, ErrSignature) {
				t.Errorf("notification, id %q, time %q, body %q: %v", id, at, rest, err)
			}
		}
	}
	if shifts != 9 { // two of five dots, but for the right two
		t.Errorf("tried %d shifts", shifts)
	}
}

func TestSecondKeyVersionIsTrusted(t *testing.T) {
	c, _ := newGateway(t, config(t), func(g *gateway, w http.ResponseWriter, r *http.Request) {
		signHeader(g.t, w.Header(), privateKey(g.t, "antom2"), r.URL.Path, "Response-Time", success)
		w.Header().Set("Signature", strings.Replace(w.Header().Get("Signature"), "keyVersion=1", "keyVersion=2", 1))
		fmt.Fprint(w, success)
	})
	if _, err := c.InquiryPayment(deadline(t), inquiry()); err != nil {
		t.Error(err)
	}
}

// lost are the ways an answer gets lost on which the same request is sent again.
var lost = map[string]func(*gateway, http.ResponseWriter, *http.Request){
	"429": func(_ *gateway, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
	"503": func(_ *gateway, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, "<html>upstream is away</html>")
	},
	"reset": func(*gateway, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	"truncated": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, success)
		w.Header().Set("Content-Length", "500")
		fmt.Fprint(w, success[:20])
	},
	"U": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		says(result("UNKNOWN_EXCEPTION", "U"))(g, w, r)
	},
	"too much traffic": func(g *gateway, w http.ResponseWriter, r *http.Request) {
		says(result("REQUEST_TRAFFIC_EXCEED_LIMIT", "U"))(g, w, r)
	},
}

func TestALostAnswerIsRequestedAgain(t *testing.T) {
	for name, lose := range lost {
		t.Run(name, func(t *testing.T) {
			now := time.UnixMilli(1685599933871)
			cfg := config(t)
			c, g := newGateway(t, cfg, func(g *gateway, w http.ResponseWriter, r *http.Request) {
				if g.count() < 3 {
					lose(g, w, r)
					return
				}
				says(success)(g, w, r)
			})
			WithClock(func() time.Time { now = now.Add(time.Second); return now })(c)
			if _, err := c.Pay(deadline(t), payRequest(t)); err != nil {
				t.Fatal(err)
			}
			if g.count() != 3 {
				t.Fatalf("sent %d times", g.count())
			}
			for _, again := range g.requests[1:] {
				first := g.requests[0]
				if again.body != first.body {
					t.Errorf("the body changed from %s to %s", first.body, again.body)
				}
				if again.time == first.time || again.signature == first.signature {
					t.Error("a repeat was not signed anew")
				}
			}
		})
	}
}

func TestAttemptsAreLimited(t *testing.T) {
	for attempts, want := range map[int]int{0: 3, 1: 1, 5: 5} {
		cfg := config(t)
		cfg.Attempts = attempts
		c, g := newGateway(t, cfg, lost["503"])
		_, err := c.Pay(deadline(t), payRequest(t))
		if e := wantError(t, err); !e.Unknown() || e.HTTPStatus != 503 {
			t.Errorf("error is %+v", e)
		}
		if g.count() != want {
			t.Errorf("Attempts %d: sent %d times", attempts, g.count())
		}
	}
}

func TestAnAnswerIsNeverRequestedAgain(t *testing.T) {
	for _, body := range []string{success, result("PAYMENT_IN_PROCESS", "U"), result("SYSTEM_ERROR", "F"), result("CARD_EXPIRED", "F")} {
		c, g := newGateway(t, config(t), says(body))
		c.Pay(deadline(t), payRequest(t))
		if g.count() != 1 {
			t.Errorf("%s: sent %d times", body, g.count())
		}
	}
}

// What was sent first may have been paid, whatever is said of what was sent second.
func TestARefusedRepeatDoesNotUndoTheFirst(t *testing.T) {
	for second, want := range map[string]struct{ unknown, declined bool }{
		result("INVALID_SIGNATURE", "F"): {unknown: true},
		result("SYSTEM_ERROR", "F"):      {unknown: true},
		result("CARD_EXPIRED", "F"):      {declined: true}, // an id has one outcome, and this is it
	} {
		c, _ := newGateway(t, config(t), func(g *gateway, w http.ResponseWriter, r *http.Request) {
			if g.count() == 1 {
				lost["reset"](g, w, r)
			}
			says(second)(g, w, r)
		})
		res, err := c.Pay(deadline(t), payRequest(t))
		e := wantError(t, err)
		if e.Unknown() != want.unknown || e.Declined() != want.declined || e.Fix() {
			t.Errorf("%s: %+v", second, e)
		}
		if want.unknown && res.Result.Status != "" {
			t.Errorf("%s: the response says %v", second, res.Result)
		}
	}
	c, _ := newGateway(t, config(t), says(result("INVALID_SIGNATURE", "F")))
	if _, err := c.Pay(deadline(t), payRequest(t)); !wantError(t, err).Fix() {
		t.Errorf("refused at once: %v", err)
	}
}

func TestObserverSeesEveryAttempt(t *testing.T) {
	type seen struct {
		endpoint string
		attempt  int
		status   int
		code     ResultCode
		failed   bool
	}
	var got []seen
	c, _ := newGateway(t, config(t), func(g *gateway, w http.ResponseWriter, r *http.Request) {
		if g.count() == 1 {
			lost["503"](g, w, r)
			return
		}
		says(result("CARD_EXPIRED", "F"))(g, w, r)
	})
	WithObserver(func(_ context.Context, o Observation) {
		if o.Duration <= 0 {
			t.Errorf("duration is %v", o.Duration)
		}
		got = append(got, seen{o.Endpoint, o.Attempt, o.HTTPStatus, o.Code, o.Err != nil})
	})(c)
	c.Pay(deadline(t), payRequest(t))
	want := []seen{{"pay", 1, 503, "", true}, {"pay", 2, 200, "CARD_EXPIRED", true}}
	if !slices.Equal(got, want) {
		t.Errorf("seen %v, want %v", got, want)
	}
	c, _ = newGateway(t, config(t), says(success))
	WithObserver(func(_ context.Context, o Observation) {
		if o.Code != CodeSuccess || o.Status != StatusSuccess || o.Err != nil {
			t.Errorf("seen %+v", o)
		}
	})(c)
	c.Pay(deadline(t), payRequest(t))
}

// A strange settlement amount must not hide that a payment succeeded.
func TestDecorationDoesNotHideAPayment(t *testing.T) {
	c, _ := newGateway(t, config(t), says(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":""},
		"paymentStatus":"SUCCESS","paymentRequestId":"PR-1","paymentAmount":{"currency":"SGD","value":"4200"},
		"actualPaymentAmount":{"currency":"SGD","value":"42.00"},"paymentTime":"yesterday","cardInfo":[]}`))
	res, err := c.InquiryPayment(deadline(t), inquiry())
	if err != nil {
		t.Fatal(err)
	}
	if res.PaymentStatus != PaymentSuccess || res.PaymentAmount != sgd(t, 4200) || !res.ActualPaymentAmount.IsZero() {
		t.Errorf("read as %+v", res)
	}
	c, _ = newGateway(t, config(t), says(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":""},
		"paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"42.00"}}`))
	if _, err := c.InquiryPayment(deadline(t), inquiry()); !wantError(t, err).Unknown() {
		t.Error("a paid amount that cannot be read is accepted")
	}
}

// An answer that two readers could understand in two ways is none: the same question
// again, or an inquiry, has to decide.
func TestAnswersThatCanBeReadInTwoWays(t *testing.T) {
	fine := `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":""},"paymentStatus":"PROCESSING",` +
		`"paymentRequestId":"PR-1","paymentAmount":{"currency":"SGD","value":"4200"},"transactions":[{"transactionType":"REFUND","transactionStatus":"FAIL"}]}`
	for name, body := range map[string]string{
		"a status twice":          strings.Replace(fine, `"paymentRequestId"`, `"paymentStatus":"SUCCESS","paymentRequestId"`, 1),
		"a status in other case":  strings.Replace(fine, `"paymentStatus"`, `"PaymentStatus"`, 1),
		"another case beside":     strings.Replace(fine, `"paymentRequestId"`, `"paymentstatus":"SUCCESS","paymentRequestId"`, 1),
		"a result twice":          strings.Replace(fine, `{"result"`, `{"result":{"resultStatus":"F"},"result"`, 1),
		"a result in other case":  strings.Replace(fine, `"resultStatus"`, `"resultstatus"`, 1),
		"a value twice":           strings.Replace(fine, `"value":"4200"`, `"value":"4200","value":"1"`, 1),
		"a value in other case":   strings.Replace(fine, `"value"`, `"Value"`, 1),
		"a transaction's status":  strings.Replace(fine, `"transactionStatus"`, `"transactionSTATUS":"SUCCESS","transactionStatus"`, 1),
		"an escaped name":         strings.Replace(fine, `"paymentRequestId"`, `"payment\u0053tatus":"SUCCESS","paymentRequestId"`, 1),
		"an unknown member twice": strings.Replace(fine, `{"result"`, `{"news":1,"news":2,"result"`, 1),
		"something behind it":     fine + `{}`,
		"not UTF-8":               strings.Replace(fine, "PR-1", "PR-\xff", 1),
		"nested too deep":         strings.Replace(fine, `{"result"`, `{"news":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`,"result"`, 1),
	} {
		c, _ := newGateway(t, config(t), says(body))
		res, err := c.InquiryPayment(deadline(t), inquiry())
		if e := wantError(t, err); !e.Unknown() || res.PaymentStatus != "" || res.Result != (Result{}) {
			t.Errorf("%s: read as %+v, %v", name, res, err)
		}
	}
	c, _ := newGateway(t, config(t), says(fine))
	if res, err := c.InquiryPayment(deadline(t), inquiry()); err != nil || res.PaymentStatus != PaymentProcessing {
		t.Errorf("a plain answer is read as %+v, %v", res, err)
	}
}

// Every operation's answer is read strictly, not only the inquiry's.
func TestEveryAnswerIsReadStrictly(t *testing.T) {
	c, _ := newGateway(t, config(t), says(`{"result":{"resultCode":"SUCCESS","resultStatus":"F"},"Result":{"resultCode":"SUCCESS","resultStatus":"S"}}`))
	ctx := deadline(t)
	for name, call := range map[string]func() error{
		"pay":     func() error { _, err := c.Pay(ctx, payRequest(t)); return err },
		"cancel":  func() error { _, err := c.Cancel(ctx, &CancelRequest{PaymentRequestID: "PR-1"}); return err },
		"capture": func() error { _, err := c.Capture(ctx, &CaptureRequest{"CR-1", "1", sgd(t, 1), nil}); return err },
		"refund": func() error {
			_, err := c.Refund(ctx, &RefundRequest{RefundRequestID: "R1", PaymentID: "1", RefundAmount: sgd(t, 1)})
			return err
		},
		"inquiryRefund": func() error { _, err := c.InquiryRefund(ctx, &InquiryRefundRequest{RefundRequestID: "R1"}); return err },
		"consult": func() error {
			_, err := c.Consult(ctx, &ConsultRequest{ProductCode: ProductCheckout, PaymentAmount: sgd(t, 1), Env: &Env{TerminalType: TerminalWeb}})
			return err
		},
	} {
		if err := call(); !wantError(t, err).Unknown() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Antom's Java SDK knows two spellings of one member; both are read.
func TestTheOtherSpellingOfAuthExpiryTime(t *testing.T) {
	want := time.Date(2026, 1, 8, 0, 0, 0, 0, time.UTC)
	for _, members := range []string{
		`"authExpiryTime":"2026-01-08T00:00:00Z"`, `"authExpirytime":"2026-01-08T00:00:00Z"`,
		`"authExpiryTime":"2026-01-08T00:00:00Z","authExpirytime":"2026-01-08T00:00:00Z"`,
	} {
		res, err := readAnswer[InquiryPaymentResponse]([]byte(`{"result":{"resultStatus":"S"},` + members + `}`))
		if err != nil || !res.AuthExpiryTime.Equal(want) {
			t.Errorf("%s is read as %v, %v", members, res.AuthExpiryTime, err)
		}
	}
}

// The SDK's model has one bank under a name in the plural; a list is read, too.
func TestInstallmentBanksAreReadAloneOrAsAList(t *testing.T) {
	for banks, want := range map[string]int{
		`{"bankName":"A","bins":["405469"]}`: 1, `[{"bankName":"A"},{"bankName":"B"}]`: 2, `[]`: 0, `null`: 0,
	} {
		c, _ := newGateway(t, config(t), says(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"x"},"installmentBanks":`+banks+`}`))
		got, err := c.InquireInstallment(deadline(t), &InquireInstallmentRequest{})
		if err != nil || len(got.Banks) != want || want > 0 && got.Banks[0].Name != "A" {
			t.Errorf("%s is read as %+v: %v", banks, got.Banks, err)
		}
	}
}
