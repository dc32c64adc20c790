-- When a capture, refund or cancel was sent to Antom last: until when one without an
-- answer may still take effect counts from then.

-- +goose Up
ALTER TABLE operations ADD COLUMN submitted_at INTEGER;
UPDATE operations SET submitted_at = created_at;

-- +goose Down
ALTER TABLE operations DROP COLUMN submitted_at;
