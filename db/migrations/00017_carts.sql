-- Carts live in the database, not in the cookie: two additions at once, from two tabs,
-- are both in it. lines is JSON. taken_out is the token of the paid order whose goods
-- were taken out last. seq says which carts are the oldest.

-- +goose Up
CREATE TABLE carts (
    seq        INTEGER PRIMARY KEY,
    session    TEXT NOT NULL UNIQUE,
    lines      TEXT NOT NULL CHECK (json_valid(lines)),
    taken_out  TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX carts_changed ON carts (changed_at);

-- +goose Down
DROP TABLE carts;
