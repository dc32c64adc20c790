package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// allowSDK opens the pay page for Antom's Web SDK and for nothing else. The
// hosts are those the published SDK was seen to need; its tracker is left out.
func allowSDK(c echo.Context, sdk *SDK, methods []views.Method) {
	web.SetPolicy(c, func(p web.Policy) { sdk.policy(p, slices.ContainsFunc(methods, mayPostForm)) })
	c.Response().Header().Set("Permissions-Policy",
		`camera=(), geolocation=(), microphone=(), payment=(self "https://ac.alipay.com" "https://checkout.antom.com")`)
}

// policy adds what the SDK needs, with the reason of each; forms says whether
// one of the page's methods may have to post a form off the page.
func (sdk *SDK) policy(p web.Policy, forms bool) {
	origin := sdk.origin()
	p.Add("script-src", sdk.scriptSource())
	if !sdk.antoms() {
		// A stand-in, such as the sandbox's, uses one origin only.
		p.Add("img-src", origin)
		p.Add("connect-src", origin)
		p.Add("frame-src", origin)
		return
	}
	p.Add("img-src", "data:", "https://cdn.marmot-cloud.com", "https://mdn.alipayobjects.com") // pictures embedded in its window, its × and its spinner
	p.Add("connect-src",
		"https://"+sdk.sessionHost(),         // the data of the session
		"https://open-sea-global.alipay.com", // the device token for the risk check of cards
		"https://config.marmot-cloud.com")    // its settings
	p.Add("frame-src",
		"https://ac.alipay.com",      // where cards are entered and codes are shown
		"https://checkout.antom.com") // the Payment Element, and the windows of 3-D Secure
	if forms {
		p.Add("form-action", "https:")
	}
	if strings.Contains(sdk.URL.Path, "/"+pinnedSDK+"/") {
		p.Add("style-src-elem", "'self'",
			"'sha256-fjhTnK/BElckWHr8fv8QGaINbyrtivE0MVwoQAcA4dQ='",
			"'sha256-YQhR+di6ZoqYIaOo33zukUs0J60HQ8oTZvPu6pxSC0E='",
			"'sha256-FNZ1CAgfxRFQ+jc/I+cmZlE1E42GdyCCahnGH9blk30='")
		p.Add("style-src-attr", "'none'")
		return
	}
	p.Add("style-src", "'unsafe-inline'") // the SDK's popup is laid out by inline styles and knows no nonce
}

// mayPostForm reports whether the SDK may have to post a form off the page: cards
// to the 3-D Secure of their banks, and some banks to themselves, hosts that
// no list can name. Wallets and codes continue by links, which no policy stops.
func mayPostForm(m views.Method) bool {
	return m.Category == string(checkout.CategoryCard) || m.Category == string(checkout.CategoryBank)
}

// pinnedSDK is the version whose style sheets are known by hash.
const pinnedSDK = "1.47.2"

// antoms reports whether the script is Antom's: it comes from one of Antom's
// hosts, or from the merchant's own while Antom's gateway takes the payments.
func (sdk *SDK) antoms() bool {
	script, gateway := sdk.URL.Hostname(), hostname(sdk.GatewayHost)
	return strings.HasSuffix(script, ".marmot-cloud.com") || strings.HasSuffix(script, ".antom.com") ||
		strings.HasSuffix(gateway, ".alipay.com") || strings.HasSuffix(gateway, ".antom.com")
}

func hostname(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// sessionHost is where the SDK reads a session; it depends on the region.
func (sdk *SDK) sessionHost() string {
	switch {
	case strings.Contains(sdk.GatewayHost, "open-na"):
		return "imgs-na-global.alipay.com"
	case strings.Contains(sdk.GatewayHost, "open-de"):
		return "imgs-de-global.alipay.com"
	}
	return "imgs-sea-global.alipay.com"
}
