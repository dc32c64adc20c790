-- Who captures a card is decided when an attempt begins, and is kept with it: a change
-- of CAPTURE_MODE is about later attempts only. Earlier ones have it in the stored body.

-- +goose Up
ALTER TABLE payments ADD COLUMN manual_capture INTEGER NOT NULL DEFAULT 0 CHECK (manual_capture IN (0, 1));
UPDATE payments
   SET manual_capture = 1
 WHERE json_valid(CAST(body AS TEXT)) AND json_extract(CAST(body AS TEXT), '$.paymentFactor.captureMode') = 'MANUAL';

-- +goose Down
ALTER TABLE payments DROP COLUMN manual_capture;
