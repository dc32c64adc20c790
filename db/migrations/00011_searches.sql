-- +goose Up
-- Verified notifications that are about no payment of the shop, as far as is known. A
-- refund that was made in Antom Dashboard names no payment: the sweeper inquires those
-- that it may belong to. The operator is told of what belongs to none.
CREATE TABLE searches (
	notification_id TEXT PRIMARY KEY REFERENCES notifications,
	status          TEXT NOT NULL CHECK (status = 'searching' OR status = 'stray' OR status = 'told'),
	next_at         INTEGER NOT NULL, -- when the search goes on; once it has ended: when it did
	passes          INTEGER NOT NULL, -- how often all candidates were inquired
	inquired        INTEGER NOT NULL, -- candidates in this pass
	reached         TEXT NOT NULL,    -- the last of them
	tries           INTEGER NOT NULL  -- without an answer from Antom
) STRICT, WITHOUT ROWID;

CREATE INDEX searches_status ON searches (status, next_at);

-- A message about a refund may name it by Antom's id only.
CREATE INDEX operations_refund_antom ON operations (antom_id) WHERE kind = 'refund' AND antom_id <> '';

-- +goose Down
DROP INDEX operations_refund_antom;
DROP TABLE searches;
