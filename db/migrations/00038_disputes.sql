-- A dispute that waits for the merchant is found without reading all payments. dispute_at is
-- when the next reminder is due, or when there is nothing left to answer; NULL if none waits.
-- Of payments from before, the first round of the sweeper says.

-- +goose Up
ALTER TABLE payments ADD COLUMN dispute_at INTEGER;
UPDATE payments SET dispute_at = created_at WHERE disputes NOT IN ('', '[]', 'null');
CREATE INDEX payments_in_dispute ON payments (dispute_at) WHERE dispute_at IS NOT NULL;

-- What an operator has answered a dispute with: its id, and the hash of the document.
ALTER TABLE operator_actions ADD COLUMN about TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE operator_actions DROP COLUMN about;
DROP INDEX payments_in_dispute;
ALTER TABLE payments DROP COLUMN dispute_at;
