-- A buyer's data have an end: erased_at is when they were erased. The body of the call
-- that started a payment doubles them, and is dropped once the payment has a result.

-- +goose Up
ALTER TABLE orders ADD COLUMN erased_at INTEGER;
CREATE INDEX orders_personal ON orders (ever_paid, created_at, id) WHERE erased_at IS NULL;
UPDATE payments
   SET body = x'', incomplete = 1
 WHERE status NOT IN ('created', 'unknown', 'processing', 'pending') AND length(body) > 0;

-- +goose Down
DROP INDEX orders_personal;
ALTER TABLE orders DROP COLUMN erased_at;
