-- The events of an order, and those of a type, are listed without reading all.

-- +goose Up
CREATE INDEX events_of_order ON events (order_id);
CREATE INDEX events_of_type ON events (type);

-- +goose Down
DROP INDEX events_of_type;
DROP INDEX events_of_order;
