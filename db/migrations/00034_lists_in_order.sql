-- +goose Up
-- The orders of a buyer and of a reference stand in the order in which they are listed,
-- so that a page of them reads no more than it shows.
DROP INDEX orders_of_email;
CREATE INDEX orders_of_email ON orders (lower(email), created_at, id) WHERE email <> '';
DROP INDEX orders_of_reference;
CREATE INDEX orders_of_reference ON orders (reference, created_at, id) WHERE reference <> '';

-- +goose Down
DROP INDEX orders_of_reference;
CREATE INDEX orders_of_reference ON orders (reference) WHERE reference <> '';
DROP INDEX orders_of_email;
CREATE INDEX orders_of_email ON orders (lower(email)) WHERE email <> '';
