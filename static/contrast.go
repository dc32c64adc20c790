package static

import (
	"encoding/hex"
	"fmt"
	"math"
)

// A colour is red, green and blue of sRGB.
type colour [3]uint8

var (
	black = colour{}
	white = colour{255, 255, 255}
)

// parseColour reads #rgb and #rrggbb.
func parseColour(text string) (colour, error) {
	digits := text
	if len(digits) == 4 {
		digits = string([]byte{'#', text[1], text[1], text[2], text[2], text[3], text[3]})
	}
	if len(digits) != 7 || digits[0] != '#' {
		return colour{}, fmt.Errorf("must be #rrggbb, got %q", text)
	}
	rgb, err := hex.DecodeString(digits[1:])
	if err != nil {
		return colour{}, fmt.Errorf("must be #rrggbb, got %q", text)
	}
	return colour(rgb), nil
}

func (c colour) String() string { return "#" + hex.EncodeToString(c[:]) }

// luminance is WCAG's relative luminance.
func (c colour) luminance() float64 {
	sum := 0.0
	for i, share := range []float64{.2126, .7152, .0722} {
		v := float64(c[i]) / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		sum += share * v
	}
	return sum
}

// contrast is WCAG's ratio of two colours, from 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// mix is c with a share of another colour in it, from 0 to 1.
func (c colour) mix(with colour, share float64) colour {
	var mixed colour
	for i := range c {
		mixed[i] = uint8(math.Round(float64(c[i])*(1-share) + float64(with[i])*share))
	}
	return mixed
}
