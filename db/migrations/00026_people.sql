-- The people of the dashboard: how they sign in, their sessions, and the links by which
-- they choose a password.

-- +goose Up
CREATE TABLE people (
	id           TEXT PRIMARY KEY,
	name         TEXT NOT NULL,
	email        TEXT NOT NULL,
	role         TEXT NOT NULL,
	password     TEXT NOT NULL, -- argon2id; '' until the person has chosen one
	totp         BLOB NOT NULL, -- the secret of the second factor, sealed; empty is none
	totp_step    INTEGER NOT NULL, -- the last time step that a code was used of
	recovery     TEXT NOT NULL, -- JSON: hashes of the recovery codes that are left
	created_at   INTEGER NOT NULL,
	signed_in_at INTEGER,
	disabled_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX people_of_email ON people (lower(email));

CREATE TABLE people_sessions (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE, -- SHA-256 of what the cookie holds
	person     TEXT NOT NULL REFERENCES people (id),
	stage      TEXT NOT NULL,
	pending    BLOB NOT NULL, -- the secret of a second factor that is being set up, sealed
	address    TEXT NOT NULL,
	agent      TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL, -- exact to a minute
	ended_at   INTEGER
) STRICT;
CREATE INDEX people_sessions_open ON people_sessions (person, id) WHERE ended_at IS NULL;

CREATE TABLE people_links (
	hash       TEXT PRIMARY KEY, -- SHA-256 of what the link holds
	person     TEXT NOT NULL REFERENCES people (id),
	purpose    TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at    INTEGER
) STRICT;
CREATE INDEX people_links_of_person ON people_links (person);

-- +goose Down
DROP TABLE people_links;
DROP TABLE people_sessions;
DROP TABLE people;
