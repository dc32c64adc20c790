-- What Antom has signed, whole, so that it can be proved later: of notifications what the
-- signature covers beside the body, of answers the body, too, which is sealed. Rows from
-- before have nothing there. A transition that an operator has decided over an answer of
-- Antom names that call.

-- +goose Up
ALTER TABLE notifications ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE notifications ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
ALTER TABLE notifications ADD COLUMN signed_time TEXT NOT NULL DEFAULT '';
ALTER TABLE notifications ADD COLUMN signature TEXT NOT NULL DEFAULT '';

ALTER TABLE calls ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN client_id TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN signed_time TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN signature TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN body BLOB NOT NULL DEFAULT x'';

ALTER TABLE transitions ADD COLUMN call_id TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE transitions DROP COLUMN call_id;
ALTER TABLE calls DROP COLUMN body;
ALTER TABLE calls DROP COLUMN signature;
ALTER TABLE calls DROP COLUMN signed_time;
ALTER TABLE calls DROP COLUMN client_id;
ALTER TABLE calls DROP COLUMN path;
ALTER TABLE notifications DROP COLUMN signature;
ALTER TABLE notifications DROP COLUMN signed_time;
ALTER TABLE notifications DROP COLUMN client_id;
ALTER TABLE notifications DROP COLUMN path;
