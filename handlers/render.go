package handlers

import (
	"bytes"
	"compress/gzip"
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
	if packs(c.Request()) {
		packed := buffers.Get().(*bytes.Buffer)
		packed.Reset()
		defer buffers.Put(packed)
		if err := pack(packed, buffer.Bytes()); err != nil {
			return fmt.Errorf("render: %w", err)
		}
		c.Response().Header().Set(echo.HeaderContentEncoding, "gzip")
		buffer = packed
	}
	c.Response().Header().Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(buffer.Len()))
	return c.HTMLBlob(status, buffer.Bytes())
}

// packs reports whether the answer may be compressed. What is posted comes back
// plain: beside words of somebody's choice, the length of a packed page tells of
// the secrets on it (BREACH).
func packs(r *http.Request) bool {
	return r.Method != http.MethodPost && static.Accepts(r.Header.Get(echo.HeaderAcceptEncoding), "gzip")
}

var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func pack(into *bytes.Buffer, page []byte) error {
	packer := packers.Get().(*gzip.Writer)
	defer packers.Put(packer)
	packer.Reset(into)
	if _, err := packer.Write(page); err != nil {
		return err
	}
	return packer.Close()
}

// frame is what surrounds every page of this visit; v is nil on pages that show
// no cart.
func (s *server) frame(c echo.Context, v *visit) views.Frame {
	f := views.Frame{ShopName: s.cfg.ShopName, Sandbox: s.cfg.Sandbox}
	if logo := s.cfg.Logo; logo != nil {
		f.Logo = &views.Logo{URL: logo.URL(), Width: logo.Width, Height: logo.Height}
	}
	if s.cfg.Accent != nil {
		f.AccentURL = s.cfg.Accent.URL()
	}
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
	return views.NewAmount(c.Request().Context(), m)
}

// methodName is what buyers call the method of a payment.
func (s *server) methodName(c echo.Context, p checkout.Payment) string {
	m := s.methods.Method(p.Method)
	return views.MethodName(c.Request().Context(), m.Code, m.Name)
}

// receipt is what only the buyer may see.
func (s *server) receipt(c echo.Context, o checkout.Order) *views.Receipt {
	var method checkout.Method
	if p := o.Current(); p != nil {
		method = s.methods.Method(p.Method)
	}
	return views.NewReceipt(c.Request().Context(), o, method)
}

func linesView(c echo.Context, lines []checkout.OrderLine) []views.Line {
	return views.NewLines(c.Request().Context(), lines)
}
