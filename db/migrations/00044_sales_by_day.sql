-- What reports show is summed up once for each day of the shop that is over, so that a report
-- of a year does not read all its orders. Nothing of this is a record: it is read from orders,
-- payments, operations and report rows, and may be emptied at any time.

-- +goose Up
CREATE TABLE sales_by_day (
	day        INTEGER NOT NULL, -- its beginning
	kind       TEXT NOT NULL,    -- checkout.SalesKind; each day that was summed up has a row "placed"
	name       TEXT NOT NULL,    -- a method, or the code of a decline
	currency   TEXT NOT NULL,
	charged_in TEXT NOT NULL,    -- the currency of fees
	count      INTEGER NOT NULL,
	minor      INTEGER NOT NULL,
	charged    INTEGER NOT NULL, -- fees in ten-thousandths of the major unit; what Antom gives back is negative
	PRIMARY KEY (day, kind, name, currency, charged_in)
) STRICT, WITHOUT ROWID;

-- The one row says of which time zone the days are, and up to which place in the ledger they
-- hold. report_rows counts how often rows of reports were stored.
CREATE TABLE sales_summed (
	one         INTEGER PRIMARY KEY CHECK (one = 1),
	zone        TEXT NOT NULL,
	seq         INTEGER NOT NULL,
	report_rows INTEGER NOT NULL
) STRICT;
INSERT INTO sales_summed (one, zone, seq, report_rows) VALUES (1, '', 0, 0);

-- What Antom charged, of rows of settlement details. Reports of generation 1 were seen with
-- fees of either sign.
ALTER TABLE report_rows ADD COLUMN charged INTEGER NOT NULL DEFAULT 0;
UPDATE report_rows
   SET charged = CASE WHEN type IN ('SETTLEMENT_FEE', 'ADJUSTMENT_FEE') THEN -net
                      WHEN generation = 1 AND type IN ('PAYMENT', 'CAPTURE') THEN abs(fees)
                      ELSE -fees END
 WHERE kind = 'settlement';
CREATE INDEX report_rows_settled ON report_rows (at) WHERE kind = 'settlement';

-- +goose Down
DROP INDEX report_rows_settled;
ALTER TABLE report_rows DROP COLUMN charged;
DROP TABLE sales_summed;
DROP TABLE sales_by_day;
