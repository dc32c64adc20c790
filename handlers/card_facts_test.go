package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
)

// card is what the audit shows of the only payment's card.
func (s *shop) card() map[string]any {
	s.t.Helper()
	card, _ := s.audit()["payment"][0]["card"].(map[string]any)
	return card
}

// expectCard compares parts of the card; "" is a part that is not shown.
func (s *shop) expectCard(when string, parts map[string]string) {
	s.t.Helper()
	card := s.card()
	for name, want := range parts {
		if got, _ := card[name].(string); got != want {
			s.t.Errorf("%s: %s of the card is %q, want %q: %v", when, name, got, want, card)
		}
	}
}

// notified is a notification about the only payment of Antom's, as Antom writes it, with
// further members.
func (s *shop) notified(kind, status, code string, members ...string) {
	s.t.Helper()
	p := s.control.Ledger().Payments[0]
	body := fmt.Sprintf(`{"notifyType":%q,"result":{"resultCode":%q,"resultStatus":%q,"resultMessage":""},"paymentRequestId":%q,"paymentId":%q,`+
		`"paymentAmount":{"currency":"SGD","value":"4800"},"paymentMethodType":"CARD"%s}`, kind, code, status, p.RequestID, p.ID, strings.Join(append([]string{""}, members...), ","))
	if !json.Valid([]byte(body)) {
		s.t.Fatalf("the notification is no JSON: %s", body)
	}
	if res := s.notify(body); res.StatusCode != http.StatusOK {
		s.t.Fatalf("the notification is answered %d", res.StatusCode)
	}
}

var emptyCard = `"paymentResultInfo":{"avsResultRaw":"","cvvResultRaw":"","cardBrand":"","lastFour":"","threeDSResult":{"cavv":"","eci":""},"refundOnAuthorizationAvailable":""},"cardInfo":{}`

// The facts of a card come by whatever message reports them first.
func TestTheFactsOfACardComeByEveryMessage(t *testing.T) {
	all := map[string]string{
		"brand": "VISA", "last4": "0768", "expiry": "12/39", "funding": "CREDIT", "country": "US", "issuer": "SANDBOX BANK", "region": "GLOBAL",
	}
	for name, c := range map[string]struct {
		fault sandbox.Fault
		want  map[string]string
	}{
		"the notification": {sandbox.Fault{Kind: sandbox.Lose, On: "CAPTURE_RESULT"}, all},
		"an inquiry":       {sandbox.Fault{Kind: sandbox.Lose}, all},
		"an inquiry after an empty notification of another amount": {sandbox.Fault{Kind: sandbox.WrongAmountNotification, On: "PAYMENT_RESULT", Times: 1}, all},
		"none": {sandbox.Fault{Kind: sandbox.EmptyCard, On: "PAYMENT_RESULT"}, map[string]string{"brand": "", "last4": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			shop.fault(c.fault)
			_, path, _ := shop.paidBy("CARD")
			if name != "none" {
				shop.inquires()
			}
			shop.newBuyer().expectStatus(path, "paid", "paid")
			shop.expectCard(name, c.want)
			if card := shop.card(); name != "none" && (len(card["authorization_code"].(string)) != 6 || len(card["rrn"].(string)) != 12) {
				t.Errorf("the references are %v", card)
			}
		})
	}
}

// Antom's older cardInfo has fewer parts; a capture names the acquirer's reference; what a
// later message leaves empty stays.
func TestWhatIsKnownOfACardStays(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Submit(buyer.starts(path, "CARD").PaymentRequestID, ""))
	shop.notified("PAYMENT_RESULT", "S", "SUCCESS", `"cardInfo":{"cardNo":"************0768","cardBrand":"VISA","issuingCountry":"DE","funding":"DEBIT","paymentMethodRegion":"GLOBAL",`+
		`"threeDSResult":{"threeDSVersion":"2.2.0","eci":"05","caav":"c2VjcmV0","dsTransactionId":"c4e5","challenged":"true"}}`)
	fromCardInfo := map[string]string{"brand": "VISA", "last4": "0768", "funding": "DEBIT", "country": "DE", "expiry": "", "arn": ""}
	shop.expectCard("after cardInfo", fromCardInfo)
	if got := shop.card()["three_ds"]; !reflect.DeepEqual(got, map[string]any{"version": "2.2.0", "eci": "05", "challenged": "true", "ds_transaction_id": "c4e5"}) {
		t.Errorf("3-D Secure is %v", got)
	}
	shop.notified("CAPTURE_RESULT", "S", "SUCCESS", `"captureId":"c-1","captureAmount":{"currency":"SGD","value":"4800"},"acquirerReferenceNo":"74055726110100000000017"`)
	buyer.expectStatus(path, "paid", "paid")
	shop.notified("PAYMENT_RESULT", "S", "SUCCESS", emptyCard)
	fromCardInfo["arn"] = "74055726110100000000017"
	shop.expectCard("after an empty message", fromCardInfo)
	shop.notified("PAYMENT_RESULT", "S", "SUCCESS", `"paymentResultInfo":{"lastFour":"0768","expiryMonth":"12","expiryYear":"39","avsResultRaw":"Y"}`)
	fromCardInfo["expiry"], fromCardInfo["avs"] = "12/39", "Y"
	shop.expectCard("after a further message", fromCardInfo)
}

// Why a card was declined is kept with the attempt, and the next attempt has a card of its own.
func TestADeclinedAttemptKeepsItsRefusal(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Submit(buyer.starts(path, "CARD").PaymentRequestID, ""))
	shop.notified("PAYMENT_RESULT", "F", "DO_NOT_HONOR", `"paymentResultInfo":{"cardBrand":"VISA","lastFour":"4822","refusalCodeRaw":"05","refusalReasonRaw":"Do not honor","merchantAdviceCode":"24"}`)
	buyer.expectStatus(path, "open", "failed")
	shop.expectCard("declined", map[string]string{"last4": "4822", "refusal_code": "05", "refusal_reason": "Do not honor", "advice_code": "24"})
	must(t, shop.control.Pay(buyer.starts(path, "CARD").PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	payments := shop.audit()["payment"]
	first, second := payments[0]["card"].(map[string]any), payments[1]["card"].(map[string]any)
	if first["last4"] != "4822" || second["last4"] != "0768" || second["refusal_code"] != nil {
		t.Errorf("the cards are %v and %v", first, second)
	}
}

// A dispute names the payment by the acquirer's reference, which may be new.
func TestADisputeReportsTheReferenceOfItsPayment(t *testing.T) {
	shop := newShop(t)
	shop.paidBy("CARD")
	shop.notified("", "S", "SUCCESS", `"disputeNotificationType":"DISPUTE_CREATED","disputeId":"d-1","arn":"74055726110100000000018"`)
	shop.expectCard("disputed", map[string]string{"arn": "74055726110100000000018", "last4": "0768"})
}

// A payment that reports nothing of a card has no card in the audit.
func TestAWalletHasNoCardInTheAudit(t *testing.T) {
	shop := newShop(t)
	shop.paidBy("GCASH")
	if _, has := shop.audit()["payment"][0]["card"]; has {
		t.Error("a wallet has a card")
	}
}

// The buyer reads on the page and in each email by which card they have paid. A reader
// who only knows the address of the page does not, and neither does a person whose
// address was typed into an order that is not paid.
func TestAReceiptSaysWhichCardHasPaid(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidBy("CARD")
	shop.sweeps()
	const card = "Visa ending in 0768"
	for _, page := range []string{path, path + "/return"} {
		buyer.get(page).sees(http.StatusOK, card)
		shop.newBuyer().get(page).sees(http.StatusOK).seesNot("0768")
	}
	shop.email("-receipt-", card)
	_, err := shop.desk().Refund(t.Context(), order, 100, by("back"))
	must(t, err)
	shop.quiet()
	shop.sweeps()
	shop.email("-refund-", card)
	buyer.get(path+"/return?lang=de").sees(http.StatusOK, "Visa mit den Endziffern 0768")
}

func TestAnEmailAboutAnUnpaidOrderShowsNoCard(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Submit(buyer.starts(path, "CARD").PaymentRequestID, ""))
	shop.notified("PAYMENT_RESULT", "F", "DO_NOT_HONOR", `"paymentResultInfo":{"cardBrand":"VISA","lastFour":"4822"}`)
	shop.passes(2 * time.Hour)
	shop.sweeps()
	shop.sweeps()
	if email := shop.email("-expired-", "Credit or debit card"); strings.Contains(email.Text+email.HTML, "4822") {
		t.Errorf("the email shows the card:\n%s", email.Text)
	}
}

// command runs a command beside the shop, and answers with all that it prints.
func (s *shop) command(line string) string {
	s.t.Helper()
	var out bytes.Buffer
	if code := app.Run(s.t.Context(), strings.Fields(line), func(name string) string { return s.environ[name] }, &out, &out); code != 0 {
		s.t.Fatalf("%s ends with %d: %s", line, code, &out)
	}
	return out.String()
}

// A card can be charged with its token, and an authentication be used again with its CAVV:
// neither leaves the shop, in whatever member Antom sends it.
func TestNoTokenAndNoCAVVLeavesTheShop(t *testing.T) {
	const token, cavv = "ALIPAYcanaryq1w2e3+/r4t5==", "Y2FuYXJ5LWNhdnYtMDA="
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "CARD").PaymentRequestID
	must(t, shop.control.Submit(id, ""))
	info := `{"cardBrand":"VISA","lastFour":"0768","cardToken":"` + token + `","threeDSResult":{"eci":"05","cavv":"` + cavv + `"}}`
	shop.notified("PAYMENT_PENDING", "S", "SUCCESS", `"paymentResultInfo":`+info)
	shop.notified("PAYMENT_PENDING", "S", "SUCCESS", `"cardInfo":`+strings.Replace(info, "cavv", "caav", 1))
	must(t, shop.control.PayAndSave(id))
	shop.quiet()
	shop.sweeps()
	buyer.expectStatus(path, "paid", "paid")
	order := shop.orderID()
	_, err := shop.desk().Refund(t.Context(), order, 100, by("back"))
	must(t, err)
	shop.quiet()
	shop.sweeps()
	ofTheSandbox := shop.control.Ledger().Payments[0].Card.CardToken
	if ofTheSandbox == "" {
		t.Fatal("the sandbox has sent no token")
	}
	places := map[string]string{
		"audit": shop.command("audit"), "show": shop.command("show " + order), "show --json": shop.command("show --json " + order),
		"export": shop.command("admin export --order " + order), "checkout page": buyer.get(path).body, "return page": buyer.get(path + "/return").body,
		"status": buyer.get(path + "/status").body, "log": shop.logged(),
	}
	for _, email := range shop.emailsCalled("") {
		places["email "+email.Name] = email.Subject + email.Text + email.HTML
	}
	if len(places) < 10 {
		t.Fatalf("only %d places", len(places))
	}
	for place, text := range places {
		for _, secret := range []string{token, cavv, ofTheSandbox} {
			for _, spelling := range []string{secret, url.QueryEscape(secret), html.EscapeString(secret), strings.ReplaceAll(secret, "/", `\/`)} {
				if strings.Contains(text, spelling) {
					t.Errorf("%s holds %s", place, spelling)
				}
			}
		}
		if place != "status" && place != "log" && !strings.Contains(text, "0768") {
			t.Errorf("%s does not name the card: nothing is proven about it", place)
		}
	}
}
