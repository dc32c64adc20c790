package antom

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fixedServer gives one signed answer to every request, at no cost but the round trip,
// once it is started.
func fixedServer(t testing.TB, endpoint string) *httptest.Server {
	header := http.Header{}
	signHeader(t, header, privateKey(t, "antom"), "/ams/sandbox/api/v1/"+endpoint, "Response-Time", success)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for name, values := range header {
			w.Header()[name] = values
		}
		io.WriteString(w, success)
	}))
	t.Cleanup(server.Close)
	return server
}

// pipes is a network of one server that holds all in memory. It does not wait for
// anything outside, so in a bubble of synctest no load of the machine runs a limit out.
type pipes struct {
	opened atomic.Int64
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newPipes() *pipes {
	p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	return p
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		p.opened.Add(1)
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

// A connection a caller is all that is opened, however long they go on.
func TestConnectionsAreReused(t *testing.T) {
	fixed := fixedServer(t, "payments/inquiryPayment")
	secured := httptest.NewTLSServer(nil)
	secured.Close()
	trusted := secured.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	key := smallKey(t) // signing is not what is measured
	for _, test := range []struct {
		name           string
		callers, calls int64
		scheme         string
	}{
		{"64 callers", 64, 2_000, "http"},
		{"8 callers over TLS", 8, 500, "https"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := newPipes()
				server := &http.Server{Handler: fixed.Config.Handler}
				var listener net.Listener = network
				if test.scheme == "https" {
					listener = tls.NewListener(network, &tls.Config{Certificates: secured.TLS.Certificates})
				}
				go server.Serve(listener)
				defer server.Close()
				cfg := config(t)
				cfg.BaseURL, cfg.RootCAs = test.scheme+"://127.0.0.1", trusted
				c := newClient(t, cfg)
				defer c.http.CloseIdleConnections()
				c.privateKey, c.traffic.open = key, network.dial
				var left atomic.Int64
				left.Store(test.calls)
				var wg sync.WaitGroup
				for range test.callers {
					wg.Go(func() {
						for left.Add(-1) >= 0 {
							if _, err := c.InquiryPayment(t.Context(), inquiry()); err != nil {
								t.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				if opened := network.opened.Load(); opened > test.callers {
					t.Errorf("opened %d connections", opened)
				}
			})
		})
	}
}

func smallKey(t *testing.T) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(nil, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Connections that are lost make room for others: a gateway that closes after
// every answer is still talked to.
func TestLostConnectionsMakeRoom(t *testing.T) {
	c, _ := newGateway(t, config(t), func(g *gateway, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		says(success)(g, w, r)
	})
	for range 5 {
		if _, err := c.InquiryPayment(deadline(t), inquiry()); err != nil {
			t.Fatal(err)
		}
	}
	refused := newTraffic()
	refused.begin()
	for range 3 {
		if _, err := refused.dial(deadline(t), "tcp", "127.0.0.1:0"); err == nil || errors.Is(err, errNoRoom) {
			t.Errorf("dialling a port that does not answer: %v", err)
		}
	}
}

func TestADialWithoutRoomGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := newTraffic() // no call is under way
		if _, err := full.dial(t.Context(), "tcp", "127.0.0.1:1"); !errors.Is(err, errNoRoom) {
			t.Errorf("dialled: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := full.dial(ctx, "tcp", "127.0.0.1:1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("dialled: %v", err)
		}
	})
}
