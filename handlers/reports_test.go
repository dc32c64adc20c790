package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tally is a meter that records every count.
type tally struct {
	mu    sync.Mutex
	lines []string
}

func (m *tally) note(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines = append(m.lines, fmt.Sprintf(format, args...))
}

func (m *tally) counted(line string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, l := range m.lines {
		if l == line {
			n++
		}
	}
	return n
}

func (m *tally) Request(method, route string, status int, _ time.Duration) {
	m.note("request %s %s %d", method, route, status)
}
func (m *tally) Stream(opened int)              { m.note("stream %+d", opened) }
func (m *tally) NotificationRefused(status int) { m.note("notification %d", status) }
func (m *tally) Limited(name string)            { m.note("limited %s", name) }
func (m *tally) SDKReport(code string)          { m.note("sdk %s", code) }
func (m *tally) PolicyReport(kind, directive, source string) {
	m.note("report %s %s %s", kind, directive, source)
}

// reports posts a report as a browser does.
func (b *buyer) reports(contentType, body string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.shop.url+"/csp-reports", strings.NewReader(body))
	must(b.t, err)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Origin", "null") // the page sends no referrer
	return b.do(req)
}

func oldReport(page, directive, blocked string) string {
	return fmt.Sprintf(`{"csp-report":{"document-uri":%q,"referrer":"","violated-directive":%q,"effective-directive":%q,"original-policy":"…","blocked-uri":%q,"status-code":200,"script-sample":"secret words"}}`,
		page, directive, directive, blocked)
}

func newReport(page, directive, blocked string) string {
	return fmt.Sprintf(`{"age":5,"type":"csp-violation","url":%q,"user_agent":"Mozilla/5.0 (of Ann)","body":{"documentURL":%q,"effectiveDirective":%q,"blockedURL":%q,"sample":"secret words","disposition":"enforce"}}`,
		page, page, directive, blocked)
}

func TestBrokenPoliciesAreCounted(t *testing.T) {
	meter := &tally{}
	shop := newShop(t, func(s *settings) { s.meter = meter })
	buyer := shop.newBuyer()
	pay := shop.url + "/checkout/SECRETTOKENSECRETTOKENSECR"
	for _, body := range []string{
		oldReport(pay, "script-src-elem", "https://evil.example:8443/steal.js?card=4111"),
		oldReport(pay, "img-src", "data"),
		`{"csp-report":{"document-uri":"` + pay + `","violated-directive":"frame-src https://ac.alipay.com","blocked-uri":"https://frames.example/"}}`,
	} {
		buyer.reports("application/csp-report", body).sees(http.StatusNoContent)
	}
	buyer.reports("application/reports+json", "["+strings.Join([]string{
		newReport(pay, "script-src-elem", "https://evil.example/other.js"),
		`{"type":"deprecation","body":{"id":"x"}}`,
		newReport(pay, "connect-src", "wss://socket.example"),
		newReport(pay, "style-src-attr", "inline"),
		newReport(pay, "script-src-elem", "chrome-extension://abcdef"),
		newReport(pay, "invented", "https://Ünïcode.example/"),
	}, ",")+"]").sees(http.StatusNoContent)
	for line, want := range map[string]int{
		"report violation script-src-elem evil.example":     2,
		"report violation img-src data":                     1,
		"report violation frame-src frames.example":         1,
		"report violation connect-src socket.example":       1,
		"report violation style-src-attr inline":            1, // the sandbox's stand-in has no such habit
		"report extension script-src-elem chrome-extension": 1,
		"report violation other other":                      1,
	} {
		if got := meter.counted(line); got != want {
			t.Errorf("%q is counted %d times, want %d: %q", line, got, want, meter.lines)
		}
	}
	log := shop.logged()
	if n := strings.Count(log, "evil.example"); n != 1 {
		t.Errorf("the log names evil.example %d times, want once", n)
	}
	for _, personal := range []string{"SECRETTOKEN", "secret words", "of Ann", "4111", "steal.js", "chrome-extension"} {
		if strings.Contains(log, personal) {
			t.Errorf("the log holds %q:\n%s", personal, log)
		}
	}
}

func TestTheSDKsOwnNoiseIsNoAlarm(t *testing.T) {
	meter := &tally{}
	shop := newShop(t, func(s *settings) {
		s.meter, s.sdkURL = meter, "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js"
	})
	buyer := shop.newBuyer()
	pay := shop.url + "/checkout/SECRETTOKENSECRETTOKENSECR"
	noise := [][2]string{
		{"script-src-elem", "https://gw.alipayobjects.com/as/g/tracker.js"}, {"connect-src", "https://imdap-sea.alipay.com/x"},
		{"style-src-attr", "inline"}, {"style-src-elem", "inline"}, {"script-src", "wasm-eval"},
	}
	for _, n := range noise {
		buyer.reports("application/csp-report", oldReport(pay, n[0], n[1])).sees(http.StatusNoContent)
		// Where the SDK is not, the same is no noise.
		buyer.reports("application/csp-report", oldReport(shop.url+"/cart", n[0], n[1])).sees(http.StatusNoContent)
	}
	buyer.reports("application/csp-report", oldReport(pay, "frame-src", "https://gw.alipayobjects.com/")).sees(http.StatusNoContent)
	for _, line := range []string{
		"report sdk script-src-elem gw.alipayobjects.com", "report sdk connect-src imdap-sea.alipay.com", "report sdk style-src-attr inline",
		"report violation script-src-elem gw.alipayobjects.com", "report violation style-src-attr inline",
		"report violation frame-src gw.alipayobjects.com",
	} {
		if meter.counted(line) != 1 {
			t.Errorf("%q is counted %d times: %q", line, meter.counted(line), meter.lines)
		}
	}
}

func TestReportsAreReadWithinBounds(t *testing.T) {
	meter := &tally{}
	shop := newShop(t, func(s *settings) { s.meter, s.rateLimits = meter, true })
	buyer := shop.newBuyer()
	for body, status := range map[string]int{
		"": http.StatusBadRequest, "{": http.StatusBadRequest, "null": http.StatusNoContent, `{"csp-report":null}`: http.StatusBadRequest,
		`"report"`: http.StatusBadRequest, "[]": http.StatusNoContent, `[{"type":"csp-violation"}]`: http.StatusNoContent,
		oldReport("::", strings.Repeat("x", 3000), strings.Repeat("y", 3000)):       http.StatusNoContent,
		oldReport("/", "img-src", "https://x.example/"+strings.Repeat("x", 20_000)): http.StatusRequestEntityTooLarge,
	} {
		buyer.reports("application/csp-report", body).sees(status)
	}
	// Invented hosts are counted as other.
	for i := range 12 {
		var list []string
		for j := range 30 { // more than are read at once
			list = append(list, newReport("/", "img-src", fmt.Sprintf("https://%d-%d.example/", i, j)))
		}
		buyer.reports("application/reports+json", "["+strings.Join(list, ",")+"]").sees(http.StatusNoContent)
	}
	lines := slices.DeleteFunc(slices.Clone(meter.lines), func(l string) bool { return !strings.HasPrefix(l, "report ") })
	if len(lines) != 12*20+2 {
		t.Errorf("%d reports are counted", len(lines))
	}
	slices.Sort(lines)
	if n := len(slices.Compact(lines)); n > 101 {
		t.Errorf("%d different reports are counted apart", n)
	}
	refused := false
	for range 100 {
		refused = refused || buyer.reports("application/csp-report", oldReport("/", "img-src", "data")).status == http.StatusTooManyRequests
	}
	if !refused || meter.counted("limited reports") == 0 {
		t.Error("a browser may report without end")
	}
}

// Six made-up hosts with every directive fill what was told apart for good; a browser's
// report was then named by nothing.
func TestAClientThatInventsHostsHidesNoReport(t *testing.T) {
	meter := &tally{}
	shop := newShop(t, func(s *settings) { s.meter, s.trustedProxy = meter, "127.0.0.0/8" })
	inventor, buyer := shop.newBuyer().from("192.0.2.1"), shop.newBuyer().from("192.0.2.2")
	for i := range 10 {
		var list []string
		for _, directive := range []string{"script-src-elem", "script-src", "style-src", "style-src-elem", "img-src", "connect-src",
			"frame-src", "form-action", "base-uri", "font-src", "media-src", "object-src", "manifest-src", "worker-src", "child-src"} {
			list = append(list, newReport("/", directive, fmt.Sprintf("https://made-up-%d.example/", i)))
		}
		inventor.reports("application/reports+json", "["+strings.Join(list, ",")+"]").sees(http.StatusNoContent)
	}
	buyer.reports("application/csp-report", oldReport("/checkout/x", "script-src-elem", "https://skimmer.example/x.js")).sees(http.StatusNoContent)
	if n := meter.counted("report violation script-src-elem skimmer.example"); n != 1 {
		t.Errorf("the report of another client is counted %d times by its name", n)
	}
	if log := shop.logged(); !strings.Contains(log, "skimmer.example") || strings.Count(log, "policy broken") > 40 {
		t.Errorf("the log:\n%s", log)
	}
	// The inventor, too, is heard again after an hour.
	shop.passes(time.Hour)
	inventor.reports("application/csp-report", oldReport("/checkout/x", "frame-src", "https://late.example/")).sees(http.StatusNoContent)
	if !strings.Contains(shop.logged(), "late.example") {
		t.Error("after an hour the log names nothing new")
	}
}

func TestEveryPageSaysWhereToReport(t *testing.T) {
	for address, group := range map[string]bool{"https://shop.example": true, "": false} {
		shop := newShop(t, func(s *settings) { s.publicURL = address })
		buyer := shop.newBuyer()
		for path, status := range map[string]int{"/": 200, "/cart": 200, "/nothing": 404, "/checkout/none": 404} {
			h := buyer.get(path).sees(status).header
			policy := h.Get("Content-Security-Policy")
			if !strings.Contains(policy, "report-uri /csp-reports") {
				t.Errorf("%s: %s", path, policy)
			}
			// Browsers use groups over https only, and then use nothing else.
			if strings.Contains(policy, "report-to csp") != group || (h.Get("Reporting-Endpoints") == `csp="/csp-reports"`) != group {
				t.Errorf("%s at %q: %s, endpoints %q", path, address, policy, h.Get("Reporting-Endpoints"))
			}
		}
	}
	shop := newShop(t)
	buyer := shop.newBuyer()
	if policy := buyer.get(buyer.orders()).header.Get("Content-Security-Policy"); !strings.Contains(policy, "report-uri /csp-reports") {
		t.Errorf("the pay page: %s", policy)
	}
}
