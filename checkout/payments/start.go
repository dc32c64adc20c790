package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// Started is what came of a start: how the buyer goes on.
type Started struct {
	Order   checkout.Order
	Payment checkout.Payment // zero when nothing was started
	Action  checkout.Action
}

const (
	maxSession     = 55 * time.Minute // Antom's longest life of a session is an hour, by its own clock: this one may be minutes ahead
	callAllowance  = 40 * time.Second // for everything that one start may ask of Antom
	startPatience  = 3 * time.Second  // of a start that waits for another one of the same order
	shortestWindow = time.Second      // an order this close to its end starts nothing
	startTries     = 3                // to begin, while messages and operators change the order
)

// starts begins attempts, and goes on with them.
type starts struct {
	*endings
	methods Methods
}

// Start starts an attempt, or goes on with the one in progress: the same method goes
// on with the same attempt, another method ends the old one first. So does another way
// back: what began in a browser would lead an app's buyer out of the app, and the
// other way round. No answer from Antom is ActionWait, and posting again goes on.
// Errors: CodeNotFound, CodeMethodUnknown, CodeMethodRequired, CodeFormInvalid, CodeSoldOut,
// CodeTooManyAttempts, CodeCardsRefused, ErrCardUnusable.
func (s *starts) Start(ctx context.Context, token string, want checkout.Attempt) (Started, error) {
	o, err := s.Order(ctx, token)
	if err != nil {
		return Started{}, err
	}
	if err = checkout.CheckComplete(o); err != nil && o.Payable() {
		return Started{Order: o}, err
	}
	if want, err = s.offer(ctx, o, want); err != nil {
		return Started{Order: o}, err
	}
	if want, err = s.withSavedCard(ctx, o, want); err != nil {
		return Started{Order: o}, err
	}
	queue, leave := context.WithTimeout(ctx, startPatience)
	defer leave()
	unlock, err := s.alone(queue, o.ID)
	if errors.Is(err, errBusyOrder) { // another start of this order waits for Antom
		return waiting(o, nil), nil
	}
	if err != nil {
		return Started{Order: o}, err
	}
	defer unlock()
	// A buyer who closes the tab must not leave a request half done.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callAllowance)
	defer cancel()
	for range startTries {
		started, err := s.start(ctx, o.ID, want)
		if !errors.Is(err, checkout.ErrStale) {
			return started, err
		}
	}
	o, err = s.store.OrderByID(ctx, o.ID)
	return waiting(o, nil), err
}

// offer compares what the buyer wants with what is offered for the order.
func (s *starts) offer(ctx context.Context, o checkout.Order, want checkout.Attempt) (checkout.Attempt, error) {
	var chosen checkout.Method // stays zero for the element
	for _, m := range s.methods.List(ctx, o, want.Device) {
		want.Offered = append(want.Offered, m.Code)
		want.Installments = want.Installments || len(m.Plans) > 0
		if m.Code == want.Method {
			chosen = m
		}
	}
	if want.Entered.Given() {
		chosen.Brands = want.CardBrands // a card company is chosen instead of entering a card
	}
	return want, checkMethod(want, chosen)
}

func checkMethod(want checkout.Attempt, chosen checkout.Method) error {
	switch {
	case want.Element || slices.Contains(want.Offered, want.Method):
		return checkChoice(want.Choice, chosen)
	case want.Method == "":
		return &checkout.Error{Code: checkout.CodeMethodRequired, Fields: map[string]string{"method": "error.method_required"}}
	}
	return &checkout.Error{Code: checkout.CodeMethodUnknown, Fields: map[string]string{"method": "error.method_unknown"}}
}

// checkChoice refuses what is not offered for a card.
func checkChoice(choice checkout.CardChoice, chosen checkout.Method) error {
	wrong := chosen.Refuses(choice)
	if len(wrong) > 0 {
		return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
	}
	return nil
}

// start prepares the order, replaces what came before, and begins: each may answer
// the buyer already. ErrStale says that the order has changed meanwhile.
func (s *starts) start(ctx context.Context, orderID string, want checkout.Attempt) (Started, error) {
	o, answered, err := s.prepare(ctx, orderID, want)
	if err != nil || answered != nil {
		return deref(answered), err
	}
	if want, err = s.checkCards(ctx, o, want); err != nil {
		return Started{Order: o}, err
	}
	o, answered, err = s.replace(ctx, o, want)
	switch {
	case err != nil:
		return Started{Order: o}, err
	case answered != nil:
		return *answered, nil
	}
	return s.begin(ctx, o, want)
}

func deref(answered *Started) Started {
	if answered == nil {
		return Started{}
	}
	return *answered
}

// prepare brings the order up to date. It answers for an order that takes no attempt.
func (s *starts) prepare(ctx context.Context, orderID string, want checkout.Attempt) (checkout.Order, *Started, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return o, nil, err
	}
	if active := o.Active(); active == nil || want.Continues(active, s.now()) {
		// An attempt that ends for another one is inquired there.
		if o, err = s.refresh(ctx, o); err != nil {
			return o, nil, err
		}
	}
	if o, err = s.expireIfOver(ctx, o, shortestWindow); err != nil {
		return o, nil, err
	}
	return o, answerWithoutStart(o), nil
}

// replace goes on with the active attempt if the buyer wants the same, and ends it
// otherwise. It answers when the attempt goes on, or cannot be ended yet.
func (s *starts) replace(ctx context.Context, o checkout.Order, want checkout.Attempt) (checkout.Order, *Started, error) {
	active := o.Active()
	if active != nil && want.Continues(active, s.now()) {
		started, err := s.resume(ctx, o, *active)
		return o, &started, err
	}
	if active != nil {
		if o.Exhausted() { // the last attempt does not end for one that cannot begin
			return o, nil, checkout.ErrTooManyAttempts
		}
		var err error
		if o, err = s.supersede(ctx, o, *active); err != nil {
			return o, nil, err
		}
		if answered := answerWithoutStart(o); answered != nil {
			return o, answered, nil
		}
		if active := o.Active(); active != nil { // not known yet whether it has ended
			started := waiting(o, active)
			return o, &started, nil
		}
	}
	if doubtful := o.Doubtful(); doubtful != nil {
		started := waiting(o, doubtful)
		return o, &started, nil
	}
	return o, nil, nil
}

// begin stores a new attempt and submits it.
func (s *starts) begin(ctx context.Context, o checkout.Order, want checkout.Attempt) (Started, error) {
	o = checkout.BindBuyer(o, want.Buyer)
	if err := checkout.CheckCardOwner(o, want); err != nil {
		return Started{Order: o}, err
	}
	p, err := s.newPayment(o, want)
	if err != nil {
		return Started{}, err
	}
	added, err := s.addPayment(ctx, o, p, want)
	if err != nil {
		return Started{Order: o}, err
	}
	p = *added.Payment(p.RequestID)
	if !want.Entered.Given() {
		return s.submit(ctx, added, p, false)
	}
	e, call, err := s.gateway.SubmitCard(ctx, p, want.Entered)
	if err != nil {
		return Started{}, err
	}
	return s.answered(ctx, added, p, e, call)
}

// waiting answers that the buyer has to ask again; p is the payment that is awaited.
func waiting(o checkout.Order, p *checkout.Payment) Started {
	started := Started{Order: o, Action: checkout.Action{Type: checkout.ActionWait}}
	if p != nil {
		started.Payment = *p
	}
	return started
}

// answerWithoutStart answers for an order that no attempt may be made for, or nil.
func answerWithoutStart(o checkout.Order) *Started {
	action := o.ActionWithoutStart()
	if action == checkout.ActionNone {
		return nil
	}
	return &Started{Order: o, Action: checkout.Action{Type: action}}
}

// newPayment is the intent: everything that will be sent, before it is sent.
func (s *starts) newPayment(o checkout.Order, want checkout.Attempt) (checkout.Payment, error) {
	now := s.now()
	p := checkout.Payment{
		RequestID:     s.cfg.NewID(),
		Method:        want.Method,
		Mode:          want.Mode,
		Choice:        want.Choice,
		Incomplete:    want.Entered.Given(),
		ThreeDS:       o.NeedsThreeDS(want, s.rules()),
		ManualCapture: o.Capture.Manual(s.cfg.ManualCapture),
		Status:        checkout.PaymentCreated,
		Active:        true,
		Amount:        o.Total,
		Terminal:      want.Device.Terminal,
		ReturnURL:     want.ReturnURL,
		CreatedAt:     now,
		ExpiresAt:     s.attemptEnd(o, want, now),
		NextPoll:      now.Add(s.cfg.SweepSchedule.Wait(0)),
	}
	var err error
	p.Body, err = s.gateway.Request(o, p, want, s.methods.SlowEnd(o, p))
	return p, err
}

// attemptEnd is when Antom is to close the attempt: when it would anyway, but not
// after the order's own end.
func (s *starts) attemptEnd(o checkout.Order, want checkout.Attempt, now time.Time) time.Time {
	end := now.Add(maxSession)
	if want.Mode == checkout.ModeAPI {
		end = now.Add(s.methods.CloseTime(want.Method))
	}
	if o.ExpiresAt.Before(end) {
		return o.ExpiresAt
	}
	return end
}

// addPayment commits the attempt, and reserves the goods for it, before Antom is
// asked. An order without a language or a buyer gets those of the attempt.
func (s *starts) addPayment(ctx context.Context, o checkout.Order, p checkout.Payment, want checkout.Attempt) (checkout.Order, error) {
	cause := checkout.Cause{Kind: checkout.ByShopper, ID: p.RequestID}
	origin, err := s.cards.origin(ctx, o.ID, p.RequestID, want)
	if err != nil {
		return checkout.Order{}, err
	}
	before, after, err := s.store.Update(ctx, o.ID, checkout.Evidence{Cause: cause, Card: origin},
		func(current checkout.Order) (checkout.Order, []checkout.Effect, error) {
			current = checkout.BindBuyer(checkout.SpokenIn(current, want.Language), want.Buyer)
			if current.Buyer != o.Buyer || current.BuyerReference != o.BuyerReference { // the request names others
				return current, nil, checkout.ErrStale
			}
			after, err := checkout.AddPayment(current, p, s.rules())
			return after, nil, err
		})
	if err != nil {
		return checkout.Order{}, fmt.Errorf("store payment: %w", err)
	}
	s.cfg.Meter.Started(p.Method)
	s.cfg.Tracer.Started(ctx, p.RequestID, p.Method)
	s.logTransitions(ctx, after, checkout.Transitions(before, after), cause)
	s.watches.grown()
	return after, nil
}

// resume goes on with an attempt: the same action again, or, when Antom has not
// answered the first time, the same request again.
func (s *starts) resume(ctx context.Context, o checkout.Order, p checkout.Payment) (Started, error) {
	if p.Action.Type != checkout.ActionNone {
		return Started{Order: o, Payment: p, Action: p.Action}, nil
	}
	return s.submitAgain(ctx, o, p.RequestID)
}

// submitAgain sends a request again that Antom may not have received. The answer is that
// the buyer waits where the request may be sent no longer.
func (s *starts) submitAgain(ctx context.Context, o checkout.Order, requestID string) (Started, error) {
	o, err := s.beforeRepeat(ctx, o.ID, requestID)
	if err != nil {
		return Started{}, err
	}
	switch p := o.Payment(requestID); {
	case !p.Status.InProgress():
		return Started{Order: o, Payment: *p, Action: o.ActionAfter(*p)}, nil
	case !p.Repeatable():
		return waiting(o, p), nil
	default:
		return s.submit(ctx, o, *p, true)
	}
}

// submit sends the stored request, and goes on with the answer.
// submittedBefore tells that it may have been sent already.
func (s *starts) submit(ctx context.Context, o checkout.Order, p checkout.Payment, submittedBefore bool) (Started, error) {
	e, call, err := s.gateway.Submit(ctx, p, submittedBefore)
	if err != nil {
		return Started{}, err
	}
	return s.answered(ctx, o, p, e, call)
}

// answered records what Antom has answered, and says how the buyer goes on.
func (s *starts) answered(ctx context.Context, o checkout.Order, p checkout.Payment, e checkout.Event, call *checkout.Call) (_ Started, err error) {
	if o, err = s.Record(ctx, o.ID, e, checkout.Evidence{Call: call}); err != nil {
		return Started{}, err
	}
	if o, err = s.dropUnpayable(ctx, o, p.RequestID); err != nil {
		return Started{}, err
	}
	after := *o.Payment(p.RequestID)
	return Started{Order: o, Payment: after, Action: o.ActionAfter(after)}, nil
}

// dropUnpayable ends an attempt that the buyer has no way to pay, so that another may
// begin.
func (s *starts) dropUnpayable(ctx context.Context, o checkout.Order, requestID string) (checkout.Order, error) {
	p := o.Payment(requestID)
	if !p.Unpayable() {
		return o, nil
	}
	return s.supersede(ctx, o, *p)
}

// resubmit sends a request again that Antom has not received, so that a buyer who
// waits can go on. It takes its turn with the buyer's own starts.
func (s *starts) resubmit(ctx context.Context, orderID, requestID string) error {
	unlock, err := s.alone(ctx, orderID)
	if err != nil {
		return err
	}
	defer unlock()
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	next := checkout.NextForPayment(o, requestID, checkout.FindingNotFound, s.rules())
	if next == checkout.StepSubmit && !o.PastEnd(s.now(), 0) {
		_, err = s.submitAgain(ctx, o, requestID)
	}
	return err
}
