package payments

import (
	"context"
	"log/slog"
	"slices"

	"antom-checkout/checkout"
)

// wallet holds the saved cards of buyers.
type wallet struct{ *recorder }

// CardRules is what the merchant has decided about saved cards.
func (s *wallet) CardRules() checkout.CardRules { return s.cfg.Cards }

// SavedCards lists the cards that a buyer has saved and not removed, for an order of
// theirs; for all others none.
func (s *wallet) SavedCards(ctx context.Context, o checkout.Order, buyer string) ([]checkout.SavedCard, error) {
	if !s.cfg.Cards.Offered(o, buyer) {
		return nil, nil
	}
	cards, err := s.store.SavedCards(ctx, buyer)
	return slices.DeleteFunc(cards, func(c checkout.SavedCard) bool { return !c.RemovedAt.IsZero() }), err
}

// RemoveCard forgets a card that a buyer has saved. It is idempotent. Errors:
// CodeNotFound, also for a card of another buyer.
func (s *wallet) RemoveCard(ctx context.Context, buyer, id string) error {
	if buyer == "" {
		return checkout.ErrNotFound
	}
	err := s.store.RemoveCard(ctx, buyer, id)
	if err == nil {
		s.log.LogAttrs(ctx, slog.LevelInfo, "saved card removed", aboutCard(id))
	}
	return err
}

// withSavedCard is the attempt with the token of the saved card that the buyer has chosen,
// or with what they agree to if this card is to be saved. Errors: ErrCardUnusable,
// ErrSaveUnasked.
func (s *starts) withSavedCard(ctx context.Context, o checkout.Order, want checkout.Attempt) (checkout.Attempt, error) {
	if want.Choice.Saved == "" {
		return s.cfg.Cards.Agreeing(o, want)
	}
	card, err := s.store.SavedCard(ctx, want.Choice.Saved)
	if err != nil && !checkout.IsNotFound(err) {
		return want, err
	}
	return s.cfg.Cards.Choose(o, want, card, s.now())
}

// beforeRepeat is the order as it now is, before the request of a payment is sent again: while
// Antom was asked, a message may have told the result. Nor is a request sent again with a card
// that its buyer has removed since the first time: the payment is not repeatable then.
func (s *starts) beforeRepeat(ctx context.Context, orderID, requestID string) (checkout.Order, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return o, err
	}
	p := o.Payment(requestID)
	if p.Choice.Saved == "" || !p.Repeatable() {
		return o, nil
	}
	card, err := s.store.SavedCard(ctx, p.Choice.Saved)
	switch {
	case err == nil && card.RemovedAt.IsZero():
		return o, nil
	case err != nil && !checkout.IsNotFound(err):
		return o, err
	}
	return s.change(ctx, o.ID, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		return checkout.ForgetRemovedCard(o, p.RequestID), nil, nil
	})
}

func aboutCard(id string) slog.Attr { return slog.String(checkout.LogCard, id) }
