package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// withoutFetchMetadata starts a proxy that makes of every browser an old one, as some
// filters do, and passes on the origin of its own pages as the shop's. It remembers what
// the pages said of themselves.
func (s *shop) withoutFetchMetadata() (address string, origins, referrers func() []string) {
	s.t.Helper()
	target, err := url.Parse(s.url)
	must(s.t, err)
	var mu sync.Mutex
	var origin, referrer []string
	var proxy *httptest.Server
	proxy = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			mu.Lock()
			defer mu.Unlock()
			if r.In.Method == http.MethodPost {
				origin = append(origin, r.In.Header.Get("Origin"))
			}
			referrer = append(referrer, r.In.Header.Get("Referer"))
			if r.In.Header.Get("Origin") == proxy.URL {
				r.Out.Header.Set("Origin", s.url)
			}
			for name := range r.Out.Header {
				if strings.HasPrefix(name, "Sec-Fetch-") {
					r.Out.Header.Del(name)
				}
			}
		},
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) {},
		FlushInterval: -1,
	})
	s.t.Cleanup(proxy.Close)
	read := func(list *[]string) func() []string {
		return func() []string {
			mu.Lock()
			defer mu.Unlock()
			return append([]string(nil), *list...)
		}
	}
	return proxy.URL, read(&origin), read(&referrer)
}

// The buyer walks the whole way in a browser that says nothing of its requests but their
// origin, and no other origin reads an address with a token in it.
func TestABrowserWithoutFetchMetadataBuys(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	proxy, origins, referrers := shop.withoutFetchMetadata()
	buyer := shop.buyer(desktop)
	buyer.withoutJavaScript()
	buyer.opens(proxy + "/products/MUG-01")
	buyer.clicks(hook("product") + " button")
	buyer.arrives("/cart")
	buyer.fillsOrder("SG")
	buyer.clicks(hook("checkout-form") + " .button")
	buyer.arrives("/checkout/[^/]+")
	buyer.seesHook("pay")
	for _, origin := range origins() {
		if origin != proxy {
			t.Errorf("a form is sent with the origin %q", origin)
		}
	}
	for _, referrer := range referrers() {
		if referrer != "" && !strings.HasPrefix(referrer, proxy) {
			t.Errorf("the page was reached from %q", referrer)
		}
	}
}
