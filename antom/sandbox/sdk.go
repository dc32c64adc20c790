package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"antom-checkout/antom"
)

// serveSDK serves the Web SDK's stand-in. Any page may load it, also with an
// integrity attribute.
func (s *Sandbox) serveSDK(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-cache")
	s.mu.Lock()
	_, broken := s.strike("sdk", "", SDKScriptError)
	_, throws := s.strike("sdk", "", SDKThrow)
	s.mu.Unlock()
	if broken {
		http.Error(w, "the script is not served: a fault asked for it", http.StatusServiceUnavailable)
		return
	}
	script, err := staticFiles.ReadFile("static/ams-checkout.js")
	if err != nil {
		panic(err) // it is embedded
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	if throws {
		script = append(script, "\nwindow.AMSCashierPayment = class { constructor() { throw new DOMException('Access is denied for this document.', 'SecurityError'); } };\n"...)
	}
	w.Write(script) // a reader who went away has no use for the error
}

// sdkQuery is what the SDK asks about a session: one of these in an array.
type sdkQuery struct {
	PaymentSessionData string `json:"paymentSessionData"`
}

// sdkAnswer is what it is told. The SDK itself reads only success,
// errorMessage and errorActions; the rest is for the component.
type sdkAnswer struct {
	Success      bool           `json:"success"`
	ErrorCode    string         `json:"errorCode,omitempty"`
	ErrorMessage string         `json:"errorMessage,omitempty"`
	ErrorActions map[string]any `json:"errorActions,omitempty"`
	Payment      *sdkPayment    `json:"payment,omitempty"`
}

// sdkPayment is how a session and its payment stand.
type sdkPayment struct {
	PaymentRequestID string              `json:"paymentRequestId"`
	Method           string              `json:"paymentMethodType"` // "" = the buyer has to choose
	Name             string              `json:"methodName,omitempty"`
	Methods          []sdkMethod         `json:"paymentMethods,omitempty"`
	Page             string              `json:"page"` // wallet, bank, counter, card, three_ds, issuer
	Amount           string              `json:"amount"`
	Description      string              `json:"orderDescription"`
	Status           antom.PaymentStatus `json:"paymentStatus,omitempty"` // "" = not submitted
	ResultCode       antom.ResultCode    `json:"paymentResultCode,omitempty"`
	ResultMessage    string              `json:"paymentResultMessage,omitempty"`
	NormalURL        string              `json:"normalUrl,omitempty"`
	QRURL            string              `json:"qrUrl,omitempty"`
	RedirectURL      string              `json:"paymentRedirectUrl"`
	LastFour         string              `json:"lastFour,omitempty"`
	SavedCards       []sdkCard           `json:"savedCards,omitempty"`
	Reasons          []antom.ResultCode  `json:"reasons,omitempty"`
	TestCards        []testCard          `json:"testCards,omitempty"`
	Mistake          string              `json:"mistake,omitempty"`
}

type sdkMethod struct {
	Method string `json:"paymentMethodType"`
	Name   string `json:"methodName"`
}

type sdkCard struct {
	Token string `json:"cardToken"`
	Name  string `json:"name"`
}

// serveSDKQuery answers the question the SDK asks of a session before it shows
// anything. The merchant's page asks it, so any origin may: who has the
// session's key may know what it says.
func (s *Sandbox) serveSDKQuery(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Headers", strings.Join([]string{"Content-Type", "Operation-Type", "appId", "workspaceId",
		"version", "tntInstId", "Client-Time", "sdk-version", "x-cors-antom_payment_web-default", "load-test", "sofaPenAttrs"}, ", "))
	w.Header().Set("Access-Control-Expose-Headers", "Result-Status")
	w.Header().Set("Access-Control-Max-Age", "600")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var queries []sdkQuery
	if err := json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&queries); err != nil || len(queries) != 1 {
		answerJSON(w, http.StatusOK, sdkAnswer{ErrorCode: "PARAM_ILLEGAL", ErrorMessage: "The query cannot be read."})
		return
	}
	key, _, _ := strings.Cut(queries[0].PaymentSessionData, "&&")
	s.mu.Lock()
	answer, hangs := s.answerSDK(key)
	s.mu.Unlock()
	if hangs {
		select {
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		return
	}
	w.Header().Set("Result-Status", "1000")
	answerJSON(w, http.StatusOK, answer)
}

// answerSDK answers the query about the session of this key, or says that it is
// to hang. The lock is held.
func (s *Sandbox) answerSDK(key string) (sdkAnswer, bool) {
	session, vaulting := s.sessionKeys[key], s.vaultKeys[key]
	id := ""
	var ends time.Time
	var view *sdkPayment
	switch {
	case session != nil:
		id, ends, view = session.RequestID, session.ExpiresAt, s.sdkPayment(session)
	case vaulting != nil:
		id, ends, view = vaulting.RequestID, vaulting.ExpiresAt, sdkVaulting(vaulting)
	}
	_, hangs := s.strike("sdk", id, SDKHang)
	_, expired := s.strike("sdk", id, SDKExpiredSession)
	switch {
	case view == nil:
		return sdkAnswer{ErrorCode: "ORDER_NOT_EXIST", ErrorMessage: "The payment session does not exist."}, hangs
	case expired || (!s.now().Before(ends) && view.Status == ""):
		return sdkAnswer{ErrorCode: "SESSION_EXPIRED", ErrorMessage: "The payment session has expired."}, hangs
	case view.Status != "" && final(view.Status):
		return sdkAnswer{ErrorCode: "ORDER_STATUS_INVALID", ErrorMessage: "The payment of this session is over.", Payment: view}, hangs
	}
	return sdkAnswer{Success: true, Payment: view}, hangs
}

// sdkVaulting draws up what the component shows where a card is to be stored.
func sdkVaulting(v *Vaulting) *sdkPayment {
	view := &sdkPayment{
		PaymentRequestID: v.RequestID, Method: "CARD", Name: "Cards", Page: "vault", Amount: "Store a card",
		Description: "For later payments. Nothing is paid now.", RedirectURL: v.RedirectURL,
		Reasons: reasons[cardPage], TestCards: testCards,
	}
	switch {
	case v.Status == antom.VaultingSuccess:
		view.Status, view.ResultCode = antom.PaymentSuccess, v.ResultCode
	case v.Status == antom.VaultingFail:
		view.Status, view.ResultCode = antom.PaymentFail, v.ResultCode
	case v.Step != "":
		view.Page, view.Status, view.LastFour = v.Step, antom.PaymentProcessing, v.Card.LastFour
	}
	view.ResultMessage = resultOf(view.ResultCode, "").Message
	return view
}

// sdkPayment draws up what the component shows. The lock is held.
func (s *Sandbox) sdkPayment(session *Session) *sdkPayment {
	terms := session.Terms
	view := &sdkPayment{
		PaymentRequestID: session.RequestID, Method: terms.Method, Amount: terms.Money.String(),
		Description: terms.Description, RedirectURL: terms.RedirectURL,
	}
	p := s.payments[session.RequestID]
	if p != nil {
		view.Method, view.Status, view.ResultCode = p.Method, p.Status, p.ResultCode
		view.ResultMessage = resultOf(p.ResultCode, "").Message
		view.NormalURL, view.QRURL = p.BuyerURL, s.url+"/qr/"+p.Token
		if p.Card != nil {
			view.LastFour = p.Card.LastFour
		}
	}
	if view.Method == "" {
		view.Methods, view.TestCards, view.Reasons = s.sdkMethods(terms), testCards, reasons[cardPage]
		return view
	}
	m, _ := methodOf(view.Method)
	view.Name, view.Page, view.Reasons = m.Name, string(m.Page), reasonsFor(m)
	if m.isCard() {
		view.TestCards = testCards
		for _, token := range terms.SavedCards {
			if saved := s.cards[token]; saved != nil {
				view.SavedCards = append(view.SavedCards, sdkCard{token, saved.Info.CardBrand + " ••" + saved.Info.LastFour})
			}
		}
		if terms.IssuerBrand != "" {
			view.Page = stepIssuer
		}
	}
	if p != nil && p.Step != "" {
		view.Page = p.Step
	}
	return view
}

// sdkMethods are the methods among which the buyer chooses in the SDK.
func (s *Sandbox) sdkMethods(terms Terms) []sdkMethod {
	offered := terms.Methods
	if len(offered) == 0 {
		for _, m := range methods {
			offered = append(offered, m.Code)
		}
	}
	var list []sdkMethod
	for _, code := range offered {
		if m, known := methodOf(code); known && m.allows(terms.Money) == nil {
			list = append(list, sdkMethod{m.Code, m.Name})
		}
	}
	return list
}

// componentView is the page inside the SDK's frame.
type componentView struct {
	Session string
	Parent  string // the origin of the merchant's page
}

// showComponent serves the page inside the SDK's frame. Only the shop of the
// session may frame it.
func (s *Sandbox) showComponent(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Query().Get("session")
	s.mu.Lock()
	parent := ""
	if session := s.sessionKeys[key]; session != nil {
		parent = originOf(session.Terms.RedirectURL)
	}
	if v := s.vaultKeys[key]; v != nil {
		parent = originOf(v.RedirectURL)
	}
	s.mu.Unlock()
	if parent == "" {
		s.render(w, http.StatusNotFound, policy{}, "nothing.html", nil)
		return
	}
	s.render(w, http.StatusOK, policy{framedBy: parent}, "component.html", componentView{Session: key, Parent: parent})
}

// serveComponentState tells the component how its payment stands.
func (s *Sandbox) serveComponentState(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.URL.Query().Get("session")
	if v := s.vaultKeys[key]; v != nil {
		answerJSON(w, http.StatusOK, sdkVaulting(v))
		return
	}
	session := s.sessionKeys[key]
	if session == nil {
		answerJSON(w, http.StatusNotFound, errorAnswer{"no session has this key"})
		return
	}
	answerJSON(w, http.StatusOK, s.sdkPayment(session))
}

// componentAct is what the buyer does inside the SDK.
type componentAct struct {
	Session string           `json:"session"`
	Act     string           `json:"act"` // submit, or one of a buyer's page
	Method  string           `json:"method"`
	Token   string           `json:"cardToken"`
	Number  string           `json:"number"`
	Month   string           `json:"month"`
	Year    string           `json:"year"`
	CVV     string           `json:"cvv"`
	Reason  antom.ResultCode `json:"reason"`
}

func (a componentAct) card() *card {
	return &card{Number: a.Number, ExpiryMonth: a.Month, ExpiryYear: lastTwo(a.Year), CVV: a.CVV}
}

// takeComponentAct does what the buyer does inside the SDK. The first act that
// needs a payment submits the session.
func (s *Sandbox) takeComponentAct(w http.ResponseWriter, r *http.Request) {
	var act componentAct
	if err := readJSON(r, &act); err != nil {
		answerError(w, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.vaultKeys[act.Session]; v != nil {
		mistake := s.vaultActs(v, act.Act, act.card(), act.Reason)
		s.move()
		view := sdkVaulting(v)
		view.Mistake = mistake
		answerJSON(w, http.StatusOK, view)
		return
	}
	session := s.sessionKeys[act.Session]
	if session == nil {
		answerJSON(w, http.StatusNotFound, errorAnswer{"no session has this key"})
		return
	}
	mistake, err := s.componentActs(session, act)
	var refusal *Refusal
	switch {
	case errors.Is(err, errExpired), errors.As(err, &refusal):
		answerError(w, err)
		return
	case err != nil:
		s.log.Debug("an act inside the SDK came too late", "error", err)
	}
	s.move()
	view := s.sdkPayment(session)
	view.Mistake = mistake
	answerJSON(w, http.StatusOK, view)
}

// componentActs carries the act out. It returns what the buyer has to correct.
// The lock is held.
func (s *Sandbox) componentActs(session *Session, act componentAct) (string, error) {
	entered := act.card()
	saved := s.cards[act.Token]
	typed := session.Terms.Method == "CARD" || act.Method == "CARD"
	if typed && saved == nil && (act.Act == "pay" || act.Act == "vanish") && s.payments[session.RequestID] == nil {
		if mistake := cardMistake(entered, s.now()); mistake != "" {
			return mistake, nil // before the session is spent on it
		}
	}
	p, err := s.submit(session, act.Method)
	if err != nil || act.Act == "submit" {
		return "", err
	}
	if saved != nil && !final(p.Status) && p.Step == "" && act.Act != "decline" {
		s.payByCard(p, saved, nil)
		return "", nil
	}
	return s.buyerActs(p, act.Act, entered, act.Reason), nil
}
