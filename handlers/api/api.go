// Package api is the merchant API, version 1: what the merchant's own systems may read and
// order. It translates between JSON and the services, and decides nothing about payments.
package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/handlers/web"
)

// basePath is of all operations.
const basePath = web.APIPath + "/v1"

// Orders finds orders, and does what is ordered about them.
type Orders interface {
	// OrderByID finds an order with all its payments, or answers ErrNotFound.
	OrderByID(ctx context.Context, id string) (checkout.Order, error)
	// Capture, RefundBecause, Cancel and Accept do what an operator orders; the same key is
	// the same action.
	Capture(ctx context.Context, orderID string, key checkout.Key) (checkout.Operation, error)
	RefundBecause(ctx context.Context, orderID string, minor int64, reason string, key checkout.Key) (checkout.Operation, error)
	Cancel(ctx context.Context, orderID string, key checkout.Key) error
	Accept(ctx context.Context, orderID string, key checkout.Key) error
}

// Methods knows what an order may be paid with.
type Methods interface {
	List(ctx context.Context, o checkout.Order, d checkout.Device) []checkout.Method
}

// Services are what the API calls.
type Services struct {
	Merchant *merchant.Service
	Orders   Orders
	Methods  Methods
}

// Config is what the API needs beside the services.
type Config struct {
	PublicURL string // base of every address handed out, without a slash at its end
	Now       func() time.Time
}

// API answers the merchant's systems.
type API struct {
	Config
	Services
	Spec func() []byte // the specification as it is served
	huma huma.API
}

// Mount adds the routes of the API to a router. limited is put before each of them.
func Mount(e *echo.Echo, cfg Config, services Services, limited echo.MiddlewareFunc) *API {
	group := e.Group(basePath) // with middleware of its own it would answer 404 for a wrong method
	e.Use(ofAPI(limited), ofAPI(reportFailures))
	a := &API{Config: cfg, Services: services, huma: humaecho.NewWithGroup(e, group, newSpec())}
	a.huma.UseMiddleware(a.keepBody, a.authenticate, a.idempotent)
	a.orders()
	a.webhookEndpoints()
	a.events()
	a.paymentMethods()
	a.links()
	a.serveSpec(group)
	return a
}

// ofAPI puts a middleware before the requests of this API alone.
func ofAPI(m echo.MiddlewareFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		mine := m(next)
		return func(c echo.Context) error {
			if strings.HasPrefix(c.Request().URL.Path, basePath+"/") {
				return mine(c)
			}
			return next(c)
		}
	}
}

// keyScheme is the name of the way to authenticate in the specification.
const keyScheme = "apiKey"

// needs is the security of an operation: a key with these scopes.
func needs(scopes ...checkout.Scope) []map[string][]string {
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = string(scope)
	}
	return []map[string][]string{{keyScheme: names}}
}

type keyOfContext struct{}

// keyOf is the key of the program that has sent the request.
func keyOf(ctx context.Context) checkout.APIKey {
	key, _ := ctx.Value(keyOfContext{}).(checkout.APIKey)
	return key
}

// challenge is how to authenticate.
const challenge = `Bearer realm="antom-checkout"`

// authenticated finds the key of an Authorization header. Errors: CodeNotFound.
func authenticated(ctx context.Context, keys *merchant.Service, header string) (checkout.APIKey, error) {
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return checkout.APIKey{}, checkout.ErrNotFound
	}
	return keys.Authenticate(ctx, strings.TrimSpace(secret))
}

// authenticate lets a request pass whose key has the scopes that its operation needs.
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	key, err := authenticated(ctx.Context(), a.Merchant, ctx.Header(echo.HeaderAuthorization))
	switch {
	case checkout.IsNotFound(err):
		ctx.SetHeader(echo.HeaderWWWAuthenticate, challenge)
		a.refuse(ctx, web.NewProblem(http.StatusUnauthorized, "", "the request needs a valid API key: Authorization: Bearer ak_…"))
		return
	case err != nil:
		a.refuse(ctx, web.ProblemOf(err))
		return
	}
	for _, scope := range scopesOf(ctx.Operation()) {
		if !key.May(scope) {
			a.refuse(ctx, web.NewProblem(http.StatusForbidden, "", "the API key lacks the scope "+string(scope)))
			return
		}
	}
	next(huma.WithValue(ctx, keyOfContext{}, key))
}

// scopesOf are those that an operation needs.
func scopesOf(op *huma.Operation) (scopes []checkout.Scope) {
	for _, scheme := range op.Security {
		for _, scope := range scheme[keyScheme] {
			scopes = append(scopes, checkout.Scope(scope))
		}
	}
	return slices.Compact(scopes)
}
