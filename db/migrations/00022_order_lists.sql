-- Lists of orders, newest first: of all, of a status, and of a buyer's address.

-- +goose Up
CREATE INDEX orders_by_time ON orders (created_at, id);
CREATE INDEX orders_by_status ON orders (status, created_at, id);
CREATE INDEX orders_of_email ON orders (lower(email)) WHERE email <> '';

-- +goose Down
DROP INDEX orders_of_email;
DROP INDEX orders_by_status;
DROP INDEX orders_by_time;
