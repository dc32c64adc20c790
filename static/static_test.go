package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func get(t *testing.T, address, acceptEncoding string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, address, nil)
	request.Header.Set("Accept-Encoding", acceptEncoding)
	recorder := httptest.NewRecorder()
	Handler().ServeHTTP(recorder, request)
	return recorder.Result()
}

// everything is all embedded files by their names.
func everything() map[string]*File {
	byName, _ := embedded()
	return byName
}

func TestEveryFileIsServedUnderTheHashOfItsBytes(t *testing.T) {
	for name, a := range everything() {
		response := get(t, URL(name), "")
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", name, response.StatusCode, err)
		}
		sum := sha256.Sum256(body)
		if !strings.Contains(URL(name), "."+hex.EncodeToString(sum[:4])+".") {
			t.Errorf("%s is not the hash of what it serves", URL(name))
		}
		for header, want := range map[string]string{
			"Cache-Control":          "public, max-age=31536000, immutable",
			"Content-Type":           a.contentType,
			"Content-Length":         strconv.Itoa(len(body)),
			"Vary":                   "Accept-Encoding",
			"X-Content-Type-Options": "nosniff",
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
}

func TestAnUnknownAddressIsNotFoundAndNotCached(t *testing.T) {
	right := URL("app.css")
	for _, address := range []string{
		"/static/app.css", "/static/app.00000000.css", "/static/", "/static/static.go",
		strings.Replace(right, "/static/", "/", 1), right + "/", strings.ToUpper(right),
	} {
		response := get(t, address, "gzip")
		if response.StatusCode != http.StatusNotFound || response.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %q", address, response.StatusCode, response.Header.Get("Cache-Control"))
		}
	}
}

func TestFilesAreCompressedForClientsThatAcceptIt(t *testing.T) {
	for accept, want := range map[string]string{
		"": "", "br": "br", "gzip": "gzip", "gzip, deflate, BR, zstd": "br", "br;q=0, GZIP": "gzip", "gzip;q=0": "", "gzip; q=0.0": "",
		"gzip;q=0.5, br": "br", "gzip;q=x": "", "zstd": "", "brotli": "",
	} {
		response := get(t, URL("app.css"), accept)
		if got := response.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: %q, want %q", accept, got, want)
		}
	}
	zipped, err := gzip.NewReader(get(t, URL("app.css"), "gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	for coding, unpacked := range map[string]io.Reader{"gzip": zipped, "br": brotli.NewReader(get(t, URL("app.css"), "br").Body)} {
		body, err := io.ReadAll(unpacked)
		if err != nil || !bytes.Equal(body, everything()["app.css"].body) {
			t.Errorf("the style sheet as %s differs: %v", coding, err)
		}
	}
}

func TestHeadHasTheHeadersAndNoBody(t *testing.T) {
	recorder := httptest.NewRecorder()
	Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodHead, URL("pay.js"), nil))
	if recorder.Code != http.StatusOK || recorder.Body.Len() != 0 || recorder.Header().Get("Content-Length") == "0" {
		t.Error(recorder.Code, recorder.Body.Len(), recorder.Header())
	}
}

func TestUnknownNamesPanicAndHasReportsThemBefore(t *testing.T) {
	if !Has("products/mug.svg") || Has("products/yacht.svg") {
		t.Error("Has is wrong")
	}
	defer func() {
		if recover() == nil {
			t.Error("URL gave an address for a missing file")
		}
	}()
	URL("products/yacht.svg")
}

func TestScriptsFitTheirBudget(t *testing.T) {
	for i, packed := range everything()["pay.js"].packed {
		n := 0
		for _, name := range []string{"pay.js", "status.js", "element.js"} {
			n += len(everything()[name].packed[i].body())
		}
		t.Logf("%d bytes as %s", n, packed.coding)
		if n > 6<<10 {
			t.Errorf("the scripts are %d bytes compressed", n)
		}
	}
}

// A picture that is opened by itself has the origin of the shop, and the policy
// allows no inline styles.
func TestPicturesAreSmallAndPlain(t *testing.T) {
	foreign := regexp.MustCompile(`(?i)<script|<style|<foreignObject|<image|<use|\son[a-z]+=|\sstyle=|href=|url\(`)
	for name, a := range everything() {
		if !strings.HasSuffix(name, ".svg") {
			continue
		}
		if len(a.body) > 2<<10 {
			t.Errorf("%s has %d bytes", name, len(a.body))
		}
		if found := foreign.Find(a.body); found != nil {
			t.Errorf("%s contains %q", name, found)
		}
	}
}

// Every pair of colours that carries text reaches WCAG's 4.5, and every pair that
// shows where a control is its 3, in the light theme and in the dark.
func TestColoursHaveContrastInBothThemes(t *testing.T) {
	all := themes()
	if len(all) != 2 {
		t.Fatalf("found %d themes", len(all))
	}
	for i, theme := range all {
		checkTheme(t, []string{"light", "dark"}[i], theme)
	}
}

func checkTheme(t *testing.T, name string, theme theme) {
	t.Helper()
	for _, pair := range []struct {
		front, back string
		least       float64
	}{
		{"ink", "page", readable}, {"ink", "surface", readable}, {"ink", "accent-tint", readable},
		{"soft", "page", readable}, {"soft", "surface", readable}, {"soft", "accent-tint", readable},
		{"on-accent", "accent", readable},
		{"good", "good-tint", readable}, {"wait", "wait-tint", readable}, {"bad", "bad-tint", readable}, {"bad", "surface", readable},
		{"edge", "surface", visible}, {"edge", "page", visible},
		{"accent", "page", visible}, {"accent", "surface", visible}, {"accent", "accent-tint", visible},
	} {
		front, known := theme[pair.front]
		back, knownToo := theme[pair.back]
		if !known || !knownToo {
			t.Fatalf("%s: no colour is called %s or %s", name, pair.front, pair.back)
		}
		if got := contrast(front, back); got < pair.least {
			t.Errorf("%s: %s on %s has %.2f, want %.1f", name, pair.front, pair.back, got, pair.least)
		}
	}
}
