package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/desk"
)

// wire is a plain TCP connection to the shop: what no HTTP client would send.
type wire struct {
	t    *testing.T
	conn *net.TCPConn
	in   *bufio.Reader
}

// impatient serves the shop once more, with a server that waits a moment only for
// the rest of a request.
func (s *shop) impatient() (address string) {
	s.t.Helper()
	server := httptest.NewUnstartedServer(s.handler)
	server.Config.ReadTimeout = 300 * time.Millisecond
	server.Start()
	s.t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server.Listener.Addr().String()
}

func dial(t *testing.T, address string) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	return &wire{t, conn.(*net.TCPConn), bufio.NewReader(conn)}
}

func (w *wire) sends(lines ...string) {
	w.t.Helper()
	_, err := io.WriteString(w.conn, strings.Join(lines, "\r\n"))
	must(w.t, err)
}

// reads reads one answer.
func (w *wire) reads() (answer, bool) {
	w.t.Helper()
	res, err := http.ReadResponse(w.in, &http.Request{Method: http.MethodPost})
	if err != nil {
		w.t.Errorf("no answer: %v", err)
		return answer{}, false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(w.t, err)
	res.Header.Set("Closes", fmt.Sprint(res.Close))
	return answer{t: w.t, status: res.StatusCode, header: res.Header, body: string(body)}, true
}

// postRoutes are the addresses of everything that can be posted to, for one order.
func (s *shop) postRoutes(checkoutPath string) []string {
	s.t.Helper()
	var all []string
	for _, route := range s.handler.(interface{ Routes() []*echo.Route }).Routes() {
		if route.Method == http.MethodPost {
			path := strings.Replace(route.Path, "/checkout/:token", checkoutPath, 1)
			all = append(all, strings.Replace(path, ":sku", "MUG-01", 1))
		}
	}
	if len(all) < 9 {
		s.t.Fatalf("only %d routes: %q", len(all), all)
	}
	return all
}

// broken are the ways in which a body does not come whole.
var broken = map[string]struct {
	header, body string
	halfClose    bool // otherwise the client says nothing more
	status       int
}{
	"nothing comes":        {"Content-Length: 100", "", false, http.StatusRequestTimeout},
	"it stalls":            {"Content-Length: 100", "sku=MUG-01&quantity=1", false, http.StatusRequestTimeout},
	"a chunk stalls":       {"Transfer-Encoding: chunked", "64\r\nsku=MUG-01", false, http.StatusRequestTimeout},
	"it is half-closed":    {"Content-Length: 100", "sku=MUG-01&quantity=1", true, http.StatusBadRequest},
	"a chunk is cut":       {"Transfer-Encoding: chunked", "64\r\nsku=MUG-01", true, http.StatusBadRequest},
	"the last chunk lacks": {"Transfer-Encoding: chunked", "a\r\nsku=MUG-01\r\n", true, http.StatusBadRequest},
	"a chunk is no chunk":  {"Transfer-Encoding: chunked", "a\r\nsku=MUG-01quantity=1\r\n0\r\n\r\n", false, http.StatusBadRequest},
}

func TestABrokenRequestIsAnsweredSo(t *testing.T) {
	shop := newShop(t)
	path := shop.newBuyer().orders()
	address := shop.impatient()
	for _, route := range shop.postRoutes(path) {
		if takesFile(route) {
			continue // see TestAFileIsNotReadBeforeSignIn
		}
		for name, how := range broken {
			for _, accept := range []string{"text/html", "application/json"} {
				t.Run(strings.Replace(route, path, "/checkout", 1)+"/"+name+"/"+accept, func(t *testing.T) {
					t.Parallel()
					w := dial(t, address)
					w.sends("POST "+route+" HTTP/1.1", "Host: "+address, "Content-Type: application/x-www-form-urlencoded", "Accept: "+accept, how.header, "", how.body)
					if how.halfClose {
						must(t, w.conn.CloseWrite())
					}
					got, answered := w.reads()
					if !answered {
						return
					}
					if got.status != how.status || got.body == "" || strings.Contains(got.body, "SUCCESS") || got.header.Get("Closes") != "true" {
						t.Errorf("status %d, want %d; the connection closes: %s; %.200q", got.status, how.status, got.header.Get("Closes"), got.body)
					}
				})
			}
		}
	}
}

// takesFile reports whether a file is uploaded to a path.
func takesFile(path string) bool {
	return slices.ContainsFunc(desk.Uploads, func(route string) bool {
		return regexp.MustCompile("^" + strings.ReplaceAll(route, ":sku", "[^/]+") + "$").MatchString(path)
	})
}

// A file may be large: a client that sends one is led to the page to sign in before it is read,
// and the connection closes.
func TestAFileIsNotReadBeforeSignIn(t *testing.T) {
	shop := newShop(t)
	address := shop.impatient()
	for _, route := range shop.postRoutes("") {
		if !takesFile(route) {
			continue
		}
		w := dial(t, address)
		w.sends("POST "+route+" HTTP/1.1", "Host: "+address, "Content-Type: multipart/form-data; boundary=x", "Content-Length: 1000000", "", "--x")
		if got, answered := w.reads(); !answered || got.status != http.StatusSeeOther || got.header.Get("Closes") != "true" {
			t.Errorf("%s: answered %t with %d", route, answered, got.status)
		}
	}
}

// A client that has said everything may close its side and still listen: it is
// answered, and never with success when it failed.
func TestWhoHasSaidEverythingAndClosesIsAnswered(t *testing.T) {
	shop := newShop(t)
	path := shop.newBuyer().orders()
	address := shop.impatient()
	for _, route := range shop.postRoutes(path) {
		w := dial(t, address)
		body := "sku=MUG-01&quantity=1"
		w.sends("POST "+route+" HTTP/1.1", "Host: "+address, "Content-Type: application/x-www-form-urlencoded", fmt.Sprintf("Content-Length: %d", len(body)), "", body)
		must(t, w.conn.CloseWrite())
		if got, answered := w.reads(); answered && got.status < 300 && got.status != http.StatusNoContent {
			t.Errorf("%s answers %d %.200q", route, got.status, got.body)
		}
	}
}

// Two lengths of one body are two opinions about where the next request begins.
func TestAConnectionWithABodyOfTwoLengthsIsClosed(t *testing.T) {
	shop := newShop(t)
	address := shop.impatient()
	w := dial(t, address)
	w.sends("POST /orders HTTP/1.1", "Host: "+address, "Content-Type: application/x-www-form-urlencoded",
		"Content-Length: 5", "Transfer-Encoding: chunked", "", "1\r\na\r\n0\r\n\r\n")
	if got, answered := w.reads(); answered && (got.status != http.StatusUnprocessableEntity || got.header.Get("Closes") != "true") {
		t.Errorf("status %d, the connection closes: %s", got.status, got.header.Get("Closes"))
	}
	if rest, err := io.ReadAll(w.in); err != nil || len(rest) > 0 {
		t.Errorf("more comes: %q, %v", rest, err)
	}
}
