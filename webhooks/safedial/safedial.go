// Package safedial connects to addresses that came from outside, and only to public ones:
// never to this machine, to its own network, or to what a cloud answers on such a network.
//
//	d := safedial.New(safedial.Config{})
//	u, err := d.ParseURL("https://shop.example/hook")
//	res, err := d.Client(15 * time.Second).Do(req)
//
// The address is checked when it is dialled, after the name was resolved, on every
// connection: what a name meant at an earlier moment says nothing.
package safedial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ErrRefused says that an address may not be dialled.
var ErrRefused = errors.New("the address is not public")

// ErrURL says that a URL may not be called, whatever its name resolves to.
var ErrURL = errors.New("the URL cannot be called")

// Config is what an operator decides.
type Config struct {
	Allow    []*net.IPNet  // networks that may be reached although they are not public
	Loopback bool          // this machine may be reached, by http as well: in test mode
	Resolver *net.Resolver // nil: that of the system
}

// Dialer connects to public addresses. It is safe for concurrent use.
type Dialer struct {
	cfg  Config
	dial net.Dialer
}

// connectTimeout is for one connection, all addresses of its name together.
const connectTimeout = 10 * time.Second

// New makes a Dialer.
func New(cfg Config) *Dialer {
	d := &Dialer{cfg: cfg}
	d.dial = net.Dialer{Timeout: connectTimeout, Resolver: cfg.Resolver, Control: d.control}
	return d
}

// DialContext connects to a host and port.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d.dial.DialContext(ctx, network, address)
}

// control is called with the very address that is about to be connected to.
func (d *Dialer) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrRefused, address)
	}
	return d.Check(at.Addr())
}

// Check says whether an address may be dialled. Error: ErrRefused.
func (d *Dialer) Check(addr netip.Addr) error {
	addr = addr.Unmap()
	allowed := slices.ContainsFunc(d.cfg.Allow, func(n *net.IPNet) bool { return addr.Zone() == "" && n.Contains(addr.AsSlice()) })
	if allowed || d.cfg.Loopback && addr.IsLoopback() || public(addr) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrRefused, addr)
}

// notPublic are the networks of IPv4, and those within the public range of IPv6, that are
// for special purposes (IANA's registries, RFC 6890), and addresses at which clouds answer
// their own machines.
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // Azure
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var (
	publicIPv6 = netip.MustParsePrefix("2000::/3")
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // holds an address of IPv4 in its last bytes
)

// public reports whether an address belongs to the internet. It holds no mapped IPv4.
func public(addr netip.Addr) bool {
	if nat64.Contains(addr) {
		b := addr.As16()
		return public(netip.AddrFrom4([4]byte(b[12:])))
	}
	inRange := addr.Is4() || publicIPv6.Contains(addr)
	return inRange && !slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// longestURL is in bytes.
const longestURL = 2048

// ParseURL reads a URL that a Client may call: https, or http on loopback where that is
// allowed; without user and fragment. Its host is a name, or an address in its usual
// spelling that may be dialled. Errors: ErrURL, ErrRefused.
func (d *Dialer) ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > longestURL || u.Opaque != "" || u.Hostname() == "":
		return nil, fmt.Errorf("%w: it is no absolute URL", ErrURL)
	case u.User != nil || strings.Contains(u.Host, "@"):
		return nil, fmt.Errorf("%w: it names a user", ErrURL)
	case strings.Contains(text, "#"):
		return nil, fmt.Errorf("%w: it has a fragment", ErrURL)
	case u.Scheme != "https" && (u.Scheme != "http" || !d.cfg.Loopback || !isLoopback(u.Hostname())):
		return nil, fmt.Errorf("%w: it has to begin with https://", ErrURL)
	}
	addr, err := netip.ParseAddr(u.Hostname())
	switch {
	case err == nil:
		return u, d.Check(addr)
	case endsInNumber(u.Hostname()):
		return nil, fmt.Errorf("%w: its host is an address in an unusual spelling", ErrURL)
	}
	return u, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// endsInNumber reports whether some programs read a host as an address of IPv4: 2130706433,
// 0x7f.1 and 0177.0.0.1 are 127.0.0.1 for them (the URL standard's "ends in a number").
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndex(host, ".")+1:]
	hex, isHex := strings.CutPrefix(strings.ToLower(last), "0x")
	return isHex && strings.Trim(hex, "0123456789abcdef") == "" || strings.Trim(last, "0123456789") == ""
}

// Client calls what ParseURL has accepted. It uses no proxy, follows no redirect, and ends a
// call after a time, from name to last byte. Its user closes it by CloseIdleConnections.
func (d *Dialer) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: d.DialContext, TLSHandshakeTimeout: connectTimeout, MaxResponseHeaderBytes: 64 << 10,
			ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 8,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
