package static

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/png" // to read the size of one
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	_ "golang.org/x/image/webp" // to read the size of one
)

// BrandPrefix is the path below which the merchant's own files are served; see
// Logo and Accent.
const BrandPrefix = "/brand/"

// MaxLogo is how many bytes a logo may have: every buyer loads it.
const MaxLogo = 64 << 10

// A Picture is a file with the size it is drawn in.
type Picture struct {
	*File
	Width, Height int
}

// logoHeight is how tall a logo stands at the top of a page.
const logoHeight = 36

// Logo makes a picture of the merchant's logo: SVG, PNG or WebP, recognised by its
// content and not by its name.
func Logo(body []byte) (*Picture, error) {
	if len(body) > MaxLogo {
		return nil, fmt.Errorf("has %d bytes, more than %d", len(body), MaxLogo)
	}
	name, width, height := "logo.svg", 0.0, 0.0
	switch http.DetectContentType(body) {
	case "image/png", "image/webp":
		size, format, err := image.DecodeConfig(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("cannot be read: %w", err)
		}
		name, width, height = "logo."+format, float64(size.Width), float64(size.Height)
	default:
		var err error
		if width, height, err = svgSize(body); err != nil {
			return nil, err
		}
	}
	if !(width > 0 && height > 0 && width < 20*height && height < 20*width) {
		return nil, fmt.Errorf("has a strange size: %g by %g", width, height)
	}
	f, err := newFile(BrandPrefix, name, body)
	if err != nil {
		return nil, err
	}
	return &Picture{File: f, Width: int(math.Round(logoHeight * width / height)), Height: logoHeight}, nil
}

// svgSize reads the width and height of an SVG.
func svgSize(body []byte) (width, height float64, err error) {
	none := errors.New("is neither SVG, PNG nor WebP")
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := decoder.Token()
		if err == io.EOF || err != nil {
			return 0, 0, none
		}
		root, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if root.Name.Local != "svg" {
			return 0, 0, none
		}
		for _, attribute := range root.Attr {
			switch attribute.Name.Local {
			case "width":
				width = length(attribute.Value, width)
			case "height":
				height = length(attribute.Value, height)
			case "viewBox":
				if box := strings.FieldsFunc(attribute.Value, func(r rune) bool { return r == ' ' || r == ',' }); len(box) == 4 {
					return length(box[2], 0), length(box[3], 0), nil
				}
			}
		}
		return width, height, nil
	}
}

// length reads a number, with px or without. A relative length has no absolute
// size, so the other value stands.
func length(text string, otherwise float64) float64 {
	if n, err := strconv.ParseFloat(strings.TrimSuffix(text, "px"), 64); err == nil {
		return n
	}
	return otherwise
}

// Ratios of WCAG 2.2 AA: for text, and for what shows where a control is.
const (
	readable = 4.5
	visible  = 3
)

// An Accent is the merchant's colour: a style sheet that replaces the accent of
// app.css, and for emails, which load no style sheet, the colours of their button.
type Accent struct {
	*File
	Light, Dark Button
}

// A Button is a background and the text on it, as CSS writes colours.
type Button struct{ Ground, Text string }

// DefaultAccent is the accent of app.css; its File is nil.
func DefaultAccent() *Accent {
	button := func(t theme) Button { return Button{t["accent"].String(), t["on-accent"].String()} }
	themes := themes()
	return &Accent{Light: button(themes[0]), Dark: button(themes[1])}
}

// ParseAccent reads the merchant's colour, as #rgb or #rrggbb. The light theme uses
// the colour unchanged, so it must be visible on the pages: a colour without enough
// contrast is refused, and the error proposes the nearest shade that has it. The
// text on it is black or white, whichever has more contrast; one of them always has
// enough. The dark theme uses the colour or the first lighter shade that is visible.
func ParseAccent(text string) (*Accent, error) {
	accent, err := parseColour(text)
	if err != nil {
		return nil, err
	}
	themes := themes()
	light, dark := themes[0], themes[1]
	if ratio, on := light.least(accent); ratio < visible {
		return nil, fmt.Errorf("%s has a contrast of %.2f to the %s of the pages and needs %d; the nearest that has it is %s",
			accent, ratio, on, visible, light.shade(accent, black))
	}
	inDark := dark.shade(accent, white)
	sheet := ":root{" + light.tokens(accent) + "}@media(prefers-color-scheme:dark){:root{" + dark.tokens(inDark) + "}}"
	file, err := newFile(BrandPrefix, "accent.css", []byte(sheet))
	if err != nil {
		return nil, err
	}
	return &Accent{
		File:  file,
		Light: Button{accent.String(), textOn(accent).String()},
		Dark:  Button{inDark.String(), textOn(inDark).String()},
	}, nil
}

// A theme is the colours of app.css by their names, in light or in dark.
type theme map[string]colour

var (
	themeBlock = regexp.MustCompile(`:root\{([^}]*)\}`)
	colourName = regexp.MustCompile(`--([a-z-]+):(#[0-9a-f]{3}|#[0-9a-f]{6})(?:;|$)`)
)

// themes reads app.css itself, the light theme first, so that its colours stand in
// one place only.
func themes() []theme {
	byName, _ := embedded()
	var all []theme
	for _, block := range themeBlock.FindAllSubmatch(byName["app.css"].body, -1) {
		t := theme{}
		for _, m := range colourName.FindAllSubmatch(block[1], -1) {
			t[string(m[1])], _ = parseColour(string(m[2])) // the pattern matches colours only
		}
		all = append(all, t)
	}
	return all
}

// tint is the background of a chosen element: a little of the accent over a panel.
func (t theme) tint(accent colour) colour { return t["surface"].mix(accent, .08) }

// least is the lowest contrast of an accent to the backgrounds it stands on, and
// the background that has it.
func (t theme) least(accent colour) (ratio float64, on colour) {
	ratio = math.Inf(1)
	for _, ground := range []colour{t["page"], t["surface"], t.tint(accent)} {
		if r := contrast(accent, ground); r < ratio {
			ratio, on = r, ground
		}
	}
	return ratio, on
}

// shade is the colour, or the first shade towards black or white that is visible.
func (t theme) shade(accent, towards colour) colour {
	for share := 0.0; share <= 1; share += .01 {
		mixed := accent.mix(towards, share)
		if ratio, _ := t.least(mixed); ratio >= visible {
			return mixed
		}
	}
	return towards
}

// textOn is black or white, whichever has more contrast.
func textOn(ground colour) colour {
	if contrast(ground, black) > contrast(ground, white) {
		return black
	}
	return white
}

// tokens are the custom properties of app.css that depend on the accent.
func (t theme) tokens(accent colour) string {
	text, veil := textOn(accent), "#0003"
	if text == black {
		veil = "#fff4"
	}
	return fmt.Sprintf("--accent:%s;--on-accent:%s;--accent-tint:%s;--veil:%s", accent, text, t.tint(accent), veil)
}
