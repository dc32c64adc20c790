package app

import (
	"cmp"
	"context"
	"database/sql"
	"net"
	"net/http"
	"net/http/pprof"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"antom-checkout/antom"
	"antom-checkout/checkout"
	"antom-checkout/db"
)

// metrics is everything that is measured. It listens to the packages through
// their own small interfaces: handlers.Meter, checkout.Meter, antom's observer.
// Its labels come from closed lists, never from an address or a person.
type metrics struct {
	registry      *prometheus.Registry
	requests      *prometheus.CounterVec
	durations     *prometheus.HistogramVec
	streams       prometheus.Gauge
	limited       *prometheus.CounterVec
	reports       *prometheus.CounterVec
	sdkReports    *prometheus.CounterVec
	notifications *prometheus.CounterVec
	disputes      *prometheus.CounterVec
	started       *prometheus.CounterVec
	outcomes      *prometheus.CounterVec
	calls         *prometheus.CounterVec
	callDurations *prometheus.HistogramVec
	shopFaults    *prometheus.CounterVec
	withheld      *prometheus.CounterVec
	cardsRefused  *prometheus.CounterVec
	webhookTries  *prometheus.HistogramVec
}

// durationBuckets fit what a buyer feels and what Antom is given: 5 ms to 10 s.
var durationBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "checkout_" + name, Help: help}, labels)
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "checkout_" + name, Help: help, Buckets: durationBuckets}, labels)
	}
	m := &metrics{
		registry:      prometheus.NewRegistry(),
		requests:      counter("http_requests_total", "Requests by route, method and status.", "route", "method", "status"),
		durations:     histogram("http_request_duration_seconds", "How long requests took, event streams left out.", "route"),
		streams:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "checkout_event_streams", Help: "Event streams that are open."}),
		limited:       counter("rate_limited_total", "Requests refused for coming too often.", "limit"),
		reports:       counter("csp_reports_total", "Violations that browsers reported: kind violation is for a person to examine, sdk and extension are known noise.", "kind", "directive", "source"),
		sdkReports:    counter("sdk_errors_total", "Errors of Antom's SDK that pages and apps reported.", "code"),
		notifications: counter("notifications_total", "Antom's notifications: verified (stored, about a payment of this shop), unknown (stored, about none), refused (no valid signature), unreadable, unstored.", "result"),
		disputes:      counter("disputes_total", "Steps of disputes that Antom has told of. DEFENSE_DUE_ALERT is urgent.", "step"),
		started:       counter("payments_started_total", "Attempts to pay that were started.", "method"),
		outcomes:      counter("payment_outcomes_total", "Statuses that attempts have come to; shop_fault are those that failed without the buyer's doing.", "method", "status"),
		calls:         counter("gateway_calls_total", "Calls to Antom by result: S, F, U, or none without a trustworthy answer.", "operation", "result"),
		shopFaults:    counter("shop_faults_total", "Calls that Antom refused because of the shop's settings, contract or code, or its own failure: see the log.", "operation", "code"),
		withheld:      counter("emails_withheld_total", "Emails about unpaid orders beyond an allowance: of a recipient (given up) or of all together (sent later).", "allowance"),
		cardsRefused:  counter("cards_refused_total", "Attempts to pay by card that were refused because too many cards were declined: of the order, the address, or this card.", "declines_of"),
		webhookTries:  histogram("webhook_try_duration_seconds", "How long tries to deliver an event took, by result: delivered or failed.", "result"),
		callDurations: histogram("gateway_call_duration_seconds", "How long calls to Antom took.", "operation"),
	}
	m.registry.MustRegister(m.requests, m.durations, m.streams, m.limited, m.reports, m.sdkReports, m.notifications, m.disputes, m.started, m.outcomes, m.calls, m.callDurations, m.shopFaults, m.withheld, m.cardsRefused, m.webhookTries,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request implements handlers.Meter.
func (m *metrics) Request(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none" // an address that does not exist: a client's own text
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	if route != "/checkout/:token/events" {
		m.durations.WithLabelValues(route).Observe(took.Seconds())
	}
}

// Stream implements handlers.Meter.
func (m *metrics) Stream(opened int) { m.streams.Add(float64(opened)) }

// Limited implements handlers.Meter.
func (m *metrics) Limited(name string) { m.limited.WithLabelValues(name).Inc() }

// PolicyReport implements handlers.Meter.
func (m *metrics) PolicyReport(kind, directive, source string) {
	m.reports.WithLabelValues(kind, directive, source).Inc()
}

// SDKReport implements handlers.Meter.
func (m *metrics) SDKReport(code string) { m.sdkReports.WithLabelValues(code).Inc() }

// NotificationRefused implements handlers.Meter.
func (m *metrics) NotificationRefused(status int) {
	result := "unstored"
	switch status {
	case http.StatusUnauthorized:
		result = "refused"
	case http.StatusBadRequest:
		result = "unreadable"
	}
	m.notifications.WithLabelValues(result).Inc()
}

// Notification implements payments.Meter.
func (m *metrics) Notification(known bool) {
	result := "unknown"
	if known {
		result = "verified"
	}
	m.notifications.WithLabelValues(result).Inc()
}

// disputeSteps are the steps of a dispute that Antom's documents name; a label holds no
// other text.
var disputeSteps = []string{
	"DISPUTE_CREATED", "DISPUTE_JUDGED", "DISPUTE_CANCELLED", "DEFENSE_SUPPLIED", "DEFENSE_DUE_ALERT", "DISPUTE_ACCEPTED", "RDR_RESOLVED",
}

// Dispute implements payments.Meter.
func (m *metrics) Dispute(step string) {
	if !slices.Contains(disputeSteps, step) {
		step = "other"
	}
	m.disputes.WithLabelValues(step).Inc()
}

// EmailWithheld implements payments.Meter.
func (m *metrics) EmailWithheld(allowance string) { m.withheld.WithLabelValues(allowance).Inc() }

// CardsRefused implements payments.Meter.
func (m *metrics) CardsRefused(source string) { m.cardsRefused.WithLabelValues(source).Inc() }

// WebhookTry implements webhooks.Meter.
func (m *metrics) WebhookTry(succeeded bool, took time.Duration) {
	result := "failed"
	if succeeded {
		result = "delivered"
	}
	m.webhookTries.WithLabelValues(result).Observe(took.Seconds())
}

// Started implements payments.Meter.
func (m *metrics) Started(method string) { m.started.WithLabelValues(method).Inc() }

// Outcome implements payments.Meter.
func (m *metrics) Outcome(method string, status checkout.PaymentStatus) {
	m.outcomes.WithLabelValues(method, string(status)).Inc()
}

// call counts a call of the gateway client.
func (m *metrics) call(_ context.Context, o antom.Observation) {
	m.calls.WithLabelValues(o.Endpoint, cmp.Or(string(o.Status), "none")).Inc()
	m.callDurations.WithLabelValues(o.Endpoint).Observe(o.Duration.Seconds())
}

// outboxSource is what the outbox is measured by; *db.Store is one.
type outboxSource interface {
	Outbox(context.Context) (db.Outbox, error)
	Waiting(context.Context, time.Time) (db.Waiting, error)
}

// watchOutbox measures the outbox whenever it is read.
func (m *metrics) watchOutbox(source outboxSource, now func() time.Time) {
	m.registry.MustRegister(outboxCollector{
		source: source, now: now,
		rows:    prometheus.NewDesc("checkout_outbox_rows", "Effects such as emails: pending, sent, or dead (given up).", []string{"state"}, nil),
		waiting: prometheus.NewDesc("checkout_waiting", "What waits for a person: orders under review, captures that are due within two days or failed, emails that were given up, but for those about orders that were never paid, notifications of the last seven days about no payment of the shop.", []string{"what"}, nil),
		age:     prometheus.NewDesc("checkout_outbox_oldest_pending_seconds", "Age of the oldest pending row, 0 without one.", nil, nil),
	})
}

// watchPool measures the connections to a database whenever they are read.
func (m *metrics) watchPool(name string, stats func() sql.DBStats) {
	named := prometheus.Labels{"pool": name}
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "checkout_database_connections_used", Help: "Connections to the database that carry out a statement.", ConstLabels: named},
			func() float64 { return float64(stats().InUse) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "checkout_database_connections_most", Help: "Connections to the database that there may be.", ConstLabels: named},
			func() float64 { return float64(stats().MaxOpenConnections) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "checkout_database_wait_seconds_total", Help: "How long was waited for a connection, all that wait together.", ConstLabels: named},
			func() float64 { return stats().WaitDuration.Seconds() }))
}

type outboxCollector struct {
	source    outboxSource
	now       func() time.Time
	rows, age *prometheus.Desc
	waiting   *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c outboxCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.rows
	ch <- c.age
	ch <- c.waiting
}

// Collect implements prometheus.Collector.
func (c outboxCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	outbox, err := c.source.Outbox(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(c.rows, err)
		return
	}
	for state, n := range map[string]int{"pending": outbox.Pending, "sent": outbox.Sent, "dead": outbox.Dead} {
		ch <- prometheus.MustNewConstMetric(c.rows, prometheus.GaugeValue, float64(n), state)
	}
	age := 0.0
	if !outbox.Oldest.IsZero() {
		age = max(0, c.now().Sub(outbox.Oldest).Seconds())
	}
	ch <- prometheus.MustNewConstMetric(c.age, prometheus.GaugeValue, age)
	waiting, err := c.source.Waiting(ctx, c.now())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(c.waiting, err)
		return
	}
	for what, n := range map[string]int{
		"review": waiting.Reviews, "capture_due": waiting.CapturesDue, "capture_failed": waiting.CapturesFailed, "dead_email": waiting.DeadEmails, "stray_notification": waiting.Strays,
	} {
		ch <- prometheus.MustNewConstMetric(c.waiting, prometheus.GaugeValue, float64(n), what)
	}
}

// handler serves /metrics, Go's profiles where they are asked for, and nothing else.
func (m *metrics) handler(profiles bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	if profiles { // not the command line: a flag may hold a key
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// metricsConnections is the most that the server of the metrics has at once.
const metricsConnections = 64

// measure begins to measure, and listens where Prometheus reads.
func (p *Program) measure(context.Context) error {
	p.metrics = newMetrics()
	p.metrics.watchOutbox(p.Store, p.Now)
	for name, writes := range map[string]bool{"reads": false, "writes": true} {
		if pool := db.PoolOf(p.Store, writes); pool != nil {
			p.metrics.watchPool(name, pool.Stats)
		}
	}
	if p.Settings.CardServer {
		p.metrics.watchAttestation(p.Settings.Attestation, p.Now)
	}
	if p.Settings.MetricsAddr == "" {
		return nil
	}
	listener, err := net.Listen("tcp", p.Settings.MetricsAddr)
	if err != nil {
		return err
	}
	p.servers.add(httpServer(p.metrics.handler(p.Settings.Profiles), p.Log), listener, limitConnections(metricsConnections, 1), isLoopback)
	p.Log.Info("metrics", logAddress, listener.Addr().String())
	return nil
}
