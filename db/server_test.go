package db_test

import (
	"os"
	"os/exec"
	"testing"

	"antom-checkout/db/dbtest"
)

// TestTheSuiteOnPostgreSQL runs all other tests of this package once more, on PostgreSQL.
func TestTheSuiteOnPostgreSQL(t *testing.T) {
	if os.Getenv("DATABASE") != "" {
		t.Skip("it is running")
	}
	if testing.Short() {
		t.Skip("the suite runs on SQLite")
	}
	dbtest.NewPostgres(t) // skips where there is none
	args := append([]string{}, os.Args[1:]...)
	suite := exec.CommandContext(t.Context(), os.Args[0], append(args, "-test.run=.", "-test.bench=^$")...)
	suite.Env = append(os.Environ(), "DATABASE=postgres")
	if out, err := suite.CombinedOutput(); err != nil {
		t.Errorf("on PostgreSQL (DATABASE=postgres go test ./db): %v\n%s", err, out)
	}
}
