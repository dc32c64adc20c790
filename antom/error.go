package antom

import (
	"fmt"
)

// Error is every way a call can end without success. It carries what a program
// needs to choose the next step, never a body, a key or a card number.
type Error struct {
	Op         string       // the operation, e.g. "inquiryPayment"
	Code       ResultCode   // Antom's word; empty when there is no trustworthy answer
	Status     ResultStatus // F or U; empty when there is no trustworthy answer
	Message    string       // for operators; Antom's text, or what went wrong on the way
	HTTPStatus int          // 0 when no answer came at all
	Err        error        // the cause on our side of the wire, if there was one
}

// Error says what happened, for a log.
func (e *Error) Error() string {
	text := "antom: " + e.Op + ": "
	switch {
	case e.Code != "":
		text += fmt.Sprintf("%s (%s)", e.Code, e.Status)
	case e.Err != nil:
		text += e.Err.Error()
	default:
		text += e.Message
	}
	return text
}

// Unwrap gives the cause, so that errors.Is finds context.DeadlineExceeded or
// [ErrSignature].
func (e *Error) Unwrap() error { return e.Err }

// Unknown reports that the request may or may not have taken effect: Antom
// said U, or said nothing that can be believed. Keep the request id; send the
// same request again or inquire. It never means failed.
func (e *Error) Unknown() bool { return e.Status != StatusFailed }
