package views

import "strconv"

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

// refresh is the page's <meta refresh> for browsers without scripts: every two
// seconds for as long as something may change.
func refresh(s Status, address string) string {
	switch {
	case s.Final:
		return ""
	case address == "":
		return "2"
	}
	return "2;url=" + address
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
