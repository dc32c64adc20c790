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

INSERT INTO searches (notification_id, status, next_at, passes, inquired, reached, tries)
SELECT id, 'searching', received_at, 0, 0, '', 0
  FROM notifications
 WHERE antom_id <> '' AND applied = 0 AND payment_request_id = '';

CREATE INDEX searches_status ON searches (status, next_at);

-- A message about a refund may name it by Antom's id only.
CREATE INDEX operations_refund_antom ON operations (antom_id) WHERE kind = 'refund' AND antom_id <> '';

-- A paid payment that a message has contradicted is inquired once more, later.
ALTER TABLE payments ADD COLUMN reconcile_at INTEGER;

-- The last step of each dispute about the payment, as JSON; '' if there is none.
ALTER TABLE payments ADD COLUMN disputes TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE payments DROP COLUMN disputes;
ALTER TABLE payments DROP COLUMN reconcile_at;
DROP INDEX operations_refund_antom;
DROP TABLE searches;
