package checkout

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"antom-checkout/antom"
)

// Attempt is a buyer's wish to pay.
type Attempt struct {
	Method    string // "" with Element
	Mode      Mode
	Element   bool // the buyer chooses among all methods inside Antom's Payment Element
	Device    Device
	ReturnURL string // where a native app is opened again; "" is our own return page

	offered []method // what may be chosen, for the element
}

// Started is what came of it: how the buyer goes on.
type Started struct {
	Order   Order
	Payment Payment // zero when nothing was started
	Action  Action
}

const (
	maxSession     = time.Hour        // Antom's longest life of a session
	callAllowance  = 40 * time.Second // for everything one start may ask of Antom
	startPatience  = 3 * time.Second  // of a start that waits for another one of the same order
	shortestWindow = time.Second      // an order this close to its end starts nothing
	cancelPause    = 10 * time.Minute // between two cancels of an attempt, when the first was refused
)

// StartPayment starts an attempt, or goes on with the one under way: the same
// method goes on with the same attempt, another method ends the old one first.
// So does another way back: what began in a browser would lead an app's buyer
// out of the app, and the other way round.
// No answer from Antom is ActionWait, and posting again goes on. Errors:
// NotFound, and Invalid for a method that is not offered.
func (s *Service) StartPayment(ctx context.Context, token string, want Attempt) (Started, error) {
	o, err := s.Order(ctx, token)
	if err != nil {
		return Started{}, err
	}
	want.offered = s.offered(ctx, o, want.Device)
	if !want.Element && !slices.ContainsFunc(want.offered, func(m method) bool { return m.Code == want.Method }) {
		key := "error.method_unknown"
		if want.Method == "" {
			key = "error.method_required"
		}
		return Started{Order: o}, &Error{Kind: Invalid, Message: key, Fields: map[string]string{"method": key}}
	}
	queue, leave := context.WithTimeout(ctx, startPatience)
	defer leave()
	unlock, err := s.starts.lock(queue, o.ID)
	if err != nil { // another start of this order hangs at Antom
		return Started{Order: o, Action: Action{Type: ActionWait}}, nil
	}
	defer unlock()
	// A buyer who closes the tab must not leave a request half done.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callAllowance)
	defer cancel()
	return s.start(ctx, o.ID, want)
}

func (s *Service) start(ctx context.Context, orderID string, want Attempt) (Started, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return Started{}, err
	}
	goesOn := func(p *Payment) bool { return p != nil && want.sameAs(p) && !s.over(*p) && !p.cancelling() }
	if live := o.Active(); live == nil || goesOn(live) {
		// An attempt that ends for another one is inquired there.
		if o, err = s.refresh(ctx, o); err != nil {
			return Started{}, err
		}
	}
	if o, err = s.expireIfOver(ctx, o, shortestWindow); err != nil {
		return Started{}, err
	}
	if action := answerWithoutStarting(o); action != ActionNone {
		return Started{Order: o, Action: Action{Type: action}}, nil
	}
	if live := o.Active(); live != nil {
		if goesOn(live) {
			return s.resume(ctx, o, *live)
		}
		if o, err = s.supersede(ctx, o, *live); err != nil {
			return Started{}, err
		}
		if action := answerWithoutStarting(o); action != ActionNone {
			return Started{Order: o, Action: Action{Type: action}}, nil
		}
		if live := o.Active(); live != nil { // not known yet whether it is dead
			return Started{Order: o, Payment: *live, Action: Action{Type: ActionWait}}, nil
		}
	}
	if owed := s.doubtful(o); owed != nil {
		return Started{Order: o, Payment: *owed, Action: Action{Type: ActionWait}}, nil
	}
	p, err := s.newPayment(o, want)
	if err != nil {
		return Started{}, err
	}
	o, err = s.addPayment(ctx, o, p)
	if err != nil {
		return Started{}, err
	}
	return s.submit(ctx, o, p, false)
}

// sameAs reports whether the buyer wants to pay the way of an attempt. An element
// that is asked for again after something was chosen in it is to choose anew.
func (want Attempt) sameAs(p *Payment) bool {
	sameMethod := p.Method == want.Method && (want.Element || !p.Action.Element)
	return sameMethod && p.Mode == want.Mode && sameWayBack(*p, want)
}

// answerWithoutStarting is the action for an order that no attempt may be made for.
func answerWithoutStarting(o Order) ActionType {
	switch o.Status {
	case OrderOpen, OrderProcessing:
		return ActionNone
	case OrderExpired, OrderCancelled:
		return ActionClosed
	case OrderReview:
		return ActionWait
	}
	return ActionDone
}

// doubtful is a payment that Antom called failed and about which a contradicting
// word has come since: until an inquiry has settled it, another
// payment could be the second.
func (s *Service) doubtful(o Order) *Payment {
	for i := range o.Payments {
		if p := &o.Payments[i]; p.Status == PaymentFailed && !p.NextPoll.IsZero() {
			return p
		}
	}
	return nil
}

// over reports whether Antom no longer takes money for this attempt.
func (s *Service) over(p Payment) bool {
	return p.Action.Type != ActionNone && !s.now().Before(p.ExpiresAt)
}

// newPayment is the intent: everything that will be sent, before it is sent.
func (s *Service) newPayment(o Order, want Attempt) (Payment, error) {
	now := s.now()
	p := Payment{
		RequestID: newID(),
		Method:    want.Method,
		Mode:      want.Mode,
		Status:    PaymentCreated,
		Active:    true,
		Amount:    o.Total,
		CreatedAt: now,
		ExpiresAt: s.attemptEnd(o, want, now),
		NextPoll:  now.Add(s.cfg.SweepSchedule[0]),
	}
	var request any
	if want.Mode == ModeSDK {
		request = s.sessionRequest(o, p, want)
	} else {
		request = s.payRequest(o, p, want)
	}
	body, err := json.Marshal(request)
	if err != nil {
		return Payment{}, fmt.Errorf("encode request: %w", err)
	}
	p.Request = body
	return p, nil
}

// attemptEnd is when Antom is to close the attempt: when it would anyway, but
// never after the order's own end.
func (s *Service) attemptEnd(o Order, want Attempt, now time.Time) time.Time {
	longest := maxSession
	if want.Mode == ModeAPI {
		longest = s.method(want.Method).closeTime()
	}
	return soonest(now.Add(longest), o.ExpiresAt)
}

// slowEnd is when a number closes that is paid at a counter or by a transfer,
// never after the order it pays; zero for every other method. Those close by
// Antom's own clock, soon after the buyer has begun.
func (s *Service) slowEnd(o Order, p Payment) time.Time {
	m := s.method(p.Method)
	if m.Flow.Category() != CategoryVoucher {
		return time.Time{}
	}
	return soonest(p.CreatedAt.Add(m.closeTime()), o.ExpiresAt)
}

func soonest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// addPayment commits the attempt, and holds the goods for it, before Antom hears
// of it.
func (s *Service) addPayment(ctx context.Context, o Order, p Payment) (Order, error) {
	cause := Cause{Kind: ByShopper, ID: p.RequestID}
	soldOut := false
	_, after, err := s.store.Update(ctx, o.ID, Evidence{Cause: cause}, func(o Order) (Order, []Effect) {
		if !o.Payable() || o.Active() != nil {
			return o, nil
		}
		if soldOut = !o.Fulfillable; soldOut {
			return o, nil
		}
		o = o.clone()
		o.Payments = append(o.Payments, p)
		o.recompute(s.rules())
		return o, nil
	})
	if err != nil {
		return Order{}, fmt.Errorf("store payment: %w", err)
	}
	if soldOut {
		return Order{}, &Error{Kind: Conflict, Message: "error.sold_out"}
	}
	if after.Payment(p.RequestID) == nil {
		return Order{}, ErrStale // somebody else was faster
	}
	s.cfg.Meter.Started(p.Method)
	s.watches.grown()
	return after, nil
}

// resume goes on with an attempt: the same action again, or, when Antom has not
// answered the first time, the same request again.
func (s *Service) resume(ctx context.Context, o Order, p Payment) (Started, error) {
	if p.Action.Type != ActionNone {
		return Started{Order: o, Payment: p, Action: p.Action}, nil
	}
	return s.submit(ctx, o, p, true)
}

// ask sends the stored request, records the answer, and says how the buyer goes on.
// sentBefore tells that it may have been sent already.
func (s *Service) submit(ctx context.Context, o Order, p Payment, sentBefore bool) (Started, error) {
	w, call, err := s.callAntom(ctx, p, sentBefore)
	if err != nil {
		return Started{}, err
	}
	w.Cause = Cause{Kind: ByResponse, ID: call.ID}
	o, err = s.Record(ctx, o.ID, w, Evidence{Call: call})
	if err != nil {
		return Started{}, err
	}
	if w.Outcome == OutcomeAccepted && w.Action.Type == ActionNone {
		// Accepted without an address: nobody can pay it. Antom's documents say to
		// begin anew.
		if o, err = s.supersede(ctx, o, *o.Payment(p.RequestID)); err != nil {
			return Started{}, err
		}
	}
	after := *o.Payment(p.RequestID)
	return Started{Order: o, Payment: after, Action: actionAfter(o, after)}, nil
}

// actionAfter is how the buyer goes on from where an attempt stands.
func actionAfter(o Order, p Payment) Action {
	if action := answerWithoutStarting(o); action != ActionNone {
		return Action{Type: action}
	}
	switch {
	case p.Status == PaymentFailed || p.Status == PaymentCancelled:
		return Action{Type: ActionDeclined}
	case p.Action.Type != ActionNone:
		return p.Action
	}
	return Action{Type: ActionWait}
}

// send repeats the request as it was stored; a first call is a repeat too.
func (s *Service) callAntom(ctx context.Context, p Payment, sentBefore bool) (Event, *Call, error) {
	if p.Mode == ModeSDK {
		var request antom.PaymentSessionRequest
		if err := json.Unmarshal(p.Request, &request); err != nil {
			return Event{}, nil, fmt.Errorf("stored request of %s: %w", p.RequestID, err)
		}
		res, err := s.gateway.CreatePaymentSession(ctx, &request)
		return eventFromSession(p, res, ofAllSubmissions(err, sentBefore)), s.newCall("createPaymentSession", p.RequestID, p.RequestID, res.Result, err), nil
	}
	var request antom.PayRequest
	if err := json.Unmarshal(p.Request, &request); err != nil {
		return Event{}, nil, fmt.Errorf("stored request of %s: %w", p.RequestID, err)
	}
	res, err := s.gateway.Pay(ctx, &request)
	return eventFromPay(p, res, ofAllSubmissions(err, sentBefore)), s.newCall("pay", p.RequestID, p.RequestID, res.Result, err), nil
}

// supersede ends a live attempt so that another may begin. One that Antom refuses to
// cancel may overlap, because a second success is given back. When Antom does
// not answer, the attempt stays live.
func (s *Service) supersede(ctx context.Context, o Order, p Payment) (Order, error) {
	cause := Cause{Kind: ByShopper, ID: p.RequestID}
	o, refused, err := s.endAttempt(ctx, o, p, cause)
	if err != nil || !refused {
		return o, err
	}
	return s.Record(ctx, o.ID, Event{Cause: cause, RequestID: p.RequestID, Outcome: OutcomeSuperseded}, Evidence{})
}

// endAttempt inquires a live attempt and, if it is still under way, cancels it;
// one that Antom does not know is dropped. refused reports that Antom takes
// money for it and will not cancel it.
func (s *Service) endAttempt(ctx context.Context, o Order, p Payment, cause Cause) (_ Order, refused bool, err error) {
	o, known, err := s.inquire(ctx, o, p)
	if err != nil {
		return o, false, err
	}
	if live := o.Active(); live == nil || live.RequestID != p.RequestID || !live.Status.InProgress() {
		return o, false, nil
	}
	switch known {
	case FindingUnknown:
		return o, false, nil
	case FindingNotFound:
		o, err = s.abandon(ctx, o, p, cause)
		return o, false, err
	}
	if cause.Kind != ByAdmin && s.refusedLately(*o.Payment(p.RequestID)) {
		return o, true, nil
	}
	o, op, err := s.requestReversal(ctx, o, p.RequestID, Cancel)
	return o, op.Status == OperationFailed, err
}

// refusedLately reports whether Antom has just refused to cancel an attempt: pages
// that are left open at an order's end must not ask again and again.
func (s *Service) refusedLately(p Payment) bool {
	return slices.ContainsFunc(p.Operations, func(op Operation) bool {
		return op.Kind == Cancel && op.Status == OperationFailed && s.now().Sub(op.CreatedAt) < cancelPause
	})
}

// drop gives up an attempt that Antom does not know.
func (s *Service) abandon(ctx context.Context, o Order, p Payment, cause Cause) (Order, error) {
	return s.Record(ctx, o.ID, Event{Cause: cause, RequestID: p.RequestID, Outcome: OutcomeAbandoned}, Evidence{})
}
