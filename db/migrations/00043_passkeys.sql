-- Passkeys of the people of the dashboard, and the challenges that these sign: each once.

-- +goose Up
ALTER TABLE people ADD COLUMN passkeys TEXT NOT NULL DEFAULT ''; -- JSON: public keys with their names

CREATE TABLE people_challenges (
	hash       TEXT PRIMARY KEY, -- SHA-256 of the challenge
	browser    TEXT NOT NULL, -- SHA-256 of what a cookie of the browser holds
	purpose    TEXT NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX people_challenges_by_end ON people_challenges (expires_at);

-- +goose Down
DROP TABLE people_challenges;
ALTER TABLE people DROP COLUMN passkeys;
