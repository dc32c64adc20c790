package web

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// hosts are the names that requests may be addressed to, without ports.
type hosts map[string]bool

func newHosts(public *url.URL, allowed []string) hosts {
	known := hosts{hostName(public.Host): true}
	for _, host := range allowed {
		known[hostName(host)] = true
	}
	delete(known, "")
	return known
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
// Without it any name that an attacker makes lead here is an origin of its own, whose
// scripts may read what a private network holds (DNS rebinding).
func (s *Site) refuseUnknownHosts(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		local, _ := c.Request().Context().Value(http.LocalAddrContextKey).(net.Addr)
		if !s.hosts.know(hostName(c.Request().Host), local) {
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
func (known hosts) know(host string, local net.Addr) bool {
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
