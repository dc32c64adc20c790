package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// site is a site with a few routes, and its log.
type site struct {
	t    *testing.T
	echo *echo.Echo
	log  *bytes.Buffer
	last *http.Request
}

type noMeter struct{}

func (noMeter) Request(string, string, int, time.Duration) {}
func (noMeter) Limited(string)                             {}

func newSite(t *testing.T, change ...func(*web.Config)) *site {
	t.Helper()
	s := &site{t: t, log: &bytes.Buffer{}}
	cfg := web.Config{
		ShopName: "Plain Goods", PublicURL: &url.URL{Scheme: "https", Host: "shop.example"},
		Now: time.Now, Log: slog.New(slog.NewJSONHandler(s.log, nil)), Meter: noMeter{},
	}
	for _, c := range change {
		c(&cfg)
	}
	s.echo = web.New(cfg).Echo()
	s.echo.GET("/fine", func(c echo.Context) error {
		s.last = c.Request()
		return c.String(http.StatusOK, "fine")
	})
	return s
}

func (s *site) fails(path string, fail func(c echo.Context) error) { s.echo.GET(path, fail) }

// gets sends a request as it comes from a connection.
func (s *site) gets(path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, nil)
	r.Host, r.RemoteAddr = "shop.example", "192.0.2.1:1234"
	for _, c := range change {
		c(r)
	}
	answer := httptest.NewRecorder()
	s.echo.ServeHTTP(answer, r)
	return answer
}

// line is what was logged since the last call, which has to be one line.
func (s *site) line() map[string]any {
	s.t.Helper()
	defer s.log.Reset()
	line := map[string]any{}
	if n := strings.Count(s.log.String(), "\n"); n != 1 {
		s.t.Fatalf("%d lines are logged:\n%s", n, s.log)
	}
	if err := json.Unmarshal(s.log.Bytes(), &line); err != nil {
		s.t.Fatal(err)
	}
	return line
}

func TestARequestHasOneIDEverywhere(t *testing.T) {
	s := newSite(t)
	seen := map[string]bool{}
	for _, path := range []string{"/fine", "/fine", "/nothing"} {
		got := s.gets(path)
		id := got.Header().Get("X-Request-Id")
		if len(id) < 20 || seen[id] {
			t.Errorf("%s has the id %q", path, id)
		}
		seen[id] = true
		if line := s.line(); line["request"] != id {
			t.Errorf("the line of %s has the id %v, want %s", path, line["request"], id)
		}
		if path == "/fine" && web.RequestID(s.last.Context()) != id {
			t.Errorf("the context has the id %q, want %s", web.RequestID(s.last.Context()), id)
		}
		if path == "/nothing" && !strings.Contains(got.Body.String(), "Reference: "+id) {
			t.Errorf("the error page has no reference:\n%s", got.Body)
		}
	}
	german := s.gets("/nothing", func(r *http.Request) { r.Header.Set("Accept-Language", "de") })
	if want := "Kennung: " + german.Header().Get("X-Request-Id"); !strings.Contains(german.Body.String(), want) {
		t.Errorf("the page lacks %q", want)
	}
}

func TestOnlyATrustedProxyNamesARequest(t *testing.T) {
	_, network, err := net.ParseCIDR("192.0.2.0/24")
	if err != nil {
		t.Fatal(err)
	}
	trusting := newSite(t, func(c *web.Config) { c.TrustedProxies = []*net.IPNet{network} })
	for _, row := range []struct {
		site     *site
		from, id string
		taken    bool
	}{
		{trusting, "192.0.2.1:1234", "A-z_0.9", true},
		{trusting, "[::ffff:192.0.2.1]:1234", "mapped", true},
		{trusting, "192.0.2.1:1234", strings.Repeat("a", 64), true},
		{trusting, "192.0.2.1:1234", strings.Repeat("a", 65), false},
		{trusting, "192.0.2.1:1234", "", false},
		{trusting, "192.0.2.1:1234", "a b", false},
		{trusting, "192.0.2.1:1234", "<script>", false},
		{trusting, "192.0.2.1:1234", "a\nb", false},
		{trusting, "198.51.100.1:1234", "stranger", false},
		{trusting, "@", "no-address", false},
		{newSite(t), "192.0.2.1:1234", "no-proxy-is-trusted", false},
	} {
		got := row.site.gets("/fine", func(r *http.Request) {
			r.RemoteAddr = row.from
			r.Header.Set("X-Request-Id", row.id)
		}).Header().Get("X-Request-Id")
		if (got == row.id) != row.taken || got == "" {
			t.Errorf("%q from %s becomes %q", row.id, row.from, got)
		}
	}
}

// Other packages log with the context that they were given.
func TestALineOfAnotherPackageHasTheRequestID(t *testing.T) {
	s := newSite(t)
	log := web.WithRequestID(web.WithRequestID(slog.New(slog.NewJSONHandler(s.log, nil))))
	s.gets("/fine")
	s.log.Reset()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.last.Context()), time.Minute)
	defer cancel()
	log.With(checkout.LogOrder, "o1").InfoContext(ctx, "order")
	text := s.log.String()
	if line := s.line(); line["request"] != web.RequestID(s.last.Context()) || line["order"] != "o1" || strings.Count(text, `"request"`) != 1 {
		t.Errorf("the line is %s", text)
	}
	log.InfoContext(t.Context(), "sweep")
	if line := s.line(); line["request"] != nil {
		t.Errorf("outside of a request the line has the id %v", line["request"])
	}
}

func TestARequestIsOneLineWhateverHappens(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, row := range map[string]struct {
		handle func(c echo.Context) error
		status int
		level  string
		says   string // the line's error
	}{
		"a failure":                {func(echo.Context) error { return fmt.Errorf("read: %w", broken) }, 500, "ERROR", "read: disk on fire"},
		"a panic":                  {func(echo.Context) error { panic("nil map") }, 500, "ERROR", "panic: nil map"},
		"a failure, half-answered": {func(c echo.Context) error { return errors.Join(c.String(200, "x"), broken) }, 200, "ERROR", "disk on fire"},
		"a connection that breaks meanwhile": {func(c echo.Context) error {
			return errors.Join(c.String(200, "x"), &net.OpError{Op: "write", Err: broken})
		}, 200, "INFO", ""},
		"Antom's connection": {func(echo.Context) error { return &net.OpError{Op: "write", Err: broken} }, 500, "ERROR", "write: disk on fire"},
		"trouble for later":  {func(echo.Context) error { return &checkout.Error{Code: checkout.CodeBusy, Err: broken} }, 503, "ERROR", "busy: disk on fire"},
		"wrong input":        {func(echo.Context) error { return checkout.NewError(checkout.CodeFormInvalid, "") }, 422, "INFO", ""},
		"an unmapped code":   {func(echo.Context) error { return &checkout.Error{Code: "made up", Err: broken} }, 500, "ERROR", "made up: disk on fire"},
		"the cause of a status": {func(echo.Context) error {
			return echo.NewHTTPError(503).SetInternal(checkout.ErrNotFound)
		}, 503, "ERROR", "code=503, message=Service Unavailable, internal=" + checkout.ErrNotFound.Error()},
		"a refusal worth a warning": {func(c echo.Context) error {
			web.Note(c, slog.LevelWarn, slog.String(web.LogClient, "192.0.2.9"))
			return echo.NewHTTPError(401)
		}, 401, "WARN", "code=401, message=Unauthorized"},
	} {
		s := newSite(t)
		s.fails("/it", row.handle)
		got, line := s.gets("/it"), s.line()
		if got.Code != row.status || int(line["status"].(float64)) != row.status || line["level"] != row.level || line["route"] != "/it" || line["verb"] != "GET" {
			t.Errorf("%s: status %d, line %v", name, got.Code, line)
		}
		if said, _ := line["error"].(string); said != row.says {
			t.Errorf("%s: the line says %q, want %q", name, said, row.says)
		}
		if stack, _ := line["stack"].(string); (name == "a panic") != strings.Contains(stack, "chain_test.go") {
			t.Errorf("%s: the stack is %q", name, stack)
		}
		if strings.Contains(got.Body.String(), "fire") || strings.Contains(got.Body.String(), "nil map") {
			t.Errorf("%s: the answer shows internals:\n%s", name, got.Body)
		}
	}
}
