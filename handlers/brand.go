package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/static"
)

// showBrand serves the merchant's logo and accent colour.
func (s *server) showBrand(c echo.Context) error {
	address := c.Request().URL.Path
	switch {
	case s.cfg.Accent != nil && address == s.cfg.Accent.URL():
		s.cfg.Accent.ServeHTTP(c.Response(), c.Request())
	case s.cfg.Logo != nil && address == s.cfg.Logo.URL():
		// An SVG is a document when it is opened by itself: it runs nothing here, loads
		// nothing, and is no part of the shop's origin.
		c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
		s.cfg.Logo.ServeHTTP(c.Response(), c.Request())
	default:
		return echo.ErrNotFound
	}
	return nil
}

func (s *server) showFavicon(c echo.Context) error {
	return c.Redirect(http.StatusFound, static.URL("favicon.svg"))
}
