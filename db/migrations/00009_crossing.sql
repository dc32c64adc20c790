-- Messages overtake each other on the wire. An answer of Antom's counts only against
-- what was known when it was asked: doubts counts the messages that contradicted what
-- was known. How long a capture, refund or cancel without an answer may still take
-- effect counts from when it was sent last.

-- +goose Up
ALTER TABLE payments ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN submitted_at INTEGER;
UPDATE operations SET submitted_at = created_at;

-- +goose Down
ALTER TABLE operations DROP COLUMN submitted_at;
ALTER TABLE payments DROP COLUMN doubts;
