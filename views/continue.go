package views

import "github.com/a-h/templ"

// forward is the <meta refresh> of the interstitial: one second is enough to
// read where one is going. Forms wait for the buyer. The address is sanitised
// here because templ does that for links only.
func forward(v ContinueView) string {
	if v.Post {
		return ""
	}
	return "1;url=" + string(templ.URL(v.URL))
}
