package checkout

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"antom-checkout/antom"
)

// inquiryPause is the shortest time between two inquiries about one payment,
// however many pages wait for it; Antom's documents ask for two seconds.
const inquiryPause = 2 * time.Second

// Finding is what an inquiry found out about a payment's existence.
type Finding int

const (
	FindingUnknown  Finding = iota // U, timeout, bad signature, or a refused question
	FindingNotFound                // ORDER_NOT_EXIST: not placed, or a session not submitted
	FindingFound                   // with a result
	FindingPending                 // without a result yet
)

// found reports whether Antom knows the payment.
func (k Finding) known() bool { return k == FindingFound || k == FindingPending }

// Refresh inquires Antom about the order's payment if that is due, expires the
// order if its time is over, and returns it as it then stands. All callers share
// one inquiry per payment, and one order costs at most one every two seconds.
func (s *Service) Refresh(ctx context.Context, token string) (Order, error) {
	o, err := s.Order(ctx, token)
	if err != nil {
		return Order{}, err
	}
	if o, err = s.refresh(ctx, o); err != nil || !s.pastEnd(o) {
		return o, err
	}
	fresh, err := s.inquiries.once(ctx, "end of "+o.ID, s.now(), func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callAllowance)
		defer cancel()
		return s.expire(ctx, o.ID)
	})
	if err != nil || !fresh {
		return o, err
	}
	return s.store.OrderByID(ctx, o.ID)
}

func (s *Service) refresh(ctx context.Context, o Order) (Order, error) {
	p := s.unresolved(o)
	if p == nil {
		return o, nil
	}
	var asked *Order // set when the inquiry was ours and not another page's
	fresh, err := s.inquiries.once(ctx, p.RequestID, s.now(), func() error {
		// Whoever asked first may leave; the others still want the answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callAllowance)
		defer cancel()
		after, _, err := s.inquire(ctx, o, *p)
		asked = &after
		return err
	})
	switch {
	case err != nil && ctx.Err() == nil:
		// A page says what is known, also while nothing new can be stored.
		s.logFailure(ctx, "refresh order "+o.ID, err)
		return o, nil
	case err != nil || !fresh:
		return o, err
	case asked != nil:
		return *asked, nil
	}
	return s.store.OrderByID(ctx, o.ID)
}

// unsettled is the payment whose state Antom should be asked for, or nil.
func (s *Service) unresolved(o Order) *Payment {
	if o.Review != "" {
		return o.Payment(o.ReviewPayment)
	}
	if doubtful := s.doubtful(o); doubtful != nil {
		return doubtful
	}
	live := o.Active()
	switch {
	case live == nil:
		return nil
	case live.Status.InProgress():
		return live
	case live.Status == PaymentAuthorized && !s.cfg.ManualCapture:
		return live
	}
	return nil
}

// inquire asks Antom how a payment stands and records the answer.
func (s *Service) inquire(ctx context.Context, o Order, p Payment) (Order, Finding, error) {
	w, call, known := s.askAntom(ctx, p)
	if !known.known() || s.changesNothing(o, w) {
		return o, known, nil
	}
	o, err := s.Record(ctx, o.ID, w, Evidence{Call: call})
	return o, known, err
}

// question asks Antom how a payment stands. Event and call are set when it is there.
func (s *Service) askAntom(ctx context.Context, p Payment) (Event, *Call, Finding) {
	res, err := s.gateway.InquiryPayment(ctx, &antom.InquiryPaymentRequest{PaymentRequestID: p.RequestID})
	w, found := eventFromInquiry(p, res, err)
	if !found {
		if codeOf(err) == string(antom.CodeOrderNotExist) {
			return w, nil, FindingNotFound
		}
		s.log.WarnContext(ctx, "inquiry without answer", "payment", p.RequestID, "err", err)
		return w, nil, FindingUnknown
	}
	call := s.newCall("inquiryPayment", p.RequestID, p.RequestID, res.Result, err)
	w.Cause = Cause{Kind: ByInquiry, ID: call.ID}
	if w.pending() {
		return w, call, FindingPending
	}
	return w, call, FindingFound
}

// changesNothing reports whether a word leaves the order as it was read. Pages
// that wait ask every two seconds; only what they learn is worth a transaction.
// Should the order have changed meanwhile, the next question finds out.
func (s *Service) changesNothing(o Order, w Event) bool {
	o.Fulfillable = true // not known outside of a transaction; what hangs on it is decided there
	after, effects := Apply(o, w, s.rules())
	return len(effects) == 0 && reflect.DeepEqual(o, after)
}

// inquiries lets many ask the same question and answers them with one inquiry.
type inquiries struct {
	mu sync.Mutex
	by map[string]*inquiry
}

type inquiry struct {
	begun time.Time
	done  chan struct{}
	err   error
}

// once runs ask unless somebody else is asking (then it waits for that answer)
// or the last question is less than inquiryPause old (then there is nothing
// new). fresh reports whether the order should be read again.
func (q *inquiries) once(ctx context.Context, id string, now time.Time, ask func() error) (fresh bool, err error) {
	q.mu.Lock()
	current := q.by[id]
	if current != nil && now.Sub(current.begun) < inquiryPause || current != nil && !closed(current.done) {
		q.mu.Unlock()
		return q.wait(ctx, current)
	}
	current = &inquiry{begun: now, done: make(chan struct{})}
	if q.by == nil {
		q.by = map[string]*inquiry{}
	}
	q.by[id] = current
	q.forget(now)
	q.mu.Unlock()
	answer := func() {
		defer close(current.done)
		current.err = guarded(ask)
	}
	if ctx.Done() == nil {
		answer() // who asks does not leave
	} else {
		go answer()
	}
	return q.wait(ctx, current)
}

// wait gives up when the one who waits leaves; the inquiry goes on without them.
func (q *inquiries) wait(ctx context.Context, current *inquiry) (bool, error) {
	select {
	case <-current.done:
		return true, current.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return false, nil // patience has ended, not the world
		}
		return false, ctx.Err()
	}
}

// forget drops old questions once there are many, so that the map stays small.
func (q *inquiries) forget(now time.Time) {
	if len(q.by) < 1024 {
		return
	}
	for id, old := range q.by {
		if now.Sub(old.begun) >= inquiryPause && closed(old.done) {
			delete(q.by, id)
		}
	}
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// keyedMutex is a mutex per key that exists only while somebody wants it. It is
// made of channels, so that virtual time can pass while somebody waits.
type keyedMutex struct {
	mu sync.Mutex
	by map[string]*turn
}

type turn struct {
	taken  chan struct{} // full while somebody has the key
	wanted int
}

// lock waits for the key, as long as ctx allows, and returns how to give it back.
func (k *keyedMutex) lock(ctx context.Context, key string) (unlock func(), err error) {
	k.mu.Lock()
	if k.by == nil {
		k.by = map[string]*turn{}
	}
	t := k.by[key]
	if t == nil {
		t = &turn{taken: make(chan struct{}, 1)}
		k.by[key] = t
	}
	t.wanted++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if t.wanted--; t.wanted == 0 {
			delete(k.by, key)
		}
	}
	select {
	case t.taken <- struct{}{}:
		return func() { <-t.taken; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
