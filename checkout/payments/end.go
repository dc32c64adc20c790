package payments

import (
	"context"
	"errors"
	"time"

	"antom-checkout/checkout"
)

// endings ends attempts and orders, once Antom agrees.
type endings struct {
	*operations
	locks keyedMutex // one start, or end, at a time per order in this program
}

// errBusyOrder says that another start, or end, of an order goes on for longer than the caller
// waits.
var errBusyOrder = errors.New("another request works on the order")

// alone waits until no other start, or end, of an order goes on in any program, as long as ctx
// allows. It spares Antom calls and buyers confusion; what may happen to an order is decided in
// the transaction of each change.
func (s *endings) alone(ctx context.Context, orderID string) (leave func(), err error) {
	unlock, err := s.locks.lock(ctx, orderID)
	if err != nil {
		return nil, errors.Join(errBusyOrder, err)
	}
	release, err := s.store.HoldOrder(ctx, orderID)
	if err != nil {
		unlock()
		if ctx.Err() != nil {
			err = errors.Join(errBusyOrder, err)
		}
		return nil, err
	}
	return func() { release(); unlock() }, nil
}

// Refresh inquires Antom about the order's payment if that is due, expires the
// order if its time is over, and returns it as it then stands. All callers share
// one inquiry per payment, and one order costs at most one every two seconds.
func (s *endings) Refresh(ctx context.Context, token string) (checkout.Order, error) {
	o, err := s.Order(ctx, token)
	if err != nil {
		return checkout.Order{}, err
	}
	if o, err = s.refresh(ctx, o); err != nil || !o.PastEnd(s.now(), 0) {
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

// EndAttempt ends the attempt in progress, so that its order may be corrected, as one in
// another way would. The order comes back as it then is: with the attempt when another
// request works on it, when the buyer has paid and the result is awaited, or when Antom
// does not answer.
func (s *endings) EndAttempt(ctx context.Context, orderID string) (checkout.Order, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return o, err
	}
	queue, leave := context.WithTimeout(ctx, startPatience)
	defer leave()
	unlock, err := s.alone(queue, orderID)
	if errors.Is(err, errBusyOrder) {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callAllowance)
	defer cancel()
	if o, err = s.store.OrderByID(ctx, orderID); err != nil {
		return o, err
	}
	active := o.Active()
	if active == nil || !active.Status.InProgress() || active.Status == checkout.PaymentPending {
		return o, nil
	}
	return s.supersede(ctx, o, *active)
}

// supersede ends an active attempt so that another may begin. One that Antom refuses
// to cancel may overlap, because a second success is a duplicate. When Antom does not
// answer, the attempt stays active.
func (s *endings) supersede(ctx context.Context, o checkout.Order, p checkout.Payment) (checkout.Order, error) {
	cause := checkout.Cause{Kind: checkout.ByShopper, ID: p.RequestID}
	o, refused, err := s.endAttempt(ctx, o, p, cause)
	if err != nil || !refused {
		return o, err
	}
	return s.Record(ctx, o.ID, checkout.Event{Cause: cause, RequestID: p.RequestID, Outcome: checkout.OutcomeSuperseded}, checkout.Evidence{})
}

// endAttempt inquires an active attempt and, if it is still in progress, cancels it;
// one that Antom does not know is abandoned. refused reports that Antom takes money
// for it and does not cancel it.
func (s *endings) endAttempt(ctx context.Context, o checkout.Order, p checkout.Payment, cause checkout.Cause) (_ checkout.Order, refused bool, err error) {
	o, found, err := s.inquire(ctx, o, p)
	if err != nil {
		return o, false, err
	}
	switch checkout.NextToEnd(o, p.RequestID, found, cause.Kind, s.rules()) {
	case checkout.StepAbandon:
		o, err = s.Record(ctx, o.ID, checkout.AbandonEvent(o, p.RequestID, cause, s.rules()), checkout.Evidence{})
		return o, false, err
	case checkout.StepSupersede:
		return o, true, nil
	case checkout.StepCancel:
		o, op, err := s.reverse(ctx, o, p.RequestID, checkout.Cancel)
		if err != nil || op.Status != checkout.OperationFailed {
			return o, false, err
		}
		active := o.Active()
		return o, active != nil && active.RequestID == p.RequestID && active.Status.InProgress(), nil
	}
	return o, false, nil
}

// expire closes an order if it is past its end, once Antom agrees that it can no
// longer be paid.
func (s *endings) expire(ctx context.Context, orderID string) error {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil || !o.PastEnd(s.now(), 0) {
		return err
	}
	unlock, err := s.alone(ctx, orderID)
	if errors.Is(err, errBusyOrder) {
		return nil // what goes on with the order ends it, or the sweeper does
	}
	if err != nil {
		return err
	}
	defer unlock()
	if o, err = s.store.OrderByID(ctx, orderID); err != nil {
		return err
	}
	_, err = s.expireIfOver(ctx, o, 0)
	return err
}

// expireIfOver does nothing for an order that has more than margin left. The caller
// holds the order's start lock.
func (s *endings) expireIfOver(ctx context.Context, o checkout.Order, margin time.Duration) (checkout.Order, error) {
	if !o.PastEnd(s.now(), margin) {
		return o, nil
	}
	return s.close(ctx, o, checkout.OrderExpired, checkout.Evidence{Cause: checkout.Cause{Kind: checkout.BySweeper}})
}

// close ends an unpaid order for good, once Antom agrees that its attempt has ended.
// The order comes back as it was when Antom does not. Attempts beside it are inquired
// first: a buyer may be paying one, whatever the shop's clock says.
func (s *endings) close(ctx context.Context, o checkout.Order, as checkout.OrderStatus, evidence checkout.Evidence) (checkout.Order, error) {
	if active := o.Active(); active != nil && active.Status.InProgress() {
		var err error
		if o, _, err = s.endAttempt(ctx, o, *active, evidence.Cause); err != nil {
			return o, err
		}
	}
	for _, requestID := range o.MayBePaid() {
		if o.Status != checkout.OrderOpen {
			return o, nil
		}
		var err error
		if o, _, err = s.inquire(ctx, o, *o.Payment(requestID)); err != nil {
			return o, err
		}
	}
	return s.changeBy(ctx, o.ID, evidence, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		after, effects := checkout.CloseOrder(o, as, s.rules())
		return after, effects, nil
	})
}
