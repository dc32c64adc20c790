// Package api is the merchant API, version 1: what the merchant's own systems may read and
// order. It translates between JSON and the services, and decides nothing about payments.
package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/handlers/web"
)

// basePath is of all operations.
const basePath = web.APIPath + "/v1"

// Orders finds orders.
type Orders interface {
	// OrderByID finds an order with all its payments, or answers ErrNotFound.
	OrderByID(ctx context.Context, id string) (checkout.Order, error)
}

// Services are what the API calls.
type Services struct {
	Merchant *merchant.Service
	Orders   Orders
}

// Config is what the API needs beside the services.
type Config struct {
	PublicURL string // base of every address handed out, without a slash at its end
}

// API answers the merchant's systems.
type API struct {
	Config
	Services
	huma huma.API
}

// Mount adds the routes of the API to a router. limited is put before each of them.
func Mount(e *echo.Echo, cfg Config, services Services, limited echo.MiddlewareFunc) *API {
	spec := huma.DefaultConfig("antom-checkout", "1")
	spec.OpenAPIPath, spec.DocsPath, spec.SchemasPath = "", "", "" // served by ourselves
	spec.CreateHooks = nil                                         // no "$schema" in the answers
	spec.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	spec.Servers = []*huma.Server{{URL: cfg.PublicURL + basePath}}
	spec.Components.SecuritySchemes = map[string]*huma.SecurityScheme{keyScheme: {Type: "http", Scheme: "bearer", Description: "An API key: ak_test_… or ak_live_…"}}
	group := e.Group(basePath, limited)
	a := &API{Config: cfg, Services: services, huma: humaecho.NewWithGroup(e, group, spec)}
	a.huma.UseMiddleware(a.authenticate)
	a.orders()
	a.webhookEndpoints()
	a.events()
	e.Any(web.APIPath+"/*", func(echo.Context) error { return echo.NewHTTPError(http.StatusNotFound) })
	return a
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
