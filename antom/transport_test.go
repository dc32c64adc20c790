package antom

import (
	"context"
	"crypto/rsa"
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
// once it is started, and counts its connections.
func fixedServer(t testing.TB, endpoint string) (*httptest.Server, *atomic.Int64) {
	header := http.Header{}
	signHeader(t, header, privateKey(t, "antom"), "/ams/sandbox/api/v1/"+endpoint, "Response-Time", success)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for name, values := range header {
			w.Header()[name] = values
		}
		io.WriteString(w, success)
	}))
	connections := new(atomic.Int64)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	t.Cleanup(server.Close)
	return server, connections
}

// A connection a caller is all that is opened, however long they go on.
func TestConnectionsAreReused(t *testing.T) {
	for _, test := range []struct {
		name           string
		callers, calls int64
		start          func(*httptest.Server)
	}{
		{"64 callers", 64, 10_000, (*httptest.Server).Start},
		{"8 callers over TLS", 8, 1_000, (*httptest.Server).StartTLS},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, connections := fixedServer(t, "payments/inquiryPayment")
			test.start(server)
			cfg := config(t)
			cfg.BaseURL = server.URL
			c := newClient(t, cfg)
			defer c.http.CloseIdleConnections()
			c.privateKey = smallKey(t) // signing is not what is measured
			if trusting, ok := server.Client().Transport.(*http.Transport); ok && trusting.TLSClientConfig != nil {
				c.http.Transport.(*http.Transport).TLSClientConfig.RootCAs = trusting.TLSClientConfig.RootCAs
			}
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
			if opened := connections.Load(); opened > test.callers {
				t.Errorf("opened %d connections", opened)
			}
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
