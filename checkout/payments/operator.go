package payments

import (
	"context"
	"sync"
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
	if email.Matter == checkout.MatterShopFault && !s.told.take(email.Code, s.now()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, emailTimeout)
	defer cancel()
	err := s.cfg.Operator.MailOperator(ctx, email)
	if err != nil && email.Matter == checkout.MatterShopFault {
		s.told.release(email.Code)
	}
	return err
}

// hourly lets each thing happen once an hour.
type hourly struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (h *hourly) take(what string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if last, taken := h.last[what]; taken && now.Sub(last).Abs() < time.Hour {
		return false
	}
	if h.last == nil {
		h.last = map[string]time.Time{}
	}
	h.last[what] = now
	return true
}

func (h *hourly) release(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.last, what)
}
