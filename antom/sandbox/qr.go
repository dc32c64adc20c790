package sandbox

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// serveQR draws the address of a buyer's page, for a phone to read.
func (bp *buyerPages) serveQR(w http.ResponseWriter, r *http.Request) {
	view, found := bp.view(r.PathValue("token"))
	if !found {
		http.NotFound(w, r)
		return
	}
	picture, err := qrPicture(view.Payment.BuyerURL)
	if err != nil {
		http.Error(w, "this code cannot be drawn", http.StatusInternalServerError)
		return
	}
	servePicture(w, picture)
}

// servePicture serves an SVG that any page may show and that runs no script.
func servePicture(w http.ResponseWriter, svg string) {
	header := w.Header()
	header.Set("Content-Type", "image/svg+xml")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, _ = w.Write([]byte(svg)) // a reader who left needs no error
}

// qrPicture draws a QR code as SVG.
func qrPicture(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", err
	}
	size := code.Bounds().Dx()
	var svg strings.Builder
	svg.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="` + box(size+8) + `" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` +
		number(size+8) + "v" + number(size+8) + `H0z"/><path d="`)
	for y := range size {
		for x := range size {
			if red, _, _, _ := code.At(x, y).RGBA(); red == 0 {
				svg.WriteString("M" + number(x+4) + " " + number(y+4) + "h1v1h-1z")
			}
		}
	}
	svg.WriteString(`"/></svg>`)
	return svg.String(), nil
}

func number(n int) string { return strconv.Itoa(n) }
func box(n int) string    { return "0 0 " + number(n) + " " + number(n) }
