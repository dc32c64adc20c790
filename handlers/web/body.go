package web

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"
)

// bodyLimit is more than any form of the shop and any notification of Antom needs.
const bodyLimit = 64 << 10

// uploadLimit is for a picture, or for a file of products as a form carries it along.
const uploadLimit = 3 << 20

// readBody reads a request's body before its handler runs, so that no handler acts
// on half a request.
func (s *Site) readBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if slices.Contains(s.cfg.Uploads, c.Path()) && r.Body != nil {
			// Nothing of a file is read before its handler knows whose it is.
			r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, uploadLimit)
			return next(c)
		}
		if len(r.TransferEncoding) > 0 {
			// A request that has a Content-Length beside its chunks may be an attempt to smuggle
			// a second one (RFC 9112, 6.1). net/http drops that header, so the connection ends
			// after every request in chunks, which browsers do not send.
			c.Response().Header().Set(echo.HeaderConnection, "close")
		}
		if r.Body == nil || r.Body == http.NoBody {
			return next(c)
		}
		body, err := readWhole(c.Response().Writer, r)
		if err != nil {
			c.Response().Header().Set(echo.HeaderConnection, "close") // where the next request begins is not known
			return echo.NewHTTPError(brokenStatus(err)).SetInternal(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return next(c)
	}
}

func readWhole(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > bodyLimit {
		return nil, &http.MaxBytesError{Limit: bodyLimit} // nothing of it has to be read
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
}

// brokenStatus says what was wrong with a body that could not be read.
func brokenStatus(err error) int {
	var tooLarge *http.MaxBytesError
	var slow net.Error
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &slow) && slow.Timeout():
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// Upload is a form of a route that takes files: its values, and the bytes of the file named
// file, of which there may be none. It is in memory.
func Upload(c echo.Context, file string) (values url.Values, content []byte, err error) {
	r := c.Request()
	if err := r.ParseMultipartForm(uploadLimit); err != nil {
		return nil, nil, echo.NewHTTPError(brokenStatus(err)).SetInternal(err)
	}
	values = r.MultipartForm.Value
	headers := r.MultipartForm.File[file]
	if len(headers) == 0 {
		return values, nil, nil
	}
	opened, err := headers[0].Open()
	if err != nil {
		return nil, nil, Unreadable(err)
	}
	defer opened.Close() //nolint:errcheck // it was read
	if content, err = io.ReadAll(opened); err != nil {
		return nil, nil, Unreadable(err)
	}
	return values, content, nil
}

// Unreadable is the answer to a body that came whole and is not encoded as it says.
func Unreadable(err error) error {
	return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
}
