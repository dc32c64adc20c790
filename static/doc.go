// Package static holds the style sheet, the scripts and the pictures of the
// pages, and serves them, made small, under addresses that contain a hash of their
// bytes. It makes such files of the merchant's logo and accent colour, too.
//
// An address never changes its meaning, so browsers and proxies may keep an
// answer for ever; a hash we do not hold is a 404, so nobody keeps the right
// bytes under a wrong address. The package knows no page and no order.
//
//	mux.Handle("GET /static/", static.Handler())
//	<link rel="stylesheet" href={ static.URL("app.css") }/>
package static
