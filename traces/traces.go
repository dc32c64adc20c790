// Package traces tells an OpenTelemetry collector what the program does: a span for each
// request, call to Antom, commit, email and webhook, and a trace of its own for each payment.
//
// A payment outlives the request that starts it. The notification that ends it comes minutes
// or days later, often to another program. So the id of a payment's trace is made of the
// payment's id by a hash: every program finds it again, and no table stores it. The spans of
// a payment link to the traces of the requests in which they happened, and those back to it.
//
// Attributes hold what closed lists name, and the payment's id, which the log has, too. They
// hold no address, no text of an error, and nothing that a client has sent.
//
//	t, err := traces.New(ctx, traces.Config{Endpoint: "http://localhost:4318/v1/traces"})
//	ctx, id, end := t.Request(ctx, "GET", "/orders/:id", "")
package traces

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"antom-checkout/checkout"
)

// Config is what the program decides. All else is decided by the environment as OpenTelemetry
// specifies it: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS.
type Config struct {
	Endpoint string // full address that spans are posted to
	Version  string // of the program
	Now      func() time.Time
	Log      *slog.Logger
}

// Traces makes spans and sends them. It is safe for concurrent use.
type Traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	now      func() time.Time
}

// New makes Traces, which Close ends. It connects to nothing: spans are sent from time to
// time, and a collector that does not answer delays nothing else.
func New(ctx context.Context, cfg Config) (*Traces, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(cfg.Endpoint))
	if err != nil {
		return nil, fmt.Errorf("exporter of traces: %w", err)
	}
	described, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "antom-checkout"), attribute.String("service.version", cfg.Version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { cfg.Log.Warn("traces", slog.Any(checkout.LogError, err)) }))
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&toldOnce{SpanExporter: exporter, log: cfg.Log}), sdktrace.WithResource(described), sdktrace.WithIDGenerator(ids{}))
	return &Traces{provider: provider, tracer: provider.Tracer("antom-checkout"), now: cfg.Now}, nil
}

// Probe sends an empty message to a collector, once.
func Probe(ctx context.Context, endpoint string) error {
	client := otlptracehttp.NewClient(otlptracehttp.WithEndpointURL(endpoint), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err := client.Start(ctx); err != nil {
		return err
	}
	return errors.Join(client.UploadTraces(ctx, nil), client.Stop(ctx))
}

// closeTime is how long the last spans may take to be sent.
const closeTime = 5 * time.Second

// Close sends what has not been sent yet.
func (t *Traces) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	_ = t.provider.Shutdown(ctx) // its trouble was logged, and loses no payment
	return nil
}

// toldOnce writes a line of the log when the collector begins to fail, and one when it takes
// spans again.
type toldOnce struct {
	sdktrace.SpanExporter
	log *slog.Logger

	mu      sync.Mutex
	failing bool
}

// ExportSpans implements sdktrace.SpanExporter.
func (e *toldOnce) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err != nil && !e.failing:
		e.log.Warn("traces are lost", slog.Any(checkout.LogError, err))
	case err == nil && e.failing:
		e.log.Info("traces are sent again")
	}
	e.failing = err != nil
	return nil
}

// paymentKey is where a context names the payment whose trace begins.
type paymentKey struct{}

// ids makes the ids of spans: of a payment's first span from the payment's id, of all others
// by chance.
type ids struct{}

// NewIDs implements sdktrace.IDGenerator.
func (ids) NewIDs(ctx context.Context) (of trace.TraceID, span trace.SpanID) {
	if payment, named := ctx.Value(paymentKey{}).(string); named {
		sum := sha256.Sum256([]byte("trace of payment " + payment))
		copy(span[:], sum[copy(of[:], sum[:]):])
		return of, span
	}
	_, _ = rand.Read(of[:]) // never fails
	_, _ = rand.Read(span[:])
	return of, span
}

// NewSpanID implements sdktrace.IDGenerator.
func (ids) NewSpanID(context.Context, trace.TraceID) (span trace.SpanID) {
	_, _ = rand.Read(span[:]) // never fails
	return span
}
