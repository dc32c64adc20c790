package handlers

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

// policyReports takes browsers' reports, and remembers which violations were reported in
// this hour: each is logged once. It is bounded, by client before in all, so that a
// client who invents hosts hides no one else's report; what is beyond is named other.
type policyReports struct {
	*server
	mu     sync.Mutex
	began  time.Time // of the hour
	named  map[violation]bool
	by     map[string]int     // how many of those each client was the first to report
	labels map[violation]bool // of the metric, which forgets none
}

// How many violations are told apart: in an hour, of one client and of all, and by the
// metric.
const (
	namedPerClient = 20
	namedPerHour   = 300
	maxLabels      = 100
)

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
		v, isNew := r.note(v, web.ByClient(c))
		r.cfg.Meter.PolicyReport(kind, v.directive, r.label(v))
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

// otherSource stands for the sources beyond the bounds.
const otherSource = "other"

// note answers the violation as it is named, and whether it is the first of its kind in
// this hour.
func (r *policyReports) note(v violation, client string) (named violation, isNew bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.cfg.Now(); r.named == nil || now.Sub(r.began) >= time.Hour {
		r.began, r.named, r.by = now, map[violation]bool{}, map[string]int{}
	}
	if !r.named[v] {
		if r.by[client] >= namedPerClient || len(r.named) >= namedPerHour {
			v.source = otherSource
		} else {
			r.by[client]++
		}
	}
	isNew = !r.named[v]
	r.named[v] = true
	return v, isNew
}

// label is the source that a violation is counted under.
func (r *policyReports) label(v violation) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.labels == nil {
		r.labels = map[violation]bool{}
	}
	if !r.labels[v] && len(r.labels) >= maxLabels {
		return otherSource
	}
	r.labels[v] = true
	return v.source
}
