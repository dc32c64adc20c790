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

// messages is what the buyer reads for every code: keys of the message catalogue. Codes
// that only an operator can cause have the text of their status.
var messages = map[checkout.ErrorCode]string{
	checkout.CodeNotFound:          "error.page.404.message",
	checkout.CodeFormInvalid:       "error.form",
	checkout.CodeMethodRequired:    "error.method_required",
	checkout.CodeMethodUnknown:     "error.method_unknown",
	checkout.CodeAmountInvalid:     "error.page.422.message",
	checkout.CodeQuantityInvalid:   "error.quantity",
	checkout.CodeCartFull:          "error.cart_full",
	checkout.CodeCartEmpty:         "error.cart_empty",
	checkout.CodeSoldOut:           "error.sold_out",
	checkout.CodeRenewalIncomplete: "cart.renewal",
	checkout.CodeOrderChanged:      "error.page.409.message",
	checkout.CodeForeignPayment:    "error.page.409.message",
	checkout.CodeNotExpired:        "error.page.409.message",
	checkout.CodeNothingToCapture:  "error.page.409.message",
	checkout.CodeNothingToRefund:   "error.page.409.message",
	checkout.CodeNothingToCancel:   "error.page.409.message",
	checkout.CodeKeyReused:         "error.page.409.message",
	checkout.CodeNotUnderReview:    "error.page.409.message",
	checkout.CodeReviewStands:      "error.page.409.message",
	checkout.CodeReviewChanged:     "error.page.409.message",
	checkout.CodePaymentSuperseded: "error.page.409.message",
	checkout.CodeAntomRefused:      "error.page.409.message",
	checkout.CodeAntomUnanswered:   "error.page.503.message",
	checkout.CodeBusy:              "error.page.503.message",
}

// messageOf is the message key of an error.
func messageOf(err *checkout.Error) string { return messages[err.Code] }

// handleError answers every error a handler returns: a page or JSON without
// internals. What is our own fault is logged, once, here.
func (s *server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, message, fields := describe(err)
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
		err = c.JSON(status, newErrorAnswer(ctx, message, fields))
	} else {
		err = render(c, status, views.ErrorPage(views.ErrorView{
			Frame: s.frame(c, nil), Code: status, Message: message, HomeURL: "/",
		}))
	}
	if err != nil {
		s.log.ErrorContext(ctx, "answer an error", "err", err)
	}
}

// describe finds the status and what the buyer reads: message keys, for the whole and by
// field.
func describe(err error) (status int, message string, fields map[string]string) {
	var refused *checkout.Error
	if errors.As(err, &refused) {
		return statuses[refused.Kind()], messageOf(refused), refused.Fields
	}
	status = http.StatusInternalServerError
	var web *echo.HTTPError
	if errors.As(err, &web) {
		status = web.Code
	}
	return status, errorKey(status), nil
}

// errorAnswer is an error as JSON, in the buyer's language.
type errorAnswer struct {
	Error  string            `json:"error"`
	Fields map[string]string `json:"fields,omitempty"`
}

func newErrorAnswer(ctx context.Context, message string, fields map[string]string) errorAnswer {
	answer := errorAnswer{Error: views.Text(ctx, message)}
	for field, key := range fields {
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
