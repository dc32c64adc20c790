package api

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/handlers/web"
)

// huma makes its errors by two variables. In this API no list is null.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		return newProblem(status, detail, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, detail string, errs ...error) huma.StatusError {
		p := newProblem(status, detail, errs)
		p.RequestID = web.RequestID(ctx.Context())
		return p
	}
}

// newProblem is the problem of an error that huma has found in a request, or that an
// operation has returned.
func newProblem(status int, detail string, errs []error) *web.Problem {
	if status == http.StatusInternalServerError && len(errs) == 1 { // an operation's
		return web.ProblemOf(errs[0])
	}
	p := web.NewProblem(status, "", detail)
	for _, err := range errs {
		if found, is := err.(huma.ErrorDetailer); is && status == http.StatusUnprocessableEntity {
			p.Errors = append(p.Errors, fieldProblem(found.ErrorDetail()))
		}
	}
	return p
}

// fieldProblem translates what huma says about a member. Its value stays out: it may be
// anything.
func fieldProblem(found *huma.ErrorDetail) web.FieldProblem {
	code := web.CodeInvalid
	switch {
	case strings.HasPrefix(found.Message, "unexpected property"):
		code = "unknown_member"
	case strings.HasPrefix(found.Message, "expected required property"):
		code = "required"
	}
	return web.FieldProblem{Pointer: pointer(found.Location), Code: code, Detail: found.Message}
}

var indexes = regexp.MustCompile(`\[(\d+)\]`)

// pointer is a location such as body.lines[0].quantity as a JSON pointer.
func pointer(location string) string {
	path, inBody := strings.CutPrefix(location, "body")
	if !inBody {
		return location
	}
	return strings.ReplaceAll(indexes.ReplaceAllString(path, ".$1"), ".", "/")
}

// refuse answers with a problem before an operation.
func (a *API) refuse(ctx huma.Context, p *web.Problem) {
	p.RequestID = web.RequestID(ctx.Context())
	ctx.SetHeader("Content-Type", web.ProblemType)
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the connection is gone
}

// failed makes of an error of a service what huma answers.
func failed(ctx context.Context, err error) error {
	p := web.ProblemOf(err)
	p.RequestID = web.RequestID(ctx)
	return p
}
