-- +goose Up
-- Money to be given back that Antom does not give back: the merchant has settled
-- it with the buyer otherwise.
ALTER TABLE payments ADD COLUMN settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1));

-- +goose Down
ALTER TABLE payments DROP COLUMN settled;
