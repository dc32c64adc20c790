-- +goose Up
-- The buyer has asked for a letter should this attempt fail.
ALTER TABLE payments ADD COLUMN mail_me INTEGER NOT NULL DEFAULT 0 CHECK (mail_me IN (0, 1));

-- +goose Down
ALTER TABLE payments DROP COLUMN mail_me;
