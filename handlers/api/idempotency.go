package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/handlers/web"
)

// The headers of idempotency.
const (
	headerKey      = "Idempotency-Key"
	headerReplayed = "Idempotent-Replayed"
)

// keyNeeded marks operations that need an idempotency key.
const keyNeeded = "idempotencyKeyNeeded"

// posting completes an operation that changes something: its request may have an
// idempotency key, or has to.
func posting(op huma.Operation, needsKey bool) huma.Operation {
	op.Method = http.MethodPost
	op.Metadata = map[string]any{keyNeeded: needsKey}
	least, most := 1, 128
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: headerKey, In: "header", Required: needsKey, Schema: &huma.Schema{Type: huma.TypeString, MinLength: &least, MaxLength: &most},
		Description: "Printable ASCII without spaces. The same key with the same request is the same request: it is done once, and answered the same for 30 days.",
	})
	return op
}

type idempotencyKey struct{}

// orderedBy is the key with which a request orders something: the same request under the
// same idempotency key has the same one.
func orderedBy(ctx context.Context) checkout.Key {
	key := keyOf(ctx)
	text, given := ctx.Value(idempotencyKey{}).(string)
	if !given {
		text = rand.Text()
	}
	return key.Orders(text)
}

// formKey is the key of what a request makes: the same request under the same idempotency key
// makes the same.
func formKey(ctx context.Context, body any) (string, error) {
	request, err := json.Marshal(body)
	return orderedBy(ctx).FormKey(request), err
}

// idempotent does the work of a POST once under its idempotency key, and answers the same
// request the same.
func (a *API) idempotent(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header(headerKey)
	needed, _ := ctx.Operation().Metadata[keyNeeded].(bool)
	switch {
	case ctx.Method() != http.MethodPost, key == "" && !needed:
		next(ctx)
		return
	case key == "":
		a.refuse(ctx, web.NewProblem(http.StatusBadRequest, web.CodeKeyMissing, ""))
		return
	case !merchant.IsIdempotencyKey(key):
		a.refuse(ctx, web.NewProblem(http.StatusBadRequest, web.CodeKeyInvalid, ""))
		return
	}
	request := checkout.APIRequest{APIKey: keyOf(ctx.Context()).ID, Key: key, Hash: hashOf(ctx)}
	var header http.Header
	answer, replayed, err := a.Merchant.Once(context.WithValue(ctx.Context(), idempotencyKey{}, key), request, func(work context.Context) (checkout.APIAnswer, bool) {
		r := &recorded{humaContext: ctx, header: http.Header{}}
		next(huma.WithContext(r, work))
		header = r.header
		return r.answer()
	})
	if err != nil {
		a.refuse(ctx, problemOf(ctx.Context(), err))
		return
	}
	if header == nil {
		header = http.Header{"Content-Type": {contentTypeOf(answer.Status)}}
	}
	for name := range header {
		ctx.SetHeader(name, header.Get(name))
	}
	if replayed {
		ctx.SetHeader(headerReplayed, "true")
	}
	ctx.SetStatus(answer.Status)
	_, _ = ctx.BodyWriter().Write(answer.Body) // the connection is gone
}

// contentTypeOf is the media type of an answer.
func contentTypeOf(status int) string {
	if status >= http.StatusBadRequest {
		return web.ProblemType
	}
	return "application/json"
}

// hashOf is the hash of what a request asks for: method, address and body.
func hashOf(ctx huma.Context) string {
	body := keptBody(ctx.Context())
	address := ctx.URL()
	sum := sha256.New()
	_, _ = io.WriteString(sum, ctx.Method()+" "+address.RequestURI()+"\n") // a hash writes all
	_, _ = sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}

type bodyOfContext struct{}

// keptBody is the request's body as it came.
func keptBody(ctx context.Context) []byte {
	body, _ := ctx.Value(bodyOfContext{}).([]byte)
	return body
}

// keepBody keeps the request's body for keptBody. It was read whole before; see
// web.readBody. What huma reads differs from it only where it is to be refused.
func (a *API) keepBody(ctx huma.Context, next func(huma.Context)) {
	r := humaecho.Unwrap(ctx).Request()
	body, _ := io.ReadAll(r.Body) // from memory
	r.Body = io.NopCloser(bytes.NewReader(refusingNulls(a.huma.OpenAPI().Components.Schemas, ctx.Operation(), body)))
	next(huma.WithValue(ctx, bodyOfContext{}, body))
}

// humaContext is huma's, under a name that is none of its methods.
type humaContext huma.Context

// recorded keeps an answer instead of sending it.
type recorded struct {
	humaContext
	header http.Header
	status int
	body   bytes.Buffer
}

// Unwrap is the context that it records for, as humaecho.Unwrap needs it.
func (r *recorded) Unwrap() huma.Context { return r.humaContext }

// SetStatus implements huma.Context.
func (r *recorded) SetStatus(status int) { r.status = status }

// Status implements huma.Context.
func (r *recorded) Status() int { return r.status }

// SetHeader implements huma.Context.
func (r *recorded) SetHeader(name, value string) { r.header.Set(name, value) }

// AppendHeader implements huma.Context.
func (r *recorded) AppendHeader(name, value string) { r.header.Add(name, value) }

// BodyWriter implements huma.Context.
func (r *recorded) BodyWriter() io.Writer { return &r.body }

// answer is what was recorded, and whether it is the same when the request comes again:
// what failed in the program, or is still awaited, may go well then.
func (r *recorded) answer() (checkout.APIAnswer, bool) {
	var shown struct{ ID, Code string }
	_ = json.Unmarshal(r.body.Bytes(), &shown) // what is no object shows nothing with an id
	isResult := r.status != 0 && r.status < http.StatusInternalServerError && r.status != http.StatusTooManyRequests && shown.Code != string(checkout.CodeOrderChanged)
	return checkout.APIAnswer{Status: r.status, Body: r.body.Bytes(), About: shown.ID}, isResult
}
