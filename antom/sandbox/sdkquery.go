package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"antom-checkout/antom"
)

// sdkQuery is the SDK's query of a session: one of these in an array.
type sdkQuery struct {
	PaymentSessionData string `json:"paymentSessionData"`
	ExtParams          struct {
		Appearance json.RawMessage `json:"appearance"` // of the stand-in only: the control room shows it
	} `json:"extParams"`
}

// sdkAnswer is the answer to it. AMSCashierPayment itself reads only success,
// errorMessage and errorActions. AMSElement also insists on methods to choose among and
// on both amounts as a buyer reads them. Payment and Says are for the component.
type sdkAnswer struct {
	Success           bool           `json:"success"`
	ErrorCode         string         `json:"errorCode,omitempty"`
	ErrorMessage      string         `json:"errorMessage,omitempty"`
	ErrorActions      map[string]any `json:"errorActions,omitempty"`
	PaymentMethods    []sdkOffer     `json:"paymentMethods,omitempty"`
	OrderAmountView   *amountView    `json:"orderAmountView,omitempty"`
	PaymentAmountView *amountView    `json:"paymentAmountView,omitempty"`
	Payment           *sdkPayment    `json:"payment,omitempty"`
	Says              *sdkSaying     `json:"says,omitempty"`
}

// sdkOffer is a method that the buyer may choose.
type sdkOffer struct {
	Method   string `json:"paymentMethodType"`
	Name     string `json:"paymentMethodName"`
	Category string `json:"category"`
	Icon     string `json:"icon"`
}

// amountView is an amount as the Element shows it.
type amountView struct {
	Currency  string `json:"currency"`
	Label     string `json:"currencyLabel"`
	Divider   string `json:"currencyDivider"`
	Position  string `json:"currencySymbolPosition"` // L = before the number
	Formatted string `json:"formattedValue"`
	Value     string `json:"value"`
}

func viewOf(m Money) *amountView {
	number := m.number()
	return &amountView{Currency: m.Currency, Label: m.Currency, Divider: " ", Position: "L", Formatted: number, Value: number}
}

// sdkSaying is what a fault has the SDK tell the page once it is up.
type sdkSaying struct {
	Event string `json:"event,omitempty"`
	Error string `json:"error,omitempty"`
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
	SchemeURL        string              `json:"schemeUrl,omitempty"`    // opens a wallet's app on a phone
	ChallengeURL     string              `json:"challengeUrl,omitempty"` // the bank's window while 3-D Secure waits
	QRURL            string              `json:"qrUrl,omitempty"`
	RedirectURL      string              `json:"paymentRedirectUrl"`
	LastFour         string              `json:"lastFour,omitempty"`
	SavedCards       []sdkCard           `json:"savedCards,omitempty"`
	AsksConsent      bool                `json:"asksConsent,omitempty"`
	Reasons          []antom.ResultCode  `json:"reasons,omitempty"`
	TestCards        []testCard          `json:"testCards,omitempty"`
	Plans            []int               `json:"plans,omitempty"` // instalments to choose from
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

// answerQuery answers the query that the SDK makes of a session before it shows
// anything. The merchant's page makes it, so any origin may: the key
// of the session is the permission to read it.
func (sdk *webSDK) answerQuery(w http.ResponseWriter, r *http.Request) {
	allowOrigin(w, r)
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
	sdk.noteLook(key, queries[0].ExtParams.Appearance)
	answer, hangs := sdk.answer(key)
	if hangs {
		select {
		case <-r.Context().Done():
		case <-sdk.ctx.Done():
		}
		return
	}
	w.Header().Set("Result-Status", "1000")
	answerJSON(w, http.StatusOK, answer)
}

// maxLook is the longest appearance that the control room shows, in bytes.
const maxLook = 400

// noteLook keeps how the merchant's page wants the SDK to look.
func (sdk *webSDK) noteLook(key string, appearance json.RawMessage) {
	if len(appearance) == 0 || len(appearance) > maxLook {
		return
	}
	sdk.ledger.mu.Lock()
	defer sdk.ledger.mu.Unlock()
	if session := sdk.ledger.sessionKeys[key]; session != nil {
		session.Terms.Look = string(appearance)
	}
}

// allowOrigin lets the merchant's page read the answer to the query.
func allowOrigin(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" { // by name, because the SDK asks with credentials; there are none
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Vary", "Origin")
	}
	w.Header().Set("Access-Control-Allow-Headers", strings.Join([]string{"Content-Type", "Operation-Type", "appId", "workspaceId",
		"version", "tntInstId", "Client-Time", "sdk-version", "x-cors-antom_payment_web-default", "load-test", "sofaPenAttrs"}, ", "))
	w.Header().Set("Access-Control-Expose-Headers", "Result-Status")
	w.Header().Set("Access-Control-Max-Age", "600")
}

// sessionState is what the query is about: a session, or a vaulting's.
type sessionState struct {
	requestID string
	ends      time.Time
	view      *sdkPayment // nil if no session has the key
	amount    Money       // none for a vaulting
}

func (sdk *webSDK) state(key string) sessionState {
	if v, found := sdk.vaults.findByKey(key); found {
		return sessionState{requestID: v.RequestID, ends: v.ExpiresAt, view: sdkVaulting(v)}
	}
	sdk.ledger.mu.Lock()
	defer sdk.ledger.mu.Unlock()
	if session := sdk.ledger.sessionKeys[key]; session != nil {
		return sessionState{session.RequestID, session.ExpiresAt, sdk.paymentView(session), session.Terms.Money}
	}
	return sessionState{}
}

// answer answers the query about the session of this key, or says that it is to
// hang.
func (sdk *webSDK) answer(key string) (sdkAnswer, bool) {
	state := sdk.state(key)
	_, hangs := sdk.faults.inject("sdk", state.requestID, SDKHang)
	_, expired := sdk.faults.inject("sdk", state.requestID, SDKExpiredSession)
	view := state.view
	switch {
	case view == nil:
		return sdkAnswer{ErrorCode: "ORDER_NOT_EXIST", ErrorMessage: "The payment session does not exist."}, hangs
	case expired || (!sdk.now().Before(state.ends) && view.Status == ""):
		return sdkAnswer{ErrorCode: "SESSION_EXPIRED", ErrorMessage: "The payment session has expired."}, hangs
	case view.Status != "" && final(view.Status):
		return sdkAnswer{ErrorCode: "ORDER_STATUS_INVALID", ErrorMessage: "The payment of this session is over.", Payment: view}, hangs
	}
	answer := sdkAnswer{Success: true, Payment: view, PaymentMethods: sdk.offers(view.Methods)}
	if state.amount != (Money{}) {
		answer.OrderAmountView, answer.PaymentAmountView = viewOf(state.amount), viewOf(state.amount)
	}
	event, hasEvent := sdk.faults.inject("sdk", state.requestID, SDKEvent)
	failure, hasError := sdk.faults.inject("sdk", state.requestID, SDKError)
	if hasEvent || hasError {
		answer.Says = &sdkSaying{Event: event.Code, Error: failure.Code}
	}
	return answer, hangs
}

// sdkVaulting is what the component shows where a card is to be stored.
func sdkVaulting(v Vaulting) *sdkPayment {
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
		view.ChallengeURL = v.BuyerURL + inWindow
	}
	view.ResultMessage = resultOf(view.ResultCode, "").Message
	return view
}

// paymentView is what the component shows of a session. The ledger's lock is held.
func (sdk *webSDK) paymentView(session *Session) *sdkPayment {
	terms := session.Terms
	view := &sdkPayment{
		PaymentRequestID: session.RequestID, Method: terms.Method, Amount: terms.Money.String(),
		Description: terms.Description, RedirectURL: terms.RedirectURL, AsksConsent: terms.AsksConsent,
	}
	p := sdk.ledger.payments[session.RequestID]
	if p != nil {
		view.Method, view.Status, view.ResultCode = p.Method, p.Status, p.ResultCode
		view.ResultMessage = resultOf(p.ResultCode, "").Message
		view.NormalURL, view.QRURL = p.BuyerURL, sdk.url+"/qr/"+p.Token
		if p.Card != nil {
			view.LastFour = p.Card.LastFour
		}
	}
	if terms.Method == "" {
		view.Methods = sdkMethods(terms)
	}
	if view.Method == "" {
		view.TestCards, view.Reasons, view.Plans = testCards, reasons[cardPage], terms.partsOffered()
		return view
	}
	m, _ := methodOf(view.Method)
	view.Name, view.Page, view.Reasons = m.Name, string(m.Page), reasonsFor(m)
	if m.isCard() {
		view.TestCards, view.SavedCards, view.Plans = testCards, sdk.savedCards(terms), terms.partsOffered()
		if terms.IssuerBrand != "" {
			view.Page = stepIssuer
		}
	}
	if p != nil && m.Page == walletPage && terms.Terminal == string(antom.TerminalApp) {
		view.SchemeURL = p.schemeURL()
	}
	if p != nil && p.Step != "" {
		view.Page = p.Step
		view.ChallengeURL = p.BuyerURL + inWindow
	}
	return view
}

// savedCards are the cards that the merchant offers the buyer.
func (sdk *webSDK) savedCards(terms Terms) []sdkCard {
	var list []sdkCard
	for _, token := range terms.SavedCards {
		if saved := sdk.cards.find(token); saved != nil {
			list = append(list, sdkCard{token, saved.Info.CardBrand + " ••" + saved.Info.LastFour})
		}
	}
	return list
}

// sdkMethods are the methods among which the buyer chooses in the SDK.
func sdkMethods(terms Terms) []sdkMethod {
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

// offers are methods as the published Element reads them.
func (sdk *webSDK) offers(list []sdkMethod) []sdkOffer {
	offers := make([]sdkOffer, len(list))
	for i, offered := range list {
		m, _ := methodOf(offered.Method)
		offers[i] = sdkOffer{Method: m.Code, Name: m.Name, Category: m.Category, Icon: sdk.url + "/logo/" + m.Code + ".svg"}
	}
	return offers
}
