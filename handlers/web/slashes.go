package web

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// ignoreTrailingSlashes answers /cart/ as /cart, whatever the method: people and other
// programs add slashes to addresses.
func ignoreTrailingSlashes(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if u := c.Request().URL; len(u.Path) > 1 && strings.HasSuffix(u.Path, "/") {
			u.Path, u.RawPath = withoutSlashes(u.Path), withoutSlashes(u.RawPath)
		}
		return next(c)
	}
}

func withoutSlashes(path string) string {
	trimmed := strings.TrimRight(path, "/")
	if trimmed == "" && path != "" {
		return "/"
	}
	return trimmed
}
