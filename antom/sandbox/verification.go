package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// This file plays the acquirer and the card's bank, which compare what the buyer has
// entered: the billing address (AVS) and the security code (CVV).

// authorise fills in what an acquirer reports of a card, whether its bank approved or
// refused. Korean cards report none of it.
func (ps *payments) authorise(p *Payment) {
	if p.Card == nil || p.Card.PaymentMethodRegion == "KR" {
		return
	}
	known := testCardLike(*p.Card)
	p.Card.AVSResultRaw = cmp.Or(known.AVS, avs(p.Terms.Billing))
	p.Card.CVVResultRaw = cmp.Or(known.CVV, p.cvvResult())
	if fault, injected := ps.faults.inject("card", p.RequestID, CardAVS); injected {
		p.Card.AVSResultRaw = fault.Code
	}
	if fault, injected := ps.faults.inject("card", p.RequestID, CardCVV); injected {
		p.Card.CVVResultRaw = fault.Code
	}
	p.Card.NetworkTransactionID = p.networkTransactionID()
}

// The texts of a billing address that no bank knows, or that none compares. Antom
// publishes none, so these are the sandbox's own.
const (
	wrongZip, unknownZip       = "0000", "0001" // how zipCode ends
	wrongStreet, unknownStreet = "200 ", "201 " // how address1 begins
)

// avs is the bank's comparison of a billing address with the one it knows, by the letters
// that Antom lists. The sandbox's banks know every address but those above. Without an
// address the letter is that of Antom's samples.
func avs(a *antom.Address) string {
	if a == nil {
		return "A"
	}
	zip, street := !strings.HasSuffix(a.ZipCode, wrongZip), !strings.HasPrefix(a.Address1, wrongStreet)
	home := a.Region == "US"
	switch {
	case strings.HasSuffix(a.ZipCode, unknownZip) || strings.HasPrefix(a.Address1, unknownStreet):
		return "U"
	case zip && street && a.Region == "GB":
		return "F"
	case zip && street:
		return at(home, "Y", "M")
	case street:
		return "A"
	case zip:
		return at(home, "Z", "P")
	}
	return "N"
}

func at(home bool, letter, abroad string) string {
	if home {
		return letter
	}
	return abroad
}

// cvvResult is the bank's comparison of the security code: it fits, or there was none.
func (p *Payment) cvvResult() string {
	if p.WithoutCVV {
		return ""
	}
	return "Y"
}

// testCardLike is the test card that a report is about, or the zero value.
func testCardLike(info antom.PaymentResultInfo) testCard {
	i := slices.IndexFunc(testCards, func(t testCard) bool {
		return t.Number[:6] == info.CardBIN && strings.HasSuffix(t.Number, info.LastFour)
	})
	if i < 0 {
		return testCard{}
	}
	return testCards[i]
}

// networkTransactionID is what the card's network calls the payment, in the form of its
// brand. No other payment has it.
func (p *Payment) networkTransactionID() string {
	if p.Card.CardBrand == "MASTERCARD" {
		return "MCC" + fmt.Sprintf("%X", p.digest("network")[:3]) + p.CreatedAt.UTC().Format("0102") + p.digits("network", 2)
	}
	return p.digits("network", 15)
}

// refer gives what was taken or returned of a card the number by which the buyer's bank
// finds it (ARN): format, acquirer, day, number, check digit. Korean cards and other
// methods have none.
func (p *Payment) refer(operation string, day time.Time) string {
	if p.Card == nil || p.Card.PaymentMethodRegion == "KR" {
		return ""
	}
	of := Payment{ID: operation}
	reference := fmt.Sprintf("7423456%d%03d%s", day.UTC().Year()%10, day.UTC().YearDay(), of.digits("reference", 11))
	for check := range 10 {
		if whole := reference + fmt.Sprint(check); luhn(whole) {
			return whole
		}
	}
	return ""
}

// bankRefusal is how a bank refuses: its code of ISO 8583 with a text, and Mastercard's
// advice on when to try again.
type bankRefusal struct{ Code, Reason, Advice string }

// bankRefusals are the usual ones of Antom's codes. Antom publishes no table of them.
var bankRefusals = map[antom.ResultCode]bankRefusal{
	"DO_NOT_HONOR":                {"05", "Do not honor", "24"},
	"CARD_EXPIRED":                {"54", "Expired card", "01"},
	"INVALID_CVV":                 {"82", "CVV validation error", "01"},
	"USER_BALANCE_NOT_ENOUGH":     {"51", "Insufficient funds", "25"},
	"USER_AMOUNT_EXCEED_LIMIT":    {"61", "Exceeds withdrawal amount limit", "25"},
	"PAYMENT_AMOUNT_EXCEED_LIMIT": {"61", "Exceeds withdrawal amount limit", "25"},
	"PAYMENT_COUNT_EXCEED_LIMIT":  {"65", "Exceeds withdrawal frequency limit", "25"},
	"LOST_CARD":                   {"41", "Lost card, pick up", "03"},
	"STOLEN_CARD":                 {"43", "Stolen card, pick up", "03"},
	"PICKUP_CARD":                 {"04", "Pick up card", "03"},
	"ACCOUNT_CLOSED":              {"46", "Closed account", "03"},
	"RESTRICTED_CARD":             {"62", "Restricted card", "03"},
	"SUSPECTED_CARD":              {"59", "Suspected fraud", "03"},
	"FRAUD_REJECT":                {"59", "Suspected fraud", "03"},
	"POLICY":                      {"57", "Transaction not permitted to cardholder", "03"},
	"PROCESS_FAIL":                {"96", "System malfunction", "02"},
	demanded:                      {"1A", "Additional customer authentication required", ""},
}

// beforeTheBank are the codes by which Antom itself refuses a card: its bank, and so the
// acquirer, has not seen it.
var beforeTheBank = []antom.ResultCode{
	"INVALID_CARD_NUMBER", "INVALID_EXPIRATION_DATE", "CARD_NOT_SUPPORTED", "SELECTED_CARD_BRAND_NOT_AVAILABLE",
	"INVALID_ACCESS_TOKEN", "INVALID_PAYMENT_METHOD_META_DATA", "RISK_REJECT", notVerified,
}

// noteRefusal fills in why the card's bank refuses.
func (ps *payments) noteRefusal(p *Payment, code antom.ResultCode) {
	refusal, known := bankRefusals[code]
	if !known {
		refusal = bankRefusal{"05", "Do not honor", "02"}
	}
	if p.Card.CardBrand == "MASTERCARD" && code == demanded {
		refusal = bankRefusal{"65", "Authentication required", ""}
	}
	p.Card.RefusalCodeRaw, p.Card.RefusalReasonRaw, p.Card.MerchantAdviceCode = refusal.Code, refusal.Reason, ""
	if p.Card.CardBrand == "MASTERCARD" {
		p.Card.MerchantAdviceCode = refusal.Advice
	}
	if fault, injected := ps.faults.inject("card", p.RequestID, CardAdvice); injected {
		p.Card.MerchantAdviceCode = fault.Code
	}
}
