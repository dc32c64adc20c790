package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// refuseCrossOrigin stops forms and scripts of other sites from acting for
// buyers. Antom's notifications and plain HTTP clients carry no browser headers
// and pass.
func (s *Site) refuseCrossOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	// Behind a proxy the Host header may be another name than the browser's.
	if err := protection.AddTrustedOrigin(s.cfg.PublicURL.Scheme + "://" + s.cfg.PublicURL.Host); err != nil {
		panic("web: public URL: " + err.Error()) // it was checked with the settings
	}
	// A report changes nothing, and browsers send it with "Origin: null".
	protection.AddInsecureBypassPattern("POST " + ReportPath)
	for _, path := range s.cfg.OpenToOthers {
		protection.AddInsecureBypassPattern("POST " + path)
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return echo.NewHTTPError(http.StatusForbidden).SetInternal(err)
			}
			return next(c)
		}
	}
}
