package views

import (
	"context"

	"github.com/a-h/templ"
)

// pageTitle is the status as the page begins with it: of a buyer who has just come back, it
// does not say at once that they have not paid.
func pageTitle(s Status) string {
	if s.Unpaid && justStarted(s) {
		return "status.processing.title"
	}
	return s.Title
}

// returnDocument loads the status script and refreshes the page until the status is
// final, and then the script that leads the buyer back to the merchant's shop.
func returnDocument(ctx context.Context, v ReturnView) document {
	d := document{title: Text(ctx, pageTitle(v.Status)), frame: v.Frame, paying: true}
	if !v.Status.Final {
		d.scripts = []string{"status.js"}
		d.refresh = refresh(v.Status, string(templ.URL(v.SelfURL)))
	}
	if v.Leave.Forward {
		d.scripts = append(d.scripts, "forward.js")
	}
	return d
}
