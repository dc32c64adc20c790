package db_test

import (
	"antom-checkout/db"
	"antom-checkout/db/dbtest"
)

func init() { db.MakeDatabase = dbtest.Make }
