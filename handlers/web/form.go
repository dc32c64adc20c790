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
	Empty Form = "empty" // a status without words
)

const formKey = "web.form"

// AnswerIn settles the form, where the request's headers do not tell it.
func AnswerIn(c echo.Context, f Form) { c.Set(formKey, f) }

// Answering settles the form of a route.
func Answering(f Form) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			AnswerIn(c, f)
			return next(c)
		}
	}
}

// FormOf is the form that was settled, or the one the client asks for.
func FormOf(c echo.Context) Form {
	if f, settled := c.Get(formKey).(Form); settled {
		return f
	}
	if strings.Contains(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON) {
		return JSON
	}
	return Page
}

// WantsJSON reports whether the answer is JSON.
func WantsJSON(c echo.Context) bool { return FormOf(c) == JSON }
