package db

import "database/sql"

// PoolOf is the pool of connections that a Store reads by, or on PostgreSQL also the one that
// it writes by, to be measured; nil where there is none.
func PoolOf(s *Store, writes bool) *sql.DB {
	if !writes {
		return s.readers
	}
	commits := s.commits
	if traced, is := commits.(tracedCommits); is {
		commits = traced.committer
	}
	if t, is := commits.(*transactions); is {
		return t.pool
	}
	return nil
}
