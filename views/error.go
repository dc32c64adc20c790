package views

import "strconv"

// errorKey is the message key of an error page's title or message: the handler's
// own, else the one for the status code, else the one for all others.
func errorKey(v ErrorView, part string) string {
	own := v.Title
	if part == ".message" {
		own = v.Message
	}
	if own != "" {
		return own
	}
	if key := "error.page." + strconv.Itoa(v.Code) + part; HasText(key) {
		return key
	}
	return "error.page.default" + part
}
