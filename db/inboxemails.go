package db

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// UntoldMatters implements inbox.EmailStore.
func (t people) UntoldMatters(ctx context.Context, person string, matters []string) ([]string, error) {
	list, err := json.Marshal(matters)
	if err != nil {
		return nil, err
	}
	untold, err := collect(ctx, t.store.reads, scanText, `
		SELECT wanted.value
		  FROM `+t.store.dialect.texts("$1", "wanted")+`
		 WHERE NOT EXISTS (SELECT 1 FROM inbox_emails WHERE person = $2 AND matter = wanted.value)
		 ORDER BY wanted.key`, string(list), person)
	if err != nil {
		return nil, fmt.Errorf("read emails about the inbox: %w", err)
	}
	return untold, nil
}

// ClaimInboxEmail implements inbox.EmailStore.
func (t people) ClaimInboxEmail(ctx context.Context, person string, matters []string, at time.Time) (claimed bool, err error) {
	err = t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		claimed = false
		var told bool
		for _, matter := range matters {
			err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM inbox_emails WHERE person = $1 AND matter = $2)`, person, matter).Scan(&told)
			if err != nil || told {
				return err
			}
		}
		for _, matter := range matters {
			err := execute(ctx, tx, `INSERT INTO inbox_emails (person, matter, at) VALUES ($1, $2, $3)`, person, matter, at.UnixMilli())
			if err != nil {
				return fmt.Errorf("claim an email about the inbox: %w", err)
			}
		}
		claimed = true
		return nil
	})
	return claimed && err == nil, err
}

// ReleaseInboxEmail implements inbox.EmailStore.
func (t people) ReleaseInboxEmail(ctx context.Context, person string, matters []string) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		for _, matter := range matters {
			if err := execute(ctx, tx, `DELETE FROM inbox_emails WHERE person = $1 AND matter = $2`, person, matter); err != nil {
				return fmt.Errorf("release an email about the inbox: %w", err)
			}
		}
		return nil
	})
}
