package views

import (
	"context"

	"github.com/a-h/templ"
)

// forwardSeconds is how long a buyer who has paid sees so before the page leads them back to
// the merchant's shop: long enough to read it.
const forwardSeconds = "5"

// returnDocument loads the status script and refreshes the page until the status is
// final.
func returnDocument(ctx context.Context, v ReturnView) document {
	d := document{title: Text(ctx, v.Status.Title), frame: v.Frame, paying: true}
	if !v.Status.Final {
		d.scripts = []string{"status.js"}
		d.refresh = refresh(v.Status, string(templ.URL(v.SelfURL)))
	}
	if v.Leave.Forward {
		d.forward = forwardSeconds + ";url=" + v.Leave.URL
	}
	return d
}
