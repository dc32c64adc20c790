package handlers

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// secureHeaders sets what every answer carries. Pages that need more than the
// strict policy ask for it with setPolicy.
func secureHeaders(https bool) echo.MiddlewareFunc {
	before, after, _ := strings.Cut(strictPolicy("NONCE", https).String(), "NONCE") // most answers need no more
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			nonce := rand.Text()
			r := c.Request()
			c.SetRequest(r.WithContext(templ.WithNonce(r.Context(), nonce)))
			h := c.Response().Header()
			h.Set("Content-Security-Policy", before+nonce+after)
			if https {
				h.Set("Reporting-Endpoints", reportGroup+`="`+reportPath+`"`)
			}
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
			h.Set("Cache-Control", "no-store") // static files say otherwise themselves
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
			}
			return next(c)
		}
	}
}

// policy is a Content-Security-Policy: sources by directive.
type policy map[string][]string

// strictPolicy is every page's: our own files, scripts only with this answer's
// nonce, nothing that is not named. Browsers report to a group over https only,
// and one that knows report-to looks at nothing else.
func strictPolicy(nonce string, https bool) policy {
	p := policy{
		"default-src":     {"'none'"},
		"script-src":      {"'nonce-" + nonce + "'"},
		"style-src":       {"'self'"},
		"img-src":         {"'self'"},
		"connect-src":     {"'self'"}, // our status stream and JSON
		"form-action":     {"'self'"},
		"base-uri":        {"'none'"},
		"frame-ancestors": {"'none'"},
		"report-uri":      {reportPath},
	}
	if https {
		p["report-to"] = []string{reportGroup}
	}
	return p
}

// policyOrder is every directive we use.
var policyOrder = []string{
	"default-src", "script-src", "style-src", "style-src-elem", "style-src-attr", "img-src", "connect-src", "frame-src",
	"form-action", "base-uri", "frame-ancestors", "report-uri", "report-to",
}

// String is the header's value, always in the same order.
func (p policy) String() string {
	var parts []string
	for _, directive := range policyOrder {
		if sources := p[directive]; len(sources) > 0 {
			parts = append(parts, directive+" "+strings.Join(sources, " "))
		}
	}
	return strings.Join(parts, "; ")
}

func (p policy) add(directive string, sources ...string) {
	p[directive] = append(slices.Clone(p[directive]), sources...)
}

func setPolicy(c echo.Context, change func(policy)) {
	https := c.Response().Header().Get("Reporting-Endpoints") != ""
	p := strictPolicy(templ.GetNonce(c.Request().Context()), https)
	change(p)
	c.Response().Header().Set("Content-Security-Policy", p.String())
}

// allowForm lets the page's forms post to one more address: Antom's, when it
// asks for a form instead of a link.
func allowForm(c echo.Context, address string) {
	if u, err := url.Parse(address); err == nil {
		setPolicy(c, func(p policy) { p.add("form-action", u.Scheme+"://"+u.Host) })
	}
}

// allowSDK opens the pay page for Antom's Web SDK and for nothing else. The
// hosts are those the published SDK was seen to need; its tracker is left out.
func allowSDK(c echo.Context, sdk *SDK, methods []views.Method) {
	setPolicy(c, func(p policy) { sdk.policy(p, slices.ContainsFunc(methods, mayPostForm)) })
	c.Response().Header().Set("Permissions-Policy",
		`camera=(), geolocation=(), microphone=(), payment=(self "https://ac.alipay.com" "https://checkout.antom.com")`)
}

// policy adds what the SDK needs, with the reason of each; forms tells whether
// one of the page's methods may have to post a form off the page.
func (sdk *SDK) policy(p policy, forms bool) {
	origin := sdk.origin()
	p.add("script-src", origin)
	if !sdk.antoms() {
		// A stand-in, such as the sandbox's, lives at one origin altogether.
		p.add("img-src", origin)
		p.add("connect-src", origin)
		p.add("frame-src", origin)
		return
	}
	p.add("img-src", "data:", "https://cdn.marmot-cloud.com", "https://mdn.alipayobjects.com") // what its window holds within itself, its × and its spinner
	p.add("connect-src",
		"https://"+sdk.sessionHost(),         // what the session is for
		"https://open-sea-global.alipay.com", // the device token that cards are judged by
		"https://config.marmot-cloud.com")    // its settings
	p.add("frame-src",
		"https://ac.alipay.com",      // where cards are entered and codes are shown
		"https://checkout.antom.com") // the Payment Element, and the windows of 3-D Secure
	if forms {
		p.add("form-action", "https:")
	}
	if strings.Contains(sdk.URL.Path, "/"+pinnedSDK+"/") {
		p.add("style-src-elem", "'self'",
			"'sha256-fjhTnK/BElckWHr8fv8QGaINbyrtivE0MVwoQAcA4dQ='",
			"'sha256-YQhR+di6ZoqYIaOo33zukUs0J60HQ8oTZvPu6pxSC0E='",
			"'sha256-FNZ1CAgfxRFQ+jc/I+cmZlE1E42GdyCCahnGH9blk30='")
		p.add("style-src-attr", "'none'")
		return
	}
	p.add("style-src", "'unsafe-inline'") // the SDK's popup is laid out by inline styles and knows no nonce
}

// mayPostForm reports whether the SDK may have to post a form off the page: cards
// to the 3-D Secure of their banks, and some banks to themselves, hosts that
// nobody can list. Wallets and codes lead on by links, which no policy stops.
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

// sessionHost is where the SDK asks about a session; it follows the region.
func (sdk *SDK) sessionHost() string {
	switch {
	case strings.Contains(sdk.GatewayHost, "open-na"):
		return "imgs-na-global.alipay.com"
	case strings.Contains(sdk.GatewayHost, "open-de"):
		return "imgs-de-global.alipay.com"
	}
	return "imgs-sea-global.alipay.com"
}
