-- What is measured of the outbox: how old its oldest undelivered row is, and
-- how many were given up, without reading those that were delivered.

-- +goose Up
ALTER TABLE outbox ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0; -- 0: before this was kept

CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';

-- +goose Down
DROP INDEX outbox_dead;
ALTER TABLE outbox DROP COLUMN created_at;
