package handlers

import (
	"cmp"
	"strings"

	"antom-checkout/handlers/web"
	"antom-checkout/static"
	"antom-checkout/views"
)

// Loaded is something that the pay page loads, shows or talks to, and why: PCI
// DSS 6.4.3 requires it of every script.
type Loaded struct {
	Kind      string `json:"kind"`                // script, script source, style, image, connection, frame or form
	Source    string `json:"source"`              // the address of a file, or what the policy allows
	Origin    string `json:"origin"`              // this shop, or its owner
	Integrity string `json:"integrity,omitempty"` // hash of a script or style, or "not pinned"
	Reason    string `json:"reason"`
}

const (
	thisShop  = "this shop"
	notPinned = "not pinned"
)

// Inventory lists what the pay page loads with these settings. The files come from
// the code that renders the page, the hosts from the policy of its header.
func (c Config) Inventory() []Loaded {
	var sdk *views.SDK
	p := web.StrictPolicy("", c.PublicURL.Scheme == "https")
	if c.SDK != nil {
		sdk = c.SDK.view()
		c.SDK.policy(p, true) // for every method there is
	}
	var list []Loaded
	own := func(kind, name string) {
		list = append(list, Loaded{kind, static.URL(name), thisShop, static.Integrity(name), reasons[name]})
	}
	for _, name := range views.PayPageScripts(sdk) {
		own("script", name)
	}
	if sdk != nil {
		list = append(list, Loaded{"script", sdk.URL, c.SDK.origin(), cmp.Or(sdk.Integrity, notPinned), reasons["sdk"]})
	}
	own("style", views.Stylesheet)
	if c.Accent != nil {
		list = append(list, Loaded{"style", c.Accent.URL(), thisShop, c.Accent.Integrity(), reasons["accent"]})
	}
	for _, directive := range web.PolicyOrder {
		for _, source := range p[directive] {
			if kind := kinds[directive]; kind != "" && !listedAlready(kind, source) {
				list = append(list, c.allowed(directive, kind, source))
			}
		}
	}
	return list
}

// kinds are the directives by which something comes onto the page or leaves it.
var kinds = map[string]string{
	"script-src": "script source", "style-src": "style", "style-src-elem": "style", "style-src-attr": "style",
	"img-src": "image", "connect-src": "connection", "frame-src": "frame", "form-action": "form",
}

// listedAlready reports whether a source allows nothing, or files that are listed
// one by one.
func listedAlready(kind, source string) bool {
	return source == "'none'" || strings.HasPrefix(source, "'nonce-") || kind == "style" && source == "'self'"
}

// allowed is what the policy lets onto the page without naming the file.
func (c Config) allowed(directive, kind, source string) Loaded {
	l := Loaded{Kind: kind, Source: source, Origin: strings.TrimPrefix(source, "https://"), Reason: cmp.Or(reasons[directive+" "+source], reasons[source])}
	hash := strings.Trim(source, "'")
	switch {
	case source == "'self'" || source == "data:":
		l.Origin = thisShop
	case source == "https:":
		l.Origin = "any host"
	case strings.HasPrefix(hash, "sha256-"):
		l.Origin, l.Integrity, l.Reason = "Antom's SDK "+pinnedSDK, hash, reasons["pinned style"]
	case source == "'unsafe-inline'":
		l.Origin, l.Integrity = "Antom's SDK", notPinned
	case c.SDK != nil && source == c.SDK.scriptSource() && kind == "script source":
		l.Origin, l.Integrity, l.Reason = c.SDK.origin(), cmp.Or(c.SDK.Integrity, notPinned), reasons["script-src sdk"]
	case c.SDK != nil && source == c.SDK.origin():
		l.Reason = reasons["stand-in"]
	}
	return l
}

// reasons says why each file and each source is on the pay page. A test fails for
// what has none.
var reasons = map[string]string{
	"app.css":    "styles of every page",
	"status.js":  "updates the order's status and the time left",
	"element.js": "puts Antom's Payment Element in the place of the shop's list of methods",
	"pay.js":     "starts the payment, opens Antom's SDK, and says what to do when that fails",

	"accent":                        "the merchant's colour",
	"sdk":                           "Antom's Web SDK: takes the payment, in frames of Antom's",
	"script-src sdk":                "where the SDK comes from",
	"stand-in":                      "the stand-in for Antom's SDK, which uses one origin only",
	"pinned style":                  "one of the style sheets that this version of the SDK adds for its window",
	"style-src 'unsafe-inline'":     "styles that the SDK adds for its window; this version's are not known by hash",
	"img-src 'self'":                "pictures of products and marks of payment methods",
	"img-src data:":                 "pictures embedded in the SDK's window",
	"connect-src 'self'":            "starts payments and receives the order's status",
	"form-action 'self'":            "the way to pay without scripts",
	"form-action https:":            "3-D Secure and some banks are reached by a form, at hosts that no list can name",
	"https://cdn.marmot-cloud.com":  "pictures of the SDK's window",
	"https://mdn.alipayobjects.com": "pictures of the SDK's window",

	"https://imgs-sea-global.alipay.com": "where the SDK reads its session",
	"https://imgs-na-global.alipay.com":  "where the SDK reads its session",
	"https://imgs-de-global.alipay.com":  "where the SDK reads its session",
	"https://open-sea-global.alipay.com": "Antom's device check for cards",
	"https://config.marmot-cloud.com":    "settings of the SDK",
	"https://ac.alipay.com":              "Antom's payment window: cards are typed here and nowhere else",
	"https://checkout.antom.com":         "Antom's Payment Element and 3-D Secure windows",
}
