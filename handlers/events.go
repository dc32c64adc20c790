package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Pings prevent that proxies close a stream, and every stream ends after a while: a
// browser that still shows the page reconnects by itself. A ping is an event and not
// a comment, because the scripts of a page see no comments; its data is empty
// because browsers drop an event without any.
const (
	heartbeat = 15 * time.Second
	streamFor = 30 * time.Minute
)

// streamStatus sends the status at once and on every change.
func (s cashier) streamStatus(c echo.Context) error {
	o, err := s.payments.Order(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	changed, stop := s.payments.Watch(o.ID, o.Token)
	defer stop()
	stream, err := openStream(c)
	if err != nil {
		return err
	}
	s.cfg.Meter.Stream(1)
	defer s.cfg.Meter.Stream(-1)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.After(streamFor)
	for last := ""; ; {
		// Read after Watch: a change in between arrives on changed.
		if o, err = s.payments.Order(c.Request().Context(), o.Token); err != nil {
			return nil // the stream ends, the browser reconnects
		}
		text, err := json.Marshal(s.statusJSON(c, o))
		if err != nil {
			return fmt.Errorf("stream: %w", err)
		}
		if string(text) != last {
			last = string(text)
			fmt.Fprintf(c.Response(), "event: status\ndata: %s\n\n", text)
		}
		if err := stream.Flush(); err != nil {
			return nil // the buyer has left
		}
		select {
		case <-changed:
		case <-beat.C:
			fmt.Fprint(c.Response(), "event: ping\ndata:\n\n")
		case <-end:
			return nil
		case <-s.cfg.Done:
			return nil
		case <-c.Request().Context().Done():
			return nil
		}
	}
}

// openStream begins an answer without an end.
func openStream(c echo.Context) (*http.ResponseController, error) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies must not collect events
	stream := http.NewResponseController(c.Response())
	if err := stream.SetWriteDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	c.Response().WriteHeader(http.StatusOK)
	return stream, nil
}
