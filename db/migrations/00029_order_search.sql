-- Orders are listed by currency, amount and method, and found by a card's last four digits;
-- deliveries that were given up are counted.

-- +goose Up
CREATE INDEX orders_by_currency ON orders (currency, created_at, id);
CREATE INDEX orders_of_amount ON orders (currency, total);
CREATE INDEX payments_by_method ON payments (method, order_id);
CREATE INDEX payments_of_last_four ON payments (card ->> 'last4') WHERE card <> '';
CREATE INDEX deliveries_dead ON deliveries (created_at) WHERE state = 'dead';

-- +goose Down
DROP INDEX deliveries_dead;
DROP INDEX payments_of_last_four;
DROP INDEX payments_by_method;
DROP INDEX orders_of_amount;
DROP INDEX orders_by_currency;
