package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/views"
)

// Frame is what surrounds every page; cartCount is how many pieces are in the
// buyer's cart, or 0 on pages that show no cart.
func (s *Site) Frame(c echo.Context, cartCount int) views.Frame {
	f := views.Frame{ShopName: s.cfg.ShopName, Sandbox: s.cfg.Sandbox, CartCount: cartCount}
	if logo := s.cfg.Logo; logo != nil {
		f.Logo = &views.Logo{URL: logo.URL(), Width: logo.Width, Height: logo.Height}
	}
	if s.cfg.Accent != nil {
		f.AccentURL = s.cfg.Accent.URL()
	}
	if r := c.Request(); r.Method != http.MethodPost { // a posted page has no address to return to
		f.Languages = views.LanguageChoices(r.Context(), func(code string) string {
			// Without a path: the browser keeps the page's own. A path of two slashes would be
			// the address of another host.
			return "?" + languageParam + "=" + code
		})
	}
	return f
}
