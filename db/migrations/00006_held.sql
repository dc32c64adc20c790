-- What Antom holds of a payment instead of the amount asked for, once an operator
-- has decided about it. Refunds are never more than what is held.

-- +goose Up
ALTER TABLE payments ADD COLUMN held INTEGER CHECK (held > 0);
ALTER TABLE payments ADD COLUMN held_currency TEXT NOT NULL DEFAULT '';

DROP TRIGGER refunds_asked;
DROP TRIGGER refunds_heard;
DROP TRIGGER refunds_made;
-- +goose StatementBegin
CREATE TRIGGER refunds_asked AFTER INSERT ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'pending'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status <> 'failed')
	     > (SELECT coalesce(held, amount) FROM payments WHERE request_id = NEW.payment_request_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER refunds_heard AFTER INSERT ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'success'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status = 'success')
	     > (SELECT coalesce(held, amount) FROM payments WHERE request_id = NEW.payment_request_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER refunds_made AFTER UPDATE ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'success'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status = 'success')
	     > (SELECT coalesce(held, amount) FROM payments WHERE request_id = NEW.payment_request_id);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER refunds_asked;
DROP TRIGGER refunds_heard;
DROP TRIGGER refunds_made;
-- +goose StatementBegin
CREATE TRIGGER refunds_asked AFTER INSERT ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'pending'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status <> 'failed')
	     > (SELECT amount FROM payments WHERE request_id = NEW.payment_request_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER refunds_heard AFTER INSERT ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'success'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status = 'success')
	     > (SELECT amount FROM payments WHERE request_id = NEW.payment_request_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER refunds_made AFTER UPDATE ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'success'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status = 'success')
	     > (SELECT amount FROM payments WHERE request_id = NEW.payment_request_id);
END;
-- +goose StatementEnd
ALTER TABLE payments DROP COLUMN held_currency;
ALTER TABLE payments DROP COLUMN held;
