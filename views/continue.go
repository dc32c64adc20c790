package views

import (
	"context"

	"github.com/a-h/templ"
)

// forward is the <meta refresh> of the interstitial. It redirects at once, because
// WCAG 2.2.1 forbids a delay that a slow reader may miss. The text of the page is
// read while the wallet loads. A form waits for the buyer to submit it. The address
// is sanitised here because templ sanitises links only.
func forward(v ContinueView) string {
	if v.Post {
		return ""
	}
	return "0;url=" + string(templ.URL(v.URL))
}

// continueTitle and continueGo name where the interstitial leads: to a method, or to the
// bank of a card.
func continueTitle(ctx context.Context, v ContinueView) string {
	if v.ToBank {
		return Text(ctx, "continue.bank.title")
	}
	return Text(ctx, "continue.title", v.MethodName)
}

func continueGo(ctx context.Context, v ContinueView) string {
	if v.ToBank {
		return Text(ctx, "continue.bank.go")
	}
	return Text(ctx, "continue.go", v.MethodName)
}
