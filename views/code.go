package views

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
)

// A drawing is a code as the page shows it: a path of black bars in a box, the code
// as text, or both.
type drawing struct {
	box   string
	path  string
	label string // a message key
	text  string
}

const (
	quietModules = 4  // the white margin that a QR code needs to be recognised, ISO/IEC 18004
	quietBars    = 10 // the same for a Code 128, ISO/IEC 15417
	barHeight    = 40
)

// draw makes the drawing of a code. A code that cannot be drawn is shown as text: the
// buyer can type it or read it out at the counter.
func draw(c Code) drawing {
	switch c.Kind {
	case "QRCODE":
		if picture, err := qr.Encode(c.Text, qr.M, qr.Auto); err == nil {
			box, path := outline(picture, picture.Bounds().Dy(), 1, quietModules)
			return drawing{box: box, path: path, label: "code.qr"}
		}
	case "BARCODE":
		if picture, err := code128.Encode(c.Text); err == nil {
			box, path := outline(picture, 1, barHeight, quietBars)
			return drawing{box: box, path: path, label: "code.bars", text: c.Text}
		}
	}
	return drawing{text: c.Text}
}

// outline draws the first rows of a picture, each height units tall, as one
// rectangle per run of black modules, with a quiet margin around them.
func outline(picture barcode.Barcode, rows, height, quiet int) (box, path string) {
	width := picture.Bounds().Dx()
	var d strings.Builder
	for y := range rows {
		for x := 0; x < width; x++ {
			start := x
			for x < width && picture.At(x, y) == color.Black {
				x++
			}
			if x > start {
				fmt.Fprintf(&d, "M%d %dh%dv%dh-%dz", start+quiet, y*height+quiet, x-start, height, x-start)
			}
		}
	}
	return fmt.Sprintf("0 0 %d %d", width+2*quiet, rows*height+2*quiet), d.String()
}
