package checkout

import (
	"cmp"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Source is where an order comes from.
type Source string

// The sources of orders.
const (
	SourceShop Source = ""     // the shop's own order form
	SourceAPI  Source = "api"  // the merchant's system
	SourceLink Source = "link" // a payment link
)

// CaptureMode says who captures a card payment.
type CaptureMode string

// The capture modes of an order.
const (
	CaptureBySetting CaptureMode = ""          // as the setting CAPTURE_MODE says
	CaptureAutomatic CaptureMode = "automatic" // Antom
	CaptureManual    CaptureMode = "manual"    // the merchant
)

// Manual reports whether the merchant captures, where setting says it for orders that
// do not.
func (m CaptureMode) Manual(setting bool) bool {
	return m == CaptureManual || m == CaptureBySetting && setting
}

// Terms is what the merchant's system has set for one order. An order of the shop's own
// form has none.
type Terms struct {
	Source     Source
	Reference  string            // the merchant's own number; at most one order that has not expired or been cancelled has it
	Capture    CaptureMode       // of its card payments
	Methods    []string          // codes of the methods it may be paid with; none: all that are offered
	SuccessURL string            // where the buyer goes after paying; "" is the receipt
	CancelURL  string            // where the buyer goes who leaves without paying; "" is the shop
	Metadata   map[string]string // the merchant's own, shown to no buyer
	Link       string            // id of the payment link that it came by; "" otherwise
}

func (t Terms) clone() Terms {
	t.Methods, t.Metadata = slices.Clone(t.Methods), maps.Clone(t.Metadata)
	return t
}

// Limits of what the merchant's system sets for an order.
const (
	MaxReference     = 128  // characters
	MaxAddress       = 2048 // characters of an address
	MaxMetadata      = 50
	MaxMetadataName  = 40  // characters
	MaxMetadataValue = 500 // characters
)

// Check names what is wrong, by JSON pointer, with a message key. In test mode a program on
// the same machine may be reached without TLS.
func (t Terms) Check(realMoney bool) map[string]string {
	wrong := map[string]string{}
	if problem := referenceProblem(t.Reference); problem != "" {
		wrong["/reference"] = problem
	}
	if t.Capture != CaptureBySetting && t.Capture != CaptureAutomatic && t.Capture != CaptureManual {
		wrong["/capture"] = "error.invalid"
	}
	for pointer, address := range map[string]string{"/success_url": t.SuccessURL, "/cancel_url": t.CancelURL} {
		if address != "" && !IsAddress(address, realMoney) {
			wrong[pointer] = "error.https_address_required"
		}
	}
	if len(t.Metadata) > MaxMetadata {
		wrong["/metadata"] = "error.too_many"
	}
	for name, value := range t.Metadata {
		problem := cmp.Or(checkText(name, MaxMetadataName, true), checkMetadata(value))
		if problem != "" {
			wrong["/metadata/"+pointerEscapes.Replace(name)] = problem
		}
	}
	return wrong
}

// referenceProblem is what is wrong with a reference, as a message key, or "".
func referenceProblem(text string) string {
	if problem := checkText(text, MaxReference, false); problem != "" {
		return problem
	}
	if IDHoldsCardNumber(text) {
		return "error.card_number"
	}
	return ""
}

// pointerEscapes writes a name as a part of a JSON pointer (RFC 6901).
var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// checkMetadata is checkText for a value of any lines.
func checkMetadata(value string) string {
	switch {
	case !utf8.ValidString(value):
		return "error.invalid"
	case utf8.RuneCountInString(value) > MaxMetadataValue:
		return "error.too_long"
	case HoldsCardNumber(value):
		return "error.card_number"
	}
	return ""
}

// IsAddress reports whether a browser may be led to an address of the merchant's: it needs
// TLS, but in test mode not on the same machine.
func IsAddress(text string, realMoney bool) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || checkText(text, MaxAddress, true) != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && !realMoney && isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ReturnTo is where the buyer of an order goes after paying, or "". The order's id in it
// proves nothing.
func ReturnTo(o Order) string {
	u, err := url.Parse(o.SuccessURL)
	if err != nil || o.SuccessURL == "" {
		return ""
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "order=" + o.ID
	return u.String()
}
