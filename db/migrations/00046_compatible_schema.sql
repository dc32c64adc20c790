-- Programs of the version before work on the tables of this one, so that several can be changed
-- one after another. The one row says for how long: programs whose own schema has a number below
-- oldest do not run. CONTRIBUTING.md says when a migration sets it.

-- +goose Up
CREATE TABLE compatible_schema (
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	oldest INTEGER NOT NULL
) STRICT;
INSERT INTO compatible_schema (one, oldest) VALUES (1, 47);

-- +goose Down
DROP TABLE compatible_schema;
