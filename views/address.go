package views

import (
	"net/url"

	"github.com/a-h/templ"
)

// productURL is the page of a product. The SKU is escaped, because the merchant may
// use any character in it.
func productURL(sku string) templ.SafeURL {
	return templ.SafeURL("/products/" + url.PathEscape(sku))
}

// cartURL changes a line of the cart.
func cartURL(sku string) templ.SafeURL {
	return templ.SafeURL("/cart/" + url.PathEscape(sku))
}
