package web

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// Hosts are the names that requests may be addressed to, without ports. Any other name
// that an attacker makes lead to a server is an origin of its own, whose scripts may read
// what a private network holds (DNS rebinding).
type Hosts map[string]bool

// NewHosts knows these names, with or without a port.
func NewHosts(names ...string) Hosts {
	known := Hosts{}
	for _, name := range names {
		known[hostName(name)] = true
	}
	delete(known, "")
	return known
}

// Know reports whether a request is addressed to one of the hosts.
func (known Hosts) Know(r *http.Request) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return known.know(hostName(r.Host), local)
}

// Only hands requests to next that are addressed to one of the hosts, and answers 421 to
// the others. It is for a server beside the shop's.
func (known Hosts) Only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !known.Know(r) {
			http.Error(w, "This server has another name. Where this one is right, it belongs into ALLOWED_HOSTS.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostName is a host without its port, in one spelling, or "" for what is none.
func hostName(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return "" // no host that a browser sends
		}
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// refuseUnknownHosts answers 421 to requests for names that are not the shop's.
func (s *Site) refuseUnknownHosts(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.hosts.Know(c.Request()) {
			host := c.Request().Host
			Note(c, slog.LevelInfo, slog.String(LogHost, host[:min(len(host), 100)])) // for the person who sets up the proxy
			return echo.NewHTTPError(http.StatusMisdirectedRequest)
		}
		return next(c)
	}
}

// know reports whether a request for the host is answered. Beside the names of the
// settings these are the address that the connection was made to, which takes no
// name to reach, and the names of this machine where the connection is from it.
func (known Hosts) know(host string, local net.Addr) bool {
	if known[host] {
		return true
	}
	tcp, ok := local.(*net.TCPAddr)
	if !ok {
		return false
	}
	at := tcp.AddrPort().Addr().Unmap().WithZone("")
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap().WithZone("")
	switch {
	case err == nil && ip == at:
		return true
	case at.IsLoopback():
		return host == "localhost" || err == nil && ip.IsLoopback()
	}
	return false
}
