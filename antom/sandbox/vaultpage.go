package sandbox

import (
	"net/http"

	"antom-checkout/antom"
)

// vaultView is the page where a buyer stores a card.
type vaultView struct {
	Vaulting Vaulting
	Shows    string // card, three_ds or over
	Says     string
	Reasons  []antom.ResultCode
	Cards    []testCard
	Entered  card
	Mistake  string
	InWindow bool
}

func (s *Sandbox) vaultView(v *Vaulting) vaultView {
	usual := (&Payment{}).usualCard()
	view := vaultView{Vaulting: *v, Shows: "card", Reasons: reasons[cardPage], Cards: testCards, Entered: *usual}
	switch v.Status {
	case antom.VaultingSuccess:
		view.Shows, view.Says = "over", "The card is stored."
	case antom.VaultingFail:
		view.Shows, view.Says = "over", "The card was not stored: "+string(v.ResultCode)+"."
	default:
		if v.Step != "" {
			view.Shows = v.Step
		}
	}
	return view
}

func (v vaultView) policy() policy { return backTo(v.Vaulting.RedirectURL, v.InWindow) }

// showVaultPage shows where the buyer stores a card.
func (s *Sandbox) showVaultPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	v := s.vaultTokens[r.PathValue("token")]
	if v == nil {
		s.mu.Unlock()
		s.render(w, http.StatusNotFound, policy{}, "nothing.html", nil)
		return
	}
	view := s.vaultView(v)
	view.InWindow = isInWindow(r)
	s.mu.Unlock()
	if known, isTest := testCardOf(r.FormValue("card")); isTest {
		view.Entered.Number = known.Number
	}
	s.render(w, http.StatusOK, view.policy(), "vault.html", view)
}

// takeVaultAct stores the card, or does not, and leads the buyer back.
func (s *Sandbox) takeVaultAct(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "this form cannot be read", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	v := s.vaultTokens[r.PathValue("token")]
	if v == nil {
		s.mu.Unlock()
		s.render(w, http.StatusNotFound, policy{}, "nothing.html", nil)
		return
	}
	entered := cardOf(r)
	act := r.PostFormValue("act")
	if mistake := s.vaultActs(v, act, entered, antom.ResultCode(r.PostFormValue("reason"))); mistake != "" {
		view := s.vaultView(v)
		view.Entered, view.Mistake, view.InWindow = *entered, mistake, isInWindow(r)
		s.mu.Unlock()
		s.render(w, http.StatusUnprocessableEntity, view.policy(), "vault.html", view)
		return
	}
	next := v.RedirectURL
	switch {
	case act != "leave" && act != "vanish" && isInWindow(r):
		next = "/vault/" + v.Token + inWindow
	case next == "" || (v.Step != "" && act != "leave") || act == "vanish":
		next = "/vault/" + v.Token
	}
	s.move()
	s.mu.Unlock()
	seeOther(w, next)
}

// vaultActs does one act of the buyer's; it returns what they have to correct.
// The lock is held.
func (s *Sandbox) vaultActs(v *Vaulting, act string, entered *card, reason antom.ResultCode) string {
	if v.Status != antom.VaultingProcessing {
		return ""
	}
	switch act {
	case "decline":
		if reason == "" {
			reason = "DO_NOT_HONOR"
		}
		s.finishVaulting(v, reason, s.delays.notice)
	case "pay", "vanish":
		if v.Step == stepThreeDS {
			s.finishVaulting(v, antom.CodeSuccess, s.delays.notice)
			return ""
		}
		if mistake := cardMistake(entered, s.now()); mistake != "" {
			return mistake
		}
		s.vaultCard(v, entered)
	}
	return ""
}
