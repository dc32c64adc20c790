package app

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"antom-checkout/checkout/cardhunt"
)

// collector takes spans as an OpenTelemetry collector does.
type collector struct {
	address string
	mu      sync.Mutex
	bodies  [][]byte
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("the collector is sent %s %s, %v", r.Header.Get("Content-Type"), r.URL, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies = append(c.bodies, body)
	}))
	t.Cleanup(server.Close)
	c.address = server.URL
	return c
}

// span is a span with the names of the attributes.
type span struct {
	*otlp.Span
	attrs map[string]string
}

func (s span) trace() string { return hex.EncodeToString(s.TraceId) }

// linksTo reports whether the span links to a trace.
func (s span) linksTo(trace string) bool {
	return slices.ContainsFunc(s.Links, func(l *otlp.Span_Link) bool { return hex.EncodeToString(l.TraceId) == trace })
}

// spans are all that were sent.
func (c *collector) spans(t *testing.T) (all []span) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, body := range c.bodies {
		var sent collected.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil {
			t.Fatal(err)
		}
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, s := range scope.Spans {
					one := span{s, map[string]string{}}
					for _, a := range s.Attributes {
						one.attrs[a.Key] = a.Value.GetStringValue()
					}
					all = append(all, one)
				}
			}
		}
	}
	return all
}

// named finds the spans of a name.
func named(all []span, name string) (found []span) {
	for _, s := range all {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// one finds the only span of a name in a trace, or in any where trace is "".
func one(t *testing.T, all []span, name, trace string) span {
	t.Helper()
	found := slices.DeleteFunc(named(all, name), func(s span) bool { return trace != "" && s.trace() != trace })
	if len(found) != 1 {
		var names []string
		for _, s := range all {
			names = append(names, s.trace()[:6]+" "+s.Name)
		}
		t.Fatalf("%d spans are named %q in trace %q among\n%s", len(found), name, trace, strings.Join(names, "\n"))
	}
	return found[0]
}

// spanText is the form of everything that a span may tell beside the payment's id.
var spanText = regexp.MustCompile(`^[A-Za-z0-9 _.:/*-]{0,64}$`)

// expectNothingSecret wants none of the secrets in any byte that was sent, and no attribute
// that is not listed here.
func (c *collector) expectNothingSecret(t *testing.T, secrets []string) {
	t.Helper()
	listed := []string{
		"http.request.method", "http.route", "http.response.status_code", "db.system.name", "checkout.endpoint", "checkout.result", "checkout.code", "checkout.attempt",
		"checkout.subject", "checkout.payment", "checkout.method", "checkout.status", "checkout.email", "checkout.event",
	}
	all := c.spans(t)
	if len(all) == 0 {
		t.Fatal("no span was sent")
	}
	for _, s := range all {
		for key, value := range s.attrs {
			if !slices.Contains(listed, key) || !spanText.MatchString(value) {
				t.Errorf("span %q tells %s=%q", s.Name, key, value)
			}
		}
		if !spanText.MatchString(s.Name) || regexp.MustCompile(`[0-9]{3}`).MatchString(s.Name) || s.Status.GetMessage() != "" || s.TraceState != "" || len(s.Events) > 0 {
			t.Errorf("span %q tells too much: %v", s.Name, s.Span)
		}
	}
	for _, secret := range secrets {
		for _, body := range c.bodies {
			spelt := map[string]string{"plain": secret}
			if len(secret) > 12 { // the middle of a short one's base64 stands everywhere
				spelt = cardhunt.Spellings(secret)
			}
			if ways := cardhunt.Find(body, spelt); len(ways) > 0 {
				t.Errorf("the spans tell %q: %v", secret, ways)
			}
		}
	}
}

// A card payment is one trace from the click to the notification, the email and the webhook,
// linked with the requests in which all that happened. It tells nothing about the buyer.
func TestAPaymentIsTracedFromClickToNotification(t *testing.T) {
	c := newCollector(t)
	f := &followed{program: runProgram(t, environ{"SESSION_KEY": secretOfSessions, "OTEL_EXPORTER_OTLP_ENDPOINT": c.address})}
	delivered := make(chan string, 16)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte(`"order.paid"`)) {
			delivered <- r.Header.Get("Traceparent")
		}
	}))
	t.Cleanup(hook.Close)
	beside := environ{"DATABASE_URL": f.settings["DATABASE_URL"], "SESSION_KEY": secretOfSessions}
	code, made, problems := runs(t, beside, "endpoints create "+hook.URL+"/hook-of-the-merchant")
	if code != 0 {
		t.Fatal(problems)
	}
	f.buysByCard(t, cardThatPays)
	f.log.find(t, `(email sent)`)
	var parent string
	select {
	case parent = <-delivered:
	case <-time.After(30 * time.Second):
		t.Fatal("the webhook is not delivered")
	}
	f.collectSecrets(t)
	f.stops()

	all := c.spans(t)
	click, first := one(t, all, "POST /checkout/:token/payments", ""), one(t, all, "payment", "")
	trace := first.trace()
	if first.attrs["checkout.payment"] != f.payment || first.attrs["checkout.method"] != "CARD" || !first.linksTo(click.trace()) || !click.linksTo(trace) || trace == click.trace() {
		t.Errorf("the payment begins with %v, the click is %v", first.Span, click.Span)
	}
	if call := one(t, all, "antom createPaymentSession", ""); call.trace() != click.trace() || call.attrs["checkout.result"] != "S" {
		t.Errorf("the call is %v", call.Span)
	}
	if !slices.ContainsFunc(named(all, "commit"), func(s span) bool {
		return s.trace() == click.trace() && s.attrs["checkout.subject"] == "order" && s.attrs["db.system.name"] == "sqlite"
	}) {
		t.Error("the start commits nothing about an order")
	}
	paid := one(t, all, "payment paid", trace)
	if !bytes.Equal(paid.ParentSpanId, first.SpanId) || paid.attrs["checkout.status"] != "paid" {
		t.Errorf("the payment ends with %v", paid.Span)
	}
	if !slices.ContainsFunc(named(all, "POST /antom/notify"), func(s span) bool { return s.linksTo(trace) && paid.linksTo(s.trace()) }) {
		t.Errorf("no notification is linked with %v", paid.Span)
	}
	one(t, all, "payment processing", trace)
	if email := one(t, all, "email", trace); email.attrs["checkout.email"] != "mail.receipt" {
		t.Errorf("the email is %v", email.Span)
	}
	if !slices.ContainsFunc(named(all, "webhook"), func(s span) bool {
		return s.trace() == trace && s.attrs["checkout.event"] == "order.paid" && parent == "00-"+trace+"-"+hex.EncodeToString(s.SpanId)+"-01"
	}) {
		t.Errorf("the webhook names the span %s", parent)
	}
	if !strings.Contains(f.log.String(), "trace="+click.trace()) {
		t.Error("the log does not name the trace of the click")
	}
	_, secret, _ := strings.Cut(made, "whsec_")
	c.expectNothingSecret(t, append(f.secrets, "hook-of-the-merchant", strings.Fields(secret)[0], "127.0.0.1"))
}

// A card that is typed in the shop leaves nothing in the traces.
func TestATypedCardIsInNoTrace(t *testing.T) {
	c := newCollector(t)
	p := runProgram(t, environ{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": c.address + "/v1/traces", "CARD_MODE": "server", "PCI_ATTESTATION": "aoc:" + inDays(90)})
	path := p.orders()
	card := `{"method":"CARD","card_number":"4054 6957 2310 0768","card_expiry":"12/39","card_cvc":"987","cardholder_first":"Zoe","cardholder_last":"Quarterman",` +
		`"billing_country":"SG","billing_city":"Singapore","billing_address1":"billing lane 77","billing_postal_code":"048616"}`
	if status, _, text := p.send("POST", p.shop+path+"/payments", "application/json", card); status != http.StatusOK {
		t.Fatalf("the start is answered %d %s", status, text)
	}
	p.send("GET", p.shop+"/orders?card=4054695723100768", "", "")
	p.send("GET", p.shop+"/"+strings.TrimPrefix(path, "/checkout/"), "", "")
	p.send("BREW", p.shop+path, "", "")
	p.stops()
	one(t, c.spans(t), "antom pay", "")
	c.expectNothingSecret(t, []string{"4054695723100768", "4054 6957 2310 0768", "12/39", "Quarterman", "billing lane 77", strings.TrimPrefix(path, "/checkout/"), "ann@example.com", "Raffles", "BREW"})
}

// The merchant's systems may name a span of their own. Browsers may not: what they send is
// sampled as the settings say.
func TestOnlyTheMerchantAPITakesASpanOfItsCaller(t *testing.T) {
	c := newCollector(t)
	p := runProgram(t, environ{"OTEL_EXPORTER_OTLP_ENDPOINT": c.address + "/"})
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	for _, path := range []string{"/api/v1/orders", "/", "/healthz"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.shop+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
		req.Header.Set("Tracestate", "vendor=hidden")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	p.stops()
	all := c.spans(t)
	if api := one(t, all, "GET /api/v1/orders", ""); api.trace() != trace || hex.EncodeToString(api.ParentSpanId) != "00f067aa0ba902b7" {
		t.Errorf("the call of the API is %v", api.Span)
	}
	if page := one(t, all, "GET /", ""); page.trace() == trace || len(page.ParentSpanId) > 0 {
		t.Errorf("the page is %v", page.Span)
	}
	if len(named(all, "GET /healthz")) > 0 {
		t.Error("the question whether the server is up has a span")
	}
	c.expectNothingSecret(t, []string{"vendor", "hidden"})
}

// A collector that is down costs two lines of the log, and no payment.
func TestACollectorThatIsDownDelaysNothing(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "100") // milliseconds
	p := runProgram(t, environ{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
	p.orders()
	p.stops()
	if n := strings.Count(p.log.String(), "traces are lost"); n != 1 {
		t.Errorf("the log tells it %d times:\n%s", n, p.log)
	}
}

// Without a collector nothing of OpenTelemetry runs, and no request passes through more than
// before.
func TestWithoutACollectorNothingIsTraced(t *testing.T) {
	running := func() bool {
		stacks := make([]byte, 4<<20)
		return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("go.opentelemetry.io/"))
	}
	c := newCollector(t)
	for _, row := range []struct {
		env  environ
		want bool
	}{
		{nil, false},
		{environ{"OTEL_EXPORTER_OTLP_ENDPOINT": c.address, "OTEL_SDK_DISABLED": "true"}, false},
		{environ{"OTEL_SERVICE_NAME": "shop"}, false},
		{environ{"OTEL_EXPORTER_OTLP_ENDPOINT": c.address}, true},
	} {
		s := load(t, row.env)
		if got := s.Traces.endpoint() != ""; got != row.want {
			t.Errorf("%v: traces are on: %v", row.env, got)
		}
	}
	for _, env := range []environ{nil, {"OTEL_EXPORTER_OTLP_ENDPOINT": c.address}} {
		p := runProgram(t, env)
		p.orders()
		if got := running(); got != (env != nil) {
			t.Errorf("%v: OpenTelemetry runs: %v", env, got)
		}
		p.stops()
	}
	off := &Program{}
	if off.traces != nil || tracedStore(off) != nil {
		t.Error("a program without traces makes spans of transactions")
	}
	expectProblems(t, environ{"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318"}, nil, "OTEL_EXPORTER_OTLP_ENDPOINT: not an address such as")
	expectProblems(t, environ{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://user:word@otel.example"}, nil, "OTEL_EXPORTER_OTLP_HEADERS")
}

// Profiles are served where the metrics are, by a setting only, and never the command line.
func TestProfilesAreServedBySettingOnly(t *testing.T) {
	for _, row := range []struct {
		setting, path string
		want          int
	}{
		{"", "/debug/pprof/", http.StatusNotFound},
		{"off", "/debug/pprof/heap", http.StatusNotFound},
		{"on", "/debug/pprof/", http.StatusOK},
		{"on", "/debug/pprof/heap", http.StatusOK},
		{"on", "/debug/pprof/cmdline", http.StatusNotFound},
		{"on", "/metrics", http.StatusOK},
	} {
		s := load(t, environ{"METRICS_ADDR": "localhost:9090", "METRICS_PPROF": row.setting})
		answer := httptest.NewRecorder()
		newMetrics().handler(s.Profiles).ServeHTTP(answer, httptest.NewRequest("GET", row.path, nil))
		if answer.Code != row.want {
			t.Errorf("METRICS_PPROF=%s: %s is answered %d", row.setting, row.path, answer.Code)
		}
	}
	expectProblems(t, environ{"METRICS_PPROF": "on"}, nil, "METRICS_PPROF")
}
