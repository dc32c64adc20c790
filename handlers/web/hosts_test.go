package web_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/handlers/web"
)

func TestOnlyKnownHostsAreAnswered(t *testing.T) {
	s := newSite(t, func(c *web.Config) {
		c.AllowedHosts = []string{"Pay.Example", "old.example:8443", "2001:db8::7", "[2001:db8::8]:80"}
	})
	for _, row := range []struct {
		at    string // where the connection was made to
		known []string
		not   []string
	}{
		{"10.1.2.3:8080",
			[]string{
				"shop.example", "shop.example:443", "shop.example:8080", "SHOP.example", "shop.example.", "pay.example", "old.example", "old.example:1",
				"[2001:db8::7]", "[2001:db8::8]:443", "10.1.2.3", "10.1.2.3:8080", "[::ffff:10.1.2.3]:8080",
			},
			[]string{
				"", "evil.example", "evil.example:443", "shop.example.evil.example", "evilshop.example", "www.shop.example", "shop.example@evil.example", "shop.example..",
				"localhost", "localhost:8080", "127.0.0.1", "[::1]", "10.1.2.4", "10.1.2.3.evil.example", "shop.example:443:443", "shop", ".", "*", "[",
			}},
		{"127.0.0.1:8080",
			[]string{"shop.example", "localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080"},
			[]string{"", "evil.example", "evil.example:8080", "localhost.evil.example", "evil.localhost.example", "10.1.2.3", "0.0.0.0", "127.0.0.1.evil.example", "localhost:8080.evil.example"}},
		{"[::1]:8080", []string{"localhost", "[::1]", "127.0.0.1"}, []string{"evil.example", "[::2]"}},
		{"[fe80::1%eth0]:8080", []string{"[fe80::1%25eth0]", "[fe80::1]:8080"}, []string{"localhost", "[fe80::2]"}},
		{"", []string{"shop.example"}, []string{"localhost", "127.0.0.1"}},
	} {
		for status, hosts := range map[int][]string{http.StatusOK: row.known, http.StatusMisdirectedRequest: row.not} {
			for _, host := range hosts {
				got := s.gets("/fine", func(r *http.Request) {
					r.Host = strings.ReplaceAll(host, "%25", "%")
					if row.at != "" {
						at, err := net.ResolveTCPAddr("tcp", row.at)
						if err != nil {
							t.Fatal(err)
						}
						*r = *r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, at))
					}
				})
				if got.Code != status {
					t.Errorf("at %s the host %q is answered %d, want %d", row.at, host, got.Code, status)
				}
			}
		}
	}
}

// The person who sets up a proxy finds in the log the name that the shop did not know.
func TestAnUnknownHostIsInTheLog(t *testing.T) {
	s := newSite(t)
	for host, want := range map[string]string{"backend:8080": "backend:8080", strings.Repeat("a", 200): strings.Repeat("a", 100)} {
		s.gets("/fine", func(r *http.Request) { r.Host = host })
		if line := s.line(); line["host"] != want || line["status"] != 421.0 {
			t.Errorf("the line is %v", line)
		}
	}
}
