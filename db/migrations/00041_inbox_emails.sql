-- When people of the dashboard are told by email of what waits for them, in which language, and
-- what each of them was told of. A row is written before its email is sent, so that none goes
-- out twice.

-- +goose Up
ALTER TABLE people ADD COLUMN inbox_emails TEXT NOT NULL DEFAULT 'at_once' CHECK (inbox_emails IN ('at_once', 'daily', 'none'));
ALTER TABLE people ADD COLUMN language TEXT NOT NULL DEFAULT 'en';

CREATE TABLE inbox_emails (
	person TEXT NOT NULL REFERENCES people,
	matter TEXT NOT NULL, -- of the inbox, its end, or a day's digest
	at     INTEGER NOT NULL,
	PRIMARY KEY (person, matter)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE inbox_emails;
ALTER TABLE people DROP COLUMN language;
ALTER TABLE people DROP COLUMN inbox_emails;
