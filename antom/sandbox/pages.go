package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// templates are parsed when the first page is rendered.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"clock":        func(t time.Time) string { return t.UTC().Format("15:04:05") },
		"when":         func(t time.Time) string { return t.UTC().Format(time.DateTime) },
		"indented":     indented,
		"milliseconds": func(d Duration) string { return strconv.FormatInt(time.Duration(d).Milliseconds(), 10) + " ms" },
		"actor":        actorOf,
	}).ParseFS(pageFiles, "pages/*.html"))
})

// policy is the Content-Security-Policy of a page, with a reason per directive.
type policy struct {
	framedBy string   // the origin that may frame the page; empty = none
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
		"connect-src 'self'", // the component and the control page ask for changes
		"form-action 'self' " + strings.Join(p.formTo, " "), // browsers apply this to the redirect after a POST too
		"base-uri 'none'",
		"frame-ancestors " + frame,
	}, "; ")
}

// pages writes the sandbox's HTML pages.
type pages struct{ log *slog.Logger }

// renderNothing answers that the sandbox has nothing at this address.
func (ps *pages) renderNothing(w http.ResponseWriter) {
	ps.render(w, http.StatusNotFound, policy{}, "nothing.html", nil)
}

// render writes a whole page or an error, never a part of a page.
func (ps *pages) render(w http.ResponseWriter, status int, p policy, name string, view any) {
	var page bytes.Buffer
	if err := templates().ExecuteTemplate(&page, name, view); err != nil {
		ps.log.Error("a page of the sandbox cannot be rendered", "page", name, "error", err)
		http.Error(w, "this page cannot be rendered", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", p.String())
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a reader who left needs no error
}

// serveStatic serves the stylesheet and the scripts of the sandbox's pages.
func serveStatic(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, staticFiles, strings.TrimPrefix(path.Clean(r.URL.Path), "/"))
}
