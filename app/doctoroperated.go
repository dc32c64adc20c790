package app

import (
	"context"
	"time"

	"antom-checkout/db"
	"antom-checkout/traces"
)

// This file holds what doctor examines of what an operator runs beside the program: the way
// to the PostgreSQL server, and the collector of traces.

const (
	mostAhead = 2 * time.Second // that two clocks may differ by
	leastFree = 16              // connections that a program opens on the smallest machine
)

// wayToDatabase examines the way to a PostgreSQL server.
func (d *doctor) wayToDatabase(ctx context.Context, c *check) {
	if !db.OnServer(d.Settings.Database) {
		return
	}
	way, err := db.ExamineWay(ctx, d.Settings.Database, func() time.Time { return d.Now().Add(-d.Settings.ClockOffset) })
	if err != nil {
		c.warns("see the log of the PostgreSQL server", "the way to it cannot be examined: %v", err)
		return
	}
	tellWay(c, way)
}

// tellWay tells what is wrong with a way.
func tellWay(c *check, way db.Way) {
	if !way.Encrypted && !way.Local {
		c.warns("let the server take TLS, and end DATABASE_URL with ?sslmode=verify-full", "buyers' data and the password go to the PostgreSQL server of another machine unencrypted")
	}
	if off := way.Ahead.Abs() - way.Unsure; off > mostAhead {
		side := "ahead of"
		if way.Ahead < 0 {
			side = "behind"
		}
		c.warns("have both machines set their clocks by NTP, such as chrony", "the clock of the PostgreSQL server is %s %s this machine's", way.Ahead.Abs().Round(time.Second), side)
	}
	if way.Free < leastFree {
		c.warns("raise max_connections of the server, or lower pool_max_conns in DATABASE_URL", "the PostgreSQL server takes %s more; a program opens %d or more", plural(way.Free, "connection", "connections"), leastFree)
	}
}

// collector sends an empty message to the collector of traces.
func (d *doctor) collector(ctx context.Context, c *check) {
	endpoint := d.Settings.Traces.endpoint()
	if endpoint == "" {
		c.skips("OTEL_EXPORTER_OTLP_ENDPOINT names no collector: nothing is traced")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if err := traces.Probe(ctx, endpoint); err != nil {
		c.warns("start the collector with its receiver of OTLP over HTTP (port 4318, not 4317), or correct OTEL_EXPORTER_OTLP_ENDPOINT", "no trace can be sent: %v", err)
		return
	}
	c.sees("%s takes traces", endpoint)
}
