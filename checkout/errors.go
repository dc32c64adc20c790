package checkout

import "errors"

// Kind tells a program what sort of error it has; handlers turn it into a
// status and a page.
type Kind string

// The kinds of errors.
const (
	NotFound    Kind = "not found"
	Invalid     Kind = "invalid"     // the input is wrong; Fields says where
	Conflict    Kind = "conflict"    // right input, wrong moment
	Closed      Kind = "closed"      // the order can no longer be paid
	Unavailable Kind = "unavailable" // try again later
)

// Error carries what the program, the buyer and the operator each need.
type Error struct {
	Kind    Kind
	Message string            // for the buyer: a key of the message catalogue
	Fields  map[string]string // for the buyer: a key per wrong field
	Err     error             // for the log
}

// Error is the text for the log.
func (e *Error) Error() string {
	if e.Err != nil {
		return string(e.Kind) + ": " + e.Err.Error()
	}
	return string(e.Kind) + ": " + e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsNotFound reports whether err says that something is not there.
func IsNotFound(err error) bool { return kindOf(err) == NotFound }

func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// ErrNotFound is what a Store answers when there is no such row.
var ErrNotFound = &Error{Kind: NotFound, Message: "error.page.404.message"}

// ErrStale is what a Store answers when an order has changed since it was read;
// the caller reads again and decides anew.
var ErrStale = &Error{Kind: Conflict, Message: "error.page.409.message"}

// ErrForeignID is what a Store answers when a payment would take the Antom id of
// another payment.
var ErrForeignID = &Error{Kind: Conflict, Message: "error.page.409.message"}
