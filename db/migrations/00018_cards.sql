-- What a buyer has chosen for a card payment, whether 3-D Secure was required, and what
-- Antom has reported about the card: choice and card are JSON, '' for none.

-- +goose Up
ALTER TABLE payments ADD COLUMN choice TEXT NOT NULL DEFAULT '' CHECK (choice = '' OR json_valid(choice));
ALTER TABLE payments ADD COLUMN three_ds INTEGER NOT NULL DEFAULT 0 CHECK (three_ds IN (0, 1));
ALTER TABLE payments ADD COLUMN card TEXT NOT NULL DEFAULT '' CHECK (card = '' OR json_valid(card));

-- +goose Down
ALTER TABLE payments DROP COLUMN card;
ALTER TABLE payments DROP COLUMN three_ds;
ALTER TABLE payments DROP COLUMN choice;
