package views

import (
	"context"
	"strconv"
	"strings"

	"antom-checkout/checkout"
)

// severity is how a status is presented: good, bad, wait (a payment is under way) or
// flat. A failed attempt takes precedence over the order's status; an attempt of
// unknown outcome is never presented as failed.
func severity(s Status) string {
	switch {
	case s.Unknown:
		return "wait"
	case s.Failed:
		return "bad"
	}
	switch s.Status {
	case "paid", "authorized":
		return "good"
	case "processing", "review":
		return "wait"
	}
	return "flat"
}

// statusIcon is the icon beside a status: that of its severity, except for refunds.
func statusIcon(s Status) string {
	if s.Status == "refunded" || s.Status == "partially_refunded" {
		return "refund"
	}
	return severity(s)
}

// spinnerSeconds is how long the page shows a spinner. Most wallets confirm within
// this time; after it the page explains the wait.
const spinnerSeconds = 5

// justStarted reports whether the spinner is shown: the attempt under way is younger
// than spinnerSeconds.
func justStarted(s Status) bool {
	return s.Status == "processing" && !s.Unknown && !s.Failed && s.SinceSecond < spinnerSeconds
}

// spinnerEnds is after how many milliseconds the spinner is replaced by text.
func spinnerEnds(s Status) string {
	return strconv.Itoa(1000 * (spinnerSeconds - s.SinceSecond))
}

// TakesKey is the message key for how long a category of payment normally takes, or
// "" where that is unknown.
func TakesKey(category checkout.Category) string {
	if key := "takes." + string(category); HasText(key) {
		return key
	}
	return ""
}

// refresh is the page's <meta refresh> for browsers without scripts. The page reloads
// until the status is final, less often as the wait gets longer.
func refresh(s Status, address string) string {
	pause := "2"
	switch {
	case s.Final:
		return ""
	case s.SinceSecond >= 600:
		pause = "60"
	case s.SinceSecond >= 60:
		pause = "10"
	}
	if address == "" {
		return pause
	}
	return pause + ";url=" + address
}

// A feed is the addresses that the status script uses.
type feed struct {
	events string // the event stream
	poll   string // the status JSON
	self   string // the address that shows this page again, if it is not the current one
	leave  string // the page that a change leads to, or "": it shows this page again
}

// A problem is one line of the list above a form: a message key, the field it is
// about or "", and the key of the field's label if the message does not name the
// field.
type problem struct{ field, label, message string }

// fieldProblem is what is wrong with a field, whose label has the key label.
func fieldProblem(field, label, message string) problem {
	if wrong := wrongKey(field, message); wrong != message {
		return problem{field: field, message: wrong}
	}
	return problem{field: field, label: label, message: message}
}

// FieldText says what is wrong with a field, by the key of a message.
func FieldText(ctx context.Context, field, message string) string {
	return Text(ctx, wrongKey(field, message))
}

// wrongKey is the message key of what is wrong with a field. Where a message has a text for
// that field, it says what to enter there: "Enter your email address."
func wrongKey(field, message string) string {
	if key := message + "." + strings.TrimPrefix(field, "billing_"); message != "" && HasText(key) {
		return key
	}
	return message
}

// FailureKeys are the message keys of title and message about an attempt that has
// failed. What the shop has caused never speaks of the buyer's bank or card.
func FailureKeys(p checkout.Payment) (title, message string) {
	if p.ShopFault {
		return "status.unavailable.title", "status.unavailable.message"
	}
	return "status.failed.title", DeclineKey(p.ResultCode)
}
