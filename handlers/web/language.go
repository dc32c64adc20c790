package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"antom-checkout/views"
)

// languageParam is the query parameter, and languageCookie the cookie, by which
// a buyer's own choice of language goes before the browser's.
const (
	languageParam  = "lang"
	languageCookie = "lang"
	languageDays   = 365
)

// speakLanguage picks the page's language, and the shop's time zone.
func (s *Site) speakLanguage(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		wanted := r.Header.Get("Accept-Language")
		if cookie, err := r.Cookie(languageCookie); err == nil && isLanguage(cookie.Value) {
			wanted = cookie.Value
		}
		if chosen := c.QueryParam(languageParam); isLanguage(chosen) {
			wanted = chosen
			c.SetCookie(&http.Cookie{
				Name: languageCookie, Value: chosen, Path: "/", MaxAge: languageDays * 86400,
				HttpOnly: true, Secure: s.HTTPS(), SameSite: http.SameSiteLaxMode,
			})
		}
		ctx := views.WithTimeZone(views.WithLanguage(r.Context(), views.Match(wanted)), s.cfg.TimeZone)
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// isLanguage reports whether the texts exist in exactly this language.
func isLanguage(code string) bool {
	return slices.ContainsFunc(views.Languages(), func(tag language.Tag) bool { return tag.String() == code })
}

// PreferLanguage shows the page in a language that goes before the browser's, and not before
// the buyer's own choice.
func PreferLanguage(c echo.Context, code string) {
	r := c.Request()
	chosen, err := r.Cookie(languageCookie)
	if code == "" || err == nil && isLanguage(chosen.Value) || isLanguage(c.QueryParam(languageParam)) {
		return
	}
	c.SetRequest(r.WithContext(views.WithLanguage(r.Context(), views.Match(code))))
}
