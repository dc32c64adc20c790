package views

import "context"

// checkoutDocument loads the scripts only while the order is not final, and the SDK
// only where the buyer can pay with it.
func checkoutDocument(ctx context.Context, v CheckoutView) document {
	d := document{title: Text(ctx, "checkout.title", v.Frame.ShopName), frame: v.Frame, paying: true}
	if v.Status.Final {
		d.title = Text(ctx, v.Status.Title)
		return d
	}
	d.scripts = []string{"status.js"}
	if v.Buyer != nil {
		d.more = true
		return d
	}
	if offersMethods(v) {
		if v.SDK != nil && v.SDK.UI == "element" {
			d.scripts = append(d.scripts, "element.js") // before pay.js, which uses it
		}
		d.scripts = append(d.scripts, "pay.js")
		d.sdk = v.SDK
	} else {
		d.refresh = "5"
	}
	return d
}

// Stylesheet is the style of every page. Pages beside the payment load shop.css, too.
const Stylesheet = "app.css"

// PayPageScripts lists the embedded scripts of a page that offers to pay, in the
// order they run.
func PayPageScripts(sdk *SDK) []string {
	return checkoutDocument(context.Background(), CheckoutView{Methods: []Method{{}}, SDK: sdk}).scripts
}

// offersMethods reports whether the buyer may start a payment. While the outcome of
// an attempt is unknown the page offers none, so that the buyer does not pay twice.
func offersMethods(v CheckoutView) bool {
	return len(v.Methods) > 0 && !v.Status.Unknown && !v.Status.Final
}

// checkoutFeed is the source of status changes for the pay page; a final order has
// none.
func checkoutFeed(v CheckoutView) feed {
	if v.Status.Final {
		return feed{}
	}
	return feed{events: v.EventsURL, poll: v.StatusURL}
}
