-- Attempts that failed because of the shop's settings, contract or code are told apart
-- from those that a buyer or a bank has ended.

-- +goose Up
ALTER TABLE payments ADD COLUMN shop_fault INTEGER NOT NULL DEFAULT 0 CHECK (shop_fault IN (0, 1));

-- What waits for a person is counted without reading what is finished.
CREATE INDEX orders_review ON orders (id) WHERE status = 'review';

-- +goose Down
DROP INDEX orders_review;
ALTER TABLE payments DROP COLUMN shop_fault;
