package handlers

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

// policyReports takes browsers' reports of broken policies.
type policyReports struct {
	*server
	seen seen[violation]
}

const maxReport = 16 << 10 // bytes of one request

// receive counts what browsers have stopped. Any client may send anything: it is
// read within bounds and only counted.
func (r *policyReports) receive(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return web.Unreadable(err)
	}
	if len(body) > maxReport {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
	}
	violations, err := readReports(body)
	if err != nil {
		return web.Unreadable(err)
	}
	for _, v := range violations {
		kind := r.kindOf(v)
		v.onPayPage = false // the page is no part of what is told apart
		other := violation{directive: v.directive, source: otherName}
		v, isNew := r.seen.note(v, other, web.ByClient(c), r.cfg.Now())
		r.cfg.Meter.PolicyReport(kind, v.directive, r.seen.label(v, other).source)
		if isNew && kind == violationReport {
			r.log.WarnContext(c.Request().Context(), "content security policy broken", web.LogDirective, v.directive, web.LogSource, v.source)
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// The kinds of reports: what a person should examine, what is known of Antom's SDK
// and harmless, and what the buyer's own browser adds to pages.
const (
	violationReport = "violation"
	sdkReport       = "sdk"
	extensionReport = "extension"
)

func (r *policyReports) kindOf(v violation) string {
	switch {
	case strings.HasSuffix(v.source, "-extension"):
		return extensionReport
	case v.onPayPage && r.cfg.SDK != nil && r.cfg.SDK.antoms() && slices.Contains(sdkNoise, [2]string{v.directive, v.source}):
		return sdkReport
	}
	return violationReport
}

// sdkNoise is what the SDK tries and does without: its tracker, whose host
// serves scripts of many sites, its faster risk module, and the styles of that
// module and of the phone's slide animation. See [SDK.policy].
var sdkNoise = [][2]string{
	{"script-src-elem", "gw.alipayobjects.com"}, {"script-src", "gw.alipayobjects.com"}, {"script-src", "wasm-eval"},
	{"connect-src", "gw.alipayobjects.com"}, {"connect-src", "imdap-sea.alipay.com"}, {"img-src", "imdap-sea.alipay.com"},
	{"style-src-elem", "inline"}, {"style-src-attr", "inline"},
}
