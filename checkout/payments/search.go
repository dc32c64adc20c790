package payments

import (
	"context"
	"errors"

	"antom-checkout/checkout"
)

// searchBatch is how many searches, and strays, are worked on in one go.
const searchBatch = 20

// search goes on with the searches for the payments of notifications, and tells the
// operator of those that have found none. It has a round of its own, because it inquires
// many payments.
func (s *sweeper) search(ctx context.Context) {
	due, err := s.store.Searches(ctx, checkout.Searching, s.rules().Now, searchBatch)
	s.logFailure(ctx, "list searches", err)
	for _, search := range due {
		err := checkout.Guard(func() error { return s.searchOn(ctx, search) })
		s.logFailure(ctx, "search payment", err, aboutNotification(search.Notification))
	}
	s.logFailure(ctx, "tell of strays", checkout.Guard(func() error { return s.tellOfStrays(ctx) }))
}

// searchOn takes one step of a search: if the payment is not known by now, it inquires
// the next candidates.
func (s *sweeper) searchOn(ctx context.Context, search checkout.Search) error {
	var step checkout.SearchProgress
	found := false
	r, err := s.gateway.Reread(search.Notification)
	if err == nil {
		found, err = s.recordIfFound(ctx, r)
	}
	if err == nil && !found {
		found, step, err = s.inquireCandidates(ctx, search, r)
	}
	if found || ctx.Err() != nil {
		return err
	}
	step.Unanswered = step.Unanswered || err != nil
	after := search.After(step, s.rules())
	if after.Status == checkout.SearchStray {
		s.logStray(ctx, search.Notification, r.Event.Code)
	}
	return errors.Join(err, s.store.UpdateSearch(ctx, search, after))
}

// recordIfFound applies a notification whose payment has become known.
func (s *sweeper) recordIfFound(ctx context.Context, r checkout.Received) (found bool, err error) {
	if _, _, err = s.store.FindPayment(ctx, r.About); checkout.IsNotFound(err) {
		return false, nil
	}
	if err == nil {
		_, err = s.applyNotification(ctx, r)
	}
	return err == nil, err
}

// inquireCandidates inquires the next payments that a refund may belong to, until one
// of Antom's answers lists it. That answer adopts the refund.
func (s *sweeper) inquireCandidates(ctx context.Context, search checkout.Search, r checkout.Received) (found bool, step checkout.SearchProgress, err error) {
	refund, ok := checkout.SearchedRefund(r.Event)
	if !ok {
		return false, step, nil
	}
	candidates, err := s.store.RefundCandidates(ctx, refund.Amount, search.Reached, checkout.SearchStep)
	for _, candidate := range candidates {
		o, err := s.store.OrderByID(ctx, candidate.OrderID)
		if err != nil {
			return false, step, err
		}
		_, finding, err := s.inquire(ctx, o, *o.Payment(candidate.RequestID))
		if err != nil || finding == checkout.FindingUnknown {
			step.Unanswered = true
			return false, step, err
		}
		step.Inquired, step.Reached = step.Inquired+1, candidate.RequestID
		if found, err := s.recordIfFound(ctx, r); found || err != nil {
			return found, step, err
		}
	}
	return false, step, err
}

// tellOfStrays tells the operator of notifications that are about no payment of the
// shop: of all that have come up in one email, and at most once an hour.
func (s *sweeper) tellOfStrays(ctx context.Context) error {
	searches, err := s.store.Searches(ctx, checkout.SearchStray, s.rules().Now, searchBatch)
	if err != nil || len(searches) == 0 {
		return err
	}
	if s.cfg.Operator != nil {
		if over, _, err := s.store.Take(ctx, hourlyEmail(string(checkout.MatterStray))); err != nil || over != nil {
			return err
		}
		if err := s.mailStrays(ctx, searches); err != nil {
			return err // the strays stay, and the next hour's email tells of them
		}
	}
	for _, search := range searches {
		told := search
		told.Status, told.Next = checkout.SearchTold, s.rules().Now
		err = errors.Join(err, s.store.UpdateSearch(ctx, search, told))
	}
	return err
}

func (s *sweeper) mailStrays(ctx context.Context, searches []checkout.Search) error {
	var strays []checkout.Stray
	for _, search := range searches {
		r, err := s.gateway.Reread(search.Notification)
		s.logFailure(ctx, "read stray", err, aboutNotification(search.Notification))
		r.Notification = search.Notification
		strays = append(strays, checkout.NewStray(r))
	}
	ctx, cancel := context.WithTimeout(ctx, emailTimeout)
	defer cancel()
	return s.cfg.Operator.MailOperator(ctx, checkout.NewStrayEmail(searches, strays))
}
