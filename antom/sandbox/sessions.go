package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
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
		checkTerminal(req.Env),
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
		return s.sessionAnswer(session), nil
	}
	if s.payments[req.PaymentRequestID] != nil {
		return nil, refuse("REPEAT_REQ_INCONSISTENT", "this paymentRequestId was used with pay")
	}
	if f, struck := s.strike("createPaymentSession", req.PaymentRequestID, SDKShortSession); struck {
		expires = now.Add(time.Duration(f.Delay))
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
	return s.sessionAnswer(session), nil
}

func (s *Sandbox) sessionAnswer(session *Session) *antom.PaymentSessionResponse {
	answer := &antom.PaymentSessionResponse{
		Envelope: succeeded(), Data: session.Data, ID: session.ID, ExpiryTime: wireTime(session.ExpiresAt),
	}
	if session.Terms.Scene == antom.SceneCheckout {
		answer.NormalURL = s.checkoutPageURL(session)
	}
	return answer
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
