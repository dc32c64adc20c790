package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// savedCards is the part of the Store that keeps saved cards. Their tokens are sealed.
type savedCards struct{ store *Store }

// savedCardRows is the table of saved cards. The token is an owner's column: its row holds
// it sealed.
var savedCardRows = newMapping(mapping[checkout.SavedCard]{
	table: "saved_cards", key: []string{"id"}, owner: []string{"token"},
	columns: []column[checkout.SavedCard]{
		fixed(plain("id", func(c *checkout.SavedCard) *string { return &c.ID })),
		fixed(plain("buyer", func(c *checkout.SavedCard) *string { return &c.Buyer })),
		fixed(plain("brand", func(c *checkout.SavedCard) *string { return &c.Brand })),
		fixed(plain("last4", func(c *checkout.SavedCard) *string { return &c.Last4 })),
		fixed(plain("expiry", func(c *checkout.SavedCard) *string { return &c.Expiry })),
		fixed(plain("funding", func(c *checkout.SavedCard) *string { return &c.Funding })),
		fixed(plain("country", func(c *checkout.SavedCard) *string { return &c.Country })),
		fixed(plain("region", func(c *checkout.SavedCard) *string { return &c.Region })),
		plain("network_transaction_id", func(c *checkout.SavedCard) *string { return &c.NetworkTransactionID }),
		asJSON("consent", func(c *checkout.SavedCard) *checkout.Consent { return &c.Consent }, equal),
		plain("agreed_by", func(c *checkout.SavedCard) *string { return &c.AgreedBy }),
		instant("agreed_at", func(c *checkout.SavedCard) *time.Time { return &c.AgreedAt }),
		plain("refused", func(c *checkout.SavedCard) *string { return &c.Refused }),
		fixed(instant("saved_at", func(c *checkout.SavedCard) *time.Time { return &c.SavedAt })),
		instant("used_at", func(c *checkout.SavedCard) *time.Time { return &c.UsedAt }),
		instant("removed_at", func(c *checkout.SavedCard) *time.Time { return &c.RemovedAt }),
	},
})

// SavedCards implements payments.Store.
func (t savedCards) SavedCards(ctx context.Context, buyer string) ([]checkout.SavedCard, error) {
	cards, err := t.list(ctx, t.store.reads, `WHERE buyer = $1 ORDER BY used_at DESC, id DESC`, buyer)
	if err != nil {
		return nil, fmt.Errorf("read saved cards: %w", err)
	}
	return cards, nil
}

// SavedCard implements payments.Store.
func (t savedCards) SavedCard(ctx context.Context, id string) (checkout.SavedCard, error) {
	cards, err := t.list(ctx, t.store.reads, `WHERE id = $1`, id)
	switch {
	case err != nil:
		return checkout.SavedCard{}, fmt.Errorf("read saved card: %w", err)
	case len(cards) == 0:
		return checkout.SavedCard{}, checkout.ErrNotFound
	}
	return cards[0], nil
}

// CardsOfSaved implements payments.Store. It reads all payments: a charge is rare.
func (t savedCards) CardsOfSaved(ctx context.Context, id string) ([]checkout.Card, error) {
	return collect(ctx, t.store.reads, func(row scanner) (card checkout.Card, err error) {
		err = row.Scan(&storedJSON[checkout.Card]{value: &card})
		return card, err
	}, t.store.dialect.text(`
		SELECT card
		  FROM payments
		 WHERE card <> ''
		   AND (request_id = $1 OR choice <> '' AND choice ->> 'saved' = $1)
		 ORDER BY request_id`), id)
}

// RemoveCard implements payments.Store. The facts of the card and the consent stay, as the
// record of what was agreed.
func (t savedCards) RemoveCard(ctx context.Context, buyer, id string) error {
	return t.store.writeTo(ctx, aboutBuyer(buyer), func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE saved_cards
			   SET token = $1, removed_at = coalesce(removed_at, $2)
			 WHERE id = $3 AND buyer = $4`, []byte{}, t.store.now().UnixMilli(), id, buyer)
		if err != nil {
			return fmt.Errorf("remove card: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return checkout.ErrNotFound
	})
}

func (t savedCards) list(ctx context.Context, q querier, which string, args ...any) ([]checkout.SavedCard, error) {
	return collect(ctx, q, func(row scanner) (c checkout.SavedCard, err error) {
		var token []byte
		if err := savedCardRows.scan(row, &c, &token); err != nil {
			return c, err
		}
		// With another key the token is not known, and Antom refuses an empty one: the card
		// counts as refused.
		text, known := t.store.unseal(token, c.ID)
		if c.Token = checkout.NewCardToken(string(text)); !known && c.Refused == "" {
			c.Refused = unreadable
		}
		return c, nil
	}, `
		SELECT `+savedCardRows.names+`, token
		  FROM saved_cards
		 `+which, args...)
}

// unreadable stands for Antom's code where the key of a token is gone.
const unreadable = "TOKEN_UNREADABLE"

// sealAnew seals the tokens with the present key that an older one has sealed, so that the
// older one is needed no longer.
func (t savedCards) sealAnew(ctx context.Context) error {
	if len(t.store.older) == 0 {
		return nil
	}
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		cards, err := t.list(ctx, tx, `WHERE length(token) > 0`)
		for _, card := range cards {
			if err == nil && card.Refused != unreadable {
				err = t.setToken(ctx, tx, card)
			}
		}
		if err != nil {
			return fmt.Errorf("seal saved cards: %w", err)
		}
		return nil
	})
}

func (t savedCards) setToken(ctx context.Context, tx *tx, card checkout.SavedCard) error {
	return execute(ctx, tx, `UPDATE saved_cards SET token = $1 WHERE id = $2`, t.store.seal([]byte(card.Token.Reveal()), card.ID), card.ID)
}

// change carries out what an order's change does to saved cards.
func (t savedCards) change(ctx context.Context, tx *tx, change *checkout.CardChange) error {
	if change == nil {
		return nil
	}
	for _, buyer := range []string{change.Save.Buyer, change.Erase} {
		if buyer != "" {
			if err := t.store.dialect.alsoLock(ctx, tx, aboutBuyer(buyer)); err != nil {
				return err
			}
		}
	}
	err := t.save(ctx, tx, change.Save)
	if change.Used != "" {
		err = errors.Join(err, execute(ctx, tx, `UPDATE saved_cards SET used_at = $1 WHERE id = $2`, change.At.UnixMilli(), change.Used))
	}
	if change.Refused != "" {
		err = errors.Join(err, execute(ctx, tx, `UPDATE saved_cards SET refused = $1 WHERE id = $2`, change.Code, change.Refused))
	}
	if change.Erase != "" {
		err = errors.Join(err, execute(ctx, tx, `
			DELETE FROM saved_cards
			 WHERE buyer = $1 AND NOT ($2 = 1 AND EXISTS (SELECT 1 FROM orders WHERE buyer_reference = $1))`, change.Erase, change.Last))
	}
	if err != nil {
		return fmt.Errorf("change saved cards: %w", err)
	}
	return nil
}

// save adds a card, or brings up to date the one that it is.
func (t savedCards) save(ctx context.Context, tx *tx, card checkout.SavedCard) error {
	if card.ID == "" {
		return nil
	}
	known, err := t.list(ctx, tx, `WHERE buyer = $1 AND removed_at IS NULL`, card.Buyer)
	if err != nil {
		return err
	}
	for i := range known {
		if was := &known[i]; was.Same(card) {
			is := was.SavedAgain(card)
			if _, err := savedCardRows.update(ctx, tx, was, &is, was.ID); err != nil {
				return err
			}
			return t.setToken(ctx, tx, is)
		}
	}
	_, err = savedCardRows.add(ctx, tx, &card, t.store.seal([]byte(card.Token.Reveal()), card.ID))
	return err
}

func execute(ctx context.Context, tx *tx, query string, args ...any) error {
	_, err := tx.ExecContext(ctx, query, args...)
	return err
}
