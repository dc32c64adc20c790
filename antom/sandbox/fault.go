package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Fault is an injected fault: which kind, at what, for which payment, how often.
// Zero values mean "everything, always".
type Fault struct {
	ID      string    `json:"id"`                           // given by the sandbox
	Kind    FaultKind `json:"kind"`                         // what goes wrong
	On      string    `json:"on,omitempty"`                 // an endpoint (pay) or a type of notification (CAPTURE_RESULT); "" = any, of counted ones any but consult
	Payment string    `json:"payment_request_id,omitempty"` // only this payment; "" = any
	Times   int       `json:"times,omitempty"`              // how often; 0 = until removed
	Chance  float64   `json:"chance,omitempty"`             // 0 to 1, drawn with the sandbox's seed; 0 = always
	Apply   bool      `json:"apply,omitempty"`              // calls: carry the request out before answering badly
	Delay   Duration  `json:"delay,omitempty"`              // timeout, slow, delay, reorder, capture-delay, refund-delay
	Code    string    `json:"code,omitempty"`               // refuse, unknown: the result code; sdk-reject, sdk-event, sdk-error: the SDK's
	Status  int       `json:"status,omitempty"`             // http-error: 502 when 0
	From    time.Time `json:"from,omitzero"`                // by the sandbox's clock
	Until   time.Time `json:"until,omitzero"`               // by the sandbox's clock
	Hits    int       `json:"hits"`                         // how often it took effect
}

// FaultKind names what goes wrong.
type FaultKind string

// Faults of calls. Those marked * carry the request out first when Apply is set;
// the others always do, because they change its answer.
const (
	Timeout        FaultKind = "timeout"         // * no answer; the connection hangs for Delay (a minute when 0)
	Unknown        FaultKind = "unknown"         // * U UNKNOWN_EXCEPTION, or Code
	Refuse         FaultKind = "refuse"          // F with Code (SYSTEM_ERROR when empty); nothing is carried out
	HTTPError      FaultKind = "http-error"      // * a 5xx page of some proxy, unsigned
	HTML           FaultKind = "html"            // * a 200 page of HTML, unsigned
	ResetByPeer    FaultKind = "reset"           // * the connection breaks
	Outage         FaultKind = "outage"          // every call breaks as reset, and notifications wait for its end
	Truncate       FaultKind = "truncate"        // half of the answer, then the connection breaks
	Unsigned       FaultKind = "unsigned"        // the answer without Signature header
	WrongSignature FaultKind = "wrong-signature" // the answer signed by a stranger
	WrongAmount    FaultKind = "wrong-amount"    // the answer, signed, with other amounts
	WrongCurrency  FaultKind = "wrong-currency"  // the answer, signed, with another currency
	Slow           FaultKind = "slow"            // the right answer after Delay
)

// Faults of notifications.
const (
	Lose                      FaultKind = "lose"                  // this sending is lost on the way
	DelayNotification         FaultKind = "delay"                 // the first sending waits for Delay longer
	Duplicate                 FaultKind = "duplicate"             // sent twice
	Reorder                   FaultKind = "reorder"               // waits for the payment's next notification, at most Delay (10 min when 0)
	Forge                     FaultKind = "forge"                 // a stranger's SUCCESS arrives first, badly signed
	UnsignedNotification      FaultKind = "notice-unsigned"       // the notification without Signature header
	WrongAmountNotification   FaultKind = "notice-wrong-amount"   // signed, with another amount
	WrongCurrencyNotification FaultKind = "notice-wrong-currency" // signed, with another currency
	Garble                    FaultKind = "notice-garbled"        // signed, and not JSON
	EmptyCard                 FaultKind = "notice-empty-card"     // signed, and all that it reports of the card is empty
)

// Faults of what follows a payment, and of the Web SDK's stand-in.
const (
	CaptureFail         FaultKind = "capture-fail"          // the next capture fails with Code (PROCESS_FAIL when empty)
	CaptureDelay        FaultKind = "capture-delay"         // the capture takes Delay longer
	CaptureSlowly       FaultKind = "capture-in-process"    // a manual capture answers U and ends later
	RefundFail          FaultKind = "refund-fail"           // the refund fails with Code (PROCESS_FAIL when empty)
	RefundDelay         FaultKind = "refund-delay"          // the refund is asynchronous and takes Delay longer
	SoftDecline         FaultKind = "soft-decline"          // the card's bank demands 3-D Secure, whichever card it is
	Challenge           FaultKind = "challenge"             // the card's bank has the buyer confirm, whatever the merchant asked for
	CardAVS             FaultKind = "card-avs"              // the card's bank says Code of the billing address
	CardCVV             FaultKind = "card-cvv"              // the card's bank says Code of the security code
	CardAdvice          FaultKind = "card-advice"           // the card's bank declines with the advice Code (merchantAdviceCode)
	PostForm            FaultKind = "post-form"             // pay answers with a form to post, and with no address
	SDKMalformedSession FaultKind = "sdk-malformed-session" // createPaymentSession answers data that no SDK can read
	SDKExpiredSession   FaultKind = "sdk-expired-session"   // the session query says expired
	SDKHang             FaultKind = "sdk-hang"              // the session query is never answered
	SDKScriptError      FaultKind = "sdk-script-error"      // the script answers 503
	SDKThrow            FaultKind = "sdk-throw"             // the constructors throw, as with denied storage
	SDKSilent           FaultKind = "sdk-silent"            // a start shows nothing, says nothing and never resolves
	SDKReject           FaultKind = "sdk-reject"            // a start is refused with Code, and nothing is shown
	SDKEvent            FaultKind = "sdk-event"             // once it is loaded the SDK sends the page Code as an event
	SDKError            FaultKind = "sdk-error"             // once it is loaded the SDK sends the page Code as an error
	SDKOld              FaultKind = "sdk-old"               // the script is of a build without AMSElement
	SDKShortSession     FaultKind = "sdk-short-session"     // the session lives for Delay only
)

// Faults of reconciliation reports. On is a type of row (REFUND). A row is wrong in all
// reports but the summary.
const (
	ReportDrop   FaultKind = "report-drop"   // the row is left out
	ReportDouble FaultKind = "report-double" // the row is there twice
	ReportAmount FaultKind = "report-amount" // another amount of the transaction
	ReportStatus FaultKind = "report-status" // the row of transaction details says FAIL; generation 2 only
	ReportType   FaultKind = "report-type"   // a type that no document names
	ReportFee    FaultKind = "report-fee"    // a net that is not gross and fees
	ReportAdd    FaultKind = "report-add"    // a row of a payment that was never made
	ReportSum    FaultKind = "report-sum"    // a TOTAL that is not the sum
	ReportTorn   FaultKind = "report-torn"   // the file ends in the middle
)

var (
	callFaults = []FaultKind{Timeout, Unknown, Refuse, HTTPError, HTML, ResetByPeer, Outage, Truncate, Unsigned,
		WrongSignature, WrongAmount, WrongCurrency, Slow}
	notificationFaults = []FaultKind{Lose, DelayNotification, Duplicate, Reorder, Forge, UnsignedNotification,
		WrongAmountNotification, WrongCurrencyNotification, Garble, EmptyCard}
	reportFaults = []FaultKind{ReportDrop, ReportDouble, ReportAmount, ReportStatus, ReportType, ReportFee, ReportAdd, ReportSum, ReportTorn}
	otherFaults  = []FaultKind{CaptureFail, CaptureDelay, CaptureSlowly, RefundFail, RefundDelay, SoftDecline, Challenge, CardAVS, CardCVV, CardAdvice, PostForm, SDKMalformedSession,
		SDKExpiredSession, SDKHang, SDKScriptError, SDKThrow, SDKSilent, SDKReject, SDKEvent, SDKError, SDKOld, SDKShortSession}
)

// FaultKinds lists every kind there is.
func FaultKinds() []FaultKind {
	return slices.Concat(callFaults, notificationFaults, otherFaults, reportFaults)
}

func (f Fault) check() error {
	switch {
	case !slices.Contains(FaultKinds(), f.Kind):
		return fmt.Errorf("no fault is called %q", f.Kind)
	case f.Chance < 0 || f.Chance > 1:
		return errors.New("chance is not between 0 and 1")
	case f.Times < 0:
		return errors.New("times is negative")
	case f.Delay < 0:
		return errors.New("delay is negative")
	case f.Status != 0 && (f.Status < 500 || f.Status > 599):
		return errors.New("status is not a 5xx")
	}
	return nil
}
