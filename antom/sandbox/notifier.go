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
	"slices"
	"time"

	"antom-checkout/antom"
)

// noticeSchedule is when Antom sends a notice again, each counted from the
// sending before, until it is acknowledged.
var noticeSchedule = []time.Duration{
	0, 2 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

// mostSenders bounds how many notices are under way at one time.
const mostSenders = 32

func newSender(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = &http.Transport{MaxIdleConnsPerHost: mostSenders, IdleConnTimeout: 30 * time.Second}
	}
	return &http.Client{
		Timeout:       10 * time.Second,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// sendAt plans the next sending.
func (s *Sandbox) sendAt(n *notice, at time.Time) {
	n.State, n.NextAt = NoticeWaiting, at
	s.keep(&n.Notice)
	s.forget(n.timer)
	n.timer = s.plan(at, func() { s.sendInTurn(n) })
}

// sendInTurn sends a notice, after those of the same payment that are under way.
func (s *Sandbox) sendInTurn(n *notice) {
	if outage, struck := s.strike("", "", Outage); struck && !outage.Until.IsZero() {
		s.sendAt(n, outage.Until)
		return
	}
	queue := s.queues[n.PaymentRequestID]
	s.queues[n.PaymentRequestID] = append(queue, n)
	if len(queue) == 0 {
		s.send(n)
	}
}

// send sends a notice now, and whatever the faults make of it.
func (s *Sandbox) send(n *notice) {
	n.State = NoticeUnderWay
	s.letGo(n)
	s.sending++
	at := s.now()
	parcels := s.parcels(n, at)
	s.background.Go(func() {
		s.senders <- struct{}{}
		defer func() { <-s.senders }()
		sending := Sending{At: at, Verdict: "lost on the way"}
		for _, parcel := range parcels {
			result, message := s.post(n, parcel)
			if !parcel.extra {
				sending = result
			}
			s.mu.Lock()
			if n.era == s.era { // a reset has not forgotten it
				s.messages.add(message)
			}
			s.mu.Unlock()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sending--
		s.sent(n, sending)
		s.move()
	})
}

// letGo ends what a Reorder began.
func (s *Sandbox) letGo(n *notice) {
	if n.heldBack {
		n.heldBack = false
		s.heldBack--
	}
}

// sent books an attempt and plans the next one if there has to be one.
func (s *Sandbox) sent(n *notice, sending Sending) {
	if s.ctx.Err() != nil || n.era != s.era {
		return // closed or reset in the middle of it: this attempt does not count
	}
	s.nextInQueue(n)
	n.Sendings = append(n.Sendings, sending)
	switch {
	case sending.Verdict == acknowledged:
		n.State, n.NextAt = NoticeAcknowledged, time.Time{}
	case len(n.Sendings) >= len(noticeSchedule):
		n.State, n.NextAt = NoticeGivenUp, time.Time{}
	default:
		s.sendAt(n, n.planned().Add(noticeSchedule[len(n.Sendings)]))
	}
	s.keep(&n.Notice)
}

// planned is when the latest sending was meant to be. Counting from there, and
// not from when it ended, lets a clock that jumps catch up with the schedule.
func (n *notice) planned() time.Time { return n.NextAt }

// nextInQueue has the payment's next notice sent, and lets go of those that
// waited for this one to be first.
func (s *Sandbox) nextInQueue(done *notice) {
	id := done.PaymentRequestID
	queue := slices.Delete(s.queues[id], 0, 1)
	if len(queue) == 0 {
		delete(s.queues, id)
	} else {
		s.queues[id] = queue
		s.send(queue[0])
	}
	if s.heldBack == 0 {
		return
	}
	for _, n := range s.noticeList {
		if n.heldBack && n != done && n.PaymentRequestID == id && n.State == NoticeWaiting {
			s.letGo(n)
			s.sendAt(n, s.now())
		}
	}
}

// parcel is one HTTP request with a notice.
type parcel struct {
	body   []byte
	header http.Header
	signed string
	fault  FaultKind
	extra  bool // its answer does not count
}

// parcels wraps a notice, none if it is lost.
func (s *Sandbox) parcels(n *notice, at time.Time) []parcel {
	path := "/"
	if u, err := url.Parse(n.URL); err == nil && u.RequestURI() != "" {
		path = u.RequestURI()
	}
	wrap := func(body []byte, keys Keys, kind FaultKind) parcel {
		clock := at.In(antomZone).Format(time.RFC3339)
		text := antom.SigningString(http.MethodPost, path, s.clientID, clock, body)
		signature, err := antom.Sign(keys.antom, text)
		if err != nil {
			panic(err) // a key that made signatures before makes this one
		}
		return parcel{body: body, signed: string(text), fault: kind, header: http.Header{
			"Content-Type": {"application/json; charset=UTF-8"},
			"Client-Id":    {s.clientID},
			"Request-Time": {clock},
			"Signature":    {signature.String()},
		}}
	}
	if _, struck := s.strike(n.Type, n.PaymentRequestID, Lose); struck {
		return nil
	}
	parcels := []parcel{}
	if _, struck := s.strike(n.Type, n.PaymentRequestID, Forge); struck {
		forged := wrap(pretendSuccess(n.Body), s.strangerKeys(), Forge)
		forged.extra = true
		parcels = append(parcels, forged)
	}
	right := wrap(n.Body, s.keys, "")
	if spoilt, struck := s.strike(n.Type, n.PaymentRequestID, UnsignedNotice, WrongAmountNotice, WrongCurrencyNotice, Garble); struck {
		switch spoilt.Kind {
		case UnsignedNotice:
			right.header.Del("Signature")
			right.fault = UnsignedNotice
		case Garble:
			right = wrap([]byte("{\"notifyType\":\"PAYMENT_RESULT\",\"result\":"), s.keys, Garble)
		default:
			right = wrap(otherMoney(n.Body, spoilt.Kind == WrongCurrencyNotice), s.keys, spoilt.Kind)
		}
	}
	parcels = append(parcels, right)
	if _, struck := s.strike(n.Type, n.PaymentRequestID, Duplicate); struck {
		again := right
		again.fault, again.extra = Duplicate, true
		parcels = append(parcels, again)
	}
	return parcels
}

// pretendSuccess makes a body say that all went well.
func pretendSuccess(body []byte) []byte {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	fields["result"] = resultOf(antom.CodeSuccess, antom.StatusSuccess)
	forged, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return forged
}

const acknowledged = "acknowledged"

// post sends a parcel and judges the answer. The lock is not held.
func (s *Sandbox) post(n *notice, p parcel) (Sending, Message) {
	started := time.Now()
	message := Message{
		Direction: "out", Operation: n.Type, PaymentRequestID: n.PaymentRequestID, Method: http.MethodPost, URL: n.URL,
		Header: p.header.Clone(), Body: string(p.body), SigningString: p.signed, Fault: p.fault,
	}
	status, header, body, err := s.exchange(n.URL, p)
	verdict := verdictOn(status, body, err)
	message.Verdict, message.AnswerStatus, message.AnswerHeader, message.AnswerBody = verdict, status, header, string(body)
	message.Took = Duration(time.Since(started))
	s.mu.Lock()
	defer s.mu.Unlock()
	message.At = s.now()
	return Sending{At: message.At, Status: status, Verdict: verdict}, message
}

func (s *Sandbox) exchange(to string, p parcel) (int, http.Header, []byte, error) {
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(p.body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header = p.header
	res, err := s.sender.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, keptBody))
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

// cause drops the method and address that HTTP's errors begin with: they stand
// beside it anyway.
func cause(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}
