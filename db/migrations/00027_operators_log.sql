-- Wrong tries to sign in, by account and by address. And what the people of the dashboard,
-- and the command line, have done: rows that are added and never changed.

-- +goose Up
CREATE TABLE sign_in_tries (
	key   TEXT PRIMARY KEY, -- account, address or second factor; a hash where it was typed
	count INTEGER NOT NULL,
	at    INTEGER NOT NULL, -- of the last one
	until INTEGER NOT NULL  -- no further try before
) STRICT;

CREATE TABLE operators_log (
	id       TEXT PRIMARY KEY,
	at       INTEGER NOT NULL,
	operator TEXT NOT NULL, -- an id
	name     TEXT NOT NULL, -- as it was then
	address  TEXT NOT NULL,
	action   TEXT NOT NULL,
	order_id TEXT NOT NULL, -- '' where it is about none
	about    TEXT NOT NULL  -- a person, an amount
) STRICT;
CREATE INDEX operators_log_of_order ON operators_log (order_id, id) WHERE order_id <> '';

-- +goose StatementBegin
CREATE TRIGGER operators_log_is_not_changed BEFORE UPDATE ON operators_log
BEGIN
	SELECT RAISE(ABORT, 'the operators'' log is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER operators_log_is_not_deleted BEFORE DELETE ON operators_log
BEGIN
	SELECT RAISE(ABORT, 'the operators'' log is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE operators_log;
DROP TABLE sign_in_tries;
