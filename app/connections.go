package app

import (
	lists "container/list"
	"context"
	"math"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"

	"antom-checkout/checkout/gateway"
)

// connectionLimits is how many connections a server may have.
type connectionLimits struct {
	total      int
	perAddress int // one that everything may come through, such as a proxy's, has none of its own
	reserved   int // for requests that must be answered at any load
}

// descriptorsBeside are kept for all that is no connection to a server: database, log,
// calls to Antom, mail.
const descriptorsBeside = 64

// leastConnections is what a server gets however few descriptors there are.
const leastConnections = 16

// limitConnections is the limits of a server that may have most connections, or some
// tenths of what the process may open.
func limitConnections(most, tenths int) connectionLimits {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		files.Cur = math.MaxInt32
	}
	return limitsWithin(int(min(files.Cur, math.MaxInt32)), most, tenths)
}

func limitsWithin(descriptors, most, tenths int) connectionLimits {
	total := max(min(most, (descriptors-descriptorsBeside)*tenths/10), leastConnections)
	return connectionLimits{total: total, perAddress: total / 2, reserved: total / 8}
}

// mustAnswer are the addresses whose requests keep their connections.
var mustAnswer = []string{gateway.NotificationPath, "/healthz", "/readyz"}

// connections are those of a server. A new one is always taken: beyond a limit the one
// that has done nothing for longest is closed, an idle one first, and one whose request
// must be answered last. So no number of connections held open shuts others out.
type connections struct {
	limits   connectionLimits
	isShared func(net.IP) bool // whether everything may come from this address
	mu       sync.Mutex
	open     map[net.Conn]*connection
	// By what they do; those that have changed least recently are first.
	idle, busy, kept lists.List
	addresses        map[string]int
}

type connection struct {
	net.Conn
	address string // "" for a shared one
	in      *lists.List
	place   *lists.Element
}

func newConnections(limits connectionLimits, isShared func(net.IP) bool) *connections {
	return &connections{
		limits: limits, isShared: isShared, open: map[net.Conn]*connection{}, addresses: map[string]int{},
	}
}

// isLoopback holds for what a proxy on this machine connects from.
func isLoopback(ip net.IP) bool { return ip.IsLoopback() }

// limit has a server and its listener keep to the limits.
func (cs *connections) limit(server *http.Server, listener net.Listener) net.Listener {
	server.Handler = cs.keeping(server.Handler)
	server.ConnState = cs.changed
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, c)
	}
	return countingListener{listener, cs}
}

type connectionKey struct{}

type countingListener struct {
	net.Listener
	connections *connections
}

// Accept implements net.Listener.
func (l countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.connections.add(c)
	}
	return c, err
}

// add makes room for a connection and takes it.
func (cs *connections) add(c net.Conn) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	added := &connection{Conn: c, address: cs.addressOf(c)}
	if added.address != "" && cs.addresses[added.address] >= cs.limits.perAddress {
		cs.closeOne(func(of *connection) bool { return of.address == added.address })
	}
	if len(cs.open) >= cs.limits.total {
		cs.closeOne(func(*connection) bool { return true })
	}
	cs.open[c] = added
	cs.addresses[added.address]++
	added.move(&cs.idle)
}

func (cs *connections) addressOf(c net.Conn) string {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if ip := net.ParseIP(host); err != nil || ip == nil || cs.isShared(ip) {
		return ""
	}
	return host
}

// closeOne closes the connection that is needed least among some.
func (cs *connections) closeOne(among func(*connection) bool) {
	for _, list := range []*lists.List{&cs.idle, &cs.busy, &cs.kept} {
		for at := list.Front(); at != nil; at = at.Next() {
			if c := at.Value.(*connection); among(c) {
				cs.forget(c)
				_ = c.Close() // its request, if it has one, sees that the client is gone
				return
			}
		}
	}
}

// changed is told by the server what its connections do.
func (cs *connections) changed(c net.Conn, state http.ConnState) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	known := cs.open[c]
	if known == nil {
		return // it was closed to make room
	}
	switch state {
	case http.StateActive:
		known.move(&cs.busy)
	case http.StateIdle:
		known.move(&cs.idle)
	case http.StateClosed, http.StateHijacked:
		cs.forget(known)
	}
}

func (cs *connections) forget(c *connection) {
	c.in.Remove(c.place)
	delete(cs.open, c.Conn)
	if cs.addresses[c.address]--; cs.addresses[c.address] == 0 {
		delete(cs.addresses, c.address)
	}
}

func (c *connection) move(to *lists.List) {
	if c.in != nil {
		c.in.Remove(c.place)
	}
	c.in, c.place = to, to.PushBack(c)
}

// keeping marks the connections of requests that must be answered. There are no more
// of them than are reserved, so that they cannot shut others out either.
func (cs *connections) keeping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, known := r.Context().Value(connectionKey{}).(net.Conn); known && slices.Contains(mustAnswer, r.URL.Path) {
			cs.keep(c)
		}
		next.ServeHTTP(w, r)
	})
}

func (cs *connections) keep(c net.Conn) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if known := cs.open[c]; known != nil && cs.kept.Len() < cs.limits.reserved {
		known.move(&cs.kept)
	}
}
