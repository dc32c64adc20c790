package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"clock":        func(t time.Time) string { return t.UTC().Format("15:04:05") },
	"when":         func(t time.Time) string { return t.UTC().Format(time.DateTime) },
	"indented":     indented,
	"milliseconds": func(d Duration) string { return strconv.FormatInt(time.Duration(d).Milliseconds(), 10) + " ms" },
	"actor":        actorOf,
}).ParseFS(pageFiles, "pages/*.html"))

// policy is the Content-Security-Policy of a page, a reason per directive.
type policy struct {
	framedBy string   // the origin that may frame the page; empty = nobody
	formTo   []string // where a form's redirects may lead, beside the sandbox itself
}

func (p policy) String() string {
	frame := p.framedBy
	if frame == "" {
		frame = "'none'"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",  // static files only; pages work without
		"style-src 'self'",   // one stylesheet
		"img-src 'self'",     // QR codes and logos, drawn here
		"connect-src 'self'", // the component and the control room ask for news
		"form-action 'self' " + strings.Join(p.formTo, " "), // browsers hold the redirect after a POST to this too
		"base-uri 'none'",
		"frame-ancestors " + frame,
	}, "; ")
}

// render writes a whole page or an error, never half a page.
func (s *Sandbox) render(w http.ResponseWriter, status int, p policy, name string, view any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, view); err != nil {
		s.log.Error("a page of the sandbox cannot be drawn", "page", name, "error", err)
		http.Error(w, "this page cannot be drawn", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", p.String())
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(page.Bytes()) // a reader who went away has no use for the error
}

// serveStatic serves the stylesheet and the scripts of our own pages.
func (s *Sandbox) serveStatic(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, staticFiles, strings.TrimPrefix(path.Clean(r.URL.Path), "/"))
}

// serveQR draws the address of a buyer's page, for a phone to read.
func (s *Sandbox) serveQR(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	p := s.tokens[r.PathValue("token")]
	s.mu.Unlock()
	if p == nil {
		http.NotFound(w, r)
		return
	}
	picture, err := qrPicture(p.BuyerURL)
	if err != nil {
		http.Error(w, "this code cannot be drawn", http.StatusInternalServerError)
		return
	}
	servePicture(w, picture)
}

// servePicture serves an SVG that may stand on any page and run nothing.
func servePicture(w http.ResponseWriter, svg string) {
	header := w.Header()
	header.Set("Content-Type", "image/svg+xml")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Write([]byte(svg)) // a reader who went away has no use for the error
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
