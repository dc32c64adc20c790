package sandbox

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// webSDK serves the Web SDK's stand-in: its script, its frames, the query it makes
// of a session, and the acts of the buyer inside it.
type webSDK struct {
	url      string
	ctx      context.Context // ends queries that hang
	log      *slog.Logger
	pages    *pages
	ledger   *ledger
	faults   *faults
	sessions *sessions
	payments *payments
	vaults   *vaults
	cards    *savedCards
	now      func() time.Time
}

// serve serves the Web SDK's stand-in. Any page may load it, also with an
// integrity attribute.
func (sdk *webSDK) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-cache")
	_, broken := sdk.faults.inject("sdk", "", SDKScriptError)
	injected := sdk.injectedScript()
	if broken {
		http.Error(w, "the script is not served because of an injected fault", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(append(sdkScript(), injected...)) // a reader who left needs no error
}

// injectedScript is what the faults of the script itself add to it.
func (sdk *webSDK) injectedScript() string {
	script := ""
	if _, injected := sdk.faults.inject("sdk", "", SDKThrow); injected {
		script += `
window.AMSCashierPayment = window.AMSElement = class { constructor() { throw new DOMException("Access is denied for this document.", "SecurityError"); } };`
	}
	if _, injected := sdk.faults.inject("sdk", "", SDKSilent); injected {
		script += `
AMSCashierPayment.prototype.createComponent = AMSCashierPayment.prototype.mountComponent = AMSElement.prototype.mount = () => new Promise(() => {});`
	}
	if f, injected := sdk.faults.inject("sdk", "", SDKReject); injected {
		script += fmt.Sprintf(`
AMSCashierPayment.prototype.createComponent = AMSCashierPayment.prototype.mountComponent = async () => { throw { code: %[1]q, message: "an injected fault" }; };
AMSElement.prototype.mount = async () => ({ error: { code: %[1]q, message: "an injected fault" } });`, f.Code)
	}
	if _, injected := sdk.faults.inject("sdk", "", SDKOld); injected {
		script += `
delete window.AMSElement;`
	}
	return script + "\n"
}

// sdkScript is the SDK in one script, as a shop loads it: the files of all topics
// in one scope.
func sdkScript() []byte {
	script := []byte("\"use strict\";\n(() => {\n")
	for _, topic := range []string{"ground", "popup", "query", "component", "element", "classes"} {
		text, err := staticFiles.ReadFile("static/sdk/" + topic + ".js")
		if err != nil {
			panic(err) // it is embedded
		}
		script = append(append(script, text...), '\n')
	}
	return append(script, "})();\n"...)
}

// componentView is the page inside the SDK's frame, or the Checkout Page.
type componentView struct {
	Session string // its key
	Parent  string // the origin of the merchant's page
	BySDK   bool   // the SDK frames it and reports its events
}

// sdkApps are the apps there are, by the sign that the SDK asks for. Any other
// scene finds nothing, and the SDK waits without end.
var sdkApps = []string{"CASHIER_PAYMENT_APM", "CASHIER_PAYMENT_BANK", "CASHIER_PAYMENT_CARD", "ELEMENT_PAYMENT_ALL", "VAULTING_CARD"}

// showComponent serves the page inside the SDK's frame.
func (sdk *webSDK) showComponent(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(sdkApps, r.PathValue("sign")) {
		sdk.pages.renderNothing(w)
		return
	}
	sdk.renderApp(w, r.URL.Query().Get("session"), true)
}

// showCheckoutPage serves the Checkout Page, in a frame of AMSCheckoutPage or
// on its own. It is given the session's whole data.
func (sdk *webSDK) showCheckoutPage(w http.ResponseWriter, r *http.Request) {
	key, _, _ := strings.Cut(r.URL.Query().Get("session"), "&&")
	sdk.renderApp(w, key, false)
}

// renderApp serves the app of a session. Only the session's shop may frame it.
func (sdk *webSDK) renderApp(w http.ResponseWriter, key string, bySDK bool) {
	parent := sdk.shopOf(key)
	if parent == "" {
		sdk.pages.renderNothing(w)
		return
	}
	sdk.pages.render(w, http.StatusOK, policy{framedBy: parent}, "component.html", componentView{Session: key, Parent: parent, BySDK: bySDK})
}

// shopOf is the origin of the shop's page for the session of this key, "" if no
// session has it.
func (sdk *webSDK) shopOf(key string) string {
	if v, found := sdk.vaults.findByKey(key); found {
		return originOf(v.RedirectURL)
	}
	sdk.ledger.mu.Lock()
	defer sdk.ledger.mu.Unlock()
	if session := sdk.ledger.sessionKeys[key]; session != nil {
		return originOf(session.Terms.RedirectURL)
	}
	return ""
}

// checkoutPageURL is where a session's Checkout Page is hosted.
func checkoutPageURL(base string, session *Session) string {
	return base + "/checkout-page/index.html?session=" + url.QueryEscape(session.Data)
}

// showWarmUp serves the frame in which the SDK warms up before a payment starts.
// It holds nothing, so any page may frame it.
func (sdk *webSDK) showWarmUp(w http.ResponseWriter, _ *http.Request) {
	sdk.pages.render(w, http.StatusOK, policy{framedBy: "*"}, "warm-up.html", nil)
}
