package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"antom-checkout/antom"
)

// mostSenders bounds how many notifications are under way at one time.
const mostSenders = 32

// courier carries notifications to the merchant and judges the answers. It has
// no state but the goroutines that it waits for at the end.
type courier struct {
	client  *http.Client
	places  chan struct{} // one for each notification that may be under way
	ctx     context.Context
	running sync.WaitGroup
}

func newCourier(ctx context.Context, transport http.RoundTripper) *courier {
	if transport == nil {
		transport = &http.Transport{MaxIdleConnsPerHost: mostSenders, IdleConnTimeout: 30 * time.Second}
	}
	return &courier{
		ctx: ctx, places: make(chan struct{}, mostSenders),
		client: &http.Client{
			Timeout:       10 * time.Second,
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// run runs a sending in the background, when there is a place for it.
func (c *courier) run(send func(context.Context)) {
	c.running.Go(func() {
		c.places <- struct{}{}
		defer func() { <-c.places }()
		send(c.ctx)
	})
}

// close waits for the sendings under way; the context has ended before.
func (c *courier) close() {
	c.running.Wait()
	c.client.CloseIdleConnections()
}

// delivery is one HTTP request with a notification.
type delivery struct {
	body   []byte
	header http.Header
	signed string
	fault  FaultKind
	extra  bool // its answer does not count
}

const acknowledged = "acknowledged"

// post sends a delivery and judges the answer.
func (c *courier) post(ctx context.Context, n Notification, d delivery) Message {
	started := time.Now()
	status, header, body, err := c.exchange(ctx, n.URL, d)
	return Message{
		Direction: "out", Operation: n.Type, PaymentRequestID: n.PaymentRequestID, Method: http.MethodPost, URL: n.URL,
		Header: d.header.Clone(), Body: string(d.body), SigningString: d.signed, Fault: d.fault,
		Verdict: verdictOn(status, body, err), AnswerStatus: status, AnswerHeader: header, AnswerBody: string(body),
		Took: Duration(time.Since(started)),
	}
}

func (c *courier) exchange(ctx context.Context, to string, d delivery) (int, http.Header, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(d.body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header = d.header.Clone()
	res, err := c.client.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxRequest))
	return res.StatusCode, res.Header, body, err
}

// verdictOn says whether an answer stops Antom from sending again: HTTP 200 and
// a result that says SUCCESS and S.
func verdictOn(status int, body []byte, err error) string {
	var answer antom.Envelope
	switch {
	case err != nil:
		return "no answer: " + cause(err).Error()
	case status != http.StatusOK:
		return fmt.Sprintf("HTTP %d is no acknowledgement", status)
	case json.Unmarshal(body, &answer) != nil:
		return "the answer is not JSON"
	case answer.Result.Code != antom.CodeSuccess || answer.Result.Status != antom.StatusSuccess:
		return "the answer's result is not SUCCESS and S"
	}
	return acknowledged
}

// cause drops the method and address that HTTP's errors begin with: the message
// has them already.
func cause(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}
