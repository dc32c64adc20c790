-- Lists of orders, newest first: of all, of a status, and of a buyer's address. What the
-- answer to an API request is about: an erased order takes the answers with it that show
-- its buyer. And why an operator refunds, as Antom is told.

-- +goose Up
CREATE INDEX orders_by_time ON orders (created_at, id);
CREATE INDEX orders_by_status ON orders (status, created_at, id);
DROP INDEX orders_review; -- the one before serves as well
CREATE INDEX orders_of_email ON orders (lower(email)) WHERE email <> '';

ALTER TABLE idempotency ADD COLUMN about TEXT NOT NULL DEFAULT '';
CREATE INDEX idempotency_about ON idempotency (about) WHERE about <> '';

-- +goose StatementBegin
CREATE TRIGGER idempotency_erased AFTER UPDATE OF erased_at ON orders WHEN NEW.erased_at IS NOT NULL
BEGIN
	DELETE FROM idempotency WHERE about <> '' AND about = NEW.id;
END;
-- +goose StatementEnd

ALTER TABLE operations ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE operations DROP COLUMN reason;
DROP TRIGGER idempotency_erased;
DROP INDEX idempotency_about;
ALTER TABLE idempotency DROP COLUMN about;
DROP INDEX orders_of_email;
CREATE INDEX orders_review ON orders (id) WHERE status = 'review';
DROP INDEX orders_by_status;
DROP INDEX orders_by_time;
