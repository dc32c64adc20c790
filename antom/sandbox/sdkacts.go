package sandbox

import (
	"errors"
	"net/http"

	"antom-checkout/antom"
)

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
