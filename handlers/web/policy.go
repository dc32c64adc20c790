package web

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// Where browsers report what the Content-Security-Policy has stopped: by the
// old directive report-uri, and by the group that Reporting-Endpoints names.
const (
	ReportPath  = "/csp-reports"
	reportGroup = "csp"
)

// secureHeaders sets what every answer carries. Pages that need more than the
// strict policy call SetPolicy.
func secureHeaders(https bool) echo.MiddlewareFunc {
	before, after, _ := strings.Cut(StrictPolicy("NONCE", https).String(), "NONCE") // most answers need no more
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			nonce := rand.Text()
			r := c.Request()
			c.SetRequest(r.WithContext(templ.WithNonce(r.Context(), nonce)))
			h := c.Response().Header()
			h.Set("Content-Security-Policy", before+nonce+after)
			if https {
				h.Set("Reporting-Endpoints", reportGroup+`="`+ReportPath+`"`)
			}
			h.Set("X-Content-Type-Options", "nosniff")
			// Other origins read no address of a page, which may hold a token. With no-referrer
			// browsers would send the shop's own forms with "Origin: null", and those without
			// Fetch Metadata could not be told from other sites.
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
			h.Set("Cache-Control", "no-store") // static files say otherwise themselves
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
			}
			return next(c)
		}
	}
}

// Policy is a Content-Security-Policy: sources by directive.
type Policy map[string][]string

// StrictPolicy is every page's: the shop's own files, scripts only with this answer's
// nonce, nothing that is not named. Browsers report to a group over https only,
// and one that knows report-to uses nothing else.
func StrictPolicy(nonce string, https bool) Policy {
	p := Policy{
		"default-src":     {"'none'"},
		"script-src":      {"'nonce-" + nonce + "'"},
		"style-src":       {"'self'"},
		"img-src":         {"'self'"},
		"connect-src":     {"'self'"}, // the status stream and JSON
		"form-action":     {"'self'"},
		"base-uri":        {"'none'"},
		"frame-ancestors": {"'none'"},
		"report-uri":      {ReportPath},
	}
	if https {
		p["report-to"] = []string{reportGroup}
	}
	return p
}

// PolicyOrder is every directive in use.
var PolicyOrder = []string{
	"default-src", "script-src", "style-src", "style-src-elem", "style-src-attr", "img-src", "connect-src", "frame-src",
	"form-action", "base-uri", "frame-ancestors", "report-uri", "report-to",
}

// String is the header's value, always in the same order.
func (p Policy) String() string {
	var parts []string
	for _, directive := range PolicyOrder {
		if sources := p[directive]; len(sources) > 0 {
			parts = append(parts, directive+" "+strings.Join(sources, " "))
		}
	}
	return strings.Join(parts, "; ")
}

// Add allows more sources.
func (p Policy) Add(directive string, sources ...string) {
	p[directive] = append(slices.Clone(p[directive]), sources...)
}

// FileSource is a source that allows one address and no other of its host. Its query is
// not compared.
func FileSource(u *url.URL) string {
	return u.Scheme + "://" + u.Host + separators.Replace(u.EscapedPath())
}

// separators are the characters that end a source or a directive.
var separators = strings.NewReplacer(";", "%3B", ",", "%2C")

// SetPolicy gives an answer the strict policy with a change.
func SetPolicy(c echo.Context, change func(Policy)) {
	https := c.Response().Header().Get("Reporting-Endpoints") != ""
	p := StrictPolicy(templ.GetNonce(c.Request().Context()), https)
	change(p)
	c.Response().Header().Set("Content-Security-Policy", p.String())
}
