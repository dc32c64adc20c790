package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

// Require lets a request of a program pass that is no operation of the API. Errors: 401
// without a valid key, 403 if the key lacks a scope.
func Require(c echo.Context, keys *merchant.Service, scopes ...checkout.Scope) error {
	key, err := authenticated(c.Request().Context(), keys, c.Request().Header.Get(echo.HeaderAuthorization))
	switch {
	case checkout.IsNotFound(err):
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, challenge)
		return echo.NewHTTPError(http.StatusUnauthorized)
	case err != nil:
		return err
	case !key.May(scopes...):
		return echo.NewHTTPError(http.StatusForbidden)
	}
	return nil
}
