package web

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
)

// APIPath is where the merchant API is. Every error below it is a Problem.
const APIPath = "/api"

// DocsPath is the page for the people who use it.
const DocsPath = APIPath + "/docs"

// HeaderRequestID is the header by which the merchant API names a request.
const HeaderRequestID = "Request-Id"

// ProblemType is the media type of a Problem.
const ProblemType = "application/problem+json"

// Problem is an error of the merchant API (RFC 9457), for programs and for the people who
// write them.
type Problem struct {
	Type      string         `json:"type" doc:"Where the code is explained"`
	Title     string         `json:"title" doc:"The status in words"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail" doc:"What is wrong, for a person"`
	Code      string         `json:"code" doc:"What is wrong, for a program"`
	RequestID string         `json:"request_id" doc:"Names the request in the log"`
	OrderID   string         `json:"order_id,omitempty" doc:"The order that stands in the way"`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"What is wrong with the body, member by member"`
}

// FieldProblem says what is wrong with one member of the body, or one parameter.
type FieldProblem struct {
	Pointer string `json:"pointer" doc:"JSON pointer to the member (RFC 6901); of a parameter, its name"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// The codes of problems beside those of checkout.
const (
	CodeBadRequest       = "bad_request"
	CodeUnauthorized     = "unauthorized"
	CodeForbidden        = "forbidden"
	CodeMethodNotAllowed = "method_not_allowed"
	CodeTimeout          = "request_timeout"
	CodeTooLarge         = "body_too_large"
	CodeMediaType        = "unsupported_media_type"
	CodeMisdirected      = "unknown_host"
	CodeInvalid          = "invalid"
	CodeRequired         = "required"
	CodeUnknownMember    = "unknown_member"
	CodeTooMany          = "too_many_requests"
	CodeInternal         = "internal"
	CodeKeyMissing       = "idempotency_key_missing"
	CodeKeyInvalid       = "idempotency_key_invalid"
)

// codesOfStatuses is the code of a status that says all there is to say.
var codesOfStatuses = map[int]string{
	http.StatusBadRequest:            CodeBadRequest,
	http.StatusUnauthorized:          CodeUnauthorized,
	http.StatusForbidden:             CodeForbidden,
	http.StatusNotFound:              string(checkout.CodeNotFound),
	http.StatusMethodNotAllowed:      CodeMethodNotAllowed,
	http.StatusRequestTimeout:        CodeTimeout,
	http.StatusRequestEntityTooLarge: CodeTooLarge,
	http.StatusUnsupportedMediaType:  CodeMediaType,
	http.StatusMisdirectedRequest:    CodeMisdirected,
	http.StatusUnprocessableEntity:   CodeInvalid,
	http.StatusTooManyRequests:       CodeTooMany,
	http.StatusServiceUnavailable:    string(checkout.CodeBusy),
}

// NewProblem makes the problem of a status. code is "" where the status says all.
func NewProblem(status int, code, detail string) *Problem {
	code = cmp.Or(code, codesOfStatuses[status], CodeInternal)
	return &Problem{
		Type: DocsPath + "#" + code, Title: http.StatusText(status), Status: status, Code: code,
		Detail: cmp.Or(detail, http.StatusText(status)),
	}
}

// ProblemOf makes a problem of an error, without internals.
func ProblemOf(err error) *Problem {
	var known *Problem
	var refused *checkout.Error
	var web *echo.HTTPError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &refused):
		p := NewProblem(StatusOf(refused.Kind()), string(refused.Code), cmp.Or(refused.Detail, checkout.OperatorText(refused.Code)))
		p.OrderID = refused.Order
		for field, problem := range refused.Fields {
			p.Errors = append(p.Errors, FieldProblem{Pointer: field, Code: strings.TrimPrefix(problem, "error."), Detail: fieldDetail(problem)})
		}
		return p
	case errors.As(err, &web):
		return NewProblem(web.Code, "", "")
	}
	return NewProblem(http.StatusInternalServerError, "", "")
}

// fieldDetail is a message key as words, until the member's own rule says more.
func fieldDetail(key string) string {
	return strings.ReplaceAll(strings.TrimPrefix(key, "error."), "_", " ")
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are those of the answer beside its content type.
func (p *Problem) GetHeaders() http.Header {
	if p.Status == http.StatusServiceUnavailable {
		return http.Header{"Retry-After": {"2"}}
	}
	return http.Header{}
}

// ContentType is the media type of the answer.
func (p *Problem) ContentType(string) string { return ProblemType }

// isAPI reports whether a path belongs to the merchant API.
func isAPI(path string) bool { return strings.HasPrefix(path, APIPath+"/") && path != DocsPath }
