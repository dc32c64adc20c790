package web

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// Form is how a request is answered, by its handler and by errors.
type Form string

// The forms of answers.
const (
	Page  Form = "page"
	JSON  Form = "json"
	Empty Form = "empty" // a status without a text
	API   Form = "api"   // of the merchant API: JSON, and errors as a Problem
)

const formKey = "web.form"

// AnswerIn decides the form, where the request's headers do not.
func AnswerIn(c echo.Context, f Form) { c.Set(formKey, f) }

// Answering decides the form of a route.
func Answering(f Form) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			AnswerIn(c, f)
			return next(c)
		}
	}
}

// FormOf is the form that was decided, or the one the client accepts.
func FormOf(c echo.Context) Form {
	if f, decided := c.Get(formKey).(Form); decided {
		return f
	}
	if isAPI(c.Request().URL.Path) {
		return API
	}
	if strings.Contains(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON) {
		return JSON
	}
	return Page
}

// WantsJSON reports whether the answer is JSON.
func WantsJSON(c echo.Context) bool { return FormOf(c) == JSON }
