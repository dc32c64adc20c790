-- Saved cards. buyer is the reference of the browser whose orders they may pay; an order
-- has its buyer's, '' in old orders and once the buyer's data were erased. token is sealed,
-- and empty once the card was removed; consent is JSON. The index on notifications finds
-- bodies that hold a card's token in clear: those of older versions, until they are sealed.

-- +goose Up
ALTER TABLE orders ADD COLUMN buyer_reference TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_of_buyer ON orders (buyer_reference) WHERE buyer_reference <> '';

ALTER TABLE payments ADD COLUMN card_saved INTEGER NOT NULL DEFAULT 0 CHECK (card_saved IN (0, 1));

CREATE TABLE saved_cards (
	id                     TEXT PRIMARY KEY, -- the payment that saved it first
	buyer                  TEXT NOT NULL CHECK (buyer <> ''),
	token                  BLOB NOT NULL,
	brand                  TEXT NOT NULL,
	last4                  TEXT NOT NULL,
	expiry                 TEXT NOT NULL, -- MM/YY, or '' if it is not known
	funding                TEXT NOT NULL,
	country                TEXT NOT NULL,
	region                 TEXT NOT NULL,
	network_transaction_id TEXT NOT NULL,
	consent                TEXT NOT NULL CHECK (json_valid(consent)),
	agreed_by              TEXT NOT NULL, -- the payment with which the buyer agreed
	agreed_at              INTEGER NOT NULL,
	refused                TEXT NOT NULL, -- Antom's code, or ''
	saved_at               INTEGER NOT NULL,
	used_at                INTEGER NOT NULL,
	removed_at             INTEGER,
	CHECK (removed_at IS NULL OR length(token) = 0)
) STRICT;

CREATE INDEX saved_cards_of_buyer ON saved_cards (buyer);

CREATE INDEX notifications_with_token ON notifications (id) WHERE instr(body, x'63617264546f6b656e') > 0; -- cardToken

-- +goose Down
DROP INDEX notifications_with_token;
DROP TABLE saved_cards;
ALTER TABLE payments DROP COLUMN card_saved;
DROP INDEX orders_of_buyer;
ALTER TABLE orders DROP COLUMN buyer_reference;
