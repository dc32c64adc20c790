package antom

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// canaries must never be seen outside of the wire.
const (
	canaryCard    = "4054695723100768"
	canaryCVV     = "CANARY-712"
	canaryToken   = "CANARY-card-token"
	canarySession = "CANARY-session-data"
	canaryPerson  = "CANARY@example.com"
)

// cage collects everything that is printed and fails if a canary got in.
type cage struct {
	t    *testing.T
	text bytes.Buffer
}

// print prints v in every way a log line might.
func (c *cage) print(v any) {
	type nested struct{ V any }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&c.text, verb+"\n", v)
		fmt.Fprintf(&c.text, verb+"\n", []any{v, nested{v}})
	}
	fmt.Fprintf(&c.text, "%v %+v %#v\n", &nested{v}, &nested{v}, &nested{v})
	for _, handler := range []slog.Handler{slog.NewTextHandler(&c.text, nil), slog.NewJSONHandler(&c.text, nil)} {
		slog.New(handler).Info("message", "value", v)
	}
}

func (c *cage) check(canaries ...string) {
	c.t.Helper()
	if c.text.Len() == 0 {
		c.t.Error("nothing was printed")
	}
	for _, canary := range canaries {
		for _, form := range []string{canary, fmt.Sprintf("%x", canary)} {
			if i := strings.Index(c.text.String(), form); i >= 0 {
				c.t.Errorf("%q got out: …%s…", canary, c.text.String()[max(0, i-80):i+len(form)])
			}
		}
	}
}

func TestMessagesPrintNoSecrets(t *testing.T) {
	person := &Buyer{ReferenceBuyerID: "B-1", Email: canaryPerson, Name: &UserName{FullName: canaryPerson}}
	metadata := &Metadata{CardNo: canaryCard, CVV: canaryCVV, CardholderName: &UserName{FullName: canaryPerson}}
	method := PaymentMethod{Type: "CARD", ID: canaryToken, Metadata: metadata}
	info := &PaymentResultInfo{CardToken: canaryToken, ThreeDSResult: &ThreeDSResult{CAVV: canaryToken}}
	order := &Order{ReferenceOrderID: "ORD-1", Buyer: person, Shipping: &Shipping{ShipToEmail: canaryPerson}}
	detail := &PaymentMethodDetail{Card: &VaultCard{CardNo: canaryCard, CVV: canaryCVV, CardToken: canaryToken}}
	notification := PaymentNotification{PaymentRequestID: "PR-1", PaymentResultInfo: info, CardInfo: info}

	c := &cage{t: t}
	for _, message := range []any{
		*person, person, *metadata, metadata, method, &method, order, *info, info, detail, *detail.Card,
		&MPIData{CAVV: canaryToken}, order.Shipping, info.ThreeDSResult,
		&PayRequest{PaymentRequestID: "PR-1", Order: order, PaymentMethod: &method},
		PayRequest{PaymentMethod: &method},
		&PaymentSessionRequest{Order: order, PaymentMethod: &method, SavedPaymentMethods: []PaymentMethod{method}},
		PaymentSessionRequest{SavedPaymentMethods: []PaymentMethod{method}},
		&PaymentSessionResponse{Data: canarySession}, PaymentSessionResponse{Data: canarySession},
		&PayResponse{PaymentResultInfo: info}, &InquiryPaymentResponse{CardInfo: info},
		&ConsultRequest{Buyer: person},
		&PaymentResult{notification}, PaymentResult{notification}, &PaymentPending{notification},
		&VaultPaymentMethodRequest{PaymentMethodDetail: detail}, &VaultingResponse{PaymentMethodDetail: detail},
		&VaultingSessionResponse{Data: canarySession}, &VaultingResult{PaymentMethodDetail: detail},
		&SupplyDefenseDocumentRequest{DisputeEvidence: canarySession}, &DownloadDisputeEvidenceResponse{DisputeEvidence: canarySession},
		&UnknownNotification{Body: []byte(canaryToken)},
		&CardInfoRequest{CardNo: canaryCard}, InquireTokenRequest{Token: canaryToken}, &DeleteTokenRequest{Token: canaryToken},
		&UpdateTokenRequest{Token: canaryToken, AccountHolderName: canaryPerson, Email: canaryPerson},
		TokenResponse{Token: canaryToken, AccountHolderName: canaryPerson, Email: canaryPerson},
	} {
		c.print(message)
	}
	c.check(canaryCard, canaryCVV, canaryToken, canarySession, canaryPerson)
	if text := c.text.String(); !strings.Contains(text, "PR-1") || !strings.Contains(text, "ORD-1") {
		t.Error("ids are printed no more, and the log is of no use")
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	cfg := config(t)
	client := newClient(t, cfg)
	c := &cage{t: t}
	c.print(cfg)
	c.print(&cfg)
	c.print(client)
	for _, broken := range []string{cfg.PrivateKey[:200], "-----BEGIN PRIVATE KEY-----\n" + cfg.PrivateKey[10:], cfg.PrivateKey + "!"} {
		cfg.PrivateKey, cfg.PublicKeys = broken, broken
		cfg.BaseURL = "https://u:" + canaryToken + "@x.example:port"
		_, err := New(cfg)
		c.print(err)
	}
	key := vector(t, "merchant.pkcs8.b64")
	c.check(key[20:60], key[100:140], key[len(key)-40:], canaryToken, privateKey(t, "merchant").D.String())
}

// TestCallsPrintNoSecrets sends canaries through every way a call can end.
func TestCallsPrintNoSecrets(t *testing.T) {
	ways := map[string]func(*gateway, http.ResponseWriter, *http.Request){
		"success":     says(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"x"},"paymentResultInfo":{"cardToken":"` + canaryToken + `"}}`),
		"declined":    says(result("CARD_EXPIRED", "F")),
		"wrong type":  says(`{"result":{"resultCode":"` + canaryToken + `","resultStatus":7},"paymentId":` + canaryCard + `}`),
		"wrong id":    says(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentId":` + canaryCard + `}`),
		"not JSON":    says(`{"cardToken":"` + canaryToken + `"`),
		"wrong money": says(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentAmount":{"currency":"` + canaryToken + `","value":"` + canaryCard + `"}}`),
	}
	for name, answer := range untrusted {
		ways[name] = answer
	}
	for name, answer := range lost {
		ways[name] = answer
	}
	cg := &cage{t: t}
	for _, answer := range ways {
		c, _ := newGateway(t, config(t), answer)
		WithObserver(func(_ context.Context, o Observation) { cg.print(o) })(c)
		req := payRequest(t)
		req.PaymentMethod = &PaymentMethod{Type: "CARD", ID: canaryToken, Metadata: &Metadata{CardNo: canaryCard, CVV: canaryCVV}}
		req.Order.Buyer = &Buyer{Email: canaryPerson}
		res, err := c.Pay(deadline(t), req)
		cg.print(res)
		cg.print(err)

		req.PaymentMethod.Metadata.CardNo = "é" + canaryCard // refused before it is sent
		_, err = c.Pay(deadline(t), req)
		cg.print(err)
	}
	signature := vector(t, "request.sig")
	cg.check(canaryCard, canaryCVV, canaryToken, canaryPerson, signature, "signature=")
}
