package web

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
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

// ProblemCode is a code of a Problem, with the status that it comes with and what it means.
type ProblemCode struct {
	Code   string
	Status int
	Text   string
}

// ownCodes are the codes of problems beside those of checkout. The first one of a status is
// what the status alone says.
var ownCodes = []ProblemCode{
	{CodeBadRequest, http.StatusBadRequest, "the body is not valid JSON, or the request is cut off"},
	{CodeKeyMissing, http.StatusBadRequest, "the request needs the header Idempotency-Key"},
	{CodeKeyInvalid, http.StatusBadRequest, "an Idempotency-Key has 1 to 128 printable ASCII characters, no space among them, and holds no card number"},
	{CodeUnauthorized, http.StatusUnauthorized, "the request has no API key, or one that is unknown, revoked or of the other mode"},
	{CodeForbidden, http.StatusForbidden, "the API key lacks a scope, or the request comes from a page of another site"},
	{CodeMethodNotAllowed, http.StatusMethodNotAllowed, "the address does not take this method"},
	{CodeTimeout, http.StatusRequestTimeout, "the body did not arrive in time"},
	{CodeTooLarge, http.StatusRequestEntityTooLarge, "the body has more than 65,536 bytes"},
	{CodeMediaType, http.StatusUnsupportedMediaType, "the body is not JSON; send Content-Type: application/json"},
	{CodeMisdirected, http.StatusMisdirectedRequest, "the host name is not the shop's"},
	{CodeInvalid, http.StatusUnprocessableEntity, "the request is not as the specification says; errors says where"},
	{CodeTooMany, http.StatusTooManyRequests, "too many requests; Retry-After says when to go on"},
	{CodeInternal, http.StatusInternalServerError, "the program has failed; its log names the request"},
}

// ProblemCodes lists the codes of all problems, sorted.
func ProblemCodes() []ProblemCode {
	all := slices.Clone(ownCodes)
	for _, code := range checkout.Codes() {
		all = append(all, ProblemCode{string(code), StatusOf(code.Kind()), checkout.OperatorText(code)})
	}
	slices.SortFunc(all, func(a, b ProblemCode) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

// codeOfStatus is the code of a status that says all there is to say.
func codeOfStatus(status int) string {
	switch status {
	case http.StatusNotFound:
		return string(checkout.CodeNotFound)
	case http.StatusServiceUnavailable:
		return string(checkout.CodeBusy)
	}
	for _, own := range ownCodes {
		if own.Status == status {
			return own.Code
		}
	}
	return CodeInternal
}

// textOf is what a code means that is not of checkout, or "".
func textOf(code string) string {
	for _, own := range ownCodes {
		if own.Code == code {
			return own.Text
		}
	}
	return ""
}

// NewProblem makes the problem of a status. code is "" where the status says all, and detail
// where there is no more to say than what the code means.
func NewProblem(status int, code, detail string) *Problem {
	code = cmp.Or(code, codeOfStatus(status))
	return &Problem{
		Type: DocsPath + "#" + code, Title: http.StatusText(status), Status: status, Code: code,
		Detail: cmp.Or(detail, textOf(code), http.StatusText(status)),
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
		for _, field := range slices.Sorted(maps.Keys(refused.Fields)) {
			code := strings.TrimPrefix(refused.Fields[field], "error.")
			p.Errors = append(p.Errors, FieldProblem{Pointer: field, Code: code, Detail: strings.ReplaceAll(code, "_", " ")})
		}
		return p
	case errors.As(err, &web):
		return NewProblem(web.Code, "", "")
	}
	return NewProblem(http.StatusInternalServerError, "", "")
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
