package payments

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// tellOperator tells the operator what waits for a person, unless that has ended
// meanwhile: in the log, and by email if there is an address. A fault of the shop's
// settings hits every order, so that one email an hour for each code is enough.
func (s *outbox) tellOperator(ctx context.Context, o checkout.Order, effect checkout.PendingEffect) error {
	email, due := checkout.NewOperatorEmail(o, effect.Effect)
	if !due {
		return nil
	}
	if effect.Attempts == 0 {
		s.log.WarnContext(ctx, "waits for a person", checkout.LogMatter, email.Matter, checkout.LogOrder, o.ID, checkout.LogNumber, o.Number,
			checkout.LogCode, email.Code, checkout.LogReview, email.Review)
	}
	if s.cfg.Operator == nil {
		return nil
	}
	undo := func() {}
	if email.Matter == checkout.MatterShopFault {
		hourly := hourlyEmail(email.Code)
		over, _, err := s.store.Take(ctx, hourly)
		if err != nil || over != nil {
			return err
		}
		undo = s.undoing(ctx, hourly)
	}
	ctx, cancel := context.WithTimeout(ctx, emailTimeout)
	defer cancel()
	err := s.cfg.Operator.MailOperator(ctx, email)
	if err != nil {
		undo()
	}
	return err
}

// hourlyEmail lets the operator have one email an hour about a matter.
func hourlyEmail(matter string) checkout.Allowance {
	return checkout.Allowance{Name: "operator's emails: " + matter, Most: 1, Every: time.Hour}
}
