package desk

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

// Watcher tells when orders have changed.
type Watcher interface {
	// WatchOrders sends a value after each committed change of any order, until stop is called.
	WatchOrders() (changed <-chan struct{}, stop func())
}

// A stream lasts streamFor and is pinged, so that no proxy closes it. mostStreams are open at
// once; a page without one is read again by hand.
const (
	heartbeat   = 15 * time.Second
	streamFor   = 15 * time.Minute
	mostStreams = 200
)

// streamOrders tells a page when orders have changed. It says nothing about them: the page
// reads itself again.
func (d orderPages) streamOrders(c echo.Context) error {
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	if d.streams.Add(1) > mostStreams {
		d.streams.Add(-1)
		return echo.NewHTTPError(http.StatusServiceUnavailable)
	}
	defer d.streams.Add(-1)
	changed, stop := d.Watcher.WatchOrders()
	defer stop()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies must not collect events
	c.Response().WriteHeader(http.StatusOK)
	stream := http.NewResponseController(c.Response())
	beat, end := time.NewTicker(heartbeat), time.After(streamFor)
	defer beat.Stop()
	for text := ": open\n\n"; ; {
		fmt.Fprint(c.Response(), text)
		if stream.SetWriteDeadline(time.Now().Add(writePatience)) != nil || stream.Flush() != nil {
			return nil // the browser has left
		}
		select {
		case <-changed:
			text = "event: orders\ndata: changed\n\n"
		case <-beat.C:
			text = ": still here\n\n"
		case <-end:
			return nil
		case <-d.Done:
			fmt.Fprint(c.Response(), web.ComeBackElsewhere())
			_ = stream.Flush() // the browser may have left
			return nil
		case <-c.Request().Context().Done():
			return nil
		}
	}
}
