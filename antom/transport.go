package antom

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

const connectTimeout = 2 * time.Second

// newTransport keeps as many connections as there were ever calls at once.
func newTransport(t *traffic, trusted *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            t.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted},
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConnsPerHost:    1024,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// traffic counts calls and connections, so that there are never more of these
// than of those. net/http alone opens more: while a call's connection is being
// opened, another call's may come free and be taken instead, and then that
// other call finds none. A handshake costs both sides more than the wait.
type traffic struct {
	open func(ctx context.Context, network, address string) (net.Conn, error)

	mu      sync.Mutex
	calls   int           // under way
	conns   int           // open, or being opened
	changed chan struct{} // closed when there may be room for a connection
}

func newTraffic() *traffic {
	return &traffic{open: (&net.Dialer{Timeout: connectTimeout}).DialContext, changed: make(chan struct{})}
}

func (t *traffic) begin() { t.add(1, 0) }
func (t *traffic) end()   { t.add(-1, 0) }

func (t *traffic) add(calls, conns int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls += calls
	t.conns += conns
	close(t.changed)
	t.changed = make(chan struct{})
}

// room takes room for one more connection, or returns a channel that is closed when
// there may be some.
func (t *traffic) room() (bool, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conns >= t.calls {
		return false, t.changed
	}
	t.conns++
	return true, nil
}

var errNoRoom = errors.New("antom: as many connections as calls, and none came free")

// dial opens a connection once there is room. There nearly always is; else net/http
// gives a connection that comes free to the call that waits here, and ignores what
// this dial returns after that.
func (t *traffic) dial(ctx context.Context, network, address string) (net.Conn, error) {
	giveUp := time.NewTimer(2 * connectTimeout)
	defer giveUp.Stop()
	for {
		ok, changed := t.room()
		if ok {
			break
		}
		select {
		case <-changed:
		case <-giveUp.C:
			return nil, errNoRoom
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	conn, err := t.open(ctx, network, address)
	if err != nil {
		t.add(0, -1)
		return nil, err
	}
	return &countedConn{Conn: conn, closed: sync.OnceFunc(func() { t.add(0, -1) })}, nil
}

// countedConn makes room when it is closed.
type countedConn struct {
	net.Conn
	closed func()
}

func (c *countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}
