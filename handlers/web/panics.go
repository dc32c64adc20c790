package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"

	"github.com/labstack/echo/v4"
)

// recoverPanics turns a panic into an error page; without it the connection
// would just break.
func recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				Note(c, slog.LevelError, slog.String(LogStack, stack()))
				err = panicError{p}
			}
		}()
		return next(c)
	}
}

func stack() string {
	text := make([]byte, 4<<10)
	return string(text[:runtime.Stack(text, false)])
}

// panicError is what a handler has panicked with.
type panicError struct{ value any }

func (e panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }
