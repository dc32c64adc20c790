package static

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// With any colour of a merchant the pages are readable, or the colour is refused and
// a readable one is proposed.
func TestAnyAccentIsReadableOrRefusedWithTheNearestThatIs(t *testing.T) {
	proposal := regexp.MustCompile(`contrast of ([12]\.\d\d) .* nearest that has it is (#[0-9a-f]{6})$`)
	accepted, refused := 0, 0
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				accent := fmt.Sprintf("#%02x%02x%02x", r, g, b)
				sheet, err := ParseAccent(accent)
				if err != nil {
					refused++
					found := proposal.FindStringSubmatch(err.Error())
					if found == nil {
						t.Fatalf("%s: %v", accent, err)
					}
					if sheet, err = ParseAccent(found[2]); err != nil {
						t.Fatalf("%s: the proposed %s: %v", accent, found[2], err)
					}
				} else if accepted++; !strings.Contains(string(sheet.body), "--accent:"+accent+";") {
					t.Errorf("%s was changed: %s", accent, sheet.body)
				}
				for i, block := range themeBlock.FindAllSubmatch(sheet.body, -1) {
					theme := maps.Clone(themes()[i])
					for _, m := range colourName.FindAllSubmatch(block[1], -1) {
						theme[string(m[1])], _ = parseColour(string(m[2]))
					}
					checkTheme(t, accent+[]string{" in light", " in dark"}[i], theme)
				}
			}
		}
	}
	if accepted < 100 || refused < 30 {
		t.Errorf("%d accepted and %d refused: too few were tried", accepted, refused)
	}
}

func TestATextThatIsNoColourIsRefused(t *testing.T) {
	for _, text := range []string{"", "green", "1f4d3f", "#1f4d3", "#1f4d3fff", "#gggggg", "#1f4d3f;}body{display:none"} {
		if _, err := ParseAccent(text); err == nil || !strings.Contains(err.Error(), "must be #rrggbb") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

const svgLogo = `<?xml version="1.0"?><!-- a mark --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 80"><path d="M0 0h9"/></svg>`

func pngLogo(t *testing.T, width, height int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// webpLogo is a lossless picture of one pixel.
const webpLogo = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"

func TestALogoIsRecognisedByItsContent(t *testing.T) {
	for name, c := range map[string]struct {
		body          []byte
		kind          string
		width, height int
	}{
		"a box":            {[]byte(svgLogo), "image/svg+xml", 108, 36},
		"width and height": {[]byte(`<svg width="20px" height="40"/>`), "image/svg+xml", 18, 36},
		"PNG":              {pngLogo(t, 100, 50), "image/png", 72, 36},
		"WebP":             {[]byte(webpLogo), "image/webp", 36, 36},
	} {
		logo, err := Logo(c.body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		recorder := httptest.NewRecorder()
		logo.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, logo.URL(), nil))
		if logo.Width != c.width || logo.Height != c.height || !strings.HasPrefix(logo.URL(), BrandPrefix+"logo.") ||
			recorder.Header().Get("Content-Type") != c.kind || !bytes.Equal(recorder.Body.Bytes(), c.body) {
			t.Errorf("%s: %d by %d at %s, %v", name, logo.Width, logo.Height, logo.URL(), recorder.Header())
		}
	}
}

func TestAFileThatIsNoLogoIsRefused(t *testing.T) {
	for want, body := range map[string][]byte{
		"is neither SVG, PNG nor WebP": []byte("<html><svg viewBox='0 0 1 1'/></html>"),
		"is neither SVG":               nil,
		"neither SVG, PNG nor WebP":    []byte("GIF89a"),
		"cannot be read":               pngLogo(t, 9, 9)[:20],
		"strange size: 0 by 0":         []byte(`<svg width="100%" height="100%"/>`),
		"strange size":                 pngLogo(t, 300, 10),
		"more than 65536":              make([]byte, MaxLogo+1),
	} {
		if _, err := Logo(body); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", body, err, want)
		}
	}
}
