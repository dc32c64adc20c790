package api

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

// specPath is where the specification is served.
const specPath = "/openapi.json"

// newSpec is the specification without operations.
func newSpec() huma.Config {
	cfg := huma.DefaultConfig("antom-checkout", "1")
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", "" // served by ourselves
	cfg.CreateHooks = nil                                       // no "$schema" in the answers
	cfg.RejectUnknownQueryParameters = true
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
	cfg.Formats = map[string]huma.Format{"application/json": format, "json": format}
	cfg.Info.Description = "Orders, payments and refunds of a shop, for its own servers. Money is in minor units of its currency: 4200 is 42.00 SGD, and 4200 JPY. Times are RFC 3339 in UTC."
	cfg.Servers = []*huma.Server{{URL: basePath, Description: "Below the address of the shop"}}
	cfg.Tags = []*huma.Tag{
		{Name: "Orders", Description: "What was ordered, and how it is paid."},
		{Name: "Payment links", Description: "Addresses that sell without a shop."},
		{Name: "Webhooks", Description: "Events, the endpoints that are told of them, and every try."},
		{Name: "Payment methods", Description: "What buyers can pay with."},
	}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		keyScheme: {Type: "http", Scheme: "bearer", Description: "An API key, ak_test_… or ak_live_…, as the command \"keys create\" prints it. The scopes that an operation needs stand beside it."},
	}
	return cfg
}

// serveSpec completes the specification with what all operations have in common, and
// serves it. No operation may be added afterwards.
func (a *API) serveSpec(group *echo.Group) {
	spec := a.huma.OpenAPI()
	spec.Components.Schemas.Map()["Problem"].Properties["code"].Enum = problemCodes()
	for _, path := range spec.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
			if op != nil {
				describeAnswers(op)
			}
		}
	}
	a.Spec = sync.OnceValue(func() []byte { return written(spec) })
	group.GET(specPath, func(c echo.Context) error { return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, a.Spec()) })
}

// written takes as long as a start of the rest of the program, so it waits for the first
// reader.
func written(spec *huma.OpenAPI) []byte {
	text, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		panic("api: the specification: " + err.Error()) // it is made of the program's own types
	}
	return append(text, '\n')
}

func problemCodes() (codes []any) {
	for _, of := range web.ProblemCodes() {
		codes = append(codes, of.Code)
	}
	return codes
}

// describeAnswers adds the headers of all answers, and the problems.
func describeAnswers(op *huma.Operation) {
	header := func(description string) *huma.Param {
		return &huma.Param{Description: description, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, answer := range op.Responses {
		if answer.Headers == nil {
			answer.Headers = map[string]*huma.Param{}
		}
		answer.Headers[web.HeaderRequestID] = header("Names the request in the log")
		if op.Metadata[keyNeeded] != nil {
			answer.Headers[headerReplayed] = header("true where the answer is that of an earlier request under the same Idempotency-Key")
		}
	}
	problem := op.Responses["default"]
	problem.Description = "The request was refused, or failed"
	problem.Headers["Retry-After"] = header("Of 429 and 503: after how many seconds to send it again")
	if op.Security != nil {
		unauthorized := *problem
		unauthorized.Description = "No valid API key"
		op.Responses["401"] = &unauthorized
	}
}
