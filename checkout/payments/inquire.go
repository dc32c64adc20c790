package payments

import (
	"context"
	"reflect"
	"time"

	"antom-checkout/checkout"
)

// inquiryPause is the shortest time between two inquiries about one payment,
// however many pages wait for it; Antom's documents ask for two seconds.
const inquiryPause = 2 * time.Second

// inquirer asks Antom how payments stand. Many callers share one inquiry, also those of several
// programs.
type inquirer struct {
	*recorder
	inquiries inquiries
}

// refresh inquires the payment of the order that Antom should be asked for, if there
// is one.
func (s *inquirer) refresh(ctx context.Context, o checkout.Order) (checkout.Order, error) {
	p := o.Unresolved(s.rules())
	if p == nil {
		return o, nil
	}
	var asked *checkout.Order // set when the inquiry was made here and not for another page
	fresh, err := s.inquiries.once(ctx, p.RequestID, s.now(), func() error {
		// The caller that asked first may leave; the others still want the answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callAllowance)
		defer cancel()
		if mine, err := s.store.ClaimInquiry(ctx, p.RequestID, inquiryPause); err != nil || !mine {
			return err // another program inquires: what it learns is in the database then
		}
		after, _, err := s.inquire(ctx, o, *p)
		asked = &after
		return err
	})
	switch {
	case err != nil && ctx.Err() == nil:
		// A page says what is known, also while nothing new can be stored.
		s.logFailure(ctx, "refresh order", err, aboutOrder(o.ID), aboutPayment(p.RequestID))
		return o, nil
	case err != nil || !fresh:
		return o, err
	case asked != nil:
		return *asked, nil
	}
	return s.store.OrderByID(ctx, o.ID)
}

// inquire asks Antom how a payment stands and records the answer.
func (s *inquirer) inquire(ctx context.Context, o checkout.Order, p checkout.Payment) (checkout.Order, checkout.Finding, error) {
	asked := p.Knowledge()
	e, call, found := s.gateway.Inquire(ctx, p)
	e.Asked = &asked
	if !found.Known() || s.changesNothing(o, e) {
		return o, found, nil
	}
	o, err := s.Record(ctx, o.ID, e, checkout.Evidence{Call: call})
	return o, found, err
}

// changesNothing reports whether an event leaves the order as it was read. Pages
// that wait ask every two seconds; only what they learn is worth a transaction.
// Should the order have changed meanwhile, the next inquiry finds out.
func (s *inquirer) changesNothing(o checkout.Order, e checkout.Event) bool {
	o.Fulfillable = true // known in a transaction only; what depends on it is decided there
	after, effects := checkout.Apply(o, e, s.rules())
	return len(effects) == 0 && reflect.DeepEqual(o, after)
}

// inquireOnce inquires a payment for the sweeper, unless that was just done for a page.
func (s *inquirer) inquireOnce(ctx context.Context, o checkout.Order, requestID string, now time.Time) (checkout.Finding, error) {
	answer := checkout.FindingUnknown
	fresh, err := s.inquiries.once(ctx, requestID, now, func() error {
		mine, err := s.store.ClaimInquiry(ctx, requestID, inquiryPause)
		if err != nil || !mine {
			return err
		}
		_, answer, err = s.inquire(ctx, o, *o.Payment(requestID))
		return err
	})
	if !fresh {
		return checkout.FindingUnknown, err // the inquiry may not have ended, and answer still be written
	}
	return answer, err
}
