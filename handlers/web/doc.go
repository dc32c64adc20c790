// Package web is what all HTTP of the shop shares, whatever it serves: the chain
// that every request passes through (request id, log line, headers, known hosts,
// language, whole bodies), pages and errors as answers, limits, and the cookie that
// contains a session. It knows no route and no page but the error's.
//
//	site := web.New(web.Config{ShopName: "Plain Goods", PublicURL: address, Log: log})
//	e := site.Echo()
//	e.GET("/", func(c echo.Context) error {
//		return web.Render(c, http.StatusOK, page)
//	})
package web
