package views

import (
	"context"

	"github.com/a-h/templ"
)

// returnDocument loads the status script and refreshes the page until the status is
// final, and then the script that leads the buyer back to the merchant's shop.
func returnDocument(ctx context.Context, v ReturnView) document {
	d := document{title: Text(ctx, v.Status.Title), frame: v.Frame, paying: true}
	if !v.Status.Final {
		d.scripts = []string{"status.js"}
		d.refresh = refresh(v.Status, string(templ.URL(v.SelfURL)))
	}
	if v.Leave.Forward {
		d.scripts = append(d.scripts, "forward.js")
	}
	return d
}
