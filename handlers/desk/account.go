package desk

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

// accountRoutes are what a person does with their own account.
func (d *desk) accountRoutes() []route {
	return []route{
		{http.MethodGet, pathAccount, operators.Account, d.showAccount, "shows the person's own account"},
	}
}

func (d *desk) showAccount(c echo.Context) error {
	p := personOf(c)
	return web.Render(c, http.StatusOK, view.AccountPage(view.Account{
		Frame: d.frame(c, "account"), Name: p.Name, Email: p.Email, Role: string(p.Role),
	}))
}
