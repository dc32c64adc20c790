-- Payment links. uses and reserved count the orders of a link whose goods are taken or
-- reserved (orders.stock), and are written with them. lines, methods and metadata are JSON,
-- or '' for none; max_uses is 0 without a limit.

-- +goose Up
CREATE TABLE payment_links (
	id               TEXT PRIMARY KEY,
	code             TEXT NOT NULL UNIQUE, -- in the link's address
	form_key         TEXT NOT NULL UNIQUE, -- of the request that made it
	name             TEXT NOT NULL,
	lines            TEXT NOT NULL,
	amount_min       INTEGER NOT NULL,
	amount_max       INTEGER NOT NULL,
	amount_suggested INTEGER NOT NULL,
	currency         TEXT NOT NULL,
	adjustable       INTEGER NOT NULL CHECK (adjustable IN (0, 1)),
	max_uses         INTEGER NOT NULL CHECK (max_uses >= 0),
	methods          TEXT NOT NULL,
	success_url      TEXT NOT NULL,
	metadata         TEXT NOT NULL,
	active           INTEGER NOT NULL CHECK (active IN (0, 1)),
	created_at       INTEGER NOT NULL,
	expires_at       INTEGER,
	uses             INTEGER NOT NULL CHECK (uses >= 0),
	reserved         INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT;

ALTER TABLE orders ADD COLUMN link_id TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE orders DROP COLUMN link_id;
DROP TABLE payment_links;
