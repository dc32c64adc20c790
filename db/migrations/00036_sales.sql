-- Reports of sales read the orders that were paid, and the refunds that were made, in a
-- period.

-- +goose Up
CREATE INDEX orders_paid ON orders (paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX operations_refunded ON operations (created_at) WHERE kind = 'refund' AND status = 'success';

-- +goose Down
DROP INDEX operations_refunded;
DROP INDEX orders_paid;
