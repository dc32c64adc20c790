package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"antom-checkout/static"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render answers with a page. It fills a buffer first: half a page must never
// be sent.
func Render(c echo.Context, status int, page templ.Component) error {
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

// packs reports whether the answer may be compressed. The answer to a POST is
// never compressed: beside a text that an attacker chose, the length of a packed page
// reveals the secrets on it (BREACH).
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
