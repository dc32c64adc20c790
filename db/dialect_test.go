package db

import "testing"

// PostgreSQL is not told SQLite's hints; what adds two numbers stays.
func TestHintsAreTakenOutAndSumsStay(t *testing.T) {
	for statement, want := range map[string]string{
		"SELECT seq + 1, 2+orders.total FROM orders INDEXED BY orders_by_time WHERE +orders.status = $1":     "SELECT seq + 1, 2+orders.total FROM orders WHERE orders.status = $1",
		"SELECT id FROM orders WHERE (+created_at, id) < ($1, $2) AND note <> '+'":                           "SELECT id FROM orders WHERE (created_at, id) < ($1, $2) AND note <> '+'",
		"SELECT 1 FROM report_rows INDEXED BY report_rows_settled WHERE act = $1 AND +report_rows.kind = $2": "SELECT 1 FROM report_rows WHERE act = $1 AND report_rows.kind = $2",
	} {
		if got := onPostgres.text(statement); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", statement, got, want)
		}
		if got := onSQLite.text(statement); got != statement {
			t.Errorf("%s\nbecomes %s on SQLite", statement, got)
		}
	}
}
