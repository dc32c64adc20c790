package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

// A name that an attacker makes lead to this machine (DNS rebinding) is not the shop's.
func TestEverythingIsRefusedToUnknownHosts(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.publicURL = "https://shop.example"; s.allowedHosts = []string{"pay.example"} })
	buyer := shop.newBuyer()
	request := func(method, path, host string) answer {
		req, err := http.NewRequestWithContext(t.Context(), method, shop.url+path, strings.NewReader(""))
		must(t, err)
		req.Host = host
		return buyer.do(req)
	}
	at := strings.TrimPrefix(shop.url, "http://")
	for _, path := range []string{"/", "/cart", "/healthz", "/readyz", "/dev/mail", "/favicon.ico", "/static/app.00000000.css", "/nothing"} {
		refused := request("GET", path, "evil.example")
		if refused.status != http.StatusMisdirectedRequest || refused.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s is answered %d to evil.example", path, refused.status)
		}
		for _, host := range []string{at, "localhost", "shop.example", "pay.example:443"} {
			if got := request("GET", path, host); got.status == http.StatusMisdirectedRequest {
				t.Errorf("%s is not answered to %s", path, host)
			}
		}
	}
	for _, path := range shop.postRoutes("/checkout/AAAAAAAAAAAAAAAAAAAAAAAAAA") {
		if got := request("POST", path, "evil.example:8080"); got.status != http.StatusMisdirectedRequest || strings.Contains(got.body, "SUCCESS") {
			t.Errorf("POST %s is answered %d to evil.example", path, got.status)
		}
	}
}
