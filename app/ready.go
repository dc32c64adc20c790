package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const readyHelp = `It asks the server at ADDR on this machine for /readyz, for at most five seconds, and
is what a container's health check runs. doctor says much more, and asks Antom.
`

// readyTime is how long a server may take to say that it is ready.
const readyTime = 5 * time.Second

// ready asks the server on this machine whether it is ready to take payments.
func ready(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	status, text, err := askReady(ctx, s.Addr)
	switch {
	case err != nil:
		return fmt.Errorf("no server answers at ADDR: %w", err)
	case status != http.StatusOK:
		return fmt.Errorf("the server is not ready: it answers %d %s", status, text)
	}
	_, err = fmt.Fprintln(l.stdout, "ready")
	return err
}

// askReady asks what listens on an address of this machine, without a proxy.
func askReady(ctx context.Context, addr string) (status int, text []byte, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return 0, nil, err
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	text, err = io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	return res.StatusCode, text, err
}
