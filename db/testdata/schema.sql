CREATE TABLE allowances (
	name     TEXT PRIMARY KEY, -- a keyed hash
	whole_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL,
	hash       TEXT NOT NULL UNIQUE, -- SHA-256 of what the program sends
	real_money INTEGER NOT NULL CHECK (real_money IN (0, 1)),
	scopes     TEXT NOT NULL CHECK (json_valid(scopes)),
	created_at INTEGER NOT NULL,
	used_at    INTEGER,
	revoked_at INTEGER
) STRICT;

CREATE TABLE calls (
	id                 TEXT PRIMARY KEY,
	endpoint                 TEXT NOT NULL,
	request_id         TEXT NOT NULL,
	payment_request_id TEXT NOT NULL,
	result             TEXT NOT NULL CHECK (result = 'S' OR result = 'F' OR result = 'U' OR result = 'none'),
	code               TEXT NOT NULL,
	verified           INTEGER NOT NULL CHECK (verified IN (0, 1)),
	at                 INTEGER NOT NULL
, path TEXT NOT NULL DEFAULT '', client_id TEXT NOT NULL DEFAULT '', signed_time TEXT NOT NULL DEFAULT '', signature TEXT NOT NULL DEFAULT '', body BLOB NOT NULL DEFAULT x'') STRICT;

CREATE TABLE card_attempts (
	payment     TEXT PRIMARY KEY, -- payment_request_id
	order_id    TEXT NOT NULL,
	address     TEXT NOT NULL,
	card        TEXT NOT NULL,
	begun_at    INTEGER NOT NULL,
	declined_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX card_declines_of_address ON card_attempts (address, declined_at) WHERE declined_at IS NOT NULL;

CREATE INDEX card_declines_of_card ON card_attempts (card, declined_at) WHERE declined_at IS NOT NULL;

CREATE INDEX card_declines_of_order ON card_attempts (order_id, declined_at) WHERE declined_at IS NOT NULL;

CREATE TABLE card_keys (
	day    INTEGER PRIMARY KEY, -- since 1970, by UTC
	random BLOB NOT NULL
) STRICT;

CREATE TABLE carts (
    seq        INTEGER PRIMARY KEY,
    session    TEXT NOT NULL UNIQUE,
    lines      TEXT NOT NULL CHECK (json_valid(lines)),
    taken_out  TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX carts_changed ON carts (changed_at);

CREATE TABLE compatible_schema (
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	oldest INTEGER NOT NULL
) STRICT;

CREATE TABLE deliveries (
	id          INTEGER PRIMARY KEY,
	endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
	event_id    TEXT NOT NULL REFERENCES events (id),
	order_id    TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
	attempts    INTEGER NOT NULL, -- since it was ordered
	next_at     INTEGER NOT NULL,
	created_at  INTEGER NOT NULL,
	UNIQUE (event_id, endpoint_id)
) STRICT;

CREATE INDEX deliveries_dead ON deliveries (created_at) WHERE state = 'dead';

CREATE INDEX deliveries_due ON deliveries (endpoint_id, next_at, id) WHERE state = 'pending';

CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id);

CREATE INDEX deliveries_of_order ON deliveries (order_id) WHERE order_id <> '';

CREATE TABLE delivery_tries (
	id          INTEGER PRIMARY KEY,
	delivery_id INTEGER NOT NULL REFERENCES deliveries ON DELETE CASCADE,
	at          INTEGER NOT NULL,
	status      INTEGER NOT NULL, -- of HTTP; 0 without an answer
	ms          INTEGER NOT NULL,
	error       TEXT NOT NULL, -- why there was no answer
	answer      BLOB NOT NULL -- its beginning; sealed
) STRICT;

CREATE INDEX delivery_tries_by_age ON delivery_tries (at);

CREATE INDEX delivery_tries_of_delivery ON delivery_tries (delivery_id);

CREATE TABLE differences (
	id                 TEXT PRIMARY KEY, -- in time order
	subject            TEXT NOT NULL UNIQUE,
	class              TEXT NOT NULL,
	reason             TEXT NOT NULL,
	file_id            TEXT NOT NULL, -- '' of an inquiry or a sum
	line               INTEGER NOT NULL,
	order_id           TEXT NOT NULL,
	payment_request_id TEXT NOT NULL,
	theirs             TEXT NOT NULL,
	ours               TEXT NOT NULL,
	opened_at          INTEGER NOT NULL,
	resolved_at        INTEGER,
	resolved_by        TEXT NOT NULL,
	note               TEXT NOT NULL
) STRICT;

CREATE INDEX differences_open ON differences (id) WHERE resolved_at IS NULL;

CREATE INDEX differences_order ON differences (order_id) WHERE order_id <> '';

CREATE TABLE event_bodies (
	event_id TEXT PRIMARY KEY REFERENCES events (id),
	order_id TEXT NOT NULL,
	body     BLOB NOT NULL -- sealed
) STRICT;

CREATE INDEX event_bodies_of_order ON event_bodies (order_id);

CREATE TABLE events (
	seq                INTEGER PRIMARY KEY, -- in the order of the commits
	id                 TEXT NOT NULL UNIQUE,
	type               TEXT NOT NULL,
	order_id           TEXT NOT NULL, -- '' of a test
	sequence           INTEGER NOT NULL, -- within the order, from 1 on
	status             TEXT NOT NULL, -- of the order, after what the event tells of
	payment_request_id TEXT NOT NULL,
	about              TEXT NOT NULL, -- a capture, refund or dispute
	at                 INTEGER NOT NULL
) STRICT;

CREATE INDEX events_of_order ON events (order_id);

CREATE INDEX events_of_type ON events (type);

CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

CREATE TABLE idempotency (
	api_key       TEXT NOT NULL,
	key           TEXT NOT NULL,
	request       TEXT NOT NULL, -- SHA-256 of method, path and body
	claimed_until INTEGER NOT NULL,
	status        INTEGER NOT NULL,
	answer        BLOB NOT NULL, -- sealed
	created_at    INTEGER NOT NULL, about TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (api_key, key)
) STRICT;

CREATE INDEX idempotency_about ON idempotency (about) WHERE about <> '';

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE inbox_emails (
	person TEXT NOT NULL REFERENCES people,
	matter TEXT NOT NULL, -- of the inbox, its end, or a day's digest
	at     INTEGER NOT NULL,
	PRIMARY KEY (person, matter)
) STRICT, WITHOUT ROWID;

CREATE TABLE notifications (
	id                 TEXT PRIMARY KEY,
	type               TEXT NOT NULL,
	payment_request_id TEXT NOT NULL, -- the payment it was matched to, or ''
	antom_id           TEXT NOT NULL,
	body_sha256        TEXT NOT NULL,
	body               BLOB NOT NULL,
	received_at        INTEGER NOT NULL,
	applied            INTEGER NOT NULL CHECK (applied IN (0, 1))
, path TEXT NOT NULL DEFAULT '', client_id TEXT NOT NULL DEFAULT '', signed_time TEXT NOT NULL DEFAULT '', signature TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX notifications_unmatched ON notifications (antom_id) WHERE applied = 0 AND antom_id <> '';

CREATE INDEX notifications_with_holder ON notifications (id) WHERE instr(body, x'63617264686f6c6465724e616d65') > 0;

CREATE INDEX notifications_with_token ON notifications (id) WHERE instr(body, x'63617264546f6b656e') > 0;

CREATE TABLE operations (
	payment_request_id TEXT NOT NULL REFERENCES payments,
	kind               TEXT NOT NULL CHECK (kind = 'capture' OR kind = 'refund' OR kind = 'cancel'),
	request_id         TEXT NOT NULL,
	position           INTEGER NOT NULL,
	antom_id           TEXT NOT NULL,
	currency           TEXT NOT NULL,
	amount             INTEGER NOT NULL CHECK (amount >= 0),
	status             TEXT NOT NULL CHECK (status = 'pending' OR status = 'processing' OR status = 'success' OR status = 'failed'),
	result_code        TEXT NOT NULL,
	key                TEXT NOT NULL,    -- who ordered it, with their idempotency key
	misses             INTEGER NOT NULL, -- how often Antom has not known it
	created_at         INTEGER NOT NULL, submitted_at INTEGER, reason TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (payment_request_id, kind, request_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX operations_refund ON operations (request_id) WHERE kind = 'refund';

CREATE INDEX operations_refund_antom ON operations (antom_id) WHERE kind = 'refund' AND antom_id <> '';

CREATE INDEX operations_refunded ON operations (created_at) WHERE kind = 'refund' AND status = 'success';

CREATE TRIGGER refunds_asked AFTER INSERT ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'pending'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status <> 'failed')
	     > (SELECT coalesce(confirmed, amount) FROM payments WHERE request_id = NEW.payment_request_id);
END;

CREATE TRIGGER refunds_heard AFTER INSERT ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'success'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status = 'success')
	     > (SELECT coalesce(confirmed, amount) FROM payments WHERE request_id = NEW.payment_request_id);
END;

CREATE TRIGGER refunds_made AFTER UPDATE ON operations WHEN NEW.kind = 'refund' AND NEW.status = 'success'
BEGIN
	SELECT RAISE(ABORT, 'refunds exceed the payment')
	 WHERE (SELECT sum(amount) FROM operations WHERE payment_request_id = NEW.payment_request_id AND kind = 'refund' AND status = 'success')
	     > (SELECT coalesce(confirmed, amount) FROM payments WHERE request_id = NEW.payment_request_id);
END;

CREATE TABLE operator_actions (
	cause    TEXT PRIMARY KEY, -- operator and key, as the ledger names them
	action   TEXT NOT NULL,    -- capture, refund, cancel or accept; '' for one from before this table
	minor    INTEGER NOT NULL, -- of a refund, as it was ordered; 0 for all that is left
	order_id TEXT NOT NULL REFERENCES orders,
	at       INTEGER NOT NULL
, about TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;

CREATE TABLE operators_log (
	id       TEXT PRIMARY KEY,
	at       INTEGER NOT NULL,
	operator TEXT NOT NULL, -- an id
	name     TEXT NOT NULL, -- as it was then
	address  TEXT NOT NULL,
	action   TEXT NOT NULL,
	order_id TEXT NOT NULL, -- '' where it is about none
	about    TEXT NOT NULL  -- a person, an amount
) STRICT;

CREATE TRIGGER operators_log_is_not_changed BEFORE UPDATE ON operators_log
BEGIN
	SELECT RAISE(ABORT, 'the operators'' log is append-only');
END;

CREATE TRIGGER operators_log_is_not_deleted BEFORE DELETE ON operators_log
BEGIN
	SELECT RAISE(ABORT, 'the operators'' log is append-only');
END;

CREATE INDEX operators_log_of_order ON operators_log (order_id, id) WHERE order_id <> '';

CREATE TABLE order_lines (
	order_id TEXT NOT NULL REFERENCES orders,
	position INTEGER NOT NULL,
	sku      TEXT NOT NULL,
	name     TEXT NOT NULL, -- as it was called when it was bought
	image    TEXT NOT NULL,
	quantity INTEGER NOT NULL CHECK (quantity > 0),
	unit     INTEGER NOT NULL CHECK (unit > 0),
	PRIMARY KEY (order_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
	id             TEXT PRIMARY KEY, -- in time order; also Antom's referenceOrderId
	number         TEXT NOT NULL UNIQUE,
	token_sha256          TEXT NOT NULL UNIQUE,
	form_key       TEXT NOT NULL UNIQUE, -- the same form twice is the same order
	status         TEXT NOT NULL CHECK (status = 'open' OR status = 'processing' OR status = 'authorized' OR status = 'paid'
		OR status = 'cancelled' OR status = 'expired' OR status = 'review' OR status = 'partially_refunded' OR status = 'refunded'),
	closed         TEXT NOT NULL CHECK (closed = '' OR closed = 'expired' OR closed = 'cancelled'),
	review         TEXT NOT NULL,
	review_payment TEXT NOT NULL,
	ever_paid      INTEGER NOT NULL CHECK (ever_paid IN (0, 1)),
	stock          TEXT NOT NULL CHECK (stock = '' OR stock = 'held' OR stock = 'taken'), -- what was done about the goods
	version        INTEGER NOT NULL, -- counts changes; an update must know the last one
	currency       TEXT NOT NULL,
	total          INTEGER NOT NULL CHECK (total > 0),
	email          TEXT NOT NULL,
	name           TEXT NOT NULL,
	phone          TEXT NOT NULL,
	country        TEXT NOT NULL,
	region         TEXT NOT NULL,
	city           TEXT NOT NULL,
	address1       TEXT NOT NULL,
	address2       TEXT NOT NULL,
	postal_code    TEXT NOT NULL,
	language       TEXT NOT NULL,
	created_at     INTEGER NOT NULL,
	expires_at     INTEGER NOT NULL
, erased_at INTEGER, token_sealed BLOB NOT NULL DEFAULT x'', buyer_reference TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '', reference TEXT NOT NULL DEFAULT '', capture TEXT NOT NULL DEFAULT '' CHECK (capture IN ('', 'automatic', 'manual')), methods TEXT NOT NULL DEFAULT '', success_url TEXT NOT NULL DEFAULT '', cancel_url TEXT NOT NULL DEFAULT '', metadata TEXT NOT NULL DEFAULT '', paid_at INTEGER, events INTEGER NOT NULL DEFAULT 0, link_id TEXT NOT NULL DEFAULT '') STRICT;

CREATE TRIGGER idempotency_erased AFTER UPDATE OF erased_at ON orders WHEN NEW.erased_at IS NOT NULL
BEGIN
	DELETE FROM idempotency WHERE about <> '' AND about = NEW.id;
END;

CREATE INDEX orders_by_currency ON orders (currency, created_at, id);

CREATE INDEX orders_by_status ON orders (status, created_at, id);

CREATE INDEX orders_by_time ON orders (created_at, id);

CREATE INDEX orders_in_clear ON orders (id) WHERE token_sealed >= x'20';

CREATE INDEX orders_of_amount ON orders (currency, total);

CREATE INDEX orders_of_buyer ON orders (buyer_reference) WHERE buyer_reference <> '';

CREATE INDEX orders_of_email ON orders (lower(email), created_at, id) WHERE email <> '';

CREATE INDEX orders_of_reference ON orders (reference, created_at, id) WHERE reference <> '';

CREATE INDEX orders_open ON orders (expires_at) WHERE status = 'open';

CREATE INDEX orders_paid ON orders (paid_at) WHERE paid_at IS NOT NULL;

CREATE INDEX orders_personal ON orders (ever_paid, created_at, id) WHERE erased_at IS NULL;

CREATE TABLE outbox (
	id       INTEGER PRIMARY KEY,
	topic    TEXT NOT NULL,
	order_id TEXT NOT NULL REFERENCES orders,
	state    TEXT NOT NULL CHECK (state = 'pending' OR state = 'sent' OR state = 'dead'),
	attempts INTEGER NOT NULL,
	next_at  INTEGER NOT NULL, created_at INTEGER NOT NULL DEFAULT 0,
	UNIQUE (order_id, topic)
) STRICT;

CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';

CREATE INDEX outbox_pending ON outbox (next_at) WHERE state = 'pending';

CREATE TABLE payment_links (
	id               TEXT PRIMARY KEY,
	code             TEXT NOT NULL UNIQUE, -- in the link's address
	form_key         TEXT NOT NULL UNIQUE, -- of the request that made it
	name             TEXT NOT NULL,
	lines            TEXT NOT NULL,
	amount_min       INTEGER NOT NULL,
	amount_max       INTEGER NOT NULL,
	amount_suggested INTEGER NOT NULL,
	currency         TEXT NOT NULL,
	adjustable       INTEGER NOT NULL CHECK (adjustable IN (0, 1)),
	max_uses         INTEGER NOT NULL CHECK (max_uses >= 0),
	methods          TEXT NOT NULL,
	success_url      TEXT NOT NULL,
	metadata         TEXT NOT NULL,
	active           INTEGER NOT NULL CHECK (active IN (0, 1)),
	created_at       INTEGER NOT NULL,
	expires_at       INTEGER,
	uses             INTEGER NOT NULL CHECK (uses >= 0),
	reserved         INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT;

CREATE TABLE payments (
	request_id  TEXT PRIMARY KEY, -- Antom's paymentRequestId, in time order
	order_id    TEXT NOT NULL REFERENCES orders,
	antom_id    TEXT NOT NULL,
	method      TEXT NOT NULL,
	mode        TEXT NOT NULL CHECK (mode = 'sdk' OR mode = 'api'),
	status      TEXT NOT NULL CHECK (status = 'created' OR status = 'unknown' OR status = 'processing' OR status = 'pending' OR status = 'authorized'
		OR status = 'paid' OR status = 'failed' OR status = 'cancelled' OR status = 'refunded'),
	active        INTEGER NOT NULL CHECK (active IN (0, 1)),
	duplicate     INTEGER NOT NULL CHECK (duplicate IN (0, 1)), -- money to be given back
	currency    TEXT NOT NULL,
	amount      INTEGER NOT NULL CHECK (amount > 0),
	result_code TEXT NOT NULL,
	body     BLOB NOT NULL, -- the body sent, so that a repeat is the same request
	action      TEXT NOT NULL, -- JSON: how the buyer goes on
	created_at  INTEGER NOT NULL,
	expires_at  INTEGER NOT NULL,
	auth_ends   INTEGER, -- of an authorised card
	next_poll  INTEGER, -- NULL when nothing is owed
	polls      INTEGER NOT NULL
, email_on_failure INTEGER NOT NULL DEFAULT 0 CHECK (email_on_failure IN (0, 1)), resolved_offline INTEGER NOT NULL DEFAULT 0 CHECK (resolved_offline IN (0, 1)), confirmed INTEGER CHECK (confirmed > 0), confirmed_currency TEXT NOT NULL DEFAULT '', terminal TEXT NOT NULL DEFAULT '', return_url TEXT NOT NULL DEFAULT '', incomplete INTEGER NOT NULL DEFAULT 0 CHECK (incomplete IN (0, 1)), doubts INTEGER NOT NULL DEFAULT 0, shop_fault INTEGER NOT NULL DEFAULT 0 CHECK (shop_fault IN (0, 1)), reconcile_at INTEGER, disputes TEXT NOT NULL DEFAULT '', manual_capture INTEGER NOT NULL DEFAULT 0 CHECK (manual_capture IN (0, 1)), choice TEXT NOT NULL DEFAULT '' CHECK (choice = '' OR json_valid(choice)), three_ds INTEGER NOT NULL DEFAULT 0 CHECK (three_ds IN (0, 1)), card TEXT NOT NULL DEFAULT '' CHECK (card = '' OR json_valid(card)), card_saved INTEGER NOT NULL DEFAULT 0 CHECK (card_saved IN (0, 1)), dispute_at INTEGER) STRICT;

CREATE UNIQUE INDEX payments_antom ON payments (antom_id) WHERE antom_id <> '';

CREATE INDEX payments_by_method ON payments (method, order_id);

CREATE INDEX payments_due ON payments (next_poll) WHERE next_poll IS NOT NULL;

CREATE INDEX payments_in_dispute ON payments (dispute_at) WHERE dispute_at IS NOT NULL;

CREATE UNIQUE INDEX payments_live ON payments (order_id) WHERE active = 1;

CREATE INDEX payments_of_last_four ON payments (card ->> 'last4') WHERE card <> '';

CREATE INDEX payments_order ON payments (order_id);

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
, inbox_emails TEXT NOT NULL DEFAULT 'at_once' CHECK (inbox_emails IN ('at_once', 'daily', 'none')), language TEXT NOT NULL DEFAULT 'en', passkeys TEXT NOT NULL DEFAULT '') STRICT;

CREATE UNIQUE INDEX people_of_email ON people (lower(email));

CREATE TABLE people_challenges (
	hash       TEXT PRIMARY KEY, -- SHA-256 of the challenge
	browser    TEXT NOT NULL, -- SHA-256 of what a cookie of the browser holds
	purpose    TEXT NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX people_challenges_by_end ON people_challenges (expires_at);

CREATE TABLE people_links (
	hash       TEXT PRIMARY KEY, -- SHA-256 of what the link holds
	person     TEXT NOT NULL REFERENCES people (id),
	purpose    TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at    INTEGER
) STRICT;

CREATE INDEX people_links_of_person ON people_links (person);

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

CREATE TABLE prices (
	sku      TEXT NOT NULL REFERENCES products,
	currency TEXT NOT NULL,
	minor    INTEGER NOT NULL CHECK (minor > 0),
	PRIMARY KEY (sku, currency)
) STRICT;

CREATE TABLE product_pictures (
	name  TEXT PRIMARY KEY, -- "HASH.png"; what products.image and order_lines.image say
	type  TEXT NOT NULL,
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE products (
	sku         TEXT PRIMARY KEY,
	name        TEXT NOT NULL,
	description TEXT NOT NULL,
	image       TEXT NOT NULL,
	position    INTEGER NOT NULL,
	stock       INTEGER CHECK (stock >= 0),                   -- pieces in the store; NULL means enough
	reserved        INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0), -- of these, for attempts under way
	listed      INTEGER, on_sale INTEGER NOT NULL DEFAULT 1 CHECK (on_sale IN (0, 1)),                                      -- what the catalogue file said last
	CHECK (stock IS NULL OR reserved <= stock)
) STRICT;

CREATE TABLE report_files (
	id         TEXT PRIMARY KEY, -- in time order
	sha256     TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('transactions', 'settlement', 'summary')),
	generation INTEGER NOT NULL,
	merchant   TEXT NOT NULL,
	days       TEXT NOT NULL,
	rows       INTEGER NOT NULL,
	read_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE report_rows (
	kind                TEXT NOT NULL,
	key                 TEXT NOT NULL,
	file_id             TEXT NOT NULL, -- stored before its file, so that a file whose row exists was read whole
	line                INTEGER NOT NULL,
	batch               TEXT NOT NULL,
	generation          INTEGER NOT NULL,
	type                TEXT NOT NULL,
	transaction_id      TEXT NOT NULL,
	original_id         TEXT NOT NULL,
	request_id          TEXT NOT NULL,
	original_request_id TEXT NOT NULL,
	order_reference     TEXT NOT NULL,
	method              TEXT NOT NULL,
	status              TEXT NOT NULL,
	at                  INTEGER,
	minor               INTEGER NOT NULL,
	currency            TEXT NOT NULL,
	net                 INTEGER NOT NULL,
	fees                INTEGER NOT NULL,
	formula_off         INTEGER NOT NULL,
	net_currency        TEXT NOT NULL,
	count               INTEGER NOT NULL,
	class               TEXT NOT NULL,
	reason              TEXT NOT NULL,
	act                 TEXT NOT NULL, -- what of the merchant's it is about
	order_id            TEXT NOT NULL,
	payment_request_id  TEXT NOT NULL,
	ours                TEXT NOT NULL, charged INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_rows_act ON report_rows (act) WHERE act <> '';

CREATE INDEX report_rows_batch ON report_rows (batch, kind) WHERE batch <> '';

CREATE INDEX report_rows_order ON report_rows (order_id) WHERE order_id <> '';

CREATE INDEX report_rows_settled ON report_rows (at) WHERE kind = 'settlement';

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

CREATE TABLE sales_summed (
	one         INTEGER PRIMARY KEY CHECK (one = 1),
	zone        TEXT NOT NULL,
	seq         INTEGER NOT NULL,
	report_rows INTEGER NOT NULL
) STRICT;

CREATE TABLE saved_cards (
	id                     TEXT PRIMARY KEY, -- the payment that saved it first
	buyer                  TEXT NOT NULL CHECK (buyer <> ''),
	token                  BLOB NOT NULL,
	brand                  TEXT NOT NULL,
	last4                  TEXT NOT NULL,
	expiry                 TEXT NOT NULL, -- MM/YY, or '' if it is not known
	funding                TEXT NOT NULL,
	country                TEXT NOT NULL,
	region                 TEXT NOT NULL,
	network_transaction_id TEXT NOT NULL,
	consent                TEXT NOT NULL CHECK (json_valid(consent)),
	agreed_by              TEXT NOT NULL, -- the payment with which the buyer agreed
	agreed_at              INTEGER NOT NULL,
	refused                TEXT NOT NULL, -- Antom's code, or ''
	saved_at               INTEGER NOT NULL,
	used_at                INTEGER NOT NULL,
	removed_at             INTEGER,
	CHECK (removed_at IS NULL OR length(token) = 0)
) STRICT;

CREATE INDEX saved_cards_of_buyer ON saved_cards (buyer);

CREATE TABLE searches (
	notification_id TEXT PRIMARY KEY REFERENCES notifications,
	status          TEXT NOT NULL CHECK (status = 'searching' OR status = 'stray' OR status = 'told'),
	next_at         INTEGER NOT NULL, -- when the search goes on; once it has ended: when it did
	passes          INTEGER NOT NULL, -- how often all candidates were inquired
	inquired        INTEGER NOT NULL, -- candidates in this pass
	reached         TEXT NOT NULL,    -- the last of them
	tries           INTEGER NOT NULL  -- without an answer from Antom
) STRICT, WITHOUT ROWID;

CREATE INDEX searches_status ON searches (status, next_at);

CREATE TABLE sign_in_tries (
	key   TEXT PRIMARY KEY, -- account, address or second factor; a hash where it was typed
	count INTEGER NOT NULL,
	at    INTEGER NOT NULL, -- of the last one
	until INTEGER NOT NULL  -- no further try before
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

CREATE TABLE transitions (
	seq                INTEGER PRIMARY KEY,
	subject            TEXT NOT NULL CHECK (subject = 'order' OR subject = 'payment' OR subject = 'capture' OR subject = 'refund' OR subject = 'cancel'),
	order_id           TEXT NOT NULL REFERENCES orders,
	payment_request_id TEXT NOT NULL,
	request_id         TEXT NOT NULL, -- of a capture, refund or cancel
	from_status        TEXT NOT NULL,
	to_status          TEXT NOT NULL,
	cause              TEXT NOT NULL,
	at                 INTEGER NOT NULL
, call_id TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX transitions_money ON transitions (at) WHERE (subject = 'payment' AND to_status = 'paid')
	OR (subject IN ('refund', 'cancel') AND to_status = 'success');

CREATE INDEX transitions_order ON transitions (order_id);

CREATE TRIGGER transitions_remain BEFORE DELETE ON transitions
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER transitions_stay BEFORE UPDATE ON transitions
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE webhook_endpoints (
	id            TEXT PRIMARY KEY,
	url           TEXT NOT NULL,
	description   TEXT NOT NULL,
	types         TEXT NOT NULL, -- JSON, or '' for all
	secret        BLOB NOT NULL, -- sealed
	old_secret    BLOB NOT NULL, -- sealed; empty if there is none
	old_until     INTEGER,
	off           TEXT NOT NULL CHECK (off IN ('', 'operator', 'gone', 'failing')),
	failing_since INTEGER,
	untold        INTEGER NOT NULL CHECK (untold IN (0, 1)), -- the operator is to be told that it is off
	seen          INTEGER NOT NULL, -- the place up to which events have their deliveries
	created_at    INTEGER NOT NULL
) STRICT;
