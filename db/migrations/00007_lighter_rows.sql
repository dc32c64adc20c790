-- The rows of ledger and outbox are never deleted, so that a new one always has
-- the highest number: AUTOINCREMENT only made SQLite keep that number in a table
-- of its own. And that a row of the ledger cannot be replaced is now seen to by
-- the pragma recursive_triggers of the writer's connection, which has a
-- replacement count as a deletion: a trigger on every insert cost a fifth of it.

-- +goose Up
CREATE TABLE lighter_transitions (
	seq                INTEGER PRIMARY KEY,
	subject            TEXT NOT NULL CHECK (subject IN ('order', 'payment', 'capture', 'refund', 'cancel')),
	order_id           TEXT NOT NULL REFERENCES orders,
	payment_request_id TEXT NOT NULL,
	request_id         TEXT NOT NULL, -- of a capture, refund or cancel
	from_status        TEXT NOT NULL,
	to_status          TEXT NOT NULL,
	cause              TEXT NOT NULL,
	at                 INTEGER NOT NULL
) STRICT;
INSERT INTO lighter_transitions SELECT * FROM transitions;
DROP TABLE transitions;
ALTER TABLE lighter_transitions RENAME TO transitions;
CREATE INDEX transitions_order ON transitions (order_id);
-- +goose StatementBegin
CREATE TRIGGER transitions_stay BEFORE UPDATE ON transitions
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER transitions_remain BEFORE DELETE ON transitions
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- +goose StatementEnd

CREATE TABLE lighter_outbox (
	id         INTEGER PRIMARY KEY,
	topic      TEXT NOT NULL,
	order_id   TEXT NOT NULL REFERENCES orders,
	state      TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead')),
	attempts   INTEGER NOT NULL,
	next_at    INTEGER NOT NULL,
	created_at INTEGER NOT NULL, -- 0: before this was kept
	UNIQUE (order_id, topic)
) STRICT;
INSERT INTO lighter_outbox SELECT * FROM outbox;
DROP TABLE outbox;
ALTER TABLE lighter_outbox RENAME TO outbox;
CREATE INDEX outbox_pending ON outbox (next_at) WHERE state = 'pending';
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';

-- +goose Down
-- The tables are what they were but for what is said above.
SELECT 1;
