-- What limits by counting and guards money is counted here, for all programs on the database
-- together. Nothing of it is a record: it may be emptied at any time, in favour of those counted.

-- +goose Up
-- Where attempts to pay by card came from, and when the card was declined. An address and a card
-- are keyed hashes; both are '' where they are not known. Rows are forgotten after two days.
CREATE TABLE card_attempts (
	payment     TEXT PRIMARY KEY, -- payment_request_id
	order_id    TEXT NOT NULL,
	address     TEXT NOT NULL,
	card        TEXT NOT NULL,
	begun_at    INTEGER NOT NULL,
	declined_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX card_declines_of_order ON card_attempts (order_id, declined_at) WHERE declined_at IS NOT NULL;
CREATE INDEX card_declines_of_address ON card_attempts (address, declined_at) WHERE declined_at IS NOT NULL;
CREATE INDEX card_declines_of_card ON card_attempts (card, declined_at) WHERE declined_at IS NOT NULL;

-- Half of the key by which cards are hashed; the other half follows from SESSION_KEY. A day's row
-- is forgotten on the day after the next: then no key tells a card from its hash.
CREATE TABLE card_keys (
	day    INTEGER PRIMARY KEY, -- since 1970, by UTC
	random BLOB NOT NULL
) STRICT;

-- How much of an allowance is used: it is whole again at a moment that each use makes later.
CREATE TABLE allowances (
	name     TEXT PRIMARY KEY, -- a keyed hash
	whole_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE allowances;
DROP TABLE card_keys;
DROP TABLE card_attempts;
