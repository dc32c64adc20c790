package views

import (
	"net/url"

	"github.com/a-h/templ"
)

// productURL and cartURL put a SKU into a path, whatever the merchant has put
// into the SKU.
func productURL(sku string) templ.SafeURL {
	return templ.SafeURL("/products/" + url.PathEscape(sku))
}

func cartURL(sku string) templ.SafeURL {
	return templ.SafeURL("/cart/" + url.PathEscape(sku))
}
