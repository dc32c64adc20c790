-- Products as the merchant keeps them at the dashboard: whether each is on sale, its picture,
-- and who has changed its stock. What orders take from the stock stands in the orders.

-- +goose Up
ALTER TABLE products ADD COLUMN on_sale INTEGER NOT NULL DEFAULT 1 CHECK (on_sale IN (0, 1));

-- A picture is named by the hash of its bytes, and never changed. Orders go on showing the
-- picture that they were placed with, so none is deleted.
CREATE TABLE product_pictures (
	name  TEXT PRIMARY KEY, -- "HASH.png"; what products.image and order_lines.image say
	type  TEXT NOT NULL,
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE stock_changes (
	id       INTEGER PRIMARY KEY,
	sku      TEXT NOT NULL REFERENCES products,
	at       INTEGER NOT NULL,
	operator TEXT NOT NULL, -- an id
	name     TEXT NOT NULL, -- as it was then
	was      INTEGER,       -- pieces; NULL: they were not counted
	became   INTEGER
) STRICT;
CREATE INDEX stock_changes_of_product ON stock_changes (sku, id);

-- +goose Down
DROP TABLE stock_changes;
DROP TABLE product_pictures;
ALTER TABLE products DROP COLUMN on_sale;
