package handlers

import (
	"io"
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// sdkReportPath is where pay.js and apps tell of errors of Antom's SDK.
const sdkReportPath = "/sdk-reports"

// sdkReports takes the codes of those errors. The buyer sees what to do next; without
// the report the merchant would not learn that the SDK fails in browsers.
type sdkReports struct {
	*server
	seen seen[string]
}

// codeSyntax leaves no room for a name, a number of a card or an address of email.
var codeSyntax = regexp.MustCompile(`^[A-Z][A-Za-z_]{2,63}$`)

// receive counts a code, the whole body of the request. Any client may send anything: it
// is read within bounds and only counted.
func (r *sdkReports) receive(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return web.Unreadable(err)
	}
	code := string(body)
	if !codeSyntax.MatchString(code) {
		code = otherName
	}
	code, isNew := r.seen.note(code, otherName, web.ByClient(c), r.cfg.Now())
	r.cfg.Meter.SDKReport(r.seen.label(code, otherName))
	if isNew {
		r.log.WarnContext(c.Request().Context(), "Antom's SDK reported an error in a browser or an app", checkout.LogCode, code)
	}
	return c.NoContent(http.StatusNoContent)
}
