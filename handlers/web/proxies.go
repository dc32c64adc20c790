package web

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// The headers in which proxies say whose request they pass on.
const (
	headerForwardedFor = "X-Forwarded-For"
	headerForwarded    = "Forwarded" // RFC 7239
)

// clientOf finds the address that a request is from: the connection's, or, as long as
// that is a trusted proxy's, the one that the proxy has put down. What stands before
// the first address that is not a trusted proxy's may be invented.
func clientOf(trusted []*net.IPNet) echo.IPExtractor {
	return func(r *http.Request) string {
		at := peer(r)
		if !at.IsValid() {
			return r.RemoteAddr
		}
		for _, before := range slices.Backward(forwarded(r)) {
			if !before.IsValid() || !contains(trusted, at) {
				break
			}
			at = before
		}
		return at.String()
	}
}

// peer is the address of the connection, or none for a socket that has none.
func peer(r *http.Request) netip.Addr { return parseNode(r.RemoteAddr) }

// forwarded are the addresses in the headers of proxies, the nearest last; one that is
// hidden or cannot be read is invalid. X-Forwarded-For counts where both are there.
func forwarded(r *http.Request) (addresses []netip.Addr) {
	lines := r.Header.Values(headerForwardedFor)
	if len(lines) > 0 {
		for part := range strings.SplitSeq(strings.Join(lines, ","), ",") {
			addresses = append(addresses, parseNode(part))
		}
		return addresses
	}
	for element := range strings.SplitSeq(strings.Join(r.Header.Values(headerForwarded), ","), ",") {
		for pair := range strings.SplitSeq(element, ";") {
			name, node, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if strings.EqualFold(name, "for") {
				addresses = append(addresses, parseNode(node))
			}
		}
	}
	return addresses
}

// parseNode reads an address as proxies write it: with or without quotes, port,
// brackets and zone.
func parseNode(text string) netip.Addr {
	text = strings.Trim(strings.TrimSpace(text), `"`)
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	address, _ := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return address.Unmap().WithZone("")
}

// trusts reports whether a connection comes from one of the trusted proxies.
func (s *Site) trusts(address string) bool {
	at := parseNode(address)
	return at.IsValid() && contains(s.cfg.TrustedProxies, at)
}

func contains(networks []*net.IPNet, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(n *net.IPNet) bool { return n.Contains(address.AsSlice()) })
}

// isForwarded reports whether a proxy says that the request is another's.
func isForwarded(r *http.Request) bool {
	return r.Header.Get(headerForwardedFor) != "" || r.Header.Get(headerForwarded) != ""
}

// noteProxies warns once of a proxy that is not trusted: behind it all buyers have one
// address, and share its limits.
func (s *Site) noteProxies(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r := c.Request(); isForwarded(r) && !s.trusts(r.RemoteAddr) {
			s.proxyNoted.Do(func() {
				s.log.WarnContext(r.Context(), "forwarded by a proxy that TRUSTED_PROXIES does not name; if it is yours, all buyers behind it share the limits of one",
					slog.String(LogClient, c.RealIP()))
			})
		}
		return next(c)
	}
}
