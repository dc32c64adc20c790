package db

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What both databases have of every table, in the same words. Columns that one of them alone
// needs are left out.
var describeSQLite = map[string]string{
	"columns": `
		SELECT t.name, c.name, CASE c.type WHEN 'INTEGER' THEN 'bigint' WHEN 'BLOB' THEN 'bytea' ELSE 'text' END,
		       CASE WHEN c."notnull" OR c.pk > 0 THEN 'NOT NULL' ELSE '' END
		  FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
		 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%'`,
	"primary keys": `
		SELECT t.name, (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk))
		  FROM sqlite_schema AS t
		 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%'`,
	"unique": `
		SELECT t.name, (SELECT group_concat(coalesce(name, 'expression')) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)),
		       CASE WHEN i.partial THEN 'partial' ELSE '' END
		  FROM sqlite_schema AS t, pragma_index_list(t.name) AS i
		 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%' AND i."unique" AND i.origin <> 'pk'`,
	"foreign keys": `
		SELECT t.name, f."from", f."table", lower(f.on_delete)
		  FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
		 WHERE t.type = 'table'`,
}

var describePostgres = map[string]string{
	"columns": `
		SELECT table_name, column_name, data_type || CASE WHEN data_type = 'text' AND collation_name IS DISTINCT FROM 'C' THEN ' of another collation' ELSE '' END,
		       CASE is_nullable WHEN 'NO' THEN 'NOT NULL' ELSE '' END
		  FROM information_schema.columns
		 WHERE table_schema = 'public' AND table_name NOT LIKE 'goose_%' AND table_name NOT IN ('places', 'claims') AND column_name <> 'place'`,
	"primary keys": `
		SELECT c.relname, (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, n) JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum)
		  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
		 WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'goose_%' AND c.relname <> 'claims'`,
	"unique": `
		SELECT c.relname, (SELECT string_agg(coalesce(a.attname, 'expression'), ',' ORDER BY k.n) FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, n) LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0),
		       CASE WHEN i.indpred IS NULL THEN '' ELSE 'partial' END
		  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
		 WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = 'public'::regnamespace`,
	"foreign keys": `
		SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, CASE c.confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' ELSE c.confdeltype::text END
		  FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
		 WHERE c.contype = 'f'`,
}

func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	onSQLiteOnly(t, "it opens both")
	lite := openStore(t)
	server, _ := openStoreAt(t, NewPostgres(t))
	for what, query := range describeSQLite {
		ours, theirs := table(t, lite.reads, query), table(t, server.reads, describePostgres[what])
		if len(ours) == 0 {
			t.Errorf("SQLite has no %s", what)
		}
		slices.Sort(ours)
		slices.Sort(theirs)
		if diff := cmp.Diff(ours, theirs); diff != "" {
			t.Errorf("%s (-SQLite +PostgreSQL)\n%s", what, diff)
		}
	}
}
