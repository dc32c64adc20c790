package antom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"time"
)

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 1 << 20

// Envelope is the part all answers share. It is embedded in each response type.
type Envelope struct {
	Result Result `json:"result"`
}

func (e *Envelope) result() *Result { return &e.Result }

// response is a pointer to the type of an answer.
type response[T any] interface {
	*T
	result() *Result
}

// call sends req, again if that is safe and may help, and gives the decoded
// answer. The error is nil for S and for the U of a request that Antom has
// accepted. The answer is never nil, and filled whenever one could be verified,
// also beside an *Error.
func call[T any, R response[T]](ctx context.Context, c *Client, endpoint string, req any) (*T, error) {
	name := path.Base(endpoint)
	body, err := encode(req)
	if err != nil {
		return new(T), &Error{Endpoint: name, Status: StatusFailed, Message: "the request was not sent", Err: err}
	}
	var doubt *Error // of an earlier attempt, which may have taken effect
	for attempt := 1; ; attempt++ {
		start := time.Now()
		res, httpStatus, failure := send[T, R](ctx, c, endpoint, body)
		seen := Observation{Endpoint: name, Attempt: attempt, Duration: time.Since(start), HTTPStatus: httpStatus}
		if failure == nil {
			r := R(res).result()
			seen.Status, seen.Code = r.Status, r.Code
			c.observe(ctx, seen)
			return res, nil
		}
		failure.Endpoint, failure.HTTPStatus = name, httpStatus
		seen.Status, seen.Code, seen.Err = failure.Status, failure.Code, failure
		c.observe(ctx, seen)
		if doubt != nil && failure.AtTheGate() {
			return new(T), doubt
		}
		if attempt == c.attempts || !failure.worthRepeating() || c.pause(ctx, attempt) != nil {
			return res, failure
		}
		doubt = failure
	}
}

// backoff waits before the attempt after this one, half of the time by chance,
// so that many callers do not come back at once.
func backoff(ctx context.Context, attempt int) error {
	longest := min(200*time.Millisecond<<min(attempt-1, 8), 5*time.Second)
	timer := time.NewTimer(longest/2 + rand.N(longest/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// send makes one attempt. Each one has a time and a signature of its own over
// the same body.
func send[T any, R response[T]](ctx context.Context, c *Client, endpoint string, body []byte) (*T, int, *Error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	raw, httpStatus, err := c.post(ctx, c.path(endpoint), body)
	if err != nil {
		return new(T), httpStatus, &Error{Message: "no trustworthy answer", Err: err}
	}
	res, err := decode[T](raw)
	if err != nil {
		return new(T), httpStatus, &Error{Message: "the answer cannot be read", Err: err}
	}
	r := R(res).result()
	switch {
	case r.Status == StatusSuccess || r.InProcess():
		return res, httpStatus, nil
	case r.Status == StatusFailed || r.Status == StatusUnknown:
		return res, httpStatus, &Error{Code: r.Code, Status: r.Status, Message: r.Message}
	default:
		return res, httpStatus, &Error{Message: "the answer has no result"}
	}
}

// post sends body and returns the answer's bytes once their signature holds,
// and its HTTP status once it has come as a whole.
func (c *Client) post(ctx context.Context, path string, body []byte) ([]byte, int, error) {
	now := strconv.FormatInt(c.now().UnixMilli(), 10)
	signature, err := Sign(c.privateKey, SigningString(http.MethodPost, path, c.clientID, now, body))
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.baseURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("Client-Id", c.clientID)
	req.Header.Set("Request-Time", now)
	req.Header.Set("Signature", signature.String())
	c.traffic.begin()
	defer c.traffic.end()
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, 0, err
	}
	if len(raw) > maxAnswer {
		return nil, res.StatusCode, errors.New("the answer is larger than 1 MiB")
	}
	return raw, res.StatusCode, c.verify(path, res.Header, "Response-Time", raw)
}

// timeSyntax is what Antom writes into its time headers. A looser one would let
// a dot, and with it a part of the signed text, wander from one field to the next.
var timeSyntax = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)|\d{13})$`)

// verify checks that Antom signed body for this client. Every header it reads
// must stand there exactly once.
func (c *Client) verify(path string, header http.Header, timeHeader string, body []byte) error {
	for _, name := range []string{"Signature", "Client-Id", timeHeader} {
		if len(header.Values(name)) != 1 {
			return fmt.Errorf("%w: not exactly one %s header", ErrSignature, name)
		}
	}
	if header.Get("Client-Id") != c.clientID {
		return fmt.Errorf("%w: Client-Id is another client's", ErrSignature)
	}
	at := header.Get(timeHeader)
	if !timeSyntax.MatchString(at) {
		return fmt.Errorf("%w: malformed %s", ErrSignature, timeHeader)
	}
	signature, err := ParseSignature(header.Get("Signature"))
	if err != nil {
		return err
	}
	key, known := c.publicKeys[signature.KeyVersion]
	if !known {
		return fmt.Errorf("%w: unknown key version", ErrSignature)
	}
	return signature.Verify(key, SigningString(http.MethodPost, path, c.clientID, at, body))
}
