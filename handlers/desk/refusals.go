package desk

import (
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

// statuses says how refusals about people are answered; others are 422.
var statuses = map[operators.Code]int{
	operators.Slow:       http.StatusTooManyRequests,
	operators.LinkOver:   http.StatusGone,
	operators.LastOwner:  http.StatusConflict,
	operators.EmailTaken: http.StatusConflict,
	operators.PersonOff:  http.StatusConflict,
	operators.NotFound:   http.StatusNotFound,

	operators.PasskeyUnknown: http.StatusNotFound,
	operators.PasskeyTaken:   http.StatusConflict,
	operators.PasskeysMany:   http.StatusConflict,
}

// statusOf is the status that an error is answered with.
func statusOf(err error) int {
	var refused *operators.Refusal
	var known *checkout.Error
	var answer *echo.HTTPError
	switch {
	case errors.As(err, &answer):
		return answer.Code
	case errors.As(err, &refused) && statuses[refused.Code] != 0:
		return statuses[refused.Code]
	case errors.As(err, &refused):
		return http.StatusUnprocessableEntity
	case errors.As(err, &known):
		return web.StatusOf(known.Kind())
	}
	return http.StatusInternalServerError
}

// codeOf is the code of an error that has one, and how long to wait.
func codeOf(err error) (code string, wait time.Duration) {
	var refused *operators.Refusal
	var known *checkout.Error
	switch {
	case errors.As(err, &refused):
		return string(refused.Code), refused.Wait
	case errors.As(err, &known):
		return string(known.Code), known.Wait
	}
	return "", 0
}

// refusalText says in words why something was not done. ok is false for an error that is
// no refusal, or has no words.
func refusalText(c echo.Context, err error) (text string, ok bool) {
	code, wait := codeOf(err)
	if wait > 0 {
		web.RetryAfter(c, wait)
	}
	key := "refused." + code
	if code == "" || !view.HasText(key) {
		return "", false
	}
	return view.Text(c.Request().Context(), key, math.Ceil(wait.Seconds())), true
}

// answerError answers with a page of the dashboard that says what went wrong. It returns
// the error, which is for the log.
func (d *desk) answerError(c echo.Context, err error) error {
	text, _ := refusalText(c, err)
	page := view.ErrorPage(view.Error{
		Frame: d.frame(c, ""), Status: statusOf(err), Text: text, Reference: web.RequestID(c.Request().Context()),
	})
	return errors.Join(err, web.Render(c, statusOf(err), page))
}
