package handlers

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// Where browsers report what the Content-Security-Policy has stopped: by the
// old directive report-uri, and by the group that Reporting-Endpoints names.
const (
	reportPath  = "/csp-reports"
	reportGroup = "csp"
)

const (
	maxReport  = 16 << 10 // bytes of one request
	maxReports = 20       // violations read of one request
)

// violation is what is kept of a report. Addresses of pages, samples of scripts
// and whatever else a report holds of a person are not read.
type violation struct {
	directive string // what was broken
	source    string // what was stopped: a host, or a word such as inline
	onPayPage bool
}

// receiveReports counts what browsers have stopped. Anybody may send anything:
// it is read within bounds and believed for nothing but a figure.
func (s *server) receiveReports(c echo.Context) error {
	if s.within(c, reportLimits) > 0 {
		return c.NoContent(http.StatusTooManyRequests)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxReport))
	if err != nil {
		return c.NoContent(http.StatusRequestEntityTooLarge)
	}
	violations, err := readReports(body)
	if err != nil {
		return c.NoContent(http.StatusBadRequest)
	}
	for _, v := range violations {
		kind := s.kindOf(v)
		source, isNew := s.reports.note(v)
		s.cfg.Meter.PolicyReport(kind, v.directive, source)
		if isNew && kind == violationReport {
			s.log.WarnContext(c.Request().Context(), "content security policy broken", "directive", v.directive, "source", source)
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// readReports reads both formats: one violation in "csp-report", or a list of
// reports of which some are violations.
func readReports(body []byte) ([]violation, error) {
	var old struct {
		Report *struct {
			Page      string `json:"document-uri"`
			Directive string `json:"effective-directive"`
			Violated  string `json:"violated-directive"` // of browsers that do not send the former
			Blocked   string `json:"blocked-uri"`
		} `json:"csp-report"`
	}
	if json.Unmarshal(body, &old) == nil && old.Report != nil {
		r := old.Report
		if r.Directive == "" {
			r.Directive, _, _ = strings.Cut(r.Violated, " ")
		}
		return []violation{newViolation(r.Directive, r.Blocked, r.Page)}, nil
	}
	var list []struct {
		Type string `json:"type"`
		Body struct {
			Page      string `json:"documentURL"`
			Directive string `json:"effectiveDirective"`
			Blocked   string `json:"blockedURL"`
		} `json:"body"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, errors.New("no report")
	}
	var violations []violation
	for _, r := range list[:min(len(list), maxReports)] {
		if r.Type == "csp-violation" {
			violations = append(violations, newViolation(r.Body.Directive, r.Body.Blocked, r.Body.Page))
		}
	}
	return violations, nil
}

// directives are those that our policies hold, and those that browsers name in
// their place.
var directives = append(slices.Clone(policyOrder), "script-src-elem", "script-src-attr", "font-src", "media-src", "object-src", "manifest-src", "worker-src", "child-src")

func newViolation(directive, blocked, page string) violation {
	if !slices.Contains(directives, directive) {
		directive = "other"
	}
	return violation{directive: directive, source: sourceOf(blocked), onPayPage: isPayPage(page)}
}

func isPayPage(page string) bool {
	u, err := url.Parse(page)
	return err == nil && strings.HasPrefix(u.Path, "/checkout/")
}

// hostSyntax leaves out what is no name of a host, however it came.
var hostSyntax = regexp.MustCompile(`^[a-z0-9.-]{1,100}$`)

// sourceOf is the host of an address, its scheme where it has none, or the word
// that browsers use for what has no address.
func sourceOf(blocked string) string {
	u, err := url.Parse(blocked)
	var source string
	switch {
	case err != nil:
	case u.Scheme == "" && u.Host == "":
		source = u.Path // inline, eval, wasm-eval, data, self …
	case u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "wss" || u.Scheme == "ws":
		source = strings.ToLower(u.Hostname())
	default:
		source = u.Scheme
	}
	if !hostSyntax.MatchString(source) {
		return "other"
	}
	return source
}

// The kinds of reports: what should be looked at, what is known of Antom's SDK
// and costs nothing, and what the buyer's own browser adds to pages.
const (
	violationReport = "violation"
	sdkReport       = "sdk"
	extensionReport = "extension"
)

func (s *server) kindOf(v violation) string {
	switch {
	case strings.HasSuffix(v.source, "-extension"):
		return extensionReport
	case v.onPayPage && s.cfg.SDK != nil && s.cfg.SDK.antoms() && slices.Contains(sdkNoise, [2]string{v.directive, v.source}):
		return sdkReport
	}
	return violationReport
}

// sdkNoise is what the SDK tries and does without: its tracker, whose host
// serves everybody's scripts, its faster risk module, and the styles of that
// module and of the phone's slide animation. See [SDK.policy].
var sdkNoise = [][2]string{
	{"script-src-elem", "gw.alipayobjects.com"}, {"script-src", "gw.alipayobjects.com"}, {"script-src", "wasm-eval"},
	{"connect-src", "gw.alipayobjects.com"}, {"connect-src", "imdap-sea.alipay.com"}, {"img-src", "imdap-sea.alipay.com"},
	{"style-src-elem", "inline"}, {"style-src-attr", "inline"},
}

// policyReports remembers which violations were told of, each once. It is
// bounded: whoever makes up hosts ends among the others.
type policyReports struct {
	mu   sync.Mutex
	seen map[violation]bool
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
