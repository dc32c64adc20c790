-- The id of a message says what it is about and what it says, so that it needs no
-- second index to be stored once. Rows from before keep the ids that the ledger
-- names.

-- +goose Up
DROP INDEX notifications_once;
ALTER TABLE notifications DROP COLUMN about;

-- +goose Down
ALTER TABLE notifications ADD COLUMN about TEXT NOT NULL DEFAULT '';
UPDATE notifications SET about = id;
CREATE UNIQUE INDEX notifications_once ON notifications (about, body_sha256);
