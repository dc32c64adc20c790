package app

import (
	"bufio"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// crowdedServer is a server with few connections. Its pages never end; all else is
// answered at once, after its body.
type crowdedServer struct {
	t       *testing.T
	address string
	all     *connections
}

func newCrowdedServer(t *testing.T, limits connectionLimits, isShared bool) *crowdedServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httpServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return
		}
		body := make([]byte, r.ContentLength)
		if _, err := bufio.NewReader(r.Body).Read(body); err == nil || r.ContentLength == 0 {
			fmt.Fprint(w, "SUCCESS")
		}
	}), slog.New(slog.DiscardHandler))
	all := newConnections(limits, func(net.IP) bool { return isShared })
	limited := all.limit(server, listener)
	go func() { _ = server.Serve(limited) }()
	t.Cleanup(func() { _ = server.Close() })
	return &crowdedServer{t, listener.Addr().String(), all}
}

// connects opens a connection and sends the beginning of a request, or nothing.
func (s *crowdedServer) connects(text string) (net.Conn, *bufio.Reader) {
	s.t.Helper()
	c, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	s.sends(c, text)
	return c, bufio.NewReader(c)
}

func (s *crowdedServer) sends(c net.Conn, text string) {
	s.t.Helper()
	if _, err := strings.NewReader(text).WriteTo(c); err != nil {
		s.t.Fatal(err)
	}
}

// expectAnswer waits until a request has begun to be answered.
func (s *crowdedServer) expectAnswer(from *bufio.Reader) {
	s.t.Helper()
	answer, err := http.ReadResponse(from, nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		s.t.Fatalf("answered %v, %v", answer, err)
	}
}

func (s *crowdedServer) expectClosed(from *bufio.Reader) {
	s.t.Helper()
	if _, err := from.ReadByte(); err == nil {
		s.t.Fatal("the connection is open, want it closed")
	}
}

const (
	healthRequest    = "GET /healthz HTTP/1.1\r\nHost: shop\r\n\r\n"
	pageRequest      = "GET /page HTTP/1.1\r\nHost: shop\r\n\r\n"
	halfNotification = "POST /antom/notify HTTP/1.1\r\nHost: shop\r\nContent-Length: 2\r\n\r\n"
)

func TestConnectionsHeldOpenShutNoOneOut(t *testing.T) {
	for name, text := range map[string]string{"silent": "", "half a request": "GET /", "endless": pageRequest, "half a notification": halfNotification} {
		t.Run(name, func(t *testing.T) {
			s := newCrowdedServer(t, connectionLimits{total: 8, perAddress: 4, reserved: 2}, true)
			for range 40 {
				_, answer := s.connects(text)
				if text == pageRequest {
					s.expectAnswer(answer)
				}
			}
			_, health := s.connects(healthRequest)
			s.expectAnswer(health)
			s.all.mu.Lock()
			defer s.all.mu.Unlock()
			if n := len(s.all.open); n != 8 || s.all.idle.Len()+s.all.busy.Len()+s.all.kept.Len() != 8 {
				t.Errorf("%d connections are open, want 8", n)
			}
		})
	}
}

func TestTheConnectionOfANotificationIsKept(t *testing.T) {
	s := newCrowdedServer(t, connectionLimits{total: 8, perAddress: 8, reserved: 2}, true)
	notification, answer := s.connects(halfNotification)
	waitFor(t, func() bool { return s.kept() == 1 })
	_, oldest := s.connects(pageRequest)
	s.expectAnswer(oldest)
	for range 20 {
		_, page := s.connects(pageRequest)
		s.expectAnswer(page)
	}
	s.expectClosed(oldest)
	s.sends(notification, "{}")
	s.expectAnswer(answer)
}

func (s *crowdedServer) kept() int {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	return s.all.kept.Len()
}

// waitFor waits for what another goroutine does next.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	for begun := time.Now(); !so(); time.Sleep(time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("it does not come to that")
		}
	}
}

func TestOneAddressHasHalfOfTheConnections(t *testing.T) {
	s := newCrowdedServer(t, connectionLimits{total: 8, perAddress: 4, reserved: 1}, false)
	for range 20 {
		_, page := s.connects(pageRequest)
		s.expectAnswer(page)
	}
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	if n := len(s.all.open); n != 4 {
		t.Errorf("one address has %d connections, want 4", n)
	}
}

func TestAnIdleConnectionIsClosedBeforeABusyOne(t *testing.T) {
	s := newCrowdedServer(t, connectionLimits{total: 2, perAddress: 2, reserved: 1}, true)
	_, page := s.connects(pageRequest)
	s.expectAnswer(page)
	_, silent := s.connects("")
	_, health := s.connects(healthRequest)
	s.expectAnswer(health)
	s.expectClosed(silent)
	if page.Buffered() != 0 {
		t.Error("the page has ended")
	}
}

func TestThereAreFewerConnectionsThanDescriptors(t *testing.T) {
	if few := limitsWithin(200, 20, 6); few != (connectionLimits{total: 20, perAddress: 10, reserved: 2}) {
		t.Errorf("20 connections are %+v", few)
	}
	for _, descriptors := range []int{200, 1024, 1 << 20} {
		sum := 0
		for _, tenths := range []int{6, 3, 1} { // shop, sandbox, metrics
			sum += limitsWithin(descriptors, 1<<30, tenths).total
		}
		if sum > descriptors-descriptorsBeside+leastConnections {
			t.Errorf("%d descriptors are %d connections", descriptors, sum)
		}
	}
	if own := limitConnections(1<<30, 10).total; own < leastConnections || own > math.MaxInt32 {
		t.Errorf("this process may have %d connections", own)
	}
}
