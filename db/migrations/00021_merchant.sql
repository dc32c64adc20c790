-- The merchant's side: what a system of the merchant's sets for an order, the keys of its
-- programs, and the answers that an Idempotency-Key repeats. A reference is unique among
-- orders that have not expired or been cancelled; the writer checks that, because an
-- expired order that is paid late comes back, whatever has its reference by then.

-- +goose Up
ALTER TABLE orders ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN capture TEXT NOT NULL DEFAULT '' CHECK (capture IN ('', 'automatic', 'manual'));
ALTER TABLE orders ADD COLUMN methods TEXT NOT NULL DEFAULT ''; -- JSON, or '' for all
ALTER TABLE orders ADD COLUMN success_url TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN cancel_url TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN metadata TEXT NOT NULL DEFAULT ''; -- JSON, or '' for none
ALTER TABLE orders ADD COLUMN paid_at INTEGER;
UPDATE orders
   SET paid_at = (SELECT min(at) FROM transitions
                   WHERE order_id = orders.id AND subject = 'order' AND to_status IN ('paid', 'partially_refunded', 'refunded'))
 WHERE ever_paid = 1;
CREATE INDEX orders_of_reference ON orders (reference) WHERE reference <> '';

CREATE TABLE api_keys (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL,
	hash       TEXT NOT NULL UNIQUE, -- SHA-256 of what the program sends
	real_money INTEGER NOT NULL CHECK (real_money IN (0, 1)),
	scopes     TEXT NOT NULL CHECK (json_valid(scopes)),
	created_at INTEGER NOT NULL,
	used_at    INTEGER,
	revoked_at INTEGER
) STRICT;

-- A request with an Idempotency-Key: claimed before its work, answered after it. status is
-- 0 until then; a claim whose time is over belongs to a process that is dead.
CREATE TABLE idempotency (
	api_key       TEXT NOT NULL,
	key           TEXT NOT NULL,
	request       TEXT NOT NULL, -- SHA-256 of method, path and body
	claimed_until INTEGER NOT NULL,
	status        INTEGER NOT NULL,
	answer        BLOB NOT NULL, -- sealed
	created_at    INTEGER NOT NULL,
	PRIMARY KEY (api_key, key)
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- +goose Down
DROP TABLE idempotency;
DROP TABLE api_keys;
DROP INDEX orders_of_reference;
ALTER TABLE orders DROP COLUMN paid_at;
ALTER TABLE orders DROP COLUMN metadata;
ALTER TABLE orders DROP COLUMN cancel_url;
ALTER TABLE orders DROP COLUMN success_url;
ALTER TABLE orders DROP COLUMN methods;
ALTER TABLE orders DROP COLUMN capture;
ALTER TABLE orders DROP COLUMN reference;
ALTER TABLE orders DROP COLUMN source;
