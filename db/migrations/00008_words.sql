-- Columns are called what the field calls them. An attempt owns its facts: what the
-- buyer pays on and where an app is opened again are columns of their own, and the
-- stored body of the call serves repeats only.

-- +goose Up
ALTER TABLE payments RENAME COLUMN live TO active;
ALTER TABLE payments RENAME COLUMN surplus TO duplicate;
ALTER TABLE payments RENAME COLUMN settled TO resolved_offline;
ALTER TABLE payments RENAME COLUMN held TO confirmed;
ALTER TABLE payments RENAME COLUMN held_currency TO confirmed_currency;
ALTER TABLE payments RENAME COLUMN next_check TO next_poll;
ALTER TABLE payments RENAME COLUMN checks TO polls;
ALTER TABLE payments RENAME COLUMN mail_me TO email_on_failure;
ALTER TABLE payments RENAME COLUMN request TO body;
ALTER TABLE products RENAME COLUMN held TO reserved;
ALTER TABLE calls RENAME COLUMN op TO endpoint;

ALTER TABLE payments ADD COLUMN terminal TEXT NOT NULL DEFAULT '';
ALTER TABLE payments ADD COLUMN return_url TEXT NOT NULL DEFAULT ''; -- of a native app
ALTER TABLE payments ADD COLUMN incomplete INTEGER NOT NULL DEFAULT 0 CHECK (incomplete IN (0, 1)); -- the body lacks what may not be stored
UPDATE payments
   SET terminal = coalesce(json_extract(CAST(body AS TEXT), '$.env.terminalType'), '')
 WHERE json_valid(CAST(body AS TEXT));
UPDATE payments
   SET return_url = coalesce(json_extract(CAST(body AS TEXT), '$.paymentRedirectUrl'), '')
 WHERE terminal = 'APP';

-- +goose Down
ALTER TABLE payments DROP COLUMN incomplete;
ALTER TABLE payments DROP COLUMN return_url;
ALTER TABLE payments DROP COLUMN terminal;
ALTER TABLE calls RENAME COLUMN endpoint TO op;
ALTER TABLE products RENAME COLUMN reserved TO held;
ALTER TABLE payments RENAME COLUMN body TO request;
ALTER TABLE payments RENAME COLUMN email_on_failure TO mail_me;
ALTER TABLE payments RENAME COLUMN polls TO checks;
ALTER TABLE payments RENAME COLUMN next_poll TO next_check;
ALTER TABLE payments RENAME COLUMN confirmed_currency TO held_currency;
ALTER TABLE payments RENAME COLUMN confirmed TO held;
ALTER TABLE payments RENAME COLUMN resolved_offline TO settled;
ALTER TABLE payments RENAME COLUMN duplicate TO surplus;
ALTER TABLE payments RENAME COLUMN active TO live;
