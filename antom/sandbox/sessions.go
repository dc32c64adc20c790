package sandbox

import (
	"slices"
	"time"

	"antom-checkout/antom"
)

// sessions invites buyers to pay inside a client SDK. The records are the
// ledger's, whose lock is held in all methods.
type sessions struct {
	url       string
	clientID  string
	ledger    *ledger
	scheduler *scheduler
	faults    *faults
	payments  *payments
}

// createPaymentSession makes a session for a client SDK, which is no payment yet.
func (ss *sessions) createPaymentSession(req *antom.PaymentSessionRequest) (any, *Refusal) {
	terms := termsOfSession(req)
	if refusal := firstRefusal(checkSession(req, terms), checkSessionMethod(terms), checkIssuer(req.PaymentMethod, terms),
		checkPlan(req.CreditPayPlan, terms), ss.checkTokens(terms)); refusal != nil {
		return nil, refusal
	}
	now := ss.scheduler.now()
	expires, refusal := sessionExpiry(req, now)
	if refusal != nil {
		return nil, refusal
	}
	if session := ss.ledger.sessions[req.PaymentRequestID]; session != nil {
		if !session.Terms.same(terms) {
			return nil, refuse("REPEAT_REQ_INCONSISTENT", "the session of this paymentRequestId has another amount or method")
		}
		return ss.sessionAnswer(session), nil
	}
	if ss.ledger.payments[req.PaymentRequestID] != nil {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this paymentRequestId was used with pay")
	}
	if f, injected := ss.faults.inject("createPaymentSession", req.PaymentRequestID, SDKShortSession); injected {
		expires = now.Add(time.Duration(f.Delay))
	}
	session := &Session{
		RequestID: req.PaymentRequestID, CreatedAt: now, ExpiresAt: expires,
		PaymentExpiry: req.PaymentExpiryTime.Time, Terms: terms,
	}
	session.ID, session.Key, session.Data = newSessionData(ss.clientID, terms)
	if _, injected := ss.faults.inject("createPaymentSession", req.PaymentRequestID, SDKMalformedSession); injected {
		session.Data = session.Key + "&&SG&&188"
	}
	ss.ledger.addSession(session)
	ss.ledger.keep(session)
	return ss.sessionAnswer(session), nil
}

// checkSession checks the form of a request for a session.
func checkSession(req *antom.PaymentSessionRequest, terms Terms) *Refusal {
	return firstRefusal(
		required("productCode", req.ProductCode, 64),
		mustBe("productCode", req.ProductCode, antom.ProductCheckout),
		identifier("paymentRequestId", req.PaymentRequestID),
		checkOrder(req.Order, req.PaymentAmount),
		checkSettlement(terms.Settlement),
		address("paymentRedirectUrl", req.PaymentRedirectURL, true, redirectLimit(terms.Method)),
		address("paymentNotifyUrl", req.PaymentNotifyURL, false, 2048),
		checkScene(req.ProductScene),
		checkTerminal(req.Env),
	)
}

// checkSessionMethod checks the method of a session, which only one with a scene
// may leave to the buyer.
func checkSessionMethod(terms Terms) *Refusal {
	switch {
	case terms.Method == "" && terms.Scene == "":
		return refuse("PARAM_ILLEGAL", "paymentMethod is required where productScene is not given")
	case terms.Method == "":
		return nil
	}
	m, known := methodOf(terms.Method)
	if !known {
		return refuse("NO_PAY_OPTIONS", "there is no payment method %q", clip(terms.Method, 64))
	}
	return m.allows(terms.Money)
}

// checkTokens refuses tokens of cards that are not there.
func (ss *sessions) checkTokens(terms Terms) *Refusal {
	tokens := terms.SavedCards
	if terms.MethodID != "" {
		tokens = append(slices.Clone(tokens), terms.MethodID)
	}
	for _, token := range tokens {
		if !ss.payments.cards.known(token) {
			return refuse("INVALID_ACCESS_TOKEN", "there is no saved card of a token of the session")
		}
	}
	return nil
}

// sessionExpiry is when the session ends: as asked for, within the next hour.
func sessionExpiry(req *antom.PaymentSessionRequest, now time.Time) (time.Time, *Refusal) {
	expires := req.PaymentSessionExpiryTime.Time
	switch {
	case expires.IsZero():
		expires = now.Add(time.Hour)
	case !expires.After(now) || expires.After(now.Add(time.Hour+time.Minute)):
		return time.Time{}, refuse("PARAM_ILLEGAL", "paymentSessionExpiryTime is not within the next hour")
	}
	if !req.PaymentExpiryTime.IsZero() && !req.PaymentExpiryTime.After(now) {
		return time.Time{}, refuse("PARAM_ILLEGAL", "paymentExpiryTime has passed")
	}
	return expires, nil
}

func (ss *sessions) sessionAnswer(session *Session) *antom.PaymentSessionResponse {
	answer := &antom.PaymentSessionResponse{
		Envelope: succeeded(), Data: session.Data, ID: session.ID, ExpiryTime: wireTime(session.ExpiresAt),
	}
	if session.Terms.Scene == antom.SceneCheckout {
		answer.NormalURL = checkoutPageURL(ss.url, session)
	}
	return answer
}

// submit makes the payment of a session: the buyer has confirmed in the SDK.
func (ss *sessions) submit(session *Session, methodCode string) (*Payment, error) {
	if p := ss.ledger.payments[session.RequestID]; p != nil {
		return p, nil
	}
	if !ss.scheduler.now().Before(session.ExpiresAt) {
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
	ss.ledger.keep(session)
	p := ss.payments.open(session.RequestID, m, terms, session.PaymentExpiry)
	p.BySession = true
	ss.ledger.keep(p)
	ss.ledger.commit()
	return p, nil
}

// reach finds a payment. A session that was not submitted yet is submitted first.
func (ss *sessions) reach(requestID, method string) (*Payment, error) {
	if p := ss.ledger.payments[requestID]; p != nil {
		return p, nil
	}
	session := ss.ledger.sessions[requestID]
	if session == nil {
		return nil, ErrUnknownPayment
	}
	return ss.submit(session, method)
}
