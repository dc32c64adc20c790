// Package static holds the style sheet, the scripts and the pictures of the
// pages. It minifies them and serves them under addresses that contain a hash of
// their bytes. It makes such files of the merchant's logo and accent colour, too.
//
// An address always stands for the same bytes, so browsers and proxies may cache
// an answer for ever. An unknown hash is a 404, so that a cache never stores the
// right bytes under a wrong address. The package knows no page and no order.
//
//	mux.Handle("GET /static/", static.Handler())
//	<link rel="stylesheet" href={ static.URL("app.css") }/>
package static
