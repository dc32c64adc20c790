package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/pictures"
)

// noPicture is empty: the page shows the background that keeps the picture's place.
const noPicture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`

// showProductPicture serves a picture that the merchant has uploaded for a product. Its name
// is made of its bytes, so it never changes.
func (s *server) showProductPicture(c echo.Context) error {
	picture, err := s.goods.Picture(c.Request().Context(), c.Param("name"))
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return c.Blob(http.StatusOK, picture.Type, picture.Bytes)
}

// showPicture serves the picture of a merchant's own line. One that cannot be had is no error
// of the page's.
func (s *server) showPicture(c echo.Context) error {
	picture, err := s.cfg.Pictures.Open(c.Request().Context(), c.Param("signature"), c.Param("address"))
	header := c.Response().Header()
	switch {
	case errors.Is(err, pictures.ErrUnsigned):
		return echo.ErrNotFound
	case err != nil:
		header.Set("Cache-Control", "private, max-age=60")
		return c.Blob(http.StatusOK, "image/svg+xml", []byte(noPicture))
	}
	header.Set("Cache-Control", "private, max-age=86400")
	return c.Blob(http.StatusOK, picture.Type, picture.Bytes)
}
