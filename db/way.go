package db

import (
	"context"
	"time"
)

// Way is what [ExamineWay] has found out about the way to a PostgreSQL server.
type Way struct {
	Encrypted bool
	Local     bool          // the server is on this machine
	Ahead     time.Duration // of the server's clock, before this machine's
	Unsure    time.Duration // how far off Ahead may be
	Free      int           // connections that the server would still take
}

// ExamineWay looks at the way to the server that an address names. now is the wall clock.
func ExamineWay(ctx context.Context, address string, now func() time.Time) (w Way, err error) {
	on, err := openOneConnection(ctx, address)
	if err != nil {
		return w, err
	}
	defer on.Close()
	asked := now()
	var clock int64
	err = on.QueryRowContext(ctx, `
		SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
		       coalesce(inet_client_addr() = inet_server_addr(), true),
		       `+serverClock+`,
		       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
		         - coalesce(current_setting('reserved_connections', true)::int, 0)
		         - (SELECT sum(numbackends) FROM pg_stat_database)::int`).
		Scan(&w.Encrypted, &w.Local, &clock, &w.Free)
	w.Unsure = now().Sub(asked)
	w.Ahead = time.UnixMilli(clock).Sub(asked.Add(w.Unsure / 2))
	return w, err
}
