package handlers

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

// policyReports takes browsers' reports, and remembers which violations were
// reported, each once. It is bounded: invented hosts are counted as other.
type policyReports struct {
	*server
	mu   sync.Mutex
	seen map[violation]bool
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
		source, isNew := r.note(v)
		r.cfg.Meter.PolicyReport(kind, v.directive, source)
		if isNew && kind == violationReport {
			r.log.WarnContext(c.Request().Context(), "content security policy broken", web.LogDirective, v.directive, web.LogSource, source)
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

const maxSources = 100

// note answers the source to count a violation under, and whether it is the
// first of its kind.
func (r *policyReports) note(v violation) (source string, isNew bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v.onPayPage = false
	if !r.seen[v] && len(r.seen) >= maxSources {
		v.source = "other"
	}
	if isNew = !r.seen[v]; isNew {
		if r.seen == nil {
			r.seen = map[violation]bool{}
		}
		r.seen[v] = true
	}
	return v.source, isNew
}
