package views

import (
	"strconv"

	"antom-checkout/checkout"
)

// tone is how a status looks: good, bad, wait (something is under way) or flat.
// An attempt that failed is told before all else; one whose end is unknown never
// looks like one that failed.
func tone(s Status) string {
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

// sign is the picture beside a status: of its tone, but for money on its way back.
func sign(s Status) string {
	if s.Status == "refunded" || s.Status == "partially_refunded" {
		return "refund"
	}
	return tone(s)
}

// calmSeconds is how long a buyer is asked to watch a spinner. Most wallets have
// answered by then; who has to wait longer should read why.
const calmSeconds = 5

// fresh reports whether the buyer has only just come back.
func fresh(s Status) bool {
	return s.Status == "processing" && !s.Unknown && !s.Failed && s.SinceSecond < calmSeconds
}

// calmAfter is in how many milliseconds a fresh status stops being fresh.
func calmAfter(s Status) string {
	return strconv.Itoa(1000 * (calmSeconds - s.SinceSecond))
}

// TakesKey is the message key for how long a kind of payment normally takes, or
// "" where nobody knows.
func TakesKey(category checkout.Category) string {
	if key := "takes." + string(category); HasText(key) {
		return key
	}
	return ""
}

// refresh is the page's <meta refresh> for browsers without scripts: for as long
// as something may change, but less often for who has waited long.
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

// A feed is where the status script hears of changes.
type feed struct {
	events string
	poll   string
	self   string // where this page is to be had again, if not at its own address
	leave  string // where to go on a change instead of showing this page again
}

// A problem is one line of the list above a form: a message key, and where there
// is one the field it is about, with its label's key if the message does not say
// which field it means.
type problem struct{ field, label, message string }

// FailureKeys are the message keys of title and message about an attempt that has
// failed. What the shop has caused never speaks of the buyer's bank or card.
func FailureKeys(p checkout.Payment) (title, message string) {
	if p.ShopFault {
		return "status.unavailable.title", "status.unavailable.message"
	}
	return "status.failed.title", DeclineKey(p.ResultCode)
}
