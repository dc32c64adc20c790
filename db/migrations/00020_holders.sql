-- Finds the bodies of notifications that name a card's holder in clear: those of older
-- versions, until the server seals them at its start.

-- +goose Up
CREATE INDEX notifications_with_holder ON notifications (id) WHERE instr(body, x'63617264686f6c6465724e616d65') > 0; -- cardholderName

-- +goose Down
DROP INDEX notifications_with_holder;
