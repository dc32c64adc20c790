package desk

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	view "antom-checkout/views/desk"
)

// frame is what surrounds a page; current is the key of its entry in the navigation, or "".
func (d *desk) frame(c echo.Context, current string) view.Frame {
	s, shop := signed(c), d.Site.Frame(c, 0)
	f := view.Frame{
		ShopName: shop.ShopName, Logo: shop.Logo, AccentURL: shop.AccentURL, Sandbox: shop.Sandbox,
		HomeURL: BasePath, AccountURL: BasePath + pathAccount, SignOutURL: BasePath + "/sign-out", Person: s.Person.Name, Role: string(s.Person.Role),
		Done: c.QueryParam("done"),
	}
	if c.Request().Method != http.MethodPost { // a posted page has no address to return to
		f.Languages = view.LanguageChoices(c.Request().Context(), func(code string) string { return "?lang=" + code })
	}
	if s.Stage == "" {
		return f
	}
	for _, item := range navigation {
		if s.May(item.needs) {
			f.Navigation = append(f.Navigation, view.Item{Key: item.key, Href: BasePath + item.path, Current: item.key == current})
		}
	}
	return f
}

// query is one parameter of an address.
func query(name, value string) string { return url.Values{name: {value}}.Encode() }

// done goes on to a page after something was done, and has it say so: key is that of a
// text, done.KEY.
func done(c echo.Context, path, key string) error {
	return c.Redirect(http.StatusSeeOther, BasePath+path+"?"+query("done", key))
}
