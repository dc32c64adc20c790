package web

import (
	"net"
	"slices"

	"github.com/labstack/echo/v4"
)

// ipExtractor believes the X-Forwarded-For of the named proxies only.
func ipExtractor(proxies []*net.IPNet) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, network := range proxies {
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// trusts reports whether a connection comes from one of the trusted proxies.
func (s *Site) trusts(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && slices.ContainsFunc(s.cfg.TrustedProxies, func(n *net.IPNet) bool { return n.Contains(ip) })
}
