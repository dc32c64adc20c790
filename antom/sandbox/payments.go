package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// createPaymentSession makes a session for a client SDK, which is no payment yet.
func (s *Sandbox) createPaymentSession(req *antom.PaymentSessionRequest) (any, *Refusal) {
	terms := termsOfSession(req)
	if refusal := firstRefusal(
		required("productCode", req.ProductCode, 64),
		mustBe("productCode", req.ProductCode, antom.ProductCheckout),
		identifier("paymentRequestId", req.PaymentRequestID),
		checkOrder(req.Order, req.PaymentAmount),
		address("paymentRedirectUrl", req.PaymentRedirectURL, true, redirectLimit(terms.Method)),
		address("paymentNotifyUrl", req.PaymentNotifyURL, false, 2048),
		checkScene(req.ProductScene),
	); refusal != nil {
		return nil, refusal
	}
	if terms.Method == "" && terms.Scene == "" {
		return nil, refuse("PARAM_ILLEGAL", "paymentMethod is required where productScene is not given")
	}
	if terms.Method != "" {
		m, known := methodOf(terms.Method)
		if !known {
			return nil, refuse("NO_PAY_OPTIONS", "there is no payment method %q", clip(terms.Method, 64))
		}
		if refusal := m.allows(terms.Money); refusal != nil {
			return nil, refusal
		}
	}
	now := s.now()
	expires := req.PaymentSessionExpiryTime.Time
	switch {
	case expires.IsZero():
		expires = now.Add(time.Hour)
	case !expires.After(now) || expires.After(now.Add(time.Hour+time.Minute)):
		return nil, refuse("PARAM_ILLEGAL", "paymentSessionExpiryTime is not within the next hour")
	}
	if !req.PaymentExpiryTime.IsZero() && !req.PaymentExpiryTime.After(now) {
		return nil, refuse("PARAM_ILLEGAL", "paymentExpiryTime has passed")
	}
	if session := s.sessions[req.PaymentRequestID]; session != nil {
		if !session.Terms.same(terms) {
			return nil, refuse("REPEAT_REQ_INCONSISTENT", "the session of this paymentRequestId has another amount or method")
		}
		return sessionAnswer(session), nil
	}
	if s.payments[req.PaymentRequestID] != nil {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this paymentRequestId was used with pay")
	}
	session := &Session{
		RequestID: req.PaymentRequestID, CreatedAt: now, ExpiresAt: expires,
		PaymentExpiry: req.PaymentExpiryTime.Time, Terms: terms,
	}
	session.ID, session.Key, session.Data = s.newSessionData(terms)
	if _, struck := s.strike("createPaymentSession", req.PaymentRequestID, SDKMalformedSession); struck {
		session.Data = session.Key + "&&SG&&188"
	}
	s.addSession(session)
	s.keep(session)
	return sessionAnswer(session), nil
}

func sessionAnswer(session *Session) *antom.PaymentSessionResponse {
	return &antom.PaymentSessionResponse{
		Envelope: succeeded(), Data: session.Data, ID: session.ID, ExpiryTime: wireTime(session.ExpiresAt),
	}
}

// newSessionData makes the three texts of a session in Antom's shapes: an id, an
// opaque key, and what the SDK is given.
func (s *Sandbox) newSessionData(terms Terms) (id, key, data string) {
	bytes := make([]byte, 80)
	if _, err := rand.Read(bytes); err != nil {
		panic(err) // the system's random source does not fail
	}
	key = base64.StdEncoding.EncodeToString(bytes[:64])
	id = base64.StdEncoding.EncodeToString(slices.Concat(bytes[:32], bytes[64:]))
	m, _ := methodOf(terms.Method)
	category := m.sessionCategory()
	scene := "CASHIER_PAYMENT"
	switch terms.Scene {
	case "":
	case antom.SceneElement:
		scene, category = terms.Scene, "ALL"
	case antom.SceneCheckout:
		scene, category = terms.Scene, ""
	default:
		scene = terms.Scene
	}
	config, err := json.Marshal(map[string]any{
		"action":     map[string]any{"app": struct{}{}, "needVerifyAndResume": false, "skipSdkQuery": false, "wap": struct{}{}, "web": struct{}{}},
		"clientId":   s.clientID,
		"extendInfo": `{"versionMap":{}}`,
		"paymentSessionConfig": map[string]any{
			"paymentMethodCategoryType": category, "productScene": scene, "productSceneVersion": "1.0",
		},
	})
	if err != nil {
		panic(err) // a map of strings
	}
	return id, key, key + "&&SG&&188&&" + base64.StdEncoding.EncodeToString(config)
}

func termsOfSession(req *antom.PaymentSessionRequest) Terms {
	terms := Terms{
		Money: moneyOf(req.PaymentAmount), RedirectURL: req.PaymentRedirectURL, NotifyURL: req.PaymentNotifyURL,
		Scene: req.ProductScene, Metadata: req.Metadata,
	}
	terms.addOrder(req.Order, req.Env, req.SettlementStrategy)
	terms.addMethod(req.PaymentMethod, req.PaymentFactor)
	if req.AvailablePaymentMethod != nil {
		types := slices.Clone(req.AvailablePaymentMethod.Types)
		slices.SortStableFunc(types, func(a, b antom.AvailableType) int { return int(a.Order) - int(b.Order) })
		for _, t := range types {
			terms.Methods = append(terms.Methods, t.Type)
		}
	}
	for _, saved := range req.SavedPaymentMethods {
		terms.SavedCards = append(terms.SavedCards, saved.ID)
	}
	return terms
}

func (t *Terms) addOrder(order *antom.Order, env *antom.Env, settlement *antom.SettlementStrategy) {
	if order != nil {
		t.OrderID, t.Description = order.ReferenceOrderID, order.Description
		if env == nil {
			env = order.Env
		}
	}
	if env != nil {
		t.Terminal = string(env.TerminalType)
	}
	if settlement != nil {
		t.Settlement = settlement.SettlementCurrency
	}
}

func (t *Terms) addMethod(m *antom.PaymentMethod, factor *antom.PaymentFactor) {
	if factor != nil {
		t.ManualCapture = factor.CaptureMode == antom.CaptureManual
	}
	if m == nil {
		return
	}
	t.Method, t.MethodID = m.Type, m.ID
	issuer := isTrue(m.RequireIssuerAuthentication)
	if meta := m.Metadata; meta != nil {
		t.ThreeDS, t.Tokenize = isTrue(meta.Is3DSAuthentication), isTrue(meta.Tokenize)
		issuer = issuer || isTrue(meta.RequireIssuerAuthentication)
		if issuer {
			t.IssuerBrand = meta.SelectedCardBrand
		}
	}
	if issuer && t.IssuerBrand == "" {
		t.IssuerBrand = "KOREAN CARD"
	}
}

func isTrue(b *antom.Bool) bool { return b != nil && bool(*b) }

// same says whether a repeated request is consistent: the key parameters that
// Antom compares are amount and method.
func (t Terms) same(other Terms) bool {
	return t.Money == other.Money && t.Method == other.Method && t.MethodID == other.MethodID
}

// submit makes the payment of a session: the buyer has confirmed in the SDK.
func (s *Sandbox) submit(session *Session, methodCode string) (*Payment, error) {
	if p := s.payments[session.RequestID]; p != nil {
		return p, nil
	}
	if !s.now().Before(session.ExpiresAt) {
		return nil, errExpired
	}
	terms := session.Terms
	if terms.Method == "" {
		terms.Method = methodCode
	}
	if terms.Method == "" {
		terms.Method = "CARD"
	}
	m, known := methodOf(terms.Method)
	if !known {
		return nil, refuse("NO_PAY_OPTIONS", "there is no payment method %q", clip(terms.Method, 64))
	}
	if refusal := m.allows(terms.Money); refusal != nil {
		return nil, refusal
	}
	session.Submitted = true
	s.keep(session)
	p := s.openPayment(session.RequestID, m, terms, session.PaymentExpiry)
	p.BySession = true
	s.keep(p)
	s.move()
	return p, nil
}

// pay starts a payment without an SDK.
func (s *Sandbox) pay(req *antom.PayRequest) (any, *Refusal) {
	terms := Terms{
		Money: moneyOf(req.PaymentAmount), RedirectURL: req.PaymentRedirectURL, NotifyURL: req.PaymentNotifyURL,
		Metadata: req.Metadata,
	}
	terms.addOrder(req.Order, req.Env, req.SettlementStrategy)
	terms.addMethod(req.PaymentMethod, req.PaymentFactor)
	if refusal := firstRefusal(
		mustBe("productCode", req.ProductCode, antom.ProductCheckout),
		identifier("paymentRequestId", req.PaymentRequestID),
		checkOrder(req.Order, req.PaymentAmount),
		required("paymentMethod.paymentMethodType", terms.Method, 64),
		limited("paymentMethod.paymentMethodId", terms.MethodID, 2048),
		address("paymentRedirectUrl", req.PaymentRedirectURL, true, redirectLimit(terms.Method)),
		address("paymentNotifyUrl", req.PaymentNotifyURL, false, 2048),
		checkEnv(req.Env),
	); refusal != nil {
		return nil, refusal
	}
	m, known := methodOf(terms.Method)
	if !known {
		return nil, refuse("NO_PAY_OPTIONS", "there is no payment method %q", clip(terms.Method, 64))
	}
	if p := s.payments[req.PaymentRequestID]; p != nil {
		if p.BySession || !p.Terms.same(terms) {
			return nil, refuse("REPEAT_REQ_INCONSISTENT", "this paymentRequestId stands for another amount or method")
		}
		return s.payAnswer(p), nil
	}
	if s.sessions[req.PaymentRequestID] != nil {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this paymentRequestId was used with createPaymentSession")
	}
	if refusal := m.allows(terms.Money); refusal != nil {
		return nil, refusal
	}
	expires := req.PaymentExpiryTime.Time
	if !expires.IsZero() && !expires.After(s.now()) {
		return nil, refuse("PARAM_ILLEGAL", "paymentExpiryTime has passed")
	}
	var saved *savedCard
	if m.isCard() && terms.MethodID != "" {
		if saved = s.cards[terms.MethodID]; saved == nil || saved.Used {
			return nil, refuse("INVALID_ACCESS_TOKEN", "there is no saved card of this token, or it paid already")
		}
	}
	p := s.openPayment(req.PaymentRequestID, m, terms, expires)
	if m.isCard() {
		s.payByCard(p, saved, enteredCard(req.PaymentMethod.Metadata))
	}
	return s.payAnswer(p), nil
}

// enteredCard is the card of a server-to-server payment, nil in the other modes.
func enteredCard(meta *antom.Metadata) *card {
	if meta == nil || meta.CardNo == "" {
		return nil
	}
	return &card{Number: meta.CardNo, ExpiryMonth: meta.ExpiryMonth, ExpiryYear: meta.ExpiryYear, CVV: meta.CVV}
}

// payByCard does at once what the card modes do before anybody sees a page.
func (s *Sandbox) payByCard(p *Payment, saved *savedCard, entered *card) {
	switch {
	case saved != nil:
		info := saved.Info
		p.Card = &info
		saved.Used = saved.Once
		s.keep(saved)
		if saved.Refused != "" {
			s.decline(p, saved.Refused)
			return
		}
		if p.Terms.ThreeDS {
			s.challenge(p)
			return
		}
		s.pays(p, nil)
	case entered != nil:
		if p.Terms.ThreeDS && entered.challenged() && entered.outcome(s.now()) == "" {
			p.Card = s.cardInfo(entered)
			s.challenge(p)
			return
		}
		s.pays(p, entered)
		if p.Card != nil && !p.Terms.Tokenize {
			p.Card.CardToken = ""
		}
	}
}

// challenge sends the buyer to their bank's 3-D Secure page.
func (s *Sandbox) challenge(p *Payment) {
	p.Step = stepThreeDS
	s.tell(p, "the card's bank wants to see the buyer (3-D Secure)")
}

// payAnswer is what pay says of a payment, the first time and every time.
func (s *Sandbox) payAnswer(p *Payment) any {
	answer := &antom.PayResponse{
		PaymentRequestID: p.RequestID, PaymentID: p.ID, PaymentAmount: p.wire(), PaymentCreateTime: wireTime(p.CreatedAt),
		PaymentResultInfo: p.Card,
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
		s.addWayOn(p, answer)
	}
	return answer
}

// addWayOn adds where the buyer goes, or the code they scan.
func (s *Sandbox) addWayOn(p *Payment, answer *antom.PayResponse) {
	m, _ := methodOf(p.Method)
	answer.NormalURL = p.BuyerURL
	if p.Terms.Terminal == string(antom.TerminalApp) {
		answer.ApplinkURL = p.BuyerURL
		answer.SchemeURL = "antomsandbox" + strings.TrimPrefix(strings.TrimPrefix(p.BuyerURL, "https"), "http")
	}
	if m.Page != counterPage {
		answer.RedirectActionForm = p.redirectForm()
		answer.PaymentActionForm = `{"method":"GET","paymentActionFormType":"RedirectActionForm","redirectUrl":"` + p.BuyerURL + `"}`
		return
	}
	answer.OrderCodeForm = &antom.OrderCodeForm{
		PaymentMethodType: p.Method, ExpireTime: wireTime(p.ClosesAt),
		CodeDetails: []antom.CodeDetail{
			{CodeValueType: "QRCODE", CodeValue: p.BuyerURL, DisplayType: "TEXT"},
			{CodeValueType: "QRCODE", CodeValue: s.url + "/qr/" + p.Token, DisplayType: "MIDDLEIMAGE"},
		},
	}
}

func (p *Payment) redirectForm() *antom.RedirectActionForm {
	return &antom.RedirectActionForm{Method: "GET", RedirectURL: p.BuyerURL, ActionFormType: "RedirectActionForm"}
}

// inquiryPayment tells what is known of a payment.
func (s *Sandbox) inquiryPayment(req *antom.InquiryPaymentRequest) (any, *Refusal) {
	p, refusal := s.named(req.PaymentRequestID, req.PaymentID)
	if refusal != nil {
		return nil, refusal
	}
	answer := &antom.InquiryPaymentResponse{
		Envelope: succeeded(), PaymentStatus: p.Status, PaymentResultCode: p.ResultCode,
		PaymentResultMessage: resultOf(p.ResultCode, "").Message,
		PaymentRequestID:     p.RequestID, PaymentID: p.ID, PaymentAmount: p.wire(), PaymentMethodType: p.Method,
		PaymentCreateTime: wireTime(p.CreatedAt), PaymentRedirectURL: p.Terms.RedirectURL,
		Transactions: s.transactions(p),
	}
	switch p.Status {
	case antom.PaymentSuccess:
		answer.PaymentTime, answer.AuthExpiryTime, answer.ActualPaymentAmount = wireTime(p.PaidAt), wireTime(p.AuthEndsAt), p.wire()
	case antom.PaymentProcessing:
		answer.RedirectActionForm = p.redirectForm()
	}
	if p.Status == antom.PaymentSuccess || p.Status == antom.PaymentFail {
		answer.PaymentResultInfo, answer.CardInfo = p.Card, p.Card
	}
	return answer, nil
}

// named finds the payment of a request that names one.
func (s *Sandbox) named(requestID, id string) (*Payment, *Refusal) {
	if requestID == "" && id == "" {
		return nil, refuse("PARAM_ILLEGAL", "paymentId or paymentRequestId is required")
	}
	if p := s.findPayment(requestID, id); p != nil {
		return p, nil
	}
	if s.sessions[requestID] != nil && id == "" {
		return nil, refuse("ORDER_NOT_EXIST", "the session was never submitted, so there is no payment")
	}
	return nil, refuse("ORDER_NOT_EXIST", "there is no such payment")
}

// transactions are the captures and refunds of a payment, nil when there are none.
func (s *Sandbox) transactions(p *Payment) []antom.Transaction {
	var list []antom.Transaction
	for _, move := range s.moves[p] {
		switch m := move.(type) {
		case *Capture:
			list = append(list, antom.Transaction{
				Type: antom.TransactionCapture, Status: m.Status, RequestID: m.RequestID, ID: m.ID, Amount: m.wire(),
				Time: wireTime(m.DoneAt), Result: transactionResult(m.Status, m.ResultCode),
			})
		case *Refund:
			list = append(list, antom.Transaction{
				Type: antom.TransactionRefund, Status: m.Status, RequestID: m.RequestID, ID: m.ID, Amount: m.wire(),
				Time: wireTime(m.DoneAt), Result: transactionResult(m.Status, m.ResultCode),
			})
		}
	}
	return list
}

func transactionResult(status antom.TransactionStatus, code antom.ResultCode) antom.Result {
	switch status {
	case antom.TransactionSuccess:
		return resultOf(antom.CodeSuccess, antom.StatusSuccess)
	case antom.TransactionFail:
		return resultOf(code, antom.StatusFailed)
	}
	return resultOf(antom.CodePaymentInProcess, antom.StatusUnknown)
}

// cancel ends an unpaid payment, or gives a paid one back while its method's
// window is open.
func (s *Sandbox) cancel(req *antom.CancelRequest) (any, *Refusal) {
	p, refusal := s.named(req.PaymentRequestID, req.PaymentID)
	if refusal != nil {
		return nil, refusal
	}
	if p.Status == antom.PaymentProcessing || p.Status == antom.PaymentPendingNow || p.Status == antom.PaymentSuccess {
		m, _ := methodOf(p.Method)
		done, underWay := s.captured(p)
		if refusal := m.mayCancel(p, done+underWay > 0, s.refunded(p) > 0, s.now()); refusal != nil {
			return nil, refusal
		}
		c := &Cancel{PaymentID: p.ID, PaymentRequestID: p.RequestID, Money: p.Money, At: s.now(), After: p.Status}
		s.become(p, antom.PaymentCancelled, antom.CodeOrderIsCanceled)
		s.cancelList = append(s.cancelList, c)
		s.keep(c)
	}
	// A failed payment stays failed and a cancelled one cancelled; both answer S.
	return &antom.CancelResponse{
		Envelope: succeeded(), PaymentRequestID: p.RequestID, PaymentID: p.ID, CancelTime: wireTime(s.now()),
	}, nil
}

// originOf is the origin of an address that was accepted, "" if it has none.
func originOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
