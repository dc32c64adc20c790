package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

// A buyer's address is what the nearest trusted proxy has put down, in whatever form
// proxies write it.
func TestTheClientIsWhoTheTrustedProxiesSay(t *testing.T) {
	for _, row := range []struct {
		peer    string
		headers []string // in turns: name, value
		want    string
	}{
		{"192.0.2.1:9", nil, "192.0.2.1"},
		{"192.0.2.1:9", []string{"X-Forwarded-For", "203.0.113.9"}, "192.0.2.1"},
		{"10.0.0.1:9", nil, "10.0.0.1"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "203.0.113.9:51234"}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "2001:db8::7"}, "2001:db8::7"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "[2001:db8::7]"}, "2001:db8::7"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "[2001:db8::7]:51234"}, "2001:db8::7"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "::ffff:203.0.113.9"}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", ` "203.0.113.9" `}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "1.1.1.1, 203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "1.1.1.1", "X-Forwarded-For", "203.0.113.9,10.0.0.2:80"}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "10.0.0.3,10.0.0.2"}, "10.0.0.3"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "203.0.113.9, unknown"}, "10.0.0.1"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", "203.0.113.9,"}, "10.0.0.1"},
		{"10.0.0.1:9", []string{"X-Forwarded-For", ""}, "10.0.0.1"},
		{"10.0.0.1:9", []string{"Forwarded", "for=203.0.113.9;proto=https;by=10.0.0.1"}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"Forwarded", `proto=https; For="[2001:db8::7]:4711"`}, "2001:db8::7"},
		{"10.0.0.1:9", []string{"Forwarded", "for=1.1.1.1, for=203.0.113.9", "Forwarded", "for=10.0.0.2"}, "203.0.113.9"},
		{"10.0.0.1:9", []string{"Forwarded", "for=_hidden"}, "10.0.0.1"},
		{"10.0.0.1:9", []string{"Forwarded", "for=1.1.1.1", "X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		{"[2001:db8:1::1]:9", []string{"X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		{"@", []string{"X-Forwarded-For", "203.0.113.9"}, "@"},
	} {
		s := newSite(t, func(c *web.Config) { c.TrustedProxies = networks(t, "10.0.0.0/8", "2001:db8:1::/48") })
		var got string
		s.echo.GET("/who", func(c echo.Context) error {
			got = c.RealIP()
			return c.NoContent(http.StatusOK)
		})
		s.gets("/who", func(r *http.Request) {
			r.RemoteAddr = row.peer
			for i := 0; i < len(row.headers); i += 2 {
				r.Header.Add(row.headers[i], row.headers[i+1])
			}
		})
		if got != row.want {
			t.Errorf("from %s with %q the client is %q, want %q", row.peer, row.headers, got, row.want)
		}
	}
}

// Behind a proxy that is not trusted the whole shop is one client. The log says so once.
func TestAProxyThatIsNotTrustedIsSaidOnce(t *testing.T) {
	for _, header := range []string{"X-Forwarded-For", "Forwarded"} {
		s := newSite(t)
		s.gets("/fine")
		if strings.Contains(s.log.String(), "TRUSTED_PROXIES") {
			t.Error("it is said without a proxy")
		}
		for range 3 {
			s.gets("/fine", func(r *http.Request) { r.Header.Set(header, "for=203.0.113.9") })
		}
		if n := strings.Count(s.log.String(), "TRUSTED_PROXIES"); n != 1 {
			t.Errorf("with %s it is said %d times:\n%s", header, n, s.log)
		}
		trusting := newSite(t, func(c *web.Config) { c.TrustedProxies = networks(t, "192.0.2.0/24") })
		trusting.gets("/fine", func(r *http.Request) { r.Header.Set(header, "for=203.0.113.9") })
		if strings.Contains(trusting.log.String(), "TRUSTED_PROXIES") {
			t.Error("it is said of a proxy that is trusted")
		}
	}
}
