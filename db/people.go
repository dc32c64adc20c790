package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
)

// people is the part of the Store that keeps the people of the dashboard.
type people struct{ store *Store }

// memberRow and sessionRow are as their rows hold them: what is secret is sealed.
type (
	memberRow struct {
		operators.Member
		totp []byte
	}
	sessionRow struct {
		operators.Session
		pending []byte
	}
)

var memberRows = newMapping(mapping[memberRow]{
	table: "people", key: []string{"id"},
	columns: []column[memberRow]{
		fixed(plain("id", func(m *memberRow) *string { return &m.ID })),
		plain("name", func(m *memberRow) *string { return &m.Name }),
		fixed(plain("email", func(m *memberRow) *string { return &m.Email })),
		plain("role", func(m *memberRow) *operators.Role { return &m.Role }),
		plain("password", func(m *memberRow) *string { return &m.Password }),
		bytesOf("totp", func(m *memberRow) *[]byte { return &m.totp }),
		plain("totp_step", func(m *memberRow) *int64 { return &m.TOTPStep }),
		asJSON("recovery", func(m *memberRow) *[]string { return &m.Recovery }, slices.Equal),
		asJSON("passkeys", func(m *memberRow) *[]operators.Passkey { return &m.Passkeys }, samePasskeys),
		fixed(instant("created_at", func(m *memberRow) *time.Time { return &m.CreatedAt })),
		instant("signed_in_at", func(m *memberRow) *time.Time { return &m.SignedInAt }),
		instant("disabled_at", func(m *memberRow) *time.Time { return &m.DisabledAt }),
		plain("inbox_emails", func(m *memberRow) *operators.InboxEmails { return &m.InboxEmails }),
		plain("language", func(m *memberRow) *string { return &m.Language }),
	},
})

var sessionRows = newMapping(mapping[sessionRow]{
	table: "people_sessions", key: []string{"id"},
	columns: []column[sessionRow]{
		fixed(plain("id", func(s *sessionRow) *string { return &s.ID })),
		fixed(plain("hash", func(s *sessionRow) *string { return &s.Hash })),
		fixed(plain("person", func(s *sessionRow) *string { return &s.Person })),
		fixed(plain("stage", func(s *sessionRow) *operators.Stage { return &s.Stage })),
		bytesOf("pending", func(s *sessionRow) *[]byte { return &s.pending }),
		fixed(plain("address", func(s *sessionRow) *string { return &s.Address })),
		fixed(plain("agent", func(s *sessionRow) *string { return &s.Agent })),
		fixed(instant("created_at", func(s *sessionRow) *time.Time { return &s.CreatedAt })),
		instant("used_at", func(s *sessionRow) *time.Time { return &s.UsedAt }),
		instant("ended_at", func(s *sessionRow) *time.Time { return &s.EndedAt }),
	},
})

func samePasskeys(was, is []operators.Passkey) bool {
	return slices.EqualFunc(was, is, operators.Passkey.Same)
}

var challengeRows = newMapping(mapping[operators.Challenge]{
	table: "people_challenges", key: []string{"hash"},
	columns: []column[operators.Challenge]{
		fixed(plain("hash", func(c *operators.Challenge) *string { return &c.Hash })),
		fixed(plain("browser", func(c *operators.Challenge) *string { return &c.Browser })),
		fixed(plain("purpose", func(c *operators.Challenge) *string { return &c.Purpose })),
		fixed(instant("expires_at", func(c *operators.Challenge) *time.Time { return &c.ExpiresAt })),
	},
})

var signInLinkRows = newMapping(mapping[operators.Link]{
	table: "people_links", key: []string{"hash"},
	columns: []column[operators.Link]{
		fixed(plain("hash", func(l *operators.Link) *string { return &l.Hash })),
		fixed(plain("person", func(l *operators.Link) *string { return &l.Person })),
		fixed(plain("purpose", func(l *operators.Link) *operators.Purpose { return &l.Purpose })),
		fixed(instant("expires_at", func(l *operators.Link) *time.Time { return &l.ExpiresAt })),
		instant("used_at", func(l *operators.Link) *time.Time { return &l.UsedAt }),
	},
})

var operatorsLogRows = newMapping(mapping[operators.Entry]{
	table: "operators_log", key: []string{"id"},
	columns: []column[operators.Entry]{
		fixed(plain("id", func(e *operators.Entry) *string { return &e.ID })),
		fixed(instant("at", func(e *operators.Entry) *time.Time { return &e.At })),
		fixed(plain("operator", func(e *operators.Entry) *string { return &e.Operator })),
		fixed(plain("name", func(e *operators.Entry) *string { return &e.Name })),
		fixed(plain("address", func(e *operators.Entry) *string { return &e.Address })),
		fixed(plain("action", func(e *operators.Entry) *string { return &e.Action })),
		fixed(plain("order_id", func(e *operators.Entry) *string { return &e.Order })),
		fixed(plain("about", func(e *operators.Entry) *string { return &e.About })),
	},
})

// bytesOf is a column of bytes, which are never NULL.
func bytesOf[T any](name string, of func(*T) *[]byte) column[T] {
	return field(name, of,
		func(b *[]byte) any { return append([]byte{}, *b...) },
		func(b *[]byte) any { return b },
		func(was, is []byte) bool { return string(was) == string(is) })
}

// rowOf seals what is secret of a person, unless it is that of was: each sealing differs.
func (t people) rowOf(was memberRow, m operators.Member) memberRow {
	row := memberRow{Member: m, totp: was.totp}
	if m.TOTP != was.TOTP {
		row.totp = t.store.seal([]byte(m.TOTP), "person "+m.ID)
	}
	return row
}

// unreadableFactor stands for a second factor that was sealed with a key which is not known. No
// code is right for it.
const unreadableFactor = "sealed"

// sealAnew seals the second factors with the present key that an older one has sealed.
func (t people) sealAnew(ctx context.Context) error {
	if len(t.store.older) == 0 {
		return nil
	}
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		rows, err := t.all(ctx, tx)
		for _, row := range rows {
			if err == nil && row.TOTP != "" && row.TOTP != unreadableFactor {
				err = execute(ctx, tx, `UPDATE people SET totp = $1 WHERE id = $2`, t.store.seal([]byte(row.TOTP), "person "+row.ID), row.ID)
			}
		}
		if err != nil {
			return fmt.Errorf("seal second factors: %w", err)
		}
		return nil
	})
}

// opened is the person of a row. A second factor that was sealed with another key opens
// nothing and is still one, so that the password alone does not sign in.
func (t people) opened(row scanner) (m memberRow, err error) {
	if err := memberRows.scan(row, &m); err != nil {
		return m, err
	}
	text, known := t.store.unseal(m.totp, "person "+m.ID)
	if m.TOTP = string(text); !known {
		m.TOTP = unreadableFactor
	}
	return m, nil
}

func (t people) all(ctx context.Context, q querier) ([]memberRow, error) {
	rows, err := collect(ctx, q, t.opened, `SELECT `+memberRows.names+` FROM people ORDER BY lower(name), id`)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return rows, nil
}

func membersOf(rows []memberRow) []operators.Member {
	all := make([]operators.Member, len(rows))
	for i, row := range rows {
		all[i] = row.Member
	}
	return all
}

// People implements operators.Store.
func (t people) People(ctx context.Context) ([]operators.Member, error) {
	rows, err := t.all(ctx, t.store.reads)
	return membersOf(rows), err
}

// ChangePeople implements operators.Store.
func (t people) ChangePeople(ctx context.Context, change func([]operators.Member) (operators.Change, error)) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		rows, err := t.all(ctx, tx)
		if err != nil {
			return err
		}
		c, err := change(membersOf(rows))
		if err != nil {
			return err
		}
		for _, m := range c.People {
			if err := t.put(ctx, tx, rows, m); err != nil {
				return fmt.Errorf("write person: %w", err)
			}
		}
		if err := t.putLinks(ctx, tx, c); err != nil {
			return err
		}
		return t.putSessions(ctx, tx, c)
	})
}

func (t people) put(ctx context.Context, tx *tx, rows []memberRow, m operators.Member) error {
	i := slices.IndexFunc(rows, func(row memberRow) bool { return row.ID == m.ID })
	if i < 0 {
		row := t.rowOf(memberRow{}, m)
		_, err := memberRows.add(ctx, tx, &row)
		return err
	}
	row := t.rowOf(rows[i], m)
	_, err := memberRows.update(ctx, tx, &rows[i], &row, m.ID)
	return err
}

func (t people) putLinks(ctx context.Context, tx *tx, c operators.Change) error {
	now := t.store.now()
	if c.UsedLink != "" {
		res, err := tx.ExecContext(ctx, `
			UPDATE people_links
			   SET used_at = $1
			 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1`, millis(now), c.UsedLink)
		if err != nil {
			return fmt.Errorf("use link: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, checkout.ErrNotFound)
		}
	}
	if c.Link == nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM people_links WHERE person = $1`, c.Link.Person); err != nil {
		return fmt.Errorf("replace link: %w", err)
	}
	if _, err := signInLinkRows.add(ctx, tx, c.Link); err != nil {
		return fmt.Errorf("insert link: %w", err)
	}
	return nil
}

func (t people) putSessions(ctx context.Context, tx *tx, c operators.Change) error {
	now := t.store.now()
	for _, person := range c.SignedOut {
		if err := endSessions(ctx, tx, "person", person, now); err != nil {
			return err
		}
	}
	if err := endSessions(ctx, tx, "id", c.Ended, now); err != nil {
		return err
	}
	if c.Session != nil {
		row := sessionRow{Session: *c.Session}
		if _, err := sessionRows.add(ctx, tx, &row); err != nil {
			return fmt.Errorf("insert session: %w", err)
		}
		_, err := tx.ExecContext(ctx, `
			DELETE FROM people_sessions
			 WHERE person = $1 AND created_at < $2`, c.Session.Person, millis(now.Add(-30*24*time.Hour)))
		if err != nil {
			return fmt.Errorf("forget sessions: %w", err)
		}
	}
	for _, entry := range c.Log {
		if err := addLog(ctx, tx, entry); err != nil {
			return err
		}
	}
	return nil
}

func endSessions(ctx context.Context, tx *tx, column, value string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE people_sessions
		   SET ended_at = $1, pending = $2
		 WHERE `+column+` = $3 AND ended_at IS NULL`, millis(now), []byte{}, value)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// SessionByHash implements operators.Store.
func (t people) SessionByHash(ctx context.Context, hash string) (operators.Session, error) {
	found, err := t.sessions(ctx, `WHERE hash = $1`, hash)
	switch {
	case err != nil:
		return operators.Session{}, err
	case len(found) == 0:
		return operators.Session{}, checkout.ErrNotFound
	}
	return found[0], nil
}

// Sessions implements operators.Store.
func (t people) Sessions(ctx context.Context, person string) ([]operators.Session, error) {
	return t.sessions(ctx, `WHERE person = $1 AND ended_at IS NULL ORDER BY id DESC`, person)
}

func (t people) sessions(ctx context.Context, which string, values ...any) ([]operators.Session, error) {
	found, err := collect(ctx, t.store.reads, func(row scanner) (operators.Session, error) {
		var s sessionRow
		if err := sessionRows.scan(row, &s); err != nil {
			return s.Session, err
		}
		text, _ := t.store.unseal(s.pending, "session "+s.ID) // with another key nothing is being set up
		s.Pending = string(text)
		return s.Session, nil
	}, `SELECT `+sessionRows.names+` FROM people_sessions `+which, values...)
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	return found, nil
}

// UpdateSession implements operators.Store.
func (t people) UpdateSession(ctx context.Context, was, is operators.Session) error {
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		before, after := sessionRow{Session: was}, sessionRow{Session: is}
		if was.Pending != is.Pending {
			after.pending = t.store.seal([]byte(is.Pending), "session "+is.ID)
		}
		if _, err := sessionRows.update(ctx, tx, &before, &after, was.ID); err != nil {
			return fmt.Errorf("update session: %w", err)
		}
		return nil
	})
}

// LinkByHash implements operators.Store.
func (t people) LinkByHash(ctx context.Context, hash string) (l operators.Link, err error) {
	err = signInLinkRows.scan(t.store.reads.QueryRowContext(ctx, `
		SELECT `+signInLinkRows.names+`
		  FROM people_links
		 WHERE hash = $1`, hash), &l)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return l, checkout.ErrNotFound
	case err != nil:
		return l, fmt.Errorf("read link: %w", err)
	}
	return l, nil
}

// AddChallenge implements operators.Store. Challenges that are too old are forgotten.
func (t people) AddChallenge(ctx context.Context, c operators.Challenge) error {
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM people_challenges WHERE expires_at < $1`, millis(t.store.now())); err != nil {
			return fmt.Errorf("forget challenges: %w", err)
		}
		if _, err := challengeRows.add(ctx, tx, &c); err != nil {
			return fmt.Errorf("insert challenge: %w", err)
		}
		return nil
	})
}

// TakeChallenge implements operators.Store.
func (t people) TakeChallenge(ctx context.Context, hash string) (c operators.Challenge, err error) {
	err = t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		row := tx.QueryRowContext(ctx, `
			DELETE FROM people_challenges
			 WHERE hash = $1
			RETURNING `+challengeRows.names, hash)
		switch err := challengeRows.scan(row, &c); {
		case errors.Is(err, sql.ErrNoRows):
			return checkout.ErrNotFound
		case err != nil:
			return fmt.Errorf("take challenge: %w", err)
		}
		return nil
	})
	return c, err
}

// CountTry implements operators.Store. Tries of a day ago are forgotten.
func (t people) CountTry(ctx context.Context, key string, change func(operators.Tries) operators.Tries) error {
	return t.store.writeTo(ctx, aboutTries(key), func(ctx context.Context, tx *tx) error {
		tries := operators.Tries{Key: key}
		err := tx.QueryRowContext(ctx, `
			SELECT count, at, until
			  FROM sign_in_tries
			 WHERE key = $1`, key).Scan(&tries.Count, (*storedTime)(&tries.At), (*storedTime)(&tries.Until))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read tries: %w", err)
		}
		tries = change(tries)
		if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_tries WHERE key = $1 OR at < $2`, key, millis(t.store.now().Add(-24*time.Hour))); err != nil {
			return fmt.Errorf("forget tries: %w", err)
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO sign_in_tries (key, count, at, until)
			VALUES ($1, $2, $3, $4)`, key, tries.Count, tries.At.UnixMilli(), tries.Until.UnixMilli())
		if err != nil {
			return fmt.Errorf("write tries: %w", err)
		}
		return nil
	})
}

// AddLog implements operators.Store.
func (t people) AddLog(ctx context.Context, entry operators.Entry) error {
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error { return addLog(ctx, tx, entry) })
}

func addLog(ctx context.Context, tx *tx, entry operators.Entry) error {
	if _, err := operatorsLogRows.add(ctx, tx, &entry); err != nil {
		return fmt.Errorf("add to operators' log: %w", err)
	}
	return nil
}

// OperatorsLog implements operators.Store.
func (t people) OperatorsLog(ctx context.Context, w checkout.Window) ([]operators.Entry, error) {
	entries, err := collect(ctx, t.store.reads, func(row scanner) (e operators.Entry, err error) {
		err = operatorsLogRows.scan(row, &e)
		return e, err
	}, `
		SELECT `+operatorsLogRows.names+`
		  FROM operators_log
		 WHERE $1 = '' OR id < $1
		 ORDER BY id DESC`+first(w.Limit), w.After)
	if err != nil {
		return nil, fmt.Errorf("read operators' log: %w", err)
	}
	return entries, nil
}
