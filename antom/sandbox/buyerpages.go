package sandbox

import (
	"net/http"
	"net/url"

	"antom-checkout/antom"
)

// reasons are the refusals that the tester may choose for a buyer's bank or wallet.
var reasons = map[page][]antom.ResultCode{
	cardPage: {"ACCESS_DENIED", "DO_NOT_HONOR", "USER_BALANCE_NOT_ENOUGH", "CARD_EXPIRED", "CARD_NOT_SUPPORTED", "LOST_CARD",
		"STOLEN_CARD", "RISK_REJECT", "FRAUD_REJECT", "AUTHENTICATION_REQUIRED", "USER_PAYMENT_VERIFICATION_FAILED", "PROCESS_FAIL"},
	walletPage: {"USER_BALANCE_NOT_ENOUGH", "USER_AMOUNT_EXCEED_LIMIT", "USER_STATUS_ABNORMAL", "USER_KYC_NOT_QUALIFIED",
		"PAYMENT_COUNT_EXCEED_LIMIT", "RISK_REJECT", "PROCESS_FAIL"},
}

func reasonsFor(m method) []antom.ResultCode {
	if m.isCard() {
		return reasons[cardPage]
	}
	return reasons[walletPage]
}

// buyerView is what a buyer's page shows.
type buyerView struct {
	Payment  Payment
	Method   string
	Shows    string // wallet, bank, counter, card, three_ds, issuer or over
	Code     string // the method's code
	Says     string // for "over": how the payment ended
	Late     bool   // the merchant has cancelled, and the page is still open
	BackURL  string // the shop's page
	Reasons  []antom.ResultCode
	Cards    []testCard
	Entered  card
	Mistake  string
	Vanished bool
	InWindow bool // the SDK shows it in a window of its own above the shop's page
}

// inWindow is what the SDK's window adds to a page's address. There the page
// stays where it is, and the SDK's app shows how it ended.
const inWindow = "?in-window"

func isInWindow(r *http.Request) bool { return r.URL.Query().Has(inWindow[1:]) }

// buyerPages are the pages where buyers pay.
type buyerPages struct {
	pages    *pages
	ledger   *ledger
	payments *payments
}

// show shows where the buyer pays.
func (bp *buyerPages) show(w http.ResponseWriter, r *http.Request) {
	if next := bp.passThrough(r.PathValue("token")); next != "" {
		seeOther(w, next)
		return
	}
	view, found := bp.view(r.PathValue("token"))
	if !found {
		bp.pages.renderNothing(w)
		return
	}
	if known, isTest := testCardOf(r.FormValue("card")); isTest {
		view.Entered.Number = known.Number
	}
	view.Vanished, view.InWindow = r.URL.Query().Has("vanished"), isInWindow(r)
	bp.pages.render(w, http.StatusOK, view.policy(), "buyer.html", view)
}

// passThrough completes a 3-D Secure that asks the buyer nothing, and is where the
// buyer goes then; "" where there is none to complete.
func (bp *buyerPages) passThrough(token string) string {
	bp.ledger.mu.Lock()
	defer bp.ledger.mu.Unlock()
	p := bp.ledger.tokens[token]
	if p == nil || p.Step != stepFrictionless {
		return ""
	}
	bp.payments.complete(p, nil)
	bp.ledger.commit()
	return p.Terms.RedirectURL
}

func (bp *buyerPages) view(token string) (buyerView, bool) {
	bp.ledger.mu.Lock()
	defer bp.ledger.mu.Unlock()
	p := bp.ledger.tokens[token]
	if p == nil {
		return buyerView{}, false
	}
	return newBuyerView(p), true
}

func (v buyerView) policy() policy { return backTo(v.Payment.Terms.RedirectURL, v.InWindow) }

// backTo is the policy of a page whose form leads back to the shop. The shop's
// page may frame it where it is shown in a window.
func backTo(redirect string, framed bool) policy {
	p := policy{formTo: formTargets(redirect)}
	if framed {
		p.framedBy = originOf(redirect)
	}
	return p
}

// formTargets is a redirect address as form-action may name it: an origin, or an
// app's scheme.
func formTargets(redirect string) []string {
	if origin := originOf(redirect); origin != "" {
		return []string{origin}
	}
	if u, err := url.Parse(redirect); err == nil && u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return []string{u.Scheme + ":"}
	}
	return nil
}

// newBuyerView is the page of a payment. The ledger's lock is held.
func newBuyerView(p *Payment) buyerView {
	m, _ := methodOf(p.Method)
	usual := p.usualCard()
	view := buyerView{
		Payment: *p, Method: m.Name, Code: m.Code, Shows: string(m.Page), BackURL: p.Terms.RedirectURL,
		Reasons: reasonsFor(m), Cards: testCards,
		Entered: card{Number: usual.Number, ExpiryMonth: usual.ExpiryMonth, ExpiryYear: usual.ExpiryYear, CVV: usual.CVV},
	}
	if p.Step != "" {
		view.Shows = p.Step
	}
	switch {
	case p.Status == antom.PaymentCancelled && !p.LatePaid:
		view.Late = true
	case p.Status == antom.PaymentCancelled:
		view.Shows, view.Says = "over", "The shop had already cancelled this payment, so it was refunded at once."
	case p.Status == antom.PaymentSuccess:
		view.Shows, view.Says = "over", "You have paid "+p.Money.String()+"."
	case p.Status == antom.PaymentPendingNow:
		view.Shows, view.Says = "over", "You don’t need to do anything else. "+m.Name+" confirms the payment later."
	case p.Status == antom.PaymentFail && p.ResultCode == antom.CodeOrderIsClosed:
		view.Shows, view.Says = "over", "This payment expired because it was not paid in time."
	case p.Status == antom.PaymentFail:
		view.Shows, view.Says = "over", "This payment was declined: "+string(p.ResultCode)+"."
	}
	return view
}

// enterByForm leads a buyer whose browser posted the shop's form to their page.
func enterByForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	token := r.PathValue("token")
	if r.PostFormValue("entry") != token {
		http.Error(w, "the parameters of the form are missing", http.StatusBadRequest)
		return
	}
	seeOther(w, "/buyer/"+token)
}

// act does what the buyer's button says and redirects them.
func (bp *buyerPages) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "this form cannot be read", http.StatusBadRequest)
		return
	}
	bp.ledger.mu.Lock()
	p := bp.ledger.tokens[r.PathValue("token")]
	if p == nil {
		bp.ledger.mu.Unlock()
		bp.pages.renderNothing(w)
		return
	}
	entered, act := cardOf(r), r.PostFormValue("act")
	if p.Step == "" {
		p.Consent = r.PostFormValue("save") != ""
	}
	if mistake := bp.payments.act(p, act, entered, antom.ResultCode(r.PostFormValue("reason"))); mistake != "" {
		view := newBuyerView(p)
		bp.ledger.mu.Unlock()
		view.Entered, view.Mistake, view.InWindow = *entered, mistake, isInWindow(r)
		bp.pages.render(w, http.StatusUnprocessableEntity, view.policy(), "buyer.html", view)
		return
	}
	next := nextOfPayment(p, act, isInWindow(r))
	bp.ledger.commit()
	bp.ledger.mu.Unlock()
	seeOther(w, next)
}

// nextOfPayment is where the buyer goes after an act.
func nextOfPayment(p *Payment, act string, framed bool) string {
	page := "/buyer/" + p.Token
	switch {
	case act != "leave" && p.Step != "" && !final(p.Status):
		return page
	case act == "vanish":
		return page + "?vanished"
	case act != "leave" && framed:
		return page + inWindow
	}
	return p.Terms.RedirectURL
}

// seeOther redirects with a GET. The address is the sandbox's own or one that a
// signed request named, an app's perhaps, so it is sent as it is.
func seeOther(w http.ResponseWriter, next string) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", next)
	w.WriteHeader(http.StatusSeeOther)
}

// cardOf is the card that was typed into a form.
func cardOf(r *http.Request) *card {
	return &card{
		Number: r.PostFormValue("number"), ExpiryMonth: r.PostFormValue("month"),
		ExpiryYear: lastTwo(r.PostFormValue("year")), CVV: r.PostFormValue("cvv"),
	}
}

// originOf is the origin of an address that was accepted, "" if it has none.
func originOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
