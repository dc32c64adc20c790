-- What is kept of attempts and of operators' keys.

-- +goose Up
-- Who captures a card is decided when an attempt begins: a change of CAPTURE_MODE is
-- about later attempts only. Earlier ones have it in the stored body.
ALTER TABLE payments ADD COLUMN manual_capture INTEGER NOT NULL DEFAULT 0 CHECK (manual_capture IN (0, 1));
UPDATE payments
   SET manual_capture = 1
 WHERE json_valid(CAST(body AS TEXT)) AND json_extract(CAST(body AS TEXT), '$.paymentFactor.captureMode') = 'MANUAL';

-- A key means one action, on one order.
CREATE TABLE operator_actions (
	cause    TEXT PRIMARY KEY, -- operator and key, as the ledger names them
	action   TEXT NOT NULL,    -- capture, refund, cancel or accept; '' for one from before this table
	minor    INTEGER NOT NULL, -- of a refund, as it was ordered; 0 for all that is left
	order_id TEXT NOT NULL REFERENCES orders,
	at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO operator_actions (cause, action, minor, order_id, at)
SELECT cause, '', 0, order_id, at
  FROM transitions
 WHERE seq IN (SELECT min(seq) FROM transitions WHERE cause GLOB 'admin:*' GROUP BY cause);

-- +goose Down
DROP TABLE operator_actions;
ALTER TABLE payments DROP COLUMN manual_capture;
