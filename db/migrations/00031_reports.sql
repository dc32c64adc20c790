-- Antom's reconciliation reports as they were read. A row is told by kind and key; read again
-- with more in it, it is replaced. net, fees and formula_off are ten-thousandths of the
-- major unit of net_currency. days is JSON.

-- +goose Up
CREATE TABLE report_files (
	id         TEXT PRIMARY KEY, -- in time order
	sha256     TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('transactions', 'settlement', 'summary')),
	generation INTEGER NOT NULL,
	merchant   TEXT NOT NULL,
	days       TEXT NOT NULL,
	rows       INTEGER NOT NULL,
	read_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE report_rows (
	kind                TEXT NOT NULL,
	key                 TEXT NOT NULL,
	file_id             TEXT NOT NULL, -- stored before its file, so that a file whose row exists was read whole
	line                INTEGER NOT NULL,
	batch               TEXT NOT NULL,
	generation          INTEGER NOT NULL,
	type                TEXT NOT NULL,
	transaction_id      TEXT NOT NULL,
	original_id         TEXT NOT NULL,
	request_id          TEXT NOT NULL,
	original_request_id TEXT NOT NULL,
	order_reference     TEXT NOT NULL,
	method              TEXT NOT NULL,
	status              TEXT NOT NULL,
	at                  INTEGER,
	minor               INTEGER NOT NULL,
	currency            TEXT NOT NULL,
	net                 INTEGER NOT NULL,
	fees                INTEGER NOT NULL,
	formula_off         INTEGER NOT NULL,
	net_currency        TEXT NOT NULL,
	count               INTEGER NOT NULL,
	class               TEXT NOT NULL,
	reason              TEXT NOT NULL,
	act                 TEXT NOT NULL, -- what of the merchant's it is about
	order_id            TEXT NOT NULL,
	payment_request_id  TEXT NOT NULL,
	ours                TEXT NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_rows_act ON report_rows (act) WHERE act <> '';
CREATE INDEX report_rows_batch ON report_rows (batch, kind) WHERE batch <> '';
CREATE INDEX report_rows_order ON report_rows (order_id) WHERE order_id <> '';

-- Payments, refunds and cancels that were done, by time: what a day's report must have a row about.
CREATE INDEX transitions_money ON transitions (at) WHERE (subject = 'payment' AND to_status = 'paid')
	OR (subject IN ('refund', 'cancel') AND to_status = 'success');

-- +goose Down
DROP INDEX transitions_money;
DROP TABLE report_rows;
DROP TABLE report_files;
