package sandbox

import (
	"errors"
	"net/http"
	"slices"

	"antom-checkout/antom"
)

// errNoSession is the answer where no session has the key.
var errNoSession = errorAnswer{"no session has this key"}

// showState answers the component how its payment stands.
func (sdk *webSDK) showState(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Query().Get("session")
	if v, found := sdk.vaults.findByKey(key); found {
		answerJSON(w, http.StatusOK, sdkVaulting(v))
		return
	}
	sdk.ledger.mu.Lock()
	defer sdk.ledger.mu.Unlock()
	session := sdk.ledger.sessionKeys[key]
	if session == nil {
		answerJSON(w, http.StatusNotFound, errNoSession)
		return
	}
	answerJSON(w, http.StatusOK, sdk.paymentView(session))
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
	Save    bool             `json:"saveCard"`     // the box of a session that asks for consent
	Parts   int              `json:"installments"` // where Antom's form asks for them
	Reason  antom.ResultCode `json:"reason"`
}

func (a componentAct) card() *card {
	return &card{Number: a.Number, ExpiryMonth: a.Month, ExpiryYear: lastTwo(a.Year), CVV: a.CVV}
}

// takeAct does what the buyer does inside the SDK. The first act that needs a
// payment submits the session.
func (sdk *webSDK) takeAct(w http.ResponseWriter, r *http.Request) {
	var act componentAct
	if err := readJSON(r, &act); err != nil {
		answerError(w, err)
		return
	}
	sdk.ledger.mu.Lock()
	defer sdk.ledger.mu.Unlock()
	if v, found := sdk.vaults.findByKey(act.Session); found {
		v, mistake := sdk.vaults.act(v.RequestID, act.Act, act.card(), act.Reason)
		sdk.ledger.commit()
		view := sdkVaulting(v)
		view.Mistake = mistake
		answerJSON(w, http.StatusOK, view)
		return
	}
	session := sdk.ledger.sessionKeys[act.Session]
	if session == nil {
		answerJSON(w, http.StatusNotFound, errNoSession)
		return
	}
	mistake, err := sdk.act(session, act)
	var refusal *Refusal
	switch {
	case errors.Is(err, errExpired), errors.As(err, &refusal):
		answerError(w, err)
		return
	case err != nil:
		sdk.log.Debug("an act inside the SDK came too late", "error", err)
	}
	sdk.ledger.commit()
	view := sdk.paymentView(session)
	view.Mistake = mistake
	answerJSON(w, http.StatusOK, view)
}

// act carries the act out. It returns what the buyer has to correct. The ledger's
// lock is held.
func (sdk *webSDK) act(session *Session, act componentAct) (string, error) {
	entered := act.card()
	saved := sdk.cards.find(act.Token)
	typed := session.Terms.Method == "CARD" || act.Method == "CARD"
	if typed && saved == nil && (act.Act == "pay" || act.Act == "vanish") && sdk.ledger.payments[session.RequestID] == nil {
		if mistake := cardMistake(entered, sdk.now()); mistake != "" {
			return mistake, nil // before the session is spent on it
		}
	}
	if slices.Contains(session.Terms.partsOffered(), act.Parts) && (session.Terms.Method == "CARD" || act.Method == "CARD") {
		session.Terms.Installments = act.Parts
	}
	p, err := sdk.sessions.submit(session, act.Method)
	if err != nil || act.Act == "submit" {
		return "", err
	}
	if saved != nil && !final(p.Status) && p.Step == "" && act.Act != "decline" {
		sdk.payments.payByCard(p, saved, nil)
		return "", nil
	}
	p.Consent = act.Save && p.Terms.AsksConsent
	return sdk.payments.act(p, act.Act, entered, act.Reason), nil
}
