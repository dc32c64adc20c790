package handlers

import (
	"cmp"
	"net/url"

	"golang.org/x/text/language"

	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// SDK is Antom's Web SDK as the pay page loads it.
type SDK struct {
	URL         *url.URL
	Integrity   string // a Subresource Integrity value, or ""
	UI          SDKUI
	HideLoading bool   // the SDK shows no spinner of its own
	ShopSubmits bool   // with Inline: the shop's own button submits the card form
	Environment string // "sandbox" or "prod"
	GatewayHost string // host of the gateway; its region decides what the SDK talks to
}

// SDKUI is how the SDK shows itself on the pay page.
type SDKUI string

// The ways of the setting SDK_UI. An empty one is Popup.
const (
	Popup   SDKUI = "popup"   // AMSCashierPayment, above the page
	Inline  SDKUI = "inline"  // the same, but cards are entered inside the page
	Element SDKUI = "element" // AMSElement: Antom's list of methods in the page instead of the shop's
)

// view is the SDK as the page loads it; nil where there is none.
func (sdk *SDK) view() *views.SDK {
	if sdk == nil {
		return nil
	}
	return &views.SDK{URL: sdk.URL.String(), Integrity: sdk.Integrity, UI: string(cmp.Or(sdk.UI, Popup))}
}

// class is the SDK's class for an attempt, and where it shows itself; "" is a popup.
func (sdk *SDK) class(started payments.Started) (name string, ui SDKUI) {
	switch {
	case started.Action.Element:
		return "AMSElement", Element
	case sdk.UI == Inline && started.Payment.Method == checkout.MethodCard:
		return "AMSCashierPayment", Inline
	}
	return "AMSCashierPayment", ""
}

// origin is where the SDK's script comes from.
func (sdk *SDK) origin() string { return sdk.URL.Scheme + "://" + sdk.URL.Host }

// scriptSource is what a page may run: this file and no other of its host. A build
// without a version may load further files, which Antom names nowhere: of that one the
// host is named.
func (sdk *SDK) scriptSource() string {
	if sdk.URL.Hostname() == "js.antom.com" {
		return sdk.origin()
	}
	return web.FileSource(sdk.URL)
}

// sdkLocales are the languages of Antom's SDK, as it spells them: note in_ID
// and tl_PH.
var sdkLocales = map[string]string{
	"en": "en_US", "pt": "pt_BR", "ko": "ko_KR", "es": "es_ES", "ms": "ms_MY", "id": "in_ID",
	"fil": "tl_PH", "tl": "tl_PH", "th": "th_TH", "vi": "vi_VN", "fr": "fr_FR", "nl": "nl_NL",
	"it": "it_IT", "de": "de_DE", "zh": "zh_CN",
}

func sdkLocale(tag language.Tag) string {
	if script, _ := tag.Script(); script.String() == "Hant" {
		return "zh_HK"
	}
	base, _ := tag.Base()
	if locale, known := sdkLocales[base.String()]; known {
		return locale
	}
	return "en_US"
}
