package sandbox

import (
	"net/http"

	"antom-checkout/antom"
)

// vaultPages are the pages where buyers store cards.
type vaultPages struct {
	pages  *pages
	ledger *ledger
	vaults *vaults
}

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

func newVaultView(v Vaulting) vaultView {
	view := vaultView{Vaulting: v, Shows: "card", Reasons: reasons[cardPage], Cards: testCards, Entered: *usualCard("")}
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

// show shows where the buyer stores a card.
func (vp *vaultPages) show(w http.ResponseWriter, r *http.Request) {
	v, found := vp.vaults.find(r.PathValue("token"))
	if !found {
		vp.pages.renderNothing(w)
		return
	}
	view := newVaultView(v)
	view.InWindow = isInWindow(r)
	if known, isTest := testCardOf(r.FormValue("card")); isTest {
		view.Entered.Number = known.Number
	}
	vp.pages.render(w, http.StatusOK, view.policy(), "vault.html", view)
}

// act stores the card, or does not, and leads the buyer back.
func (vp *vaultPages) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "this form cannot be read", http.StatusBadRequest)
		return
	}
	v, found := vp.vaults.find(r.PathValue("token"))
	if !found {
		vp.pages.renderNothing(w)
		return
	}
	entered, act := cardOf(r), r.PostFormValue("act")
	v, mistake := vp.change(v.RequestID, act, entered, antom.ResultCode(r.PostFormValue("reason")))
	if mistake != "" {
		view := newVaultView(v)
		view.Entered, view.Mistake, view.InWindow = *entered, mistake, isInWindow(r)
		vp.pages.render(w, http.StatusUnprocessableEntity, view.policy(), "vault.html", view)
		return
	}
	seeOther(w, nextOfVaulting(v, act, isInWindow(r)))
}

// change does the buyer's act as one change of the ledger.
func (vp *vaultPages) change(requestID, act string, entered *card, reason antom.ResultCode) (Vaulting, string) {
	vp.ledger.mu.Lock()
	defer vp.ledger.mu.Unlock()
	v, mistake := vp.vaults.act(requestID, act, entered, reason)
	if mistake == "" {
		vp.ledger.commit()
	}
	return v, mistake
}

// nextOfVaulting is where the buyer goes after an act.
func nextOfVaulting(v Vaulting, act string, framed bool) string {
	page := "/vault/" + v.Token
	switch {
	case act != "leave" && act != "vanish" && framed:
		return page + inWindow
	case v.RedirectURL == "" || (v.Step != "" && act != "leave") || act == "vanish":
		return page
	}
	return v.RedirectURL
}
