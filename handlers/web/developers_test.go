package web_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"antom-checkout/handlers/web"
)

func networks(t *testing.T, cidrs ...string) (all []*net.IPNet) {
	t.Helper()
	for _, cidr := range cidrs {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, network)
	}
	return all
}

// What is for developers depends on where the shop and the request are, and never on
// the absence of a setting. Behind a proxy each address of the way counts.
func TestWhoIsADeveloper(t *testing.T) {
	const public, local = "https://shop.example", "http://localhost:8080"
	for _, row := range []struct {
		base, peer string
		forwarded  []string
		networks   []*net.IPNet
		want       bool
	}{
		{local, "127.0.0.1:9", nil, nil, true},
		{"http://[::1]:8080", "[::1]:9", nil, nil, true},
		{local, "192.0.2.1:9", nil, nil, false},
		{local, "10.1.2.3:9", nil, networks(t, "10.1.0.0/16"), true},
		{local, "10.2.2.3:9", nil, networks(t, "10.1.0.0/16"), false},
		{local, "127.0.0.1:9", []string{"203.0.113.9"}, nil, false},
		{local, "127.0.0.1:9", []string{"127.0.0.1", "203.0.113.9"}, nil, false},
		{local, "127.0.0.1:9", []string{"unknown"}, nil, false},
		{local, "127.0.0.1:9", []string{"127.0.0.1"}, nil, true},
		{public, "127.0.0.1:9", nil, nil, false},
		{public, "127.0.0.1:9", nil, networks(t, "127.0.0.0/8"), true},
		{public, "10.1.2.3:9", nil, networks(t, "10.1.0.0/16"), true},
		{public, "10.1.2.3:9", []string{"203.0.113.9"}, networks(t, "10.1.0.0/16"), false},
		{public, "10.1.2.3:9", []string{"10.1.2.4"}, networks(t, "10.1.0.0/16"), true},
		{public, "@", nil, networks(t, "10.1.0.0/16"), false},
	} {
		base, err := url.Parse(row.base)
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range []string{"X-Forwarded-For", "Forwarded"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/secret", nil)
			r.RemoteAddr = row.peer
			for _, at := range row.forwarded {
				if header == "Forwarded" {
					at = "for=" + at
				}
				r.Header.Add(header, at)
			}
			if got := (web.Developers{Public: base, Networks: row.networks}).Admit(r); got != row.want {
				t.Errorf("at %s a request from %s by way of %q is admitted: %v", row.base, row.peer, row.forwarded, got)
			}
		}
	}
}

func TestAGuardedPathIsForDevelopersAndKnownNames(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "localhost:8081"}
	guarded := web.NewHosts(base.Host, "sandbox").Only(web.Developers{Public: base, Networks: networks(t, "10.1.0.0/16")}.Guard(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }),
		func(path string) bool { return path == "/control" }))
	for _, row := range []struct {
		path, host, peer string
		want             int
	}{
		{"/buyer", "localhost:8081", "203.0.113.9:1", http.StatusNoContent},
		{"/buyer", "evil.example", "203.0.113.9:1", http.StatusMisdirectedRequest},
		{"/control", "localhost:8081", "127.0.0.1:1", http.StatusNoContent},
		{"/control", "127.0.0.1:8081", "127.0.0.1:1", http.StatusNoContent},
		{"/control", "sandbox:8081", "10.1.2.3:1", http.StatusNoContent},
		{"/control", "evil.example:8081", "127.0.0.1:1", http.StatusMisdirectedRequest},
		{"/control", "localhost:8081", "203.0.113.9:1", http.StatusForbidden},
	} {
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8081})), http.MethodGet, row.path, nil)
		r.Host, r.RemoteAddr = row.host, row.peer
		answer := httptest.NewRecorder()
		guarded.ServeHTTP(answer, r)
		if answer.Code != row.want {
			t.Errorf("%+v is answered %d", row, answer.Code)
		}
	}
}
