package app

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"antom-checkout/antom"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/payments"
	"antom-checkout/db"
	"antom-checkout/traces"
)

// TraceSettings say where traces are sent. What they do not say the environment says to
// OpenTelemetry's library, as its specification has it.
type TraceSettings struct {
	Base     *url.URL // of the collector; nil: none
	Endpoint *url.URL // for traces, in place of the one below the base; nil: that one
	Disabled bool
}

// endpoint is the full address that spans are posted to; "" sends none.
func (s TraceSettings) endpoint() string {
	switch {
	case s.Disabled || s.Base == nil && s.Endpoint == nil:
		return ""
	case s.Endpoint != nil:
		return s.Endpoint.String()
	}
	return s.Base.JoinPath("v1", "traces").String()
}

// parseCollector reads the address of a collector. Spans hold nothing secret, so http will do.
func parseCollector(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("not an address such as http://localhost:4318")
	case u.User != nil:
		return nil, errors.New("must not hold a user or a password; OTEL_EXPORTER_OTLP_HEADERS holds what the collector asks for")
	}
	return u, nil
}

// opensTraces is the step of Build that begins to trace, where the settings name a collector.
func opensTraces(p *Program) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		endpoint := p.Settings.Traces.endpoint()
		if endpoint == "" {
			return nil
		}
		p.traces, err = traces.New(ctx, traces.Config{Endpoint: endpoint, Version: version(), Now: p.Now, Log: p.Log})
		return err
	}
}

// tracedStore is the database's option to make spans of transactions, if traces are on.
func tracedStore(p *Program) []db.Option {
	if p.traces == nil {
		return nil
	}
	return []db.Option{db.WithTracer(p.traces)}
}

// traceCall makes a span of a call to Antom, if traces are on.
func traceCall(ctx context.Context, t *traces.Traces, o antom.Observation) {
	if t != nil {
		t.Call(ctx, traces.Call{
			Payment: gateway.PaymentOf(ctx), Endpoint: o.Endpoint, Result: string(o.Status), Code: string(o.Code),
			Status: o.HTTPStatus, Attempt: o.Attempt, Took: o.Duration,
		})
	}
}

// tracePayments has payments and their emails traced, if traces are on.
func tracePayments(t *traces.Traces, cfg *payments.Config) {
	if t == nil {
		return
	}
	cfg.Tracer, cfg.Mailer = t, tracedMailer{cfg.Mailer, t}
	if cfg.Operator != nil {
		cfg.Operator = tracedOperatorMailer{cfg.Operator, t}
	}
}

// tracedMailer makes a span of every email to a buyer.
type tracedMailer struct {
	checkout.Mailer
	traces *traces.Traces
}

// Mail implements checkout.Mailer.
func (m tracedMailer) Mail(ctx context.Context, e checkout.Email) error {
	ctx, end := m.traces.Email(ctx, e.Payment.RequestID, string(e.Kind))
	err := m.Mailer.Mail(ctx, e)
	end(err)
	return err
}

// tracedOperatorMailer makes a span of every email to the operator. What some are about is no
// payment, so they have traces of their own.
type tracedOperatorMailer struct {
	checkout.OperatorMailer
	traces *traces.Traces
}

// MailOperator implements checkout.OperatorMailer.
func (m tracedOperatorMailer) MailOperator(ctx context.Context, e checkout.OperatorEmail) error {
	ctx, end := m.traces.Email(ctx, "", "operator."+string(e.Matter))
	err := m.OperatorMailer.MailOperator(ctx, e)
	end(err)
	return err
}
