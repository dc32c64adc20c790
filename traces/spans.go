package traces

import (
	"context"
	"net/http"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Names of attributes: those of OpenTelemetry's conventions, and the program's own.
const (
	requestMethod = "http.request.method"
	httpRoute     = "http.route"
	answerStatus  = "http.response.status_code"
	database      = "db.system.name"

	endpoint = "checkout.endpoint" // an API of Antom
	result   = "checkout.result"   // S, F, U, or none
	code     = "checkout.code"     // Antom's result code
	attempt  = "checkout.attempt"
	subject  = "checkout.subject" // what a commit is about
	payment  = "checkout.payment" // a payment_request_id
	method   = "checkout.method"  // Antom's code of a way to pay
	status   = "checkout.status"  // that a payment has come to
	email    = "checkout.email"   // why an email is sent
	event    = "checkout.event"   // the type of a webhook's event
)

// header is the name of the header that W3C's Trace Context names a span by.
const header = "traceparent"

// verbs are the methods that a span names; a client may send any other text.
var verbs = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// Request implements web.Tracer.
func (t *Traces) Request(ctx context.Context, verb, route, parent string) (of context.Context, traceID string, end func(status int)) {
	if !slices.Contains(verbs, verb) {
		verb = "_OTHER"
	}
	name, attrs := verb, []attribute.KeyValue{attribute.String(requestMethod, verb)}
	if route != "" {
		name, attrs = verb+" "+route, append(attrs, attribute.String(httpRoute, route))
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{header: parent})
	ctx, span := t.begin(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attrs...))
	return ctx, span.SpanContext().TraceID().String(), func(status int) {
		span.SetAttributes(attribute.Int(answerStatus, status))
		t.end(span, status >= http.StatusInternalServerError)
	}
}

// Call is a call to Antom that has ended.
type Call struct {
	Payment  string // what it was about, or ""
	Endpoint string
	Result   string // "" without a trustworthy answer
	Code     string
	Status   int // of HTTP; 0 without an answer
	Attempt  int
	Took     time.Duration
}

// Call makes a span of a call. One that belongs to no request belongs to its payment.
func (t *Traces) Call(ctx context.Context, c Call) {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		ctx = t.about(ctx, c.Payment)
	}
	answered := "none"
	if c.Result != "" {
		answered = c.Result
	}
	now := t.now()
	_, span := t.tracer.Start(ctx, "antom "+c.Endpoint, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(now.Add(-c.Took)),
		trace.WithAttributes(attribute.String(endpoint, c.Endpoint), attribute.String(result, answered), attribute.String(code, c.Code),
			attribute.Int(answerStatus, c.Status), attribute.Int(attempt, c.Attempt)))
	if c.Result == "" {
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(now))
}

// Commit implements db.Tracer.
func (t *Traces) Commit(ctx context.Context, system, about string) (context.Context, func(error)) {
	ctx, span := t.begin(ctx, "commit", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String(database, system), attribute.String(subject, about)))
	return ctx, func(err error) { t.end(span, err != nil) }
}

// Started implements payments.Tracer: it sends the first span of a payment's trace.
func (t *Traces) Started(ctx context.Context, id, way string) {
	_, first := t.first(ctx, id)
	first.SetAttributes(attribute.String(method, way))
	t.end(first, false)
}

// Outcome implements payments.Tracer.
func (t *Traces) Outcome(ctx context.Context, id, way, became string) {
	cause := trace.LinkFromContext(ctx)
	_, span := t.begin(t.about(ctx, id), "payment "+became, trace.WithLinks(cause),
		trace.WithAttributes(attribute.String(payment, id), attribute.String(method, way), attribute.String(status, became)))
	t.end(span, false)
}

// Email begins the span of an email about a payment, or about none.
func (t *Traces) Email(ctx context.Context, id, kind string) (context.Context, func(error)) {
	ctx, span := t.begin(t.about(ctx, id), "email", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String(email, kind)))
	return ctx, func(err error) { t.end(span, err != nil) }
}

// Delivery implements webhooks.Tracer.
func (t *Traces) Delivery(ctx context.Context, id, kind string) (of context.Context, parent string, end func(status int)) {
	ctx, span := t.begin(t.about(ctx, id), "webhook", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String(event, kind)))
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return ctx, carrier[header], func(status int) {
		span.SetAttributes(attribute.Int(answerStatus, status))
		t.end(span, status < 200 || status > 299)
	}
}

// about is a context whose spans belong to the trace of a payment. The span that the context
// has links to that trace. Without a payment it is the context itself.
func (t *Traces) about(ctx context.Context, id string) context.Context {
	if id == "" {
		return ctx
	}
	of, _ := t.first(ctx, id)
	return of
}

// first makes the first span of a payment's trace: the same one, whichever program makes it.
// Only the one that Started ends is sent; the others say what the span's id is, and whether
// the sampler has chosen this trace.
func (t *Traces) first(ctx context.Context, id string) (context.Context, trace.Span) {
	of, first := t.begin(context.WithValue(ctx, paymentKey{}, id), "payment", trace.WithNewRoot(),
		trace.WithLinks(trace.LinkFromContext(ctx)), trace.WithAttributes(attribute.String(payment, id)))
	linkOnce(trace.SpanFromContext(ctx), trace.LinkFromContext(of))
	return of, first
}

// linkOnce links from a span, unless it has that link.
func linkOnce(from trace.Span, to trace.Link) {
	linked, recorded := from.(sdktrace.ReadOnlySpan)
	if recorded && !slices.ContainsFunc(linked.Links(), func(l sdktrace.Link) bool { return l.SpanContext.Equal(to.SpanContext) }) {
		from.AddLink(to)
	}
}

func (t *Traces) begin(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	return t.tracer.Start(ctx, name, append(options, trace.WithTimestamp(t.now()))...)
}

// end ends a span. The text of an error may hold anything, so it is not told.
func (t *Traces) end(span trace.Span, failed bool) {
	if failed {
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(t.now()))
}
