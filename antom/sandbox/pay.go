package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"

	"antom-checkout/antom"
)

// pay starts a payment without an SDK.
func (ps *payments) pay(req *antom.PayRequest) (any, *Refusal) {
	terms := Terms{
		Money: moneyOf(req.PaymentAmount), RedirectURL: req.PaymentRedirectURL, NotifyURL: req.PaymentNotifyURL,
		Metadata: req.Metadata,
	}
	terms.addOrder(req.Order, req.Env, req.SettlementStrategy)
	terms.addMethod(req.PaymentMethod, req.PaymentFactor)
	terms.addPlan(req.CreditPayPlan)
	terms.CardDigest = ps.cards.digest(req.PaymentMethod)
	if refusal := checkPay(req, terms); refusal != nil {
		return nil, refusal
	}
	m, known := methodOf(terms.Method)
	if !known {
		return nil, refuse("NO_PAY_OPTIONS", "there is no payment method %q", clip(terms.Method, 64))
	}
	if p := ps.ledger.payments[req.PaymentRequestID]; p != nil {
		if p.BySession || !p.Terms.same(terms) {
			return nil, refuse("REPEAT_REQ_INCONSISTENT", "this paymentRequestId stands for another amount or method")
		}
		return ps.payAnswer(p), nil
	}
	if ps.ledger.sessions[req.PaymentRequestID] != nil {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this paymentRequestId was used with createPaymentSession")
	}
	if refusal := firstRefusal(m.allows(terms.Money), checkIssuer(req.PaymentMethod, terms), checkPlan(req.CreditPayPlan, terms)); refusal != nil {
		return nil, refusal
	}
	expires := req.PaymentExpiryTime.Time
	if !expires.IsZero() && !expires.After(ps.scheduler.now()) {
		return nil, refuse("PARAM_ILLEGAL", "paymentExpiryTime has passed")
	}
	var saved *savedCard
	if m.isCard() && terms.MethodID != "" {
		if saved = ps.cards.find(terms.MethodID); !ps.cards.known(terms.MethodID) || saved.expired(ps.scheduler.now()) {
			return nil, refuse("INVALID_ACCESS_TOKEN", "there is no saved card of this token, or it paid already")
		}
	}
	if refusal := ps.checkCardKeys(m, req.PaymentMethod, saved); refusal != nil {
		return nil, refusal
	}
	p := ps.open(req.PaymentRequestID, m, terms, expires)
	if m.isCard() {
		ps.payByCard(p, saved, enteredCard(req.PaymentMethod.Metadata))
	}
	return ps.payAnswer(p), nil
}

// checkPay checks the form of a pay request.
func checkPay(req *antom.PayRequest, terms Terms) *Refusal {
	return firstRefusal(
		mustBe("productCode", req.ProductCode, antom.ProductCheckout),
		identifier("paymentRequestId", req.PaymentRequestID),
		checkOrder(req.Order, req.PaymentAmount),
		checkSettlement(terms.Settlement),
		required("paymentMethod.paymentMethodType", terms.Method, 64),
		limited("paymentMethod.paymentMethodId", terms.MethodID, 2048),
		address("paymentRedirectUrl", req.PaymentRedirectURL, true, redirectLimit(terms.Method)),
		address("paymentNotifyUrl", req.PaymentNotifyURL, false, 2048),
		checkEnv(req.Env),
	)
}

// enteredCard is the card of a server-to-server payment, nil in the other modes.
func enteredCard(meta *antom.Metadata) *card {
	if meta == nil || meta.CardNo == "" {
		return nil
	}
	return &card{Number: meta.CardNo, ExpiryMonth: meta.ExpiryMonth, ExpiryYear: meta.ExpiryYear, CVV: meta.CVV, Holder: meta.CardholderName, OnFile: isTrue(meta.IsCardOnFile)}
}

// payByCard does what the card modes do at once, before a page is shown.
func (ps *payments) payByCard(p *Payment, saved *savedCard, entered *card) {
	switch {
	case saved != nil:
		info := saved.Info
		p.Card, p.WithoutCVV = &info, true
		p.Card.CardBrand = cmp.Or(p.Terms.Brand, p.Card.CardBrand)
		ps.ledger.keep(ps.cards.use(saved.Token))
		if saved.Refused != "" {
			ps.decline(p, saved.Refused)
			return
		}
		ps.complete(p, nil)
	case entered != nil:
		if !ps.passesUnasked(p, entered) {
			ps.complete(p, entered)
		}
	}
}

// payAnswer is the answer of pay about a payment, the first time and every time.
func (ps *payments) payAnswer(p *Payment) any {
	answer := &antom.PayResponse{
		PaymentRequestID: p.RequestID, PaymentID: p.ID, PaymentAmount: p.wire(), PaymentCreateTime: wireTime(p.CreatedAt),
		PaymentResultInfo: p.reported(),
	}
	switch p.Status {
	case antom.PaymentSuccess:
		answer.Envelope = succeeded()
		answer.PaymentTime, answer.AuthExpiryTime, answer.ActualPaymentAmount = wireTime(p.PaidAt), wireTime(p.AuthEndsAt), p.wire()
	case antom.PaymentFail:
		answer.Envelope = antom.Envelope{Result: resultOf(p.ResultCode, antom.StatusFailed)}
	case antom.PaymentCancelled:
		answer.Envelope = antom.Envelope{Result: resultOf(antom.CodeOrderIsCanceled, antom.StatusFailed)}
	default:
		answer.Envelope = inProcess(antom.CodePaymentInProcess)
		ps.addNextStep(p, answer)
		if p.Step == stepIssuer {
			return issuerAnswer{PayResponse: answer}
		}
	}
	return answer
}

// addNextStep adds where the buyer goes, or the code they scan.
func (ps *payments) addNextStep(p *Payment, answer *antom.PayResponse) {
	m, _ := methodOf(p.Method)
	if _, injected := ps.faults.inject("pay", p.RequestID, PostForm); injected {
		answer.RedirectActionForm = &antom.RedirectActionForm{
			Method: http.MethodPost, RedirectURL: p.BuyerURL + "/entry", Parameters: `{"entry":"` + p.Token + `"}`, ActionFormType: "RedirectActionForm",
		}
		return
	}
	answer.NormalURL = p.BuyerURL
	if p.Terms.Terminal == string(antom.TerminalApp) {
		answer.ApplinkURL = p.BuyerURL
		answer.SchemeURL = p.schemeURL()
	}
	if m.Page != counterPage {
		answer.RedirectActionForm = p.redirectForm()
		answer.PaymentActionForm = `{"method":"GET","paymentActionFormType":"RedirectActionForm","redirectUrl":"` + p.BuyerURL + `"}`
		return
	}
	answer.OrderCodeForm = &antom.OrderCodeForm{PaymentMethodType: p.Method, ExpireTime: wireTime(p.ClosesAt)}
	if m.Number {
		answer.OrderCodeForm.CodeDetails = []antom.CodeDetail{{CodeValueType: "BARCODE", CodeValue: p.number(), DisplayType: "TEXT"}}
		return
	}
	answer.OrderCodeForm.CodeDetails = []antom.CodeDetail{
		{CodeValueType: "QRCODE", CodeValue: p.BuyerURL, DisplayType: "TEXT"},
		{CodeValueType: "QRCODE", CodeValue: ps.url + "/qr/" + p.Token, DisplayType: "MIDDLEIMAGE"},
	}
}

// number is given at the counter or transferred to. It is the same each time.
func (p *Payment) number() string {
	sum := sha256.Sum256([]byte(p.ID))
	return strconv.FormatUint(1e12+binary.BigEndian.Uint64(sum[:])%9e12, 10)
}

// schemeURL is what would open the wallet's app on a phone; no such app exists.
func (p *Payment) schemeURL() string {
	_, rest, _ := strings.Cut(p.BuyerURL, ":")
	return "antomsandbox:" + rest
}

func (p *Payment) redirectForm() *antom.RedirectActionForm {
	return &antom.RedirectActionForm{Method: "GET", RedirectURL: p.BuyerURL, ActionFormType: "RedirectActionForm"}
}
