package handlers_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// merchantsServer has pictures at its paths, and counts what it is asked.
func merchantsServer(t *testing.T) (address string, asked *atomic.Int64) {
	t.Helper()
	var drawn bytes.Buffer
	must(t, png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 8, 8))))
	bodies := map[string]string{
		"/table.png": drawn.String(), "/lying.png": "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
		"/page.png": "<!doctype html><script>1</script>", "/large.png": drawn.String() + strings.Repeat(" ", 1<<20),
	}
	asked = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/moved.png" {
			http.Redirect(w, r, "/table.png", http.StatusFound)
			return
		}
		if r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Errorf("the merchant's server is told %v", r.Header)
		}
		w.Header().Set("Content-Type", "image/png") // the bytes say what it is
		_, _ = w.Write([]byte(bodies[r.URL.Path]))
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// pictureOf is where the page shows the picture of the order's first line.
func (a answer) pictureOf() string {
	a.t.Helper()
	_, after, found := strings.Cut(a.body, `<img class="picture" src="`)
	src, _, _ := strings.Cut(after, `"`)
	if !found || !strings.HasPrefix(src, "/pictures/") {
		a.t.Fatalf("the picture is at %q", src)
	}
	return src
}

// A picture of the merchant's own line comes from the shop's origin: the browser asks no
// other, under the policy as it is. The merchant's server is asked once in an hour.
func TestAMerchantsPictureComesFromTheShopsOrigin(t *testing.T) {
	s := newShop(t)
	server, asked := merchantsServer(t)
	p, b := s.newProgram(), s.newBuyer()
	_, o := p.places(`{"lines":[{"name":"Table for two","quantity":1,"unit_amount":2100,"image_url":"` + server + `/table.png"}],` + knownBuyer + `}`)
	path := "/checkout/" + o.Token
	page := b.get(path).sees(http.StatusOK, `data-test="pay"`).seesNot(server)
	if asked.Load() != 0 {
		t.Error("the page waits for the merchant's server")
	}
	src := page.pictureOf()
	for range 3 {
		if got := b.get(src); got.status != http.StatusOK || got.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(got.body, "\x89PNG") ||
			got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Cache-Control") != "private, max-age=86400" {
			t.Errorf("the picture is answered with %d %v", got.status, got.header)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the merchant's server is asked %d times", n)
	}
	s.passes(2 * time.Hour)
	b.get(src).sees(http.StatusOK)
	if n := asked.Load(); n != 2 {
		t.Errorf("two hours later the merchant's server was asked %d times", n)
	}
}

// What is no picture, is too large or cannot be had is an empty one. What the shop has not
// signed is not fetched.
func TestAPictureThatCannotBeHadIsEmpty(t *testing.T) {
	s := newShop(t)
	server, asked := merchantsServer(t)
	p, b := s.newProgram(), s.newBuyer()
	src := func(address string) string {
		_, o := p.places(`{"lines":[{"name":"Table","quantity":1,"unit_amount":2100,"image_url":"` + address + `"}],` + knownBuyer + `}`)
		return b.get("/checkout/" + o.Token).pictureOf()
	}
	for _, address := range []string{
		server + "/lying.png", server + "/page.png", server + "/large.png", server + "/moved.png", server + "/missing.png",
		"https://10.0.0.1/table.png", "https://169.254.169.254/latest", "http://127.0.0.1:1/table.png",
	} {
		if got := b.get(src(address)); got.status != http.StatusOK || got.header.Get("Content-Type") != "image/svg+xml" || !strings.HasSuffix(got.body, `viewBox="0 0 1 1"/>`) {
			t.Errorf("%s is answered with %d %s", address, got.status, got.body)
		}
	}
	good := src(server + "/table.png")
	before := asked.Load()
	signature, address, _ := strings.Cut(strings.TrimPrefix(good, "/pictures/"), "/")
	for _, forged := range []string{
		"/pictures/" + strings.Repeat("A", len(signature)) + "/" + address, "/pictures/" + signature + "/" + address[1:],
		"/pictures/" + signature + "/" + address + "=", "/pictures/" + signature + "/!",
	} {
		b.get(forged).sees(http.StatusNotFound)
	}
	if asked.Load() != before {
		t.Error("an address that is not signed is fetched")
	}
}
