package checkout

import (
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// PaymentLink makes an order for each buyer who opens its address and goes on to pay: of
// the same goods, or of an amount that the buyer chooses.
type PaymentLink struct {
	ID         string
	Code       string      // in its address; it cannot be guessed
	FormKey    string      // the same request, sent twice, makes one link
	Name       string      // what is paid, as the buyer reads it
	Lines      []OrderLine // what it sells; a line with a SKU costs what the catalogue says when it is ordered
	Amount     AmountRange // what the buyer may choose, where there are no lines
	Currency   Currency
	Adjustable bool     // the buyer chooses how many times the lines are ordered
	MaxUses    int      // how many orders may be paid; 0: without a limit
	Methods    []string // codes of the methods its orders may be paid with; none: all that are offered
	SuccessURL string
	Metadata   map[string]string // of its orders
	Active     bool
	CreatedAt  time.Time
	ExpiresAt  time.Time // from when it makes no order; zero: never

	// Uses are reserved and taken with the goods of the link's orders; see Stock.
	Uses     int // orders that have taken theirs: they are paid
	Reserved int // orders that may be about to
}

// AmountRange is what a buyer may choose to pay, in minor units. Its zero value is no
// choice.
type AmountRange struct {
	Min       int64
	Max       int64
	Suggested int64 // 0: none
}

// Holds reports whether an amount may be chosen.
func (r AmountRange) Holds(minor int64) bool { return minor >= r.Min && minor <= r.Max }

// LinkStatus says whether a payment link makes orders.
type LinkStatus string

// The statuses of a payment link.
const (
	LinkOpen    LinkStatus = "open"
	LinkUsedUp  LinkStatus = "used_up"
	LinkExpired LinkStatus = "expired"
	LinkOff     LinkStatus = "off"
)

// Status is the link's status at a time. A link whose last uses are only reserved is open:
// they may be free again.
func (l *PaymentLink) Status(now time.Time) LinkStatus {
	switch {
	case l.MaxUses > 0 && l.Uses >= l.MaxUses:
		return LinkUsedUp
	case !l.Active:
		return LinkOff
	case !l.ExpiresAt.IsZero() && !now.Before(l.ExpiresAt):
		return LinkExpired
	}
	return LinkOpen
}

// Refusal is why the link has no use left for one more order, or "".
func (l *PaymentLink) Refusal() ErrorCode {
	switch {
	case l.MaxUses == 0 || l.Uses+l.Reserved < l.MaxUses:
		return ""
	case l.Uses >= l.MaxUses:
		return CodeLinkUsedUp
	}
	return CodeLinkInUse
}

// Clone copies the link so deeply that changing the copy leaves l as it is.
func (l PaymentLink) Clone() PaymentLink {
	l.Lines, l.Methods, l.Metadata = slices.Clone(l.Lines), slices.Clone(l.Methods), maps.Clone(l.Metadata)
	return l
}

// NewLinkCode makes the code of a link's address. It cannot be guessed, and has 80 bits so
// that its QR code stays coarse enough for any camera.
func NewLinkCode() string { return strings.ToLower(rand.Text()[:16]) }

// IsLinkCode reports whether text may be the code of a link.
func IsLinkCode(text string) bool { return text != "" && len(text) <= 32 && isToken(text) }

// LinkChoice is what a buyer has typed on the page of a link; "" is nothing.
type LinkChoice struct {
	Quantity  string // how many times the lines are ordered
	Amount    string
	Reference string
	Language  language.Tag // of the page
}

// Sells reports whether the link sells lines; otherwise the buyer chooses the amount.
func (l *PaymentLink) Sells() bool { return len(l.Lines) > 0 }

// Choose reads what a buyer has typed: how many times the lines are ordered, or the amount.
// wrong has a message key per wrong field.
func (l *PaymentLink) Choose(c LinkChoice) (times int, amount Money, wrong map[string]string) {
	wrong, times = map[string]string{}, 1
	if problem := referenceProblem(c.Reference); problem != "" {
		wrong["reference"] = problem
	}
	if !l.Sells() {
		typed, ok := ParseAmount(c.Amount, l.Currency, c.Language)
		switch {
		case c.Amount == "":
			wrong["amount"] = "error.required"
		case !ok || !l.Amount.Holds(typed.Minor) || !typed.Payable():
			wrong["amount"] = "error.amount"
		}
		return times, typed, wrong
	}
	if c.Quantity != "" {
		n, err := ParseQuantity(c.Quantity)
		tooMany := slices.ContainsFunc(l.Lines, func(line OrderLine) bool { return n*line.Quantity > MaxQuantity })
		if err != nil || tooMany || n != 1 && !l.Adjustable {
			wrong["quantity"] = "error.quantity"
		}
		times = n
	}
	return times, amount, wrong
}
