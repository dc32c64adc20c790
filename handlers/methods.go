package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/static"
	"antom-checkout/views"
)

func (s cashier) methodViews(c echo.Context, o checkout.Order, device checkout.Device) []views.Method {
	chosen := ""
	if p := o.Current(); p != nil {
		chosen = p.Method
	}
	offered := s.methods.List(c.Request().Context(), o, device)
	all := make([]views.Method, len(offered))
	first := 0 // preselected: what was chosen last, while it is offered
	for i, m := range offered {
		all[i] = views.Method{
			Code:     m.Code,
			Name:     m.Name,
			Category: string(m.Flow.Category()),
			Logo:     methodLogo(m),
			Hint:     "hint." + string(m.Flow),
			Time:     views.Span(c.Request().Context(), m.Time),
		}
		if m.Flow == checkout.FlowScan && onPhone(device) {
			all[i].Hint += ".phone"
		}
		if m.Code == chosen {
			first = i
		}
	}
	if len(all) > 0 {
		all[first].Checked = true
	}
	return all
}

// onPhone reports whether the buyer's screen cannot be scanned with their phone,
// because it is their phone's.
func onPhone(d checkout.Device) bool { return d.Terminal != checkout.TerminalWeb }

// methodLogo is a method's own mark, or the one of what the buyer does.
func methodLogo(m checkout.Method) string {
	for _, name := range []string{strings.ToLower(m.Code), string(m.Flow)} {
		if file := "methods/" + name + ".svg"; static.Has(file) {
			return static.URL(file)
		}
	}
	return ""
}
