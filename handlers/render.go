package handlers

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/static"
	"antom-checkout/views"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render fills a buffer first: half a page must never leave the building.
func render(c echo.Context, status int, page templ.Component) error {
	buffer := buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	defer buffers.Put(buffer)
	if err := page.Render(c.Request().Context(), buffer); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(buffer.Len()))
	return c.HTMLBlob(status, buffer.Bytes())
}

// frame is what surrounds every page of this visit; v is nil on pages that show
// no cart.
func (s *server) frame(c echo.Context, v *visit) views.Frame {
	f := views.Frame{ShopName: s.cfg.ShopName, Sandbox: s.cfg.Sandbox}
	if v != nil {
		f.CartCount = v.pieces()
	}
	if r := c.Request(); r.Method != http.MethodPost { // what was posted has no address to come back to
		f.Languages = views.LanguageChoices(r.Context(), func(code string) string {
			return r.URL.EscapedPath() + "?" + languageParam + "=" + code
		})
	}
	return f
}

// amountView writes money for the page's language.
func amountView(c echo.Context, m checkout.Money) views.Amount {
	return views.Amount{
		Text:     m.Format(views.Language(c.Request().Context())),
		Minor:    fmt.Sprint(m.Minor),
		Currency: string(m.Currency),
	}
}

// methodName is what buyers call the method of a payment.
func (s *server) methodName(c echo.Context, p checkout.Payment) string {
	m := s.shop.Method(p.Method)
	return views.MethodName(c.Request().Context(), m.Code, m.Name)
}

// image is the address of a picture in static/, or "" for one that is not there.
func image(name string) string {
	if name == "" || !static.Has(name) {
		return ""
	}
	return static.URL(name)
}

func linesView(c echo.Context, lines []checkout.OrderLine) []views.Line {
	var all []views.Line
	for _, line := range lines {
		problem := ""
		if line.Short {
			problem = "error.sold_out"
		}
		all = append(all, views.Line{
			Error:    problem,
			SKU:      line.SKU,
			Name:     line.Name,
			Image:    image(line.Image),
			Quantity: fmt.Sprint(line.Quantity),
			Unit:     amountView(c, line.Unit),
			Total:    amountView(c, line.Total()),
		})
	}
	return all
}
