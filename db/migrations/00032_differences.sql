-- What reports, or Antom's answers about a day, and the records disagree about. A difference
-- moves nothing; it is open until a person resolves it or both sides agree.

-- +goose Up
CREATE TABLE differences (
	id                 TEXT PRIMARY KEY, -- in time order
	subject            TEXT NOT NULL UNIQUE,
	class              TEXT NOT NULL,
	reason             TEXT NOT NULL,
	file_id            TEXT NOT NULL, -- '' of an inquiry or a sum
	line               INTEGER NOT NULL,
	order_id           TEXT NOT NULL,
	payment_request_id TEXT NOT NULL,
	theirs             TEXT NOT NULL,
	ours               TEXT NOT NULL,
	opened_at          INTEGER NOT NULL,
	resolved_at        INTEGER,
	resolved_by        TEXT NOT NULL,
	note               TEXT NOT NULL
) STRICT;

CREATE INDEX differences_open ON differences (id) WHERE resolved_at IS NULL;
CREATE INDEX differences_order ON differences (order_id) WHERE order_id <> '';

-- +goose Down
DROP TABLE differences;
