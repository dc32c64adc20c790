package checkout

import (
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"
)

// Kind tells a program what sort of error it has; handlers turn it into a status.
type Kind string

// The kinds of errors.
const (
	NotFound    Kind = "not found"
	Invalid     Kind = "invalid"     // the input is wrong; Fields says where
	Conflict    Kind = "conflict"    // right input, wrong moment
	Gone        Kind = "gone"        // right input, and no moment will be right again
	Unavailable Kind = "unavailable" // try again later
	TooOften    Kind = "too often"   // try again after Error.Wait
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{NotFound, Invalid, Conflict, Gone, Unavailable, TooOften} }

// ErrorCode says exactly what is wrong. Codes are stable: pages, the API and the command
// line each have a text for every one.
type ErrorCode string

// The codes, by kind.
const (
	CodeNotFound ErrorCode = "not_found"

	CodeFormInvalid     ErrorCode = "form_invalid"     // Fields says where
	CodeMethodRequired  ErrorCode = "method_required"  // no method was chosen
	CodeMethodUnknown   ErrorCode = "method_unknown"   // the method is not offered for this order
	CodeAmountInvalid   ErrorCode = "amount_invalid"   // not an amount that can be refunded
	CodeQuantityInvalid ErrorCode = "quantity_invalid" // not 1 to MaxQuantity
	CodeCartFull        ErrorCode = "cart_full"        // MaxLines products are in it

	CodeCartEmpty         ErrorCode = "cart_empty"
	CodeCartChanged       ErrorCode = "cart_changed" // the form showed other lines or prices
	CodeSoldOut           ErrorCode = "sold_out"
	CodeOrderUnderWay     ErrorCode = "order_under_way"     // a payment is not finished: the order cannot be corrected
	CodeOrderPaid         ErrorCode = "order_paid"          // likewise
	CodeOrderClosed       ErrorCode = "order_closed"        // it has expired or was cancelled
	CodeOrderChanged      ErrorCode = "order_changed"       // another request or message was faster; read again
	CodeForeignPayment    ErrorCode = "foreign_payment"     // the Antom id belongs to another payment
	CodeRenewalIncomplete ErrorCode = "renewal_incomplete"  // goods of the expired order are gone or short
	CodeNotExpired        ErrorCode = "not_expired"         // only an expired order is renewed
	CodeNothingToCapture  ErrorCode = "nothing_to_capture"  // no authorised card waits for a manual capture
	CodeNothingToRefund   ErrorCode = "nothing_to_refund"   // nothing is paid, or it was returned already
	CodeNothingToCancel   ErrorCode = "nothing_to_cancel"   // the order's status does not allow a cancel
	CodeKeyReused         ErrorCode = "key_reused"          // the idempotency key was used for another action
	CodeNotUnderReview    ErrorCode = "not_under_review"    // there is nothing to accept
	CodeReviewStands      ErrorCode = "review_stands"       // the review cannot be ended this way
	CodeReviewChanged     ErrorCode = "review_changed"      // the review that was meant has ended
	CodePaymentSuperseded ErrorCode = "payment_superseding" // this payment has become the active one and holds funds
	CodeOverLimit         ErrorCode = "over_limit"          // the person may not return so much of the order
	CodeDisputed          ErrorCode = "payment_disputed"    // the payment is in dispute: a return would be a second one
	CodeDisputeClosed     ErrorCode = "dispute_closed"      // the dispute takes no such answer: it has one, has ended, or its time is over
	CodeAntomRefused      ErrorCode = "antom_refused"       // Antom refuses the operation
	CodeTooManyAttempts   ErrorCode = "too_many_attempts"   // the order takes no further attempt to pay
	CodeCardNotChargeable ErrorCode = "card_not_chargeable" // the saved card cannot be charged without its buyer
	CodeDataNeeded        ErrorCode = "data_needed"         // the buyer's data still serve something, and cannot be erased
	CodeEndpointsFull     ErrorCode = "endpoints_full"      // there are as many webhook endpoints as there may be
	CodeEndpointOff       ErrorCode = "endpoint_off"        // nothing is delivered to the webhook endpoint until it is switched on
	CodeLinkUsedUp        ErrorCode = "link_used_up"        // the payment link was paid as often as it may be
	CodeLinkInUse         ErrorCode = "link_in_use"         // others are paying what is left of the payment link's uses
	CodeLinkClosed        ErrorCode = "link_closed"         // the payment link has expired or was switched off
	CodeReferenceUsed     ErrorCode = "reference_used"      // another order has the merchant's reference

	CodeAntomUnanswered ErrorCode = "antom_unanswered" // Antom has not answered yet
	CodeBusy            ErrorCode = "busy"             // too many requests wait
	CodeUnstored        ErrorCode = "unstored"         // the database cannot write, or is not to be reached; nothing was stored

	CodeCardsRefused ErrorCode = "cards_refused" // too many cards were declined; other methods are taken

	CodeRequestKeyReused ErrorCode = "idempotency_key_reused" // a program's key was used for another request
	CodeRequestKeyInUse  ErrorCode = "idempotency_key_in_use" // the first request under it has no answer yet
)

// kindsOfCodes is the kind of every code.
var kindsOfCodes = map[ErrorCode]Kind{
	CodeNotFound:          NotFound,
	CodeFormInvalid:       Invalid,
	CodeMethodRequired:    Invalid,
	CodeMethodUnknown:     Invalid,
	CodeAmountInvalid:     Invalid,
	CodeQuantityInvalid:   Invalid,
	CodeCartFull:          Invalid,
	CodeCartEmpty:         Conflict,
	CodeCartChanged:       Conflict,
	CodeSoldOut:           Conflict,
	CodeOrderUnderWay:     Conflict,
	CodeOrderPaid:         Conflict,
	CodeOrderClosed:       Conflict,
	CodeOrderChanged:      Conflict,
	CodeForeignPayment:    Conflict,
	CodeRenewalIncomplete: Conflict,
	CodeNotExpired:        Conflict,
	CodeNothingToCapture:  Conflict,
	CodeNothingToRefund:   Conflict,
	CodeNothingToCancel:   Conflict,
	CodeKeyReused:         Conflict,
	CodeNotUnderReview:    Conflict,
	CodeReviewStands:      Conflict,
	CodeReviewChanged:     Conflict,
	CodePaymentSuperseded: Conflict,
	CodeOverLimit:         Conflict,
	CodeDisputed:          Conflict,
	CodeDisputeClosed:     Conflict,
	CodeAntomRefused:      Conflict,
	CodeTooManyAttempts:   Conflict,
	CodeCardNotChargeable: Conflict,
	CodeDataNeeded:        Conflict,
	CodeEndpointsFull:     Conflict,
	CodeEndpointOff:       Conflict,
	CodeLinkUsedUp:        Gone,
	CodeLinkInUse:         Conflict,
	CodeLinkClosed:        Gone,
	CodeReferenceUsed:     Conflict,
	CodeAntomUnanswered:   Unavailable,
	CodeBusy:              Unavailable,
	CodeUnstored:          Unavailable,
	CodeCardsRefused:      TooOften,
	CodeRequestKeyReused:  Invalid,
	CodeRequestKeyInUse:   Conflict,
}

// Codes lists all codes, sorted.
func Codes() []ErrorCode { return slices.Sorted(maps.Keys(kindsOfCodes)) }

// Kind is the kind of errors with the code.
func (c ErrorCode) Kind() Kind { return kindsOfCodes[c] }

// Error carries what the program, the buyer and the operator each need. The buyer's
// text is found by Code in the message catalogue; Detail is for the operator.
type Error struct {
	Code   ErrorCode
	Fields map[string]string // for the buyer: a message key per wrong field
	Wait   time.Duration     // of TooOften: until it may be tried again
	Detail string            // for the operator: a sentence without a full stop, or ""
	Order  string            // the id of the order that stands in the way, or ""
	Err    error             // for the log
}

// NewError makes an error with a sentence for the operator.
func NewError(code ErrorCode, detail string) *Error { return &Error{Code: code, Detail: detail} }

// Kind is the kind of the error's code.
func (e *Error) Kind() Kind { return e.Code.Kind() }

// Error is the text for the log and the operator.
func (e *Error) Error() string {
	text := string(e.Code)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Is makes errors with the same code equal for errors.Is.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsNotFound reports whether err says that something is not there.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// ErrNotFound is what a Store answers when there is no such row.
var ErrNotFound = &Error{Code: CodeNotFound}

// ErrStale is what a Store answers when an order has changed since it was read;
// the caller reads again and decides anew.
var ErrStale = &Error{Code: CodeOrderChanged}

// ErrTooManyAttempts says that an order has had all the attempts that it takes.
var ErrTooManyAttempts = &Error{Code: CodeTooManyAttempts}

// ErrForeignID is what a Store answers when a payment would take the Antom id of
// another payment.
var ErrForeignID = &Error{Code: CodeForeignPayment}

// Guard turns a panic into an error: one row that cannot be worked on must not stop
// the work on all others.
func Guard(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}

// FieldsOf are the wrong fields of an error, with a message key each.
func FieldsOf(err error) map[string]string {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Fields
	}
	return nil
}
