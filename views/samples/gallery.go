package samples

import (
	"bytes"
	"context"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/text/language"

	"antom-checkout/static"
	"antom-checkout/views"
	desk "antom-checkout/views/desk/samples"
)

// Gallery serves the list at /, each page in one state at /pages/NAME/, and what the
// pages load. Other links of the pages answer 404.
func Gallery() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", showList)
	mux.HandleFunc("GET /pages/{name}/{$}", showPage)
	mux.Handle("GET /static/", static.Handler())
	logo, accent := Brand()
	mux.Handle("GET "+logo.URL(), logo)
	mux.Handle("GET "+accent.URL(), accent)
	mux.HandleFunc("GET /checkout/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent) // the status never changes
	})
	return mux
}

//go:embed gallery.html
var galleryPage string

var list = template.Must(template.New("list").Parse(galleryPage))

func showList(w http.ResponseWriter, r *http.Request) {
	ctx := withLanguage(r)
	only := strings.Fields(r.FormValue("only"))
	var page bytes.Buffer
	if err := list.Execute(&page, map[string]any{
		"Pages": slices.DeleteFunc(everyPage(ctx), func(p Page) bool {
			return len(only) > 0 && !slices.ContainsFunc(only, func(part string) bool { return strings.Contains(p.Name, part) })
		}),
		"Choices": views.LanguageChoices(ctx, func(code string) string { return code }),
		"Lang":    views.Language(ctx).String(),
		"Only":    r.FormValue("only"),
		"Dark":    r.FormValue("theme") == "dark",
		"On":      r.FormValue("on"),
	}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = page.WriteTo(w)
}

// everyPage are the pages of the shop and of the dashboard.
func everyPage(ctx context.Context) []Page {
	all := Pages(ctx)
	for _, page := range desk.Pages(ctx) {
		all = append(all, Page{page.Name, page.Component})
	}
	return all
}

// nonce is a constant: the gallery holds nothing to protect.
const nonce = "gallery"

func showPage(w http.ResponseWriter, r *http.Request) {
	ctx := withLanguage(r)
	all := everyPage(ctx)
	at := slices.IndexFunc(all, func(p Page) bool { return p.Name == r.PathValue("name") })
	if at < 0 {
		http.NotFound(w, r)
		return
	}
	// As strict as the policy of the shop, but the list may frame the pages. The host
	// of the SDK is not listed: the gallery needs no network.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"'; style-src 'self'; "+
		"img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'")
	templ.Handler(all[at]).ServeHTTP(w, r.WithContext(templ.WithNonce(ctx, nonce)))
}

// withLanguage is the request's context with the language of the query.
func withLanguage(r *http.Request) context.Context {
	tag, err := language.Parse(r.FormValue("lang"))
	if err != nil {
		tag = language.English
	}
	return views.WithLanguage(r.Context(), tag)
}
