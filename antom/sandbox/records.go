package sandbox

import (
	"crypto/rand"
	"math/big"
	"time"

	"antom-checkout/antom"
)

// Money is an integer count of a currency's smallest unit.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

func moneyOf(a antom.Amount) Money { return Money{Amount: a.Minor(), Currency: a.Currency()} }

// wire is the amount as Antom writes it. Money is made of amounts that the gateway
// accepted, or of parts and sums of those, so it always has that form.
func (m Money) wire() antom.Amount {
	a, err := antom.NewAmount(m.Currency, m.Amount)
	if err != nil {
		return antom.Amount{}
	}
	return a
}

// Session is what createPaymentSession made: an invitation to pay, and no
// payment until the buyer submits it.
type Session struct {
	RequestID     string    `json:"payment_request_id"`
	ID            string    `json:"session_id"`
	Key           string    `json:"session_key"` // the opaque first part of the session data
	Data          string    `json:"session_data"`
	CreatedAt     time.Time `json:"created_at"`
	ExpiresAt     time.Time `json:"expires_at"`
	Submitted     bool      `json:"submitted"`
	PaymentExpiry time.Time `json:"payment_expiry,omitzero"` // as asked for
	Terms         Terms     `json:"terms"`
}

// Payment is one attempt to pay, as Antom keeps it.
type Payment struct {
	RequestID  string              `json:"payment_request_id"`
	ID         string              `json:"payment_id"`
	Status     antom.PaymentStatus `json:"status"`
	ResultCode antom.ResultCode    `json:"result_code"`
	Method     string              `json:"method"`
	Money
	CreatedAt  time.Time                `json:"created_at"`
	PaidAt     time.Time                `json:"paid_at,omitzero"`
	ClosesAt   time.Time                `json:"closes_at,omitzero"`
	AuthEndsAt time.Time                `json:"authorization_ends_at,omitzero"`
	Card       *antom.PaymentResultInfo `json:"card,omitempty"`
	BuyerURL   string                   `json:"buyer_url"`
	Token      string                   `json:"buyer_token"`           // the last part of BuyerURL
	BySession  bool                     `json:"by_session,omitempty"`  // submitted inside an SDK
	Consent    bool                     `json:"consent,omitempty"`     // the buyer has agreed on Antom's page that the card is stored
	Step       string                   `json:"step,omitempty"`        // "three_ds" or "issuer" while the buyer is there
	WithoutCVV bool                     `json:"without_cvv,omitempty"` // the card's security code was not given
	LatePaid   bool                     `json:"late_paid,omitempty"`   // paid after it was over, and refunded
	History    []Event                  `json:"history,omitempty"`     // what happened, for people
	Terms      Terms                    `json:"terms"`
}

// Event is a line of a payment's history.
type Event struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Capture takes the money of an authorised card payment.
type Capture struct {
	RequestID        string                  `json:"capture_request_id"`
	ID               string                  `json:"capture_id"`
	PaymentID        string                  `json:"payment_id"`
	PaymentRequestID string                  `json:"payment_request_id"`
	Status           antom.TransactionStatus `json:"status"`
	ResultCode       antom.ResultCode        `json:"result_code"`
	Money
	Automatic bool      `json:"automatic"`
	Reference string    `json:"acquirer_reference,omitempty"` // by which the buyer's bank finds it
	CreatedAt time.Time `json:"created_at"`
	DueAt     time.Time `json:"due_at,omitzero"` // while it is PROCESSING
	DoneAt    time.Time `json:"done_at,omitzero"`
}

// Refund returns money of a payment.
type Refund struct {
	RequestID        string                  `json:"refund_request_id"`
	ID               string                  `json:"refund_id"`
	PaymentID        string                  `json:"payment_id"`
	PaymentRequestID string                  `json:"payment_request_id"`
	Status           antom.TransactionStatus `json:"status"`
	ResultCode       antom.ResultCode        `json:"result_code"`
	Money
	Automatic bool      `json:"automatic"` // made by the sandbox, for a payment made after its cancel
	NotifyURL string    `json:"notify_url,omitempty"`
	Metadata  string    `json:"metadata,omitempty"`
	Reference string    `json:"acquirer_reference,omitempty"` // by which the buyer's bank finds it
	CreatedAt time.Time `json:"created_at"`
	DueAt     time.Time `json:"due_at,omitzero"` // while it is PROCESSING
	DoneAt    time.Time `json:"done_at,omitzero"`
}

// Cancel is an accepted cancel. It has no id of its own at Antom.
type Cancel struct {
	PaymentID        string `json:"payment_id"`
	PaymentRequestID string `json:"payment_request_id"`
	Money
	At    time.Time           `json:"at"`
	After antom.PaymentStatus `json:"after"` // what the payment was before
}

// Ledger is everything the sandbox knows of money, oldest first.
type Ledger struct {
	Sessions  []Session  `json:"sessions"`
	Payments  []Payment  `json:"payments"`
	Captures  []Capture  `json:"captures"`
	Refunds   []Refund   `json:"refunds"`
	Cancels   []Cancel   `json:"cancels"`
	Vaultings []Vaulting `json:"vaultings"`
	Disputes  []Dispute  `json:"disputes"`
}

// Payment finds a payment by its request id.
func (l Ledger) Payment(requestID string) (Payment, bool) {
	for _, p := range l.Payments {
		if p.RequestID == requestID {
			return p, true
		}
	}
	return Payment{}, false
}

// antomZone is the time zone of Antom's samples and of its cancel windows.
var antomZone = time.FixedZone("UTC+8", 8*60*60)

func wireTime(t time.Time) antom.Time {
	if t.IsZero() {
		return antom.Time{}
	}
	return antom.NewTime(t.In(antomZone))
}

// newID makes an id as Antom's look: the date and digits, 35 in all.
func newID(now time.Time) string {
	const digits = "0123456789"
	id := []byte(now.In(antomZone).Format("20060102") + "19401089010")
	for len(id) < 35 {
		n, err := rand.Int(rand.Reader, big.NewInt(10))
		if err != nil {
			panic(err) // the system's random source does not fail
		}
		id = append(id, digits[n.Int64()])
	}
	return string(id)
}
