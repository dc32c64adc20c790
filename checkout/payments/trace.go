package payments

import "context"

// Tracer makes the traces of payments, once each change has been committed. The context
// names the request in which it happens.
type Tracer interface {
	Started(ctx context.Context, requestID, method string)         // an attempt was stored
	Outcome(ctx context.Context, requestID, method, status string) // an attempt has come to this status
}

type noTracer struct{}

func (noTracer) Started(context.Context, string, string)         {}
func (noTracer) Outcome(context.Context, string, string, string) {}
