package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// httpServer limits the time of slow and silent clients. Event streams lift the write
// limit for themselves.
func httpServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// group serves several addresses and ends them together.
type group struct {
	servers   []*http.Server
	listeners []net.Listener
}

// add adds a server that keeps to limits; isShared holds for addresses that every
// client may come from.
func (g *group) add(server *http.Server, listener net.Listener, limits connectionLimits, isShared func(net.IP) bool) {
	listener = newConnections(limits, isShared).limit(server, listener)
	g.servers, g.listeners = append(g.servers, server), append(g.listeners, listener)
}

// serve returns when ctx ends and every request under way is answered, or when
// one of the servers fails.
func (g *group) serve(ctx context.Context) error {
	failed := make(chan error, len(g.servers))
	for i, server := range g.servers {
		go func() { failed <- server.Serve(g.listeners[i]) }()
	}
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-failed:
	}
	// The shop ends before the sandbox it talks to: last added, first closed.
	patience, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	for i := len(g.servers) - 1; i >= 0; i-- {
		if err := g.servers[i].Shutdown(patience); err != nil && failure == nil {
			failure = err
		}
	}
	if errors.Is(failure, http.ErrServerClosed) {
		return nil
	}
	return failure
}

// close closes the listeners.
func (g *group) close() error {
	var problems []error
	for _, listener := range g.listeners {
		problems = append(problems, closeListener(listener))
	}
	return errors.Join(problems...)
}

// closeListener closes a listener that may be closed already: a server that has ended
// has closed its own.
func closeListener(listener net.Listener) error {
	if err := listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// localURL is how a browser on this machine reaches a listener.
func localURL(addr string, listener net.Listener) *url.URL {
	host, _, _ := net.SplitHostPort(localHost(addr))
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
}

// localHost is the host and port at which this machine reaches an address that it listens on.
func localHost(addr string) string {
	host, port, _ := net.SplitHostPort(addr) // settings are checked
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
