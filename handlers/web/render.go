package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
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
	if !packs(c.Request()) {
		return answerPage(c, status, buffer.Bytes(), false)
	}
	packed := buffers.Get().(*bytes.Buffer)
	packed.Reset()
	defer buffers.Put(packed)
	if err := pack(packed, buffer.Bytes()); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return answerPage(c, status, packed.Bytes(), true)
}

// Rendered is a page that was rendered and packed, to answer several requests with.
type Rendered struct{ plain, packed []byte }

// NewRendered renders a page that holds nothing of the request that is answered. A page with the
// request's nonce is refused.
func NewRendered(ctx context.Context, page templ.Component) (*Rendered, error) {
	var plain, packed bytes.Buffer
	if err := errors.Join(page.Render(ctx, &plain), pack(&packed, plain.Bytes())); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	if nonce := templ.GetNonce(ctx); nonce != "" && bytes.Contains(plain.Bytes(), []byte(nonce)) {
		return nil, errors.New("render: the page holds the nonce of its request, and so belongs to one request only")
	}
	return &Rendered{plain: plain.Bytes(), packed: packed.Bytes()}, nil
}

// Answer answers with the page.
func (p *Rendered) Answer(c echo.Context, status int) error {
	if packs(c.Request()) {
		return answerPage(c, status, p.packed, true)
	}
	return answerPage(c, status, p.plain, false)
}

func answerPage(c echo.Context, status int, page []byte, packed bool) error {
	h := c.Response().Header()
	if packed {
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(page)))
	return c.HTMLBlob(status, page)
}

// packs reports whether the answer may be compressed. The answer to a POST is
// never compressed: beside a text that an attacker chose, the length of a packed page
// reveals the secrets on it (BREACH).
func packs(r *http.Request) bool {
	return r.Method != http.MethodPost && static.Accepts(r.Header.Get(echo.HeaderAcceptEncoding), "gzip")
}

// packers pack at the level that takes the least time: the best one saves a twelfth of the
// bytes and takes twice the time, and a megabyte for each page that is packed meanwhile.
var packers = sync.Pool{New: func() any {
	packer, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // only for an unknown level
	}
	return packer
}}

func pack(into *bytes.Buffer, page []byte) error {
	packer := packers.Get().(*gzip.Writer)
	defer packers.Put(packer)
	packer.Reset(into)
	if _, err := packer.Write(page); err != nil {
		return err
	}
	return packer.Close()
}
