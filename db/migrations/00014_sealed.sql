-- Nothing in the file opens a checkout page. An order is found by the hash of its token;
-- the token itself, and the body of the call that starts a payment, which holds it too,
-- are sealed with a key that is not in the file. What older versions have left in clear is
-- sealed when the server starts.

-- +goose Up
ALTER TABLE orders ADD COLUMN token_sealed BLOB NOT NULL DEFAULT x'';
UPDATE orders SET token_sealed = CAST(token AS BLOB), token = sha256_hex(token);
ALTER TABLE orders RENAME COLUMN token TO token_sha256;
CREATE INDEX orders_in_clear ON orders (id) WHERE token_sealed >= x'20';

-- +goose Down
DROP INDEX orders_in_clear;
ALTER TABLE orders RENAME COLUMN token_sha256 TO token;
UPDATE orders SET token = CAST(token_sealed AS TEXT) WHERE token_sealed >= x'20'; -- a sealed one is lost
ALTER TABLE orders DROP COLUMN token_sealed;
