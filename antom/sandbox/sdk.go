package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	spoiled := s.spoiledSDK()
	s.mu.Unlock()
	if broken {
		http.Error(w, "the script is not served: a fault asked for it", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Write(append(sdkScript(), spoiled...)) // a reader who went away has no use for the error
}

// spoiledSDK is what the faults of the script itself add to it. The lock is held.
func (s *Sandbox) spoiledSDK() string {
	script := ""
	if _, struck := s.strike("sdk", "", SDKThrow); struck {
		script += `
window.AMSCashierPayment = window.AMSElement = class { constructor() { throw new DOMException("Access is denied for this document.", "SecurityError"); } };`
	}
	if _, struck := s.strike("sdk", "", SDKSilent); struck {
		script += `
AMSCashierPayment.prototype.createComponent = AMSCashierPayment.prototype.mountComponent = AMSElement.prototype.mount = () => new Promise(() => {});`
	}
	if f, struck := s.strike("sdk", "", SDKReject); struck {
		script += fmt.Sprintf(`
AMSCashierPayment.prototype.createComponent = AMSCashierPayment.prototype.mountComponent = async () => { throw { code: %[1]q, message: "a fault asked for it" }; };
AMSElement.prototype.mount = async () => ({ error: { code: %[1]q, message: "a fault asked for it" } });`, f.Code)
	}
	if _, struck := s.strike("sdk", "", SDKOld); struck {
		script += `
delete window.AMSElement;`
	}
	return script + "\n"
}

// sdkScript is the SDK in one script, as a shop loads it: a file per topic, all
// in one scope of their own.
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
	BySDK   bool   // the SDK frames it and speaks for it
}

// sdkApps are the apps there are, by the sign that the SDK asks for. Any other
// scene finds nothing, and the SDK waits in vain.
var sdkApps = []string{"CASHIER_PAYMENT_APM", "CASHIER_PAYMENT_BANK", "CASHIER_PAYMENT_CARD", "ELEMENT_PAYMENT_ALL", "VAULTING_CARD"}

// showComponent serves the page inside the SDK's frame.
func (s *Sandbox) showComponent(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(sdkApps, r.PathValue("sign")) {
		s.render(w, http.StatusNotFound, policy{}, "nothing.html", nil)
		return
	}
	s.renderApp(w, r.URL.Query().Get("session"), true)
}

// showCheckoutPage serves the Checkout Page, in a frame of AMSCheckoutPage or
// on its own. It is given the session's whole data.
func (s *Sandbox) showCheckoutPage(w http.ResponseWriter, r *http.Request) {
	key, _, _ := strings.Cut(r.URL.Query().Get("session"), "&&")
	s.renderApp(w, key, false)
}

// renderApp serves the app of a session. Only the session's shop may frame it.
func (s *Sandbox) renderApp(w http.ResponseWriter, key string, bySDK bool) {
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
	s.render(w, http.StatusOK, policy{framedBy: parent}, "component.html", componentView{Session: key, Parent: parent, BySDK: bySDK})
}

// checkoutPageURL is where a session's Checkout Page is hosted.
func (s *Sandbox) checkoutPageURL(session *Session) string {
	return s.url + "/checkout-page/index.html?session=" + url.QueryEscape(session.Data)
}

// showWarmUp serves the frame in which the SDK warms up before anybody pays: it
// holds nothing, so anybody may frame it.
func (s *Sandbox) showWarmUp(w http.ResponseWriter, _ *http.Request) {
	s.render(w, http.StatusOK, policy{framedBy: "*"}, "warm-up.html", nil)
}
