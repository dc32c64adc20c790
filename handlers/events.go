package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

// Pings prevent that proxies close a stream, and every stream ends after a while: a
// browser that still shows the page reconnects by itself. A ping is an event and not
// a comment, because the scripts of a page see no comments; its data is empty
// because browsers drop an event without any.
const (
	heartbeat = 15 * time.Second
	streamFor = 30 * time.Minute
)

const (
	writePatience = 10 * time.Second // for a browser that does not read what it is sent
	comeBackAfter = 10 * time.Second // of a stream that has to make room; its page polls meanwhile
)

// streamStatus sends the status at once and on every change.
func (s cashier) streamStatus(c echo.Context) error {
	o, err := s.payments.Order(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	place, leave := s.streams.add(web.ByClient(c), o.ID)
	defer leave()
	changed, stop := s.payments.Watch(o.ID, o.Token)
	defer stop()
	stream := openStream(c)
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
		if err := send(stream); err != nil {
			return nil // the buyer has left
		}
		select {
		case <-changed:
		case <-beat.C:
			fmt.Fprint(c.Response(), "event: ping\ndata:\n\n")
		case <-place.ended:
			fmt.Fprintf(c.Response(), "retry: %d\n\n", comeBackAfter.Milliseconds())
			_ = send(stream) // the buyer may have left
			return nil
		case <-end:
			return nil
		case <-s.cfg.Done: // the browser connects again, to another program or to this one's next start
			fmt.Fprint(c.Response(), web.ComeBackElsewhere())
			_ = send(stream) // the buyer may have left
			return nil
		case <-c.Request().Context().Done():
			return nil
		}
	}
}

// openStream begins an answer without an end.
func openStream(c echo.Context) *http.ResponseController {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies must not collect events
	c.Response().WriteHeader(http.StatusOK)
	return http.NewResponseController(c.Response())
}

// send sends what was written. The time to write begins anew each time, so that a
// stream may last, but none outlives a browser that has stopped reading.
func send(stream *http.ResponseController) error {
	if err := stream.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return err
	}
	return stream.Flush()
}
