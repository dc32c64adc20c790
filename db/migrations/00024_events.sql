-- Events for the merchant's systems, their endpoints, and what is delivered to them. An
-- event is one row, written in the transaction that it tells of; deliveries are made of it
-- later, for each endpoint up to a place of its own.

-- +goose Up
ALTER TABLE orders ADD COLUMN events INTEGER NOT NULL DEFAULT 0;

CREATE TABLE events (
	seq                INTEGER PRIMARY KEY, -- in the order of the commits
	id                 TEXT NOT NULL UNIQUE,
	type               TEXT NOT NULL,
	order_id           TEXT NOT NULL, -- '' of a test
	sequence           INTEGER NOT NULL, -- within the order, from 1 on
	status             TEXT NOT NULL, -- of the order, after what the event tells of
	payment_request_id TEXT NOT NULL,
	about              TEXT NOT NULL, -- a capture, refund or dispute
	at                 INTEGER NOT NULL
) STRICT;
CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- What is sent of an event, from its first try on. It goes with the buyer's data.
CREATE TABLE event_bodies (
	event_id TEXT PRIMARY KEY REFERENCES events (id),
	order_id TEXT NOT NULL,
	body     BLOB NOT NULL -- sealed
) STRICT;
CREATE INDEX event_bodies_of_order ON event_bodies (order_id);

CREATE TABLE webhook_endpoints (
	id            TEXT PRIMARY KEY,
	url           TEXT NOT NULL,
	description   TEXT NOT NULL,
	types         TEXT NOT NULL, -- JSON, or '' for all
	secret        BLOB NOT NULL, -- sealed
	old_secret    BLOB NOT NULL, -- sealed; empty if there is none
	old_until     INTEGER,
	off           TEXT NOT NULL CHECK (off IN ('', 'operator', 'gone', 'failing')),
	failing_since INTEGER,
	untold        INTEGER NOT NULL CHECK (untold IN (0, 1)), -- the operator is to be told that it is off
	seen          INTEGER NOT NULL, -- the place up to which events have their deliveries
	created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE deliveries (
	id          INTEGER PRIMARY KEY,
	endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
	event_id    TEXT NOT NULL REFERENCES events (id),
	order_id    TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
	attempts    INTEGER NOT NULL, -- since it was ordered
	next_at     INTEGER NOT NULL,
	created_at  INTEGER NOT NULL,
	UNIQUE (event_id, endpoint_id)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (endpoint_id, next_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id);
CREATE INDEX deliveries_of_order ON deliveries (order_id) WHERE order_id <> '';

CREATE TABLE delivery_tries (
	id          INTEGER PRIMARY KEY,
	delivery_id INTEGER NOT NULL REFERENCES deliveries ON DELETE CASCADE,
	at          INTEGER NOT NULL,
	status      INTEGER NOT NULL, -- of HTTP; 0 without an answer
	ms          INTEGER NOT NULL,
	error       TEXT NOT NULL, -- why there was no answer
	answer      BLOB NOT NULL -- its beginning; sealed
) STRICT;
CREATE INDEX delivery_tries_of_delivery ON delivery_tries (delivery_id);
CREATE INDEX delivery_tries_by_age ON delivery_tries (at);

-- +goose Down
DROP TABLE delivery_tries;
DROP TABLE deliveries;
DROP TABLE webhook_endpoints;
DROP TABLE event_bodies;
DROP TABLE events;
ALTER TABLE orders DROP COLUMN events;
