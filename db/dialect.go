package db

import (
	"strconv"
	"strings"
)

// dialect is what the two databases say differently. All other SQL of this package holds on
// both: booleans are the integers 0 and 1, moments and money are integers, JSON is text.
type dialect struct {
	shared   bool   // several programs may work on the database at a time
	place    string // the column that orders the rows of the ledger, and of the events, by their commits
	complete string // rows of lower places are all there: none of them is still to be committed
	sent     string // counts the rows of the outbox that were sent
	touch    string // makes the database write to its disk, and changes nothing
	native   *strings.Replacer
}

// onSQLite has one transaction at a time, so that rows get their numbers in the order of
// the commits, and without gaps.
var onSQLite = dialect{
	place: "seq", complete: "9223372036854775807",
	sent:   `(SELECT coalesce(max(id), 0) FROM outbox) - (SELECT count(*) FROM outbox WHERE state IN ('pending', 'dead'))`,
	touch:  writeNothing,
	native: strings.NewReplacer(),
}

// onPostgres has many transactions at a time. Its places are explained in the migrations of
// package postgres.
var onPostgres = dialect{
	shared: true, place: "place", complete: "complete_place()",
	sent:  `(SELECT count(*) FROM outbox WHERE state = 'sent')`,
	touch: `SELECT pg_current_xact_id(), pg_logical_emit_message(true, 'antom-checkout', '')`,
	native: strings.NewReplacer(
		// Hints to SQLite's planner, each by its name, so that no sum loses its plus.
		"CROSS JOIN", "JOIN",
		" INDEXED BY orders_by_currency", "", " INDEXED BY orders_by_status", "", " INDEXED BY orders_by_time", "",
		" INDEXED BY payments_by_method", "", " INDEXED BY report_rows_settled", "", " INDEXED BY transitions_money", "",
		" +orders.", " orders.", " +report_rows.", " report_rows.", "(+created_at", "(created_at",
		// Members of JSON.
		"card ->> 'last4'", "(nullif(card, '')::json ->> 'last4')",
		"choice ->> 'saved'", "(nullif(choice, '')::json ->> 'saved')"),
}

// text is a statement as the database has to be told it. Only the few that give SQLite's
// planner a hint, or read a member of JSON, differ.
func (d *dialect) text(statement string) string { return d.native.Replace(statement) }

// system is what OpenTelemetry calls the database.
func (d *dialect) system() string {
	if d.shared {
		return "postgresql"
	}
	return "sqlite"
}

// texts is a table of the texts of a JSON array, with the columns key, which is in their
// order, and value.
func (d *dialect) texts(array, name string) string {
	if d.shared {
		return "jsonb_array_elements_text(" + array + "::jsonb) WITH ORDINALITY AS " + name + " (value, key)"
	}
	return "json_each(" + array + ") AS " + name
}

// lock ends a SELECT in a transaction: the rows of a table that it finds stay as they are
// until the transaction ends.
func (d *dialect) lock(table string) string {
	if d.shared {
		return " FOR UPDATE OF " + table
	}
	return ""
}

// newest is the place up to which the rows of a table are all there.
func (d *dialect) newest(table string) string {
	if d.shared {
		return "(" + d.complete + " - 1)"
	}
	return "(SELECT coalesce(max(" + d.place + "), 0) FROM " + table + ")"
}

// firstPlaces limits a SELECT in the order of places to n rows, and those of the same place
// as the last one: on PostgreSQL all rows of a transaction have one place.
func (d *dialect) firstPlaces(n int) string {
	if d.shared {
		return " FETCH FIRST " + strconv.Itoa(n) + " ROWS WITH TIES"
	}
	return first(n)
}
