package views

import "github.com/a-h/templ"

// forward is the <meta refresh> of the interstitial. It leads on at once, as WCAG
// wants it (2.2.1): whoever reads slowly must not lose a race against a page. What
// it says is read while the wallet is slow to come. Forms wait for the buyer. The address is sanitised
// here because templ does that for links only.
func forward(v ContinueView) string {
	if v.Post {
		return ""
	}
	return "0;url=" + string(templ.URL(v.URL))
}
