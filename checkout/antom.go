package checkout

// This file is where Antom's words become ours and ours become Antom's; no
// other file of the package reads a result code.

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"antom-checkout/antom"
)

// Device is where the buyer sits, as far as a request shows it.
type Device struct {
	IP        string
	UserAgent string
	Accept    string
	Language  string
	Terminal  antom.TerminalType
	OS        antom.OSType // for every terminal but WEB
}

// consultRequest asks what may be offered in a market.
func (s *Service) consultRequest(m market, amount Money) *antom.ConsultRequest {
	return &antom.ConsultRequest{
		ProductCode:           antom.ProductCheckout,
		PaymentAmount:         antomAmount(amount),
		Env:                   &antom.Env{TerminalType: m.terminal, OSType: m.os},
		UserRegion:            m.country,
		AllowedPaymentMethods: s.cfg.Methods,
		SettlementStrategy:    s.settlement(),
		PaymentFactor:         s.paymentFactor(MethodCard),
	}
}

// sessionRequest asks for a session for the Web SDK: for one method, or for the
// Payment Element, in which the buyer chooses among what we offer.
func (s *Service) sessionRequest(o Order, p Payment, want Attempt) *antom.PaymentSessionRequest {
	request := &antom.PaymentSessionRequest{
		ProductCode:              antom.ProductCheckout,
		PaymentRequestID:         p.RequestID,
		Order:                    antomOrder(o),
		PaymentAmount:            antomAmount(p.Amount),
		PaymentFactor:            s.paymentFactor(p.Method),
		SettlementStrategy:       s.settlement(),
		PaymentRedirectURL:       cmp.Or(want.ReturnURL, s.returnURL(o)),
		PaymentNotifyURL:         s.notifyURL(),
		PaymentSessionExpiryTime: antom.NewTime(p.ExpiresAt),
		PaymentExpiryTime:        antom.NewTime(s.slowEnd(o, p)),
		Env:                      antomEnv(want.Device),
	}
	if !want.Element {
		request.PaymentMethod = antomMethod(o, p.Method)
		return request
	}
	request.ProductScene = antom.SceneElement
	request.AvailablePaymentMethod = &antom.AvailablePaymentMethod{}
	for i, m := range want.offered {
		available := antom.AvailableType{Type: m.Code, Order: antom.Int(i + 1)}
		request.AvailablePaymentMethod.Types = append(request.AvailablePaymentMethod.Types, available)
		if needsCapture(m.Code) {
			request.PaymentFactor = s.paymentFactor(m.Code)
		}
	}
	return request
}

// payRequest asks for an address or a code without an SDK.
func (s *Service) payRequest(o Order, p Payment, want Attempt) *antom.PayRequest {
	return &antom.PayRequest{
		ProductCode:        antom.ProductCheckout,
		PaymentRequestID:   p.RequestID,
		Order:              antomOrder(o),
		PaymentAmount:      antomAmount(p.Amount),
		PaymentMethod:      antomMethod(o, p.Method),
		PaymentFactor:      s.paymentFactor(p.Method),
		SettlementStrategy: s.settlement(),
		PaymentRedirectURL: cmp.Or(want.ReturnURL, s.returnURL(o)),
		PaymentNotifyURL:   s.notifyURL(),
		PaymentExpiryTime:  antom.NewTime(p.ExpiresAt),
		Env:                antomEnv(want.Device),
	}
}

// antomMethod names a method, with what it wants to know of the buyer.
func antomMethod(o Order, code string) *antom.PaymentMethod {
	m := &antom.PaymentMethod{Type: code}
	if code == "P24" {
		m.Metadata = &antom.Metadata{PayerEmail: o.Buyer.Email}
	}
	return m
}

// sameWayBack reports whether an attempt was begun where it is to go on: in a
// browser, or in the same app. The request that was sent says so.
func sameWayBack(p Payment, want Attempt) bool {
	terminal, back := startedOn(p)
	if want.Device.Terminal == antom.TerminalApp {
		return terminal == antom.TerminalApp && back == want.ReturnURL
	}
	return terminal != antom.TerminalApp
}

// startedOn reads terminal and way back from an attempt's request.
func startedOn(p Payment) (antom.TerminalType, string) {
	var sent struct {
		Env struct {
			TerminalType antom.TerminalType `json:"terminalType"`
		} `json:"env"`
		PaymentRedirectURL string `json:"paymentRedirectUrl"`
	}
	if json.Unmarshal(p.Request, &sent) != nil {
		return "", "" // sent by nobody
	}
	return sent.Env.TerminalType, sent.PaymentRedirectURL
}

// paymentFactor: a card is authorised first, then captured.
func (s *Service) paymentFactor(method string) *antom.PaymentFactor {
	if !needsCapture(method) {
		return nil
	}
	factor := &antom.PaymentFactor{IsAuthorization: antom.True}
	if s.cfg.ManualCapture {
		factor.CaptureMode = antom.CaptureManual
	}
	return factor
}

func (s *Service) settlement() *antom.SettlementStrategy {
	return &antom.SettlementStrategy{SettlementCurrency: string(s.cfg.SettlementCurrency)}
}

func antomOrder(o Order) *antom.Order {
	b := o.Buyer
	name, phone := &antom.UserName{FullName: b.Name}, dialled(b.Phone)
	order := &antom.Order{
		ReferenceOrderID: o.ID,
		Description:      "Order " + o.Number,
		Amount:           antomAmount(o.Total),
		Buyer: &antom.Buyer{
			ReferenceBuyerID: o.ID, // buyers have no account here
			Name:             name,
			PhoneNo:          phone,
			Email:            b.Email,
		},
		Shipping: &antom.Shipping{
			Name:        name,
			PhoneNo:     phone,
			ShipToEmail: b.Email,
			Address: &antom.Address{
				Region:   b.Country,
				State:    b.Region,
				City:     b.City,
				Address1: b.Address1,
				Address2: b.Address2,
				ZipCode:  b.PostalCode,
			},
		},
	}
	for _, line := range o.Lines {
		order.Goods = append(order.Goods, antom.Goods{
			ReferenceGoodsID: line.SKU,
			Name:             line.Name,
			UnitAmount:       antomAmount(line.Unit),
			Quantity:         strconv.Itoa(line.Quantity),
		})
	}
	order.MakeSafe() // no name ever fails a payment
	return order
}

// dialled is a phone number as it is dialled, however it was written: digits, and
// a plus before the country's. The zero in "+49 (0)30" is dialled at home only.
func dialled(phone string) string {
	abroad := strings.HasPrefix(phone, "+")
	if abroad {
		phone = strings.Replace(phone, "(0)", "", 1)
	}
	digits := strings.Map(asciiDigit, phone)
	if abroad {
		return "+" + digits
	}
	return digits
}

// asciiDigit is a digit of any script as one of ours, or -1. Unicode keeps digits
// in runs of tens, each from 0 to 9.
func asciiDigit(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	return -1
}

func antomEnv(d Device) *antom.Env {
	env := &antom.Env{
		TerminalType: d.Terminal,
		OSType:       d.OS,
		ClientIP:     d.IP,
		BrowserInfo: &antom.BrowserInfo{
			AcceptHeader: d.Accept,
			UserAgent:    d.UserAgent,
			Language:     d.Language,
		},
	}
	env.MakeSafe()
	return env
}

// antomAmount cannot fail for money that was checked when it came in: prices,
// quantities and refunds are bounded, and those in IDR end in 00.
func antomAmount(m Money) antom.Amount {
	amount, err := antom.NewAmount(string(m.Currency), m.Minor)
	if err != nil {
		panic("checkout: " + m.String() + ": " + err.Error())
	}
	return amount
}

func money(a antom.Amount) Money {
	return Money{Minor: a.Minor(), Currency: Currency(a.Currency())}
}

// call is the record of a request and the error it came back with.
func (s *Service) newCall(op, requestID, paymentRequestID string, result antom.Result, err error) *Call {
	c := &Call{
		ID: newID(), Endpoint: op, RequestID: requestID, PaymentRequestID: paymentRequestID,
		Result: string(result.Status), Code: string(result.Code), Verified: true, At: s.now(),
	}
	var failure *antom.Error
	if errors.As(err, &failure) && failure.Status == "" || result.Status == "" {
		c.Result, c.Code, c.Verified = "none", "", false
	}
	return c
}

// said turns the result of a call that starts or ends something into a word:
// whatever is not Antom's verified S or F is no answer, never a failure.
func outcomeFrom(err error, onSuccess Outcome) (Outcome, string) {
	if err == nil {
		return onSuccess, ""
	}
	var failure *antom.Error
	if !errors.As(err, &failure) || failure.Unknown() {
		return OutcomeUnknown, codeOf(err)
	}
	if failure.Code == "REPEAT_REQ_INCONSISTENT" {
		// Antom has this id with other contents: it says nothing of how that
		// payment ended.
		return OutcomeUnknown, string(failure.Code)
	}
	return OutcomeFailed, string(failure.Code)
}

// ofAllSubmissions is what an answer says of all sendings of a request: one that is refused at
// the gate, when it was perhaps sent before, says nothing of what came of that.
func ofAllSubmissions(err error, sentBefore bool) error {
	var failure *antom.Error
	if sentBefore && errors.As(err, &failure) && failure.AtTheGate() {
		return errors.New("sent again in vain: " + failure.Error())
	}
	return err
}

func codeOf(err error) string {
	var failure *antom.Error
	if errors.As(err, &failure) {
		return string(failure.Code)
	}
	return ""
}

func eventFromSession(p Payment, res *antom.PaymentSessionResponse, err error) Event {
	w := Event{RequestID: p.RequestID}
	w.Outcome, w.Code = outcomeFrom(err, OutcomeAccepted)
	switch {
	case err == nil && res.Data == "":
		w.Outcome = OutcomeUnknown // a session without its data is none
	case err == nil:
		w.ExpiresAt = res.ExpiryTime.Time
		w.Action = Action{Type: ActionSDK, SessionData: res.Data, Element: p.Method == "", ExpiresAt: res.ExpiryTime.Time}
	}
	return w
}

func eventFromPay(p Payment, res *antom.PayResponse, err error) Event {
	if !answers(p.RequestID, res.PaymentRequestID) {
		return Event{RequestID: p.RequestID, Outcome: OutcomeUnknown}
	}
	w := Event{RequestID: p.RequestID, AntomID: res.PaymentID, Amount: money(res.PaymentAmount), AuthEndsAt: res.AuthExpiryTime.Time}
	w.Outcome, w.Code = outcomeFrom(err, OutcomeSucceeded)
	if err == nil && res.Result.InProcess() {
		w.Outcome = OutcomeAccepted
		w.Action = actionOf(p, res)
	}
	return w
}

// actionOf reads where the buyer goes on. A code to show comes before an
// address, because who is given both is to scan; the address tells more of how to
// pay, and opens an app where there is one. In an app the wallet's own
// addresses come first, and the web is the fallback.
func actionOf(p Payment, res *antom.PayResponse) Action {
	a := Action{ExpiresAt: p.ExpiresAt}
	terminal, _ := startedOn(p)
	if terminal == antom.TerminalApp {
		a.ApplinkURL, a.SchemeURL = only(leadable, res.ApplinkURL), only(openable, res.SchemeURL)
	}
	switch form := res.RedirectActionForm; {
	case res.OrderCodeForm != nil && len(codesOf(res.OrderCodeForm)) > 0:
		a.Type, a.Codes, a.URL = ActionCode, codesOf(res.OrderCodeForm), only(leadable, res.NormalURL)
		if t := res.OrderCodeForm.ExpireTime.Time; !t.IsZero() {
			a.ExpiresAt = t
		}
	case form != nil && form.Method == "POST" && leadable(form.RedirectURL):
		a.Type, a.URL, a.Method, a.Parameters = ActionRedirect, form.RedirectURL, "POST", form.Parameters
	case leadable(res.NormalURL):
		a.Type, a.URL, a.Method = ActionRedirect, res.NormalURL, "GET"
	case form != nil && leadable(form.RedirectURL):
		a.Type, a.URL, a.Method = ActionRedirect, form.RedirectURL, "GET"
	case a.ApplinkURL != "" || a.SchemeURL != "":
		a.Type, a.URL, a.Method = ActionRedirect, cmp.Or(a.ApplinkURL, a.SchemeURL), "GET"
	default:
		a.Type = ActionNone
	}
	return a
}

func only(fit func(string) bool, address string) string {
	if !fit(address) {
		return ""
	}
	return address
}

// openable reports whether a phone may be asked to open an address: another
// app's, and nothing that would run in the one that opens it.
func openable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme != "" && !slices.Contains([]string{"javascript", "data", "file", "content", "http"}, u.Scheme)
}

// leadable reports whether a buyer may be sent to an address: to the web, and to
// nothing that would run in our own pages.
func leadable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

func codesOf(form *antom.OrderCodeForm) []Code {
	var codes []Code
	seen := map[string]bool{}
	for _, detail := range form.CodeDetails {
		if strings.HasSuffix(detail.DisplayType, "IMAGE") && leadable(detail.CodeValue) {
			continue // the address of a picture of the code; we draw our own
		}
		if key := detail.CodeValueType + detail.CodeValue; !seen[key] && detail.CodeValue != "" {
			seen[key] = true
			codes = append(codes, Code{Type: detail.CodeValueType, Value: detail.CodeValue})
		}
	}
	return codes
}

// eventFromInquiry says what Antom knows of a payment. found is false when Antom
// does not know it, or did not answer the question.
func eventFromInquiry(p Payment, res *antom.InquiryPaymentResponse, err error) (w Event, found bool) {
	w = Event{RequestID: p.RequestID}
	if err != nil || !answers(p.RequestID, res.PaymentRequestID) {
		return w, false
	}
	w.AntomID = res.PaymentID
	w.Amount = money(res.PaymentAmount)
	w.Method = res.PaymentMethodType
	w.Code = string(res.PaymentResultCode)
	w.AuthEndsAt = res.AuthExpiryTime.Time
	switch res.PaymentStatus {
	case antom.PaymentSuccess:
		w.Outcome = OutcomeSucceeded
	case antom.PaymentFail:
		w.Outcome = OutcomeFailed
	case antom.PaymentCancelled:
		w.Outcome = OutcomeCancelled
	case antom.PaymentPendingNow:
		w.Outcome = OutcomePending
	case antom.PaymentProcessing:
		w.Outcome = OutcomeAccepted
	}
	for _, t := range res.Transactions {
		if op, ok := operationEvent(t); ok {
			w.Operations = append(w.Operations, op)
		}
	}
	return w, true
}

func operationEvent(t antom.Transaction) (OperationEvent, bool) {
	w := OperationEvent{
		RequestID: cmp.Or(t.RequestID, t.ID), AntomID: t.ID,
		Amount: money(t.Amount), Code: string(t.Result.Code),
	}
	switch t.Type {
	case antom.TransactionCapture:
		w.Kind = Capture
	case antom.TransactionRefund:
		w.Kind = Refund
	default:
		return w, false
	}
	w.Status = transactionStatus(t.Status)
	return w, true
}

func transactionStatus(status antom.TransactionStatus) OperationStatus {
	switch status {
	case antom.TransactionSuccess:
		return OperationSuccess
	case antom.TransactionFail:
		return OperationFailed
	}
	return OperationProcessing
}

// authorisationGone are the refusals of a capture after which there is nothing to
// capture any more: the buyer has the money back.
var authorisationGone = map[string]bool{"AUTH_EXPIRED": true, "AUTH_CANCELLED": true, "ORDER_IS_CANCELED": true, "ORDER_IS_CANCELLED": true}

// operationEventFrom makes a word out of the synchronous answer to a capture, refund or
// cancel; named is what the answer itself says of its ids and amount.
func operationEventFrom(op Operation, named OperationEvent, result antom.Result, err error) OperationEvent {
	w := OperationEvent{Kind: op.Kind, RequestID: op.RequestID, AntomID: named.AntomID, Code: string(result.Code)}
	switch says, _ := outcomeFrom(err, OutcomeSucceeded); {
	case !answers(op.RequestID, named.RequestID):
		w = OperationEvent{Kind: op.Kind, RequestID: op.RequestID, Status: OperationProcessing}
	case says == OutcomeFailed:
		w.Status, w.Gone = OperationFailed, op.Kind == Capture && authorisationGone[w.Code]
	case says == OutcomeSucceeded && !result.InProcess():
		w.Status, w.Amount = OperationSuccess, named.Amount
	default:
		w.Status = OperationProcessing
	}
	return w
}

// answers reports whether an answer is about what was asked. Antom's signature
// covers the answer and not the question, so that an answer to another question
// would hold as well.
func answers(asked, named string) bool { return named == "" || named == asked }

// eventFromNotification says what a notification means and what it is about.
// understood is false for types that are no business of an order.
func eventFromNotification(n antom.Notification) (w Event, about Reference, understood bool) {
	switch n := n.(type) {
	case *antom.PaymentResult:
		w = eventFromPaymentResult(n.PaymentNotice)
		if n.Result.Status == antom.StatusSuccess {
			w.Outcome = OutcomeSucceeded
		} else if n.Result.Status == antom.StatusFailed {
			w.Outcome = OutcomeFailed
		}
		return w, Reference{RequestID: n.PaymentRequestID}, true
	case *antom.PaymentPending:
		w = eventFromPaymentResult(n.PaymentNotice)
		w.Outcome = OutcomePending // its result says S and is not final
		return w, Reference{RequestID: n.PaymentRequestID}, true
	case *antom.CaptureResult:
		w = Event{AntomID: n.PaymentID, Operations: []OperationEvent{{
			Kind: Capture, RequestID: cmp.Or(n.CaptureRequestID, n.CaptureID), AntomID: n.CaptureID,
			Amount: money(n.CaptureAmount), Code: string(n.Result.Code), Status: operationResult(n.Result),
		}}}
		return w, Reference{AntomID: n.PaymentID}, true
	case *antom.RefundResult:
		w = Event{Operations: []OperationEvent{{
			Kind: Refund, RequestID: n.RefundRequestID, AntomID: n.RefundID,
			Amount: money(n.RefundAmount), Code: string(n.Result.Code), Status: refundResult(n),
		}}}
		return w, Reference{RefundRequestID: n.RefundRequestID}, true
	}
	return Event{}, Reference{}, false
}

func eventFromPaymentResult(n antom.PaymentNotice) Event {
	return Event{
		AntomID: n.PaymentID, Amount: money(n.PaymentAmount), Method: n.PaymentMethodType,
		Code: string(n.Result.Code), AuthEndsAt: n.AuthExpiryTime.Time,
	}
}

// refundResult believes a notice that says the same twice; one that contradicts
// itself leaves it to an inquiry.
func refundResult(n *antom.RefundResult) OperationStatus {
	says := operationResult(n.Result)
	if n.RefundStatus != "" && transactionStatus(n.RefundStatus) != says {
		return OperationProcessing
	}
	return says
}

func operationResult(r antom.Result) OperationStatus {
	switch r.Status {
	case antom.StatusSuccess:
		return OperationSuccess
	case antom.StatusFailed:
		return OperationFailed
	}
	return OperationProcessing
}

// newNotification is the row for a notification as it came.
func newNotification(n antom.Notification, body []byte, at time.Time) Notification {
	_, about, _ := eventFromNotification(n)
	named := cmp.Or(about.RequestID, about.AntomID, about.RefundRequestID)
	sum := sha256.Sum256(body)
	return Notification{
		ID: named + "." + hex.EncodeToString(sum[:16]), Type: n.Kind(), AntomID: about.AntomID,
		Body: body, BodySHA256: hex.EncodeToString(sum[:]), ReceivedAt: at,
	}
}
