package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Channel is what programs on one database tell one another by that rows have changed. The
// payload names the program that has changed them.
const Channel = "antom_checkout"

const (
	listenPause = time.Second      // between two tries to connect
	silenceTime = 10 * time.Second // after which a connection that says nothing is asked whether it is cut
)

// Listen calls news when another program than its own says that it has changed rows, and once whenever it
// begins to listen, because something may have been said before. It returns when ctx ends.
func Listen(ctx context.Context, address, own string, news func()) {
	for ctx.Err() == nil {
		_ = listen(ctx, address, own, news) // who is not told reads the rows a little later
		select {
		case <-ctx.Done():
		case <-time.After(listenPause):
		}
	}
}

func listen(ctx context.Context, address, own string, news func()) error {
	c, err := config(address)
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `LISTEN `+Channel); err != nil {
		return err
	}
	for news(); ; {
		said, err := next(ctx, conn)
		if err != nil {
			return err
		}
		if said != nil && said.Payload != own {
			news()
		}
	}
}

// next is what is said next, or nil where nothing was said for a while and the connection
// is whole.
func next(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	limited, cancel := context.WithTimeout(ctx, silenceTime)
	defer cancel()
	said, err := conn.WaitForNotification(limited)
	if err == nil || !pgconn.Timeout(err) || ctx.Err() != nil {
		return said, err
	}
	asking, stop := context.WithTimeout(ctx, connectTimeout)
	defer stop()
	return nil, conn.Ping(asking)
}

// Bell tells the other programs that rows have changed. However often it is rung while it
// tells, it tells once more.
type Bell struct {
	rung chan struct{}
	done sync.WaitGroup
}

// NewBell makes a Bell that tells by tell until ctx ends.
func NewBell(ctx context.Context, tell func(context.Context)) *Bell {
	b := &Bell{rung: make(chan struct{}, 1)}
	b.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-b.rung:
				tell(ctx)
			}
		}
	})
	return b
}

// Ring says that rows have changed. It never waits.
func (b *Bell) Ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// Wait returns when the Bell has ended.
func (b *Bell) Wait() { b.done.Wait() }
