// Package postgres is what the Store needs of a PostgreSQL server: connections, migrations,
// what errors mean, and news of other programs on the same database.
//
//	pool, err := postgres.Open(ctx, "postgres://shop@db.example.com/shop", 16)
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// IsURL reports whether an address names a PostgreSQL server.
func IsURL(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// Check says why an address cannot be used. It connects to nothing.
func Check(address string) error {
	_, err := config(address)
	return err
}

// Shown is an address without its password.
func Shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if host := u.Query().Get("host"); host != "" {
		shown.Host = host
	}
	if name := u.User.Username(); name != "" {
		shown.User = url.User(name)
	}
	return shown.String()
}

// limits end what hangs: a statement, a wait for a lock, a transaction whose program is
// gone. The address may name others.
var limits = map[string]string{
	"application_name":                    "antom-checkout",
	"statement_timeout":                   "30s",
	"lock_timeout":                        "10s",
	"idle_in_transaction_session_timeout": "30s",
}

// deadAfter is how soon an idle connection counts as cut that nothing comes from.
var deadAfter = net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 5 * time.Second, Count: 3}

// unheardFor is how long the server's machine may leave unconfirmed what was sent to it.
const unheardFor = 10 * time.Second

var errAddress = errors.New("it is not the address of a PostgreSQL database, such as postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full")

const connectTimeout = 5 * time.Second

func config(address string) (*pgx.ConnConfig, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errAddress // err may hold the password
	}
	delete(c.RuntimeParams, poolSize) // it is not the server's
	for name, value := range limits {
		if _, given := c.RuntimeParams[name]; !given {
			c.RuntimeParams[name] = value
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	c.DialFunc = (&net.Dialer{KeepAliveConfig: deadAfter, Control: giveUpUnheard}).DialContext
	c.OnNotice = noteUnreplicated
	return c, nil
}

// Open makes a pool of at most so many connections, and sees that the server can be used. A
// program has two; poolSize in the address says how many connections they may have together.
// What the server answers with passes through explain.
func Open(ctx context.Context, address string, connections int, explain func(error) error) (*sql.DB, error) {
	c, err := config(address)
	if err != nil {
		return nil, err
	}
	if most := mostConnections(address); most > 0 {
		connections = min(connections, max(2, most/2))
	}
	pool := sql.OpenDB(connector{stdlib.GetConnector(*c), explain})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := examine(ctx, pool); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", Shown(address), err), pool.Close())
	}
	return pool, nil
}

// poolSize is a parameter of the address, of the same name as in pgx's own pool.
const poolSize = "pool_max_conns"

func mostConnections(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 0
	}
	most, _ := strconv.Atoi(u.Query().Get(poolSize))
	return most
}

// oldest is the first version of PostgreSQL that will do.
const oldest = 150000

// examine refuses a server that is too old, or that acknowledges what it has not stored.
func examine(ctx context.Context, pool *sql.DB) error {
	var version int
	var encoding, commit string
	err := pool.QueryRowContext(ctx, `
		SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('synchronous_commit')`).
		Scan(&version, &encoding, &commit)
	switch {
	case err != nil:
		return err
	case version < oldest:
		return fmt.Errorf("PostgreSQL %d is too old: 15 or newer is needed", version/10000)
	case encoding != "UTF8":
		return fmt.Errorf("the database's encoding is %s, and has to be UTF8: make it with ENCODING 'UTF8' TEMPLATE template0", encoding)
	case commit == "off":
		return errors.New("synchronous_commit is off: what is acknowledged would be lost with the server's power; set it to on")
	}
	return nil
}
