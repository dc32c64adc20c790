package db_test

import (
	"os"
	"testing"

	"antom-checkout/db"
	"antom-checkout/db/dbtest"
	"antom-checkout/db/postgres/pgtest"
)

func init() { db.MakeDatabase, db.NewPostgres = dbtest.Make, dbtest.NewPostgres }

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
