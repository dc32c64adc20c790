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
	"strconv"
	"strings"
	"time"
)

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 1 << 20

// Envelope is the part all answers share. It is embedded in each response type.
type Envelope struct {
	Result Result `json:"result"`
	Signed Signed `json:"-"` // the answer as it came; zero when none could be verified
}

func (e *Envelope) envelope() *Envelope { return e }

// response is a pointer to the type of an answer.
type response[T any] interface {
	*T
	envelope() *Envelope
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
		res, got, failure := send[T, R](ctx, c, endpoint, body)
		seen := Observation{Endpoint: name, Attempt: attempt, Duration: time.Since(start), HTTPStatus: got.httpStatus, AnsweredAt: got.at}
		if failure == nil {
			r := R(res).envelope().Result
			seen.Status, seen.Code = r.Status, r.Code
			c.observe(ctx, seen)
			return res, nil
		}
		failure.Endpoint, failure.HTTPStatus, failure.WithCard = name, got.httpStatus, holdsCard(req)
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
	timer := time.NewTimer(longest/2 + rand.N(longest/2)) // #nosec G404 -- it spreads retries and protects nothing
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
func send[T any, R response[T]](ctx context.Context, c *Client, endpoint string, body []byte) (*T, answer, *Error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	got, err := c.post(ctx, c.path(endpoint), body)
	if err != nil {
		return new(T), got, &Error{Message: "no trustworthy answer", Err: err}
	}
	res, err := readAnswer[T](got.signed.Body)
	if err != nil {
		return new(T), got, &Error{Message: "the answer cannot be read", Err: err}
	}
	R(res).envelope().Signed = got.signed
	return res, got, failureOf(R(res).envelope().Result)
}

// failureOf is the error that a result is, or nil.
func failureOf(r Result) *Error {
	switch {
	case r.Status == StatusSuccess || r.InProcess():
		return nil
	case r.Status == StatusFailed || r.Status == StatusUnknown:
		return &Error{Code: r.Code, Status: r.Status, Message: r.Message}
	default:
		return &Error{Message: "the answer has no result"}
	}
}

// DecodeAnswer reads an answer that has been verified before, such as one that was
// stored, to what the endpoint is called, e.g. "pay". Answer and error are those of the
// call.
func DecodeAnswer[T any, R response[T]](endpoint string, body []byte) (*T, error) {
	res, err := readAnswer[T](body)
	if err != nil {
		return res, &Error{Endpoint: endpoint, Message: "the answer cannot be read", Err: err}
	}
	if failure := failureOf(R(res).envelope().Result); failure != nil {
		failure.Endpoint = endpoint
		return res, failure
	}
	return res, nil
}

// readAnswer decodes a verified answer, unless it could be read in two ways.
func readAnswer[T any](body []byte) (*T, error) {
	if _, err := oneReading(body, answerNames[T]()); err != nil {
		return new(T), err
	}
	return decode[T](body)
}

// answer is what has come back: the message and Antom's time once its signature holds,
// the HTTP status once it has come as a whole.
type answer struct {
	signed     Signed
	httpStatus int
	at         time.Time
}

// post sends body.
func (c *Client) post(ctx context.Context, path string, body []byte) (answer, error) {
	now := strconv.FormatInt(c.now().UnixMilli(), 10)
	signature, err := Sign(c.privateKey, SigningString(http.MethodPost, path, c.clientID, now, body))
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.baseURL+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("Client-Id", c.clientID)
	req.Header.Set("Request-Time", now)
	req.Header.Set("Signature", signature.String())
	c.traffic.begin()
	defer c.traffic.end()
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return answer{}, err
	}
	if len(raw) > maxAnswer {
		return answer{httpStatus: res.StatusCode}, errors.New("the answer is larger than 1 MiB")
	}
	signed, err := c.verify(path, res.Header, "Response-Time", raw)
	if err != nil {
		return answer{httpStatus: res.StatusCode}, err
	}
	return answer{signed: signed, httpStatus: res.StatusCode, at: signedTime(signed.Time)}, nil
}

// signedTime reads a time of Antom's headers. It is zero for one that is no time.
func signedTime(text string) time.Time {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms)
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	return time.Time{}
}

// verify checks that Antom signed body for this client, and gives the message.
// Every header it reads must stand there exactly once, in whatever case its name came:
// net/http unifies the names, a map that was filled otherwise may hold Antom's own.
func (c *Client) verify(path string, header http.Header, timeHeader string, body []byte) (Signed, error) {
	s := Signed{Path: path, Body: body}
	for name, value := range map[string]*string{"Signature": &s.Signature, "Client-Id": &s.ClientID, timeHeader: &s.Time} {
		var count int
		if *value, count = valueOf(header, name); count != 1 {
			return Signed{}, fmt.Errorf("%w: not exactly one %s header", ErrSignature, name)
		}
	}
	if s.ClientID != c.clientID {
		return Signed{}, fmt.Errorf("%w: Client-Id is another client's", ErrSignature)
	}
	return s, s.Verify(c.publicKeys)
}

// valueOf is a header's value, and how many there are under all spellings of its name.
func valueOf(header http.Header, name string) (value string, count int) {
	for spelt, values := range header {
		if len(values) > 0 && strings.EqualFold(spelt, name) {
			value, count = values[0], count+len(values)
		}
	}
	return value, count
}
