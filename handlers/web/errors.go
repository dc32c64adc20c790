package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	checkout.Gone:        http.StatusGone,
	checkout.Unavailable: http.StatusServiceUnavailable,
	checkout.TooOften:    http.StatusTooManyRequests,
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
	checkout.CodeCartChanged:       "error.cart_changed",
	checkout.CodeSoldOut:           "error.sold_out",
	checkout.CodeOrderUnderWay:     "error.order_under_way",
	checkout.CodeOrderPaid:         "error.order_paid",
	checkout.CodeOrderClosed:       "error.page.410.message",
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
	checkout.CodeOverLimit:         "error.page.409.message",
	checkout.CodeDisputed:          "error.page.409.message",
	checkout.CodeDisputeClosed:     "error.page.409.message",
	checkout.CodeCardNotChargeable: "error.page.409.message",
	checkout.CodePaymentSuperseded: "error.page.409.message",
	checkout.CodeAntomRefused:      "error.page.409.message",
	checkout.CodeTooManyAttempts:   "status.exhausted.message",
	checkout.CodeDataNeeded:        "error.page.409.message",
	checkout.CodeEndpointsFull:     "error.page.409.message",
	checkout.CodeEndpointOff:       "error.page.409.message",
	checkout.CodeLinkUsedUp:        "error.link_used_up",
	checkout.CodeLinkInUse:         "error.link_in_use",
	checkout.CodeLinkClosed:        "error.link_closed",
	checkout.CodeReferenceUsed:     "error.page.409.message",
	checkout.CodeAntomUnanswered:   "error.page.503.message",
	checkout.CodeBusy:              "error.page.503.message",
	checkout.CodeUnstored:          "error.page.503.message",
	checkout.CodeCardsRefused:      "error.cards_refused",
	checkout.CodeRequestKeyReused:  "error.page.422.message",
	checkout.CodeRequestKeyInUse:   "error.page.409.message",
}

// MessageOf is the message key of an error.
func MessageOf(err *checkout.Error) string { return messages[err.Code] }

// StatusOf is the status that a kind of error is answered with.
func StatusOf(kind checkout.Kind) int {
	if status, known := statuses[kind]; known {
		return status
	}
	return http.StatusInternalServerError
}

// statusClientLeft is what proxies log for a client that closed its connection. One
// that closed its own side only still reads it.
const statusClientLeft = 499

// answerError answers every error that a handler returns: a page or JSON without
// internals. The status is always written.
func (s *Site) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	ctx := c.Request().Context()
	status, answer := describe(err)
	if hasLeft(ctx, err) {
		status, answer = statusClientLeft, shownError{message: errorKey(statusClientLeft)}
	}
	// A body that broke off has cancelled the context, and pages are not drawn for a
	// cancelled one.
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(ctx)))
	if status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", "2")
	}
	var refused *checkout.Error
	if errors.As(err, &refused) && refused.Wait > 0 {
		RetryAfter(c, refused.Wait)
	}
	write := func() error { return s.writeError(c, status, answer) }
	if FormOf(c) == API {
		write = func() error { return writeProblem(c, ProblemOf(err)) }
	}
	if err := write(); err != nil {
		Note(c, slog.LevelInfo, slog.String(LogAnswer, err.Error())) // the connection is gone
	}
}

func (s *Site) writeError(c echo.Context, status int, answer shownError) error {
	switch FormOf(c) {
	case Empty:
		return c.NoContent(status)
	case JSON:
		return c.JSON(status, newErrorAnswer(c.Request().Context(), answer))
	}
	return Render(c, status, views.ErrorPage(views.ErrorView{
		Frame: s.Frame(c, 0), Code: status, Message: answer.message, HomeURL: "/", Reference: RequestID(c.Request().Context()),
	}))
}

func writeProblem(c echo.Context, p *Problem) error {
	p.RequestID = RequestID(c.Request().Context())
	c.Response().Header().Set(echo.HeaderContentType, ProblemType)
	return c.JSON(p.Status, p)
}

// shownError is what the buyer reads of an error: message keys, for the whole and by
// field.
type shownError struct {
	message string
	fields  map[string]string
}

// describe finds the status and the text of an error.
func describe(err error) (status int, answer shownError) {
	var web *echo.HTTPError // its cause, whatever it is, is for the log
	if errors.As(err, &web) {
		return web.Code, shownError{message: errorKey(web.Code)}
	}
	var refused *checkout.Error
	if errors.As(err, &refused) {
		return StatusOf(refused.Kind()), shownError{MessageOf(refused), refused.Fields}
	}
	return http.StatusInternalServerError, shownError{message: errorKey(http.StatusInternalServerError)}
}

// errorAnswer is an error as JSON, in the buyer's language.
type errorAnswer struct {
	Error  string            `json:"error"`
	Fields map[string]string `json:"fields,omitempty"`
}

func newErrorAnswer(ctx context.Context, read shownError) errorAnswer {
	answer := errorAnswer{Error: views.Text(ctx, read.message)}
	for field, key := range read.fields {
		if answer.Fields == nil {
			answer.Fields = map[string]string{}
		}
		answer.Fields[field] = views.FieldText(ctx, field, key)
	}
	return answer
}

// errorKey is the text for a status where no handler gave a better one.
func errorKey(status int) string {
	if key := fmt.Sprintf("error.page.%d.message", status); views.HasText(key) {
		return key
	}
	return "error.page.default.message"
}
