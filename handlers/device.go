package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// deviceOf is what a request shows of the buyer's device.
func deviceOf(c echo.Context) checkout.Device {
	r := c.Request()
	d := checkout.Device{
		IP:        c.RealIP(),
		UserAgent: r.UserAgent(),
		Accept:    r.Header.Get(echo.HeaderAccept),
		Language:  sdkLocale(views.Language(r.Context())),
		Terminal:  checkout.TerminalWeb,
	}
	switch agent := d.UserAgent; {
	case strings.Contains(agent, "iPhone"), strings.Contains(agent, "iPad"):
		d.Terminal, d.OS = checkout.TerminalWap, checkout.OSIOS
	case strings.Contains(agent, "Android"):
		d.Terminal, d.OS = checkout.TerminalWap, checkout.OSAndroid
	}
	return d
}
