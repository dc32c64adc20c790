package db

import (
	"context"
	"sync"
	"time"
)

const (
	probePause = time.Second     // in which all who ask share one commit
	probeLimit = 2 * time.Second // in which a database that can store has done so
)

// probe is the last commit that was made to see whether the database can store.
type probe struct {
	mu        sync.Mutex // held while a commit is under way: who asks meanwhile gets its result
	at        time.Time
	err       error
	troubles  int64  // of the writer, up to then
	statement string // that makes the database write
	also      func(context.Context) error
}

// Ready reports whether the database can store: it commits a transaction that changes
// nothing lasting. Anyone may ask, and a commit waits for the disk, so that all who ask
// within a second share one, unless a write has failed since. On a server it also sees that no
// newer version has made tables since that this one cannot work with.
func (s *Store) Ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.probe.mu.Lock()
	defer s.probe.mu.Unlock()
	if s.probe.at.IsZero() || s.now().Sub(s.probe.at).Abs() >= probePause || s.commits.failed() != s.probe.troubles {
		// One that leaves does not end the commit that others wait for.
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeLimit)
		defer cancel()
		s.probe.err = s.writeTo(limited, aboutNothing, s.probe.touch)
		if s.probe.err == nil && s.probe.also != nil {
			s.probe.err = s.probe.also(limited)
		}
		s.probe.at, s.probe.troubles = s.now(), s.commits.failed()
	}
	return s.probe.err
}

// writeNothing makes SQLite write a page, also when the number is the same as before.
const writeNothing = `PRAGMA user_version = 1`

// touch makes the database write, and changes nothing.
func (p *probe) touch(ctx context.Context, tx *tx) error {
	return execute(ctx, tx, p.statement)
}
