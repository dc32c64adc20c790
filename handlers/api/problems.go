package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// huma makes its errors by two variables. In this API no list is null, and a member's name
// is written as it is published.
func init() {
	huma.DefaultArrayNullable, huma.ValidateStrictCasing = false, true
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		return newProblem(context.Background(), status, detail, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, detail string, errs ...error) huma.StatusError {
		return newProblem(ctx.Context(), status, detail, errs)
	}
}

// newProblem is the problem of an error that huma has found in a request, or that an
// operation has returned.
func newProblem(ctx context.Context, status int, detail string, errs []error) *web.Problem {
	if status == http.StatusInternalServerError && len(errs) == 1 { // an operation's
		return problemOf(ctx, errs[0])
	}
	p := web.NewProblem(status, "", detail)
	p.RequestID = web.RequestID(ctx)
	switch status {
	case http.StatusBadRequest:
		p.Detail = "the body is not valid JSON"
		if len(errs) == 0 {
			p.Detail = detail
		}
	case http.StatusUnsupportedMediaType:
		p.Detail = "the body has to be JSON: Content-Type: application/json"
	case http.StatusUnprocessableEntity:
		p.Detail = "the request is not as the specification says"
		for _, err := range errs {
			if found, is := err.(huma.ErrorDetailer); is {
				p.Errors = append(p.Errors, fieldProblem(found.ErrorDetail()))
			}
		}
	}
	return p
}

// The beginnings of what huma says about a member that the specification lacks, and about
// one that is missing.
const (
	unexpectedProperty = "unexpected property"
	unknownParameter   = "unknown query parameter"
	missingParameter   = "required "
)

var missingProperty = regexp.MustCompile(`^expected required property (.+) to be present$`)

// fieldProblem translates what huma says about a member. Its value stays out: it may be
// anything.
func fieldProblem(found *huma.ErrorDetail) web.FieldProblem {
	p := web.FieldProblem{Pointer: pointer(found.Location), Code: web.CodeInvalid, Detail: found.Message}
	missing := missingProperty.FindStringSubmatch(found.Message)
	switch {
	case strings.HasPrefix(found.Message, unexpectedProperty):
		p.Code, p.Detail = web.CodeUnknownMember, "there is no such member"
	case found.Message == unknownParameter:
		p.Code, p.Detail = web.CodeUnknownMember, "there is no such parameter"
	case missing != nil:
		p.Pointer += "/" + missing[1]
		p.Code, p.Detail = web.CodeRequired, "this member is needed"
	case strings.HasPrefix(found.Message, missingParameter):
		p.Code = web.CodeRequired
	case strings.HasPrefix(found.Message, "json: "):
		p.Detail = "a number is not a whole number, or too large"
	}
	return p
}

var indexes = regexp.MustCompile(`\[(\d+)\]`)

// pointer is a location such as body.lines[0].quantity as a JSON pointer, and that of a
// parameter as its name. Names of members are as unmarshal has written them.
func pointer(location string) string {
	path, inBody := strings.CutPrefix(location, "body")
	if !inBody {
		_, name, _ := strings.Cut(location, ".")
		return name
	}
	path = strings.ReplaceAll(indexes.ReplaceAllString(path, ".$1"), ".", "/")
	return strings.NewReplacer("~2", ".", "~3", "[").Replace(path)
}

// unmarshal reads JSON. What is read to be validated has its members' names escaped as in
// a JSON pointer, and so that they hold neither dot nor bracket, because huma parts the names
// in a location by these.
func unmarshal(data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return err
	}
	if parsed, isAny := into.(*any); isAny {
		*parsed = withEscapedNames(*parsed)
	}
	return nil
}

var escaped = strings.NewReplacer("~", "~0", "/", "~1", ".", "~2", "[", "~3")

func withEscapedNames(value any) any {
	switch in := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(in))
		for name, of := range in {
			out[escaped.Replace(name)] = withEscapedNames(of)
		}
		return out
	case []any:
		for i := range in {
			in[i] = withEscapedNames(in[i])
		}
	}
	return value
}

// refuse answers with a problem before an operation.
func (a *API) refuse(ctx huma.Context, p *web.Problem) {
	p.RequestID = web.RequestID(ctx.Context())
	ctx.SetHeader("Content-Type", web.ProblemType)
	for name, values := range p.GetHeaders() {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the connection is gone
}

// failed makes of an error of a service what huma answers.
func failed(ctx context.Context, err error) error { return problemOf(ctx, err) }

// problemOf is the problem of a service's error. One that is the program's own is for the
// log alone.
func problemOf(ctx context.Context, err error) *web.Problem {
	var refused *checkout.Error
	if errors.As(err, &refused) && refused.Code == checkout.CodeKeyReused { // after the answer was forgotten
		err = &checkout.Error{Code: checkout.CodeRequestKeyReused, Detail: refused.Detail}
	}
	p := web.ProblemOf(err)
	p.RequestID = web.RequestID(ctx)
	if failure, logged := ctx.Value(failureOfContext{}).(*failure); logged && p.Status >= http.StatusInternalServerError {
		failure.err = err
	}
	return p
}

type failureOfContext struct{}

// failure is why the program could not do what a request ordered.
type failure struct{ err error }

// reportFailures tells the log why requests failed: huma answers them itself.
func reportFailures(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		found := &failure{}
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), failureOfContext{}, found)))
		return errors.Join(next(c), found.err)
	}
}
