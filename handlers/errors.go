package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// statuses says how each kind of error is answered.
var statuses = map[checkout.Kind]int{
	checkout.NotFound:    http.StatusNotFound,
	checkout.Invalid:     http.StatusUnprocessableEntity,
	checkout.Conflict:    http.StatusConflict,
	checkout.Closed:      http.StatusGone,
	checkout.Unavailable: http.StatusServiceUnavailable,
}

// handleError answers every error a handler returns: a page or JSON without
// internals. What is our own fault is logged, once, here.
func (s *server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, told := describe(err)
	ctx := c.Request().Context()
	switch {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return // the buyer has left
	case status >= http.StatusInternalServerError:
		s.log.ErrorContext(ctx, "request failed", "route", c.Path(), "err", err)
	}
	if status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", "2")
	}
	if wantsJSON(c) {
		err = c.JSON(status, newErrorAnswer(ctx, told))
	} else {
		err = render(c, status, views.ErrorPage(views.ErrorView{
			Frame: s.frame(c, nil), Code: status, Message: told.Message, HomeURL: "/",
		}))
	}
	if err != nil {
		s.log.ErrorContext(ctx, "answer an error", "err", err)
	}
}

// describe finds the status, and what the buyer is told.
func describe(err error) (status int, told checkout.Error) {
	var ours *checkout.Error
	if errors.As(err, &ours) {
		return statuses[ours.Kind], *ours
	}
	status = http.StatusInternalServerError
	var web *echo.HTTPError
	if errors.As(err, &web) {
		status = web.Code
	}
	return status, checkout.Error{Message: errorKey(status)}
}

// errorAnswer is an error as JSON, in the buyer's language.
type errorAnswer struct {
	Error  string            `json:"error"`
	Fields map[string]string `json:"fields,omitempty"`
}

func newErrorAnswer(ctx context.Context, told checkout.Error) errorAnswer {
	answer := errorAnswer{Error: views.Text(ctx, told.Message)}
	for field, key := range told.Fields {
		if answer.Fields == nil {
			answer.Fields = map[string]string{}
		}
		answer.Fields[field] = views.Text(ctx, key)
	}
	return answer
}

// errorKey is the text for a status that no handler had better words for.
func errorKey(status int) string {
	if key := fmt.Sprintf("error.page.%d.message", status); views.HasText(key) {
		return key
	}
	return "error.page.default.message"
}
