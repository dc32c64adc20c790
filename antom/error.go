package antom

import "strconv"

// Error is every way a call can end without success. It carries what a program
// needs to choose the next step, never a body, a key or a card number. Call its
// methods in this order: Unknown, Declined, Fix, Retry.
type Error struct {
	Endpoint   string       // the API that was called, e.g. "inquiryPayment"
	Code       ResultCode   // Antom's code; empty when there is no trustworthy answer
	Status     ResultStatus // F or U; empty when there is no trustworthy answer
	Message    string       // for operators; Antom's text, or what went wrong on the way
	HTTPStatus int          // 0 when no whole answer came
	WithCard   bool         // the request held a card or its token, so that the card's bank may have been asked
	Err        error        // the cause on the merchant's side of the wire, if there was one
}

// Error says what happened, for a log.
func (e *Error) Error() string {
	text := "antom: " + e.Endpoint + ": "
	switch {
	case e.Code != "":
		return text + string(e.Code) + " (" + string(e.Status) + ")"
	case e.Err != nil:
		text += e.Message + ": " + e.Err.Error()
	default:
		text += e.Message
	}
	if e.HTTPStatus != 0 {
		text += " (HTTP " + strconv.Itoa(e.HTTPStatus) + ")"
	}
	return text
}

// Unwrap gives the cause, so that errors.Is finds context.DeadlineExceeded or
// [ErrSignature].
func (e *Error) Unwrap() error { return e.Err }

// Unknown reports that the request may or may not have taken effect: Antom
// answered U, or gave no answer that can be trusted. Keep the request id; send the
// same request again or inquire. It never means failed.
func (e *Error) Unknown() bool { return e.Status != StatusFailed }

// Declined reports that the buyer, the card or the bank stood in the way, and
// neither the merchant nor Antom: the buyer may try again, with other means or corrected
// ones, under a new request id.
func (e *Error) Declined() bool { return e.reaction() == decline }

// Fix reports that the merchant's settings, contract or code are wrong: a person
// must act, and repeating is of no use before that. It is also true of a
// request that was refused before it was sent; such an Error has no Code.
func (e *Error) Fix() bool { return e.reaction() == fix }

// Retry says under which id, if any, a further request may succeed.
func (e *Error) Retry() Retry {
	switch e.reaction() {
	case sameID:
		return RetrySame
	case newID, decline:
		return RetryNew
	default:
		return RetryNone
	}
}

// Retry is an answer to "may I send this again?".
type Retry string

// The three answers. A client has already repeated what it may repeat by
// itself before it returns an Error; see [Config].Attempts.
const (
	RetryNone Retry = "none"
	RetrySame Retry = "same" // the identical request, with the same request id
	RetryNew  Retry = "new"  // a new attempt, with a new request id
)

// reaction is what the tables say of a code; without an entry, and without a
// code, the status decides.
func (e *Error) reaction() reaction {
	switch known := reactionTo(e.Endpoint, e.Code); {
	case known != "":
		return known
	case e.Unknown():
		return sameID
	case e.Code == "":
		return fix
	default:
		return fail
	}
}

// worthRepeating reports whether the same request, sent at once, may do better:
// after Antom's own U, after no whole answer, and where a server or a proxy
// is overloaded. An answer that is not proven to be Antom's would only come again.
func (e *Error) worthRepeating() bool {
	if e.Status != "" {
		return e.Status == StatusUnknown
	}
	return e.HTTPStatus == 0 || e.HTTPStatus == 429 || e.HTTPStatus >= 500
}

// AtTheGate reports an F that refuses this one sending of the request, such as
// INVALID_SIGNATURE, and says nothing of what an earlier sending has done.
// PROCESS_FAIL is none: it is how the request ended.
func (e *Error) AtTheGate() bool {
	_, ofEndpoint := reactions[e.Endpoint][e.Code]
	_, ofGateway := gatewayReactions[e.Code]
	return e.Status == StatusFailed && ofGateway && !ofEndpoint && e.Code != "PROCESS_FAIL"
}
