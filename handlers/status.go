package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// showReturn is where Antom leads the buyer back to. It works in any browser
// that knows the address, believes nothing the address says, and asks Antom.
func (s *server) showReturn(c echo.Context) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	return s.renderReturn(c, o, pathsOf(o).returns, s.sessions.visit(c).made(o))
}

// renderReturn shows where an order stands, at the address self. What is personal
// in it is for its buyer only.
func (s *server) renderReturn(c echo.Context, o checkout.Order, self string, buyer bool) error {
	paths := pathsOf(o)
	since := s.arrival(c)
	v := views.ReturnView{
		Frame:     s.frame(c, nil),
		Token:     o.Token,
		Number:    o.Number,
		Status:    s.statusView(o, int(s.cfg.Now().Sub(since).Seconds())),
		RetryURL:  paths.page,
		StatusURL: paths.status,
		EventsURL: paths.events,
		SelfURL:   self + "?since=" + strconv.FormatInt(since.Unix(), 10),
	}
	if buyer {
		v.Receipt = s.receipt(c, o)
	}
	if p := o.Current(); p != nil && o.Status == checkout.OrderProcessing {
		v.MailURL, v.MailNoted = paths.mail, p.EmailOnFailure
	}
	if o.Status == checkout.OrderExpired {
		v.RenewURL = paths.renewal
	}
	return render(c, http.StatusOK, views.ReturnPage(v))
}

// arrival is when the buyer came: the page's own refreshes carry it along, so
// that the spinner gives way to words after some seconds.
func (s *server) arrival(c echo.Context) time.Time {
	now := s.cfg.Now()
	seconds, err := strconv.ParseInt(c.QueryParam("since"), 10, 64)
	since := time.Unix(seconds, 0)
	if err != nil || since.After(now) || now.Sub(since) > 24*time.Hour {
		return now
	}
	return since
}

// statusView says where an order stands in the words of the message catalogue.
func (s *server) statusView(o checkout.Order, sinceSeconds int) views.Status {
	v := views.Status{
		Status:      string(o.Status),
		Final:       o.Final(s.payments.ManualCapture()),
		SinceSecond: sinceSeconds,
	}
	key := "status." + v.Status
	if p := o.Current(); p != nil {
		v.Payment = string(p.Status)
		if o.Status == checkout.OrderProcessing {
			v.Takes = views.TakesKey(s.methods.Method(p.Method).Flow.Category())
		}
		switch {
		case o.Status == checkout.OrderOpen && p.Status == checkout.PaymentFailed:
			v.Failed = true
			key = "status.failed"
		case o.Status == checkout.OrderProcessing && (p.Status == checkout.PaymentUnknown || p.Status == checkout.PaymentCreated):
			v.Unknown = true
			key = "status.unknown"
		case o.Status == checkout.OrderProcessing && p.Status == checkout.PaymentPending:
			key = "status.pending"
		case o.Status == checkout.OrderProcessing:
			v.MayChange = true
		}
	}
	v.Title, v.Message = key+".title", key+".message"
	if v.Failed {
		v.Message = views.DeclineKey(o.Current().ResultCode)
	}
	return v
}

// statusAnswer is the published JSON of an order's status.
type statusAnswer struct {
	Status      string       `json:"status"`
	Final       bool         `json:"final"`
	Message     string       `json:"message"`
	LastPayment *lastPayment `json:"last_payment,omitempty"`
}

type lastPayment struct {
	PaymentRequestID string `json:"payment_request_id"`
	Status           string `json:"status"`
	ResultCode       string `json:"result_code"`
}

func (s *server) statusJSON(c echo.Context, o checkout.Order) statusAnswer {
	v := s.statusView(o, 0)
	answer := statusAnswer{
		Status:  v.Status,
		Final:   v.Final,
		Message: views.Text(c.Request().Context(), v.Message),
	}
	if p := o.Current(); p != nil {
		answer.LastPayment = &lastPayment{PaymentRequestID: p.RequestID, Status: string(p.Status), ResultCode: p.ResultCode}
	}
	return answer
}

func (s *server) showStatus(c echo.Context) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.statusJSON(c, o))
}

// Streams are kept alive by pings, and ended after a while: a browser that is still
// there comes back by itself. A ping is an event and not a comment, because the
// page's script cannot see a comment and takes a silent stream for a dead one.
const (
	heartbeat = 15 * time.Second
	streamFor = 30 * time.Minute
)

// streamStatus sends the status at once and on every change.
func (s *server) streamStatus(c echo.Context) error {
	o, err := s.payments.Order(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	changed, stop := s.payments.Watch(o.ID, o.Token)
	defer stop()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // proxies must not collect events
	stream := http.NewResponseController(c.Response())
	if err := stream.SetWriteDeadline(time.Time{}); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	c.Response().WriteHeader(http.StatusOK)
	s.cfg.Meter.Stream(1)
	defer s.cfg.Meter.Stream(-1)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.After(streamFor)
	for last := ""; ; {
		// Read after listening: a change in between is told by changed.
		if o, err = s.payments.Order(c.Request().Context(), o.Token); err != nil {
			return nil // the stream ends, the browser comes back
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
