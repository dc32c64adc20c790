package checkout

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The format of a proof. A reader refuses others.
const (
	ProofFormat  = "antom-checkout proof"
	ProofVersion = 1
)

// Proof is what has happened to an order, with the messages that Antom has signed about
// it. Its JSON is published. The checksum finds damage; only the signatures, and what they
// cover, cannot be made up.
type Proof struct {
	Format      string            `json:"format"`
	Version     int               `json:"version"`
	MadeAt      time.Time         `json:"made_at"`
	Order       ProofOrder        `json:"order"`
	Payments    []ProofPayment    `json:"payments"`
	Transitions []ProofTransition `json:"transitions"`
	Messages    []ProofMessage    `json:"messages"`
	SHA256      string            `json:"sha256"` // of the file, with nothing here
}

// ProofOrder is the order as it stands.
type ProofOrder struct {
	ID        string      `json:"id"`
	Number    string      `json:"number"`
	Status    OrderStatus `json:"status"`
	Total     ProofMoney  `json:"total"`
	CreatedAt time.Time   `json:"created_at"`
}

// ProofMoney is an amount in the published form.
type ProofMoney struct {
	Amount   int64    `json:"amount"`
	Currency Currency `json:"currency"`
}

// ProofPayment is a payment as it stands.
type ProofPayment struct {
	RequestID  string           `json:"payment_request_id"`
	AntomID    string           `json:"antom_payment_id"`
	Method     string           `json:"method"`
	Status     PaymentStatus    `json:"status"`
	Amount     ProofMoney       `json:"amount"`             // as it was requested
	Confirmed  ProofMoney       `json:"confirmed,omitzero"` // where an operator has accepted that Antom holds another
	Duplicate  bool             `json:"duplicate"`
	Operations []ProofOperation `json:"operations"`
}

// ProofOperation is a capture, refund or cancel as it stands.
type ProofOperation struct {
	Kind      OperationKind   `json:"kind"`
	RequestID string          `json:"request_id"`
	AntomID   string          `json:"antom_id"`
	Status    OperationStatus `json:"status"`
	Amount    ProofMoney      `json:"amount"`
}

// ProofTransition is a row of the ledger.
type ProofTransition struct {
	Seq              int64     `json:"seq"`
	At               time.Time `json:"at"`
	Subject          string    `json:"subject"`
	PaymentRequestID string    `json:"payment_request_id,omitempty"`
	RequestID        string    `json:"request_id,omitempty"`
	From             string    `json:"from"`
	To               string    `json:"to"`
	Cause            string    `json:"cause"`
	Message          string    `json:"message,omitempty"` // the id of the message that it followed
}

// ProofMessage is a notification, or the answer to a call, as it came.
type ProofMessage struct {
	ID         string    `json:"id"` // notification:ID, inquiry:ID or response:ID
	Missing    string    `json:"missing,omitempty"`
	Method     string    `json:"method,omitempty"`
	Path       string    `json:"path,omitempty"`
	ClientID   string    `json:"client_id,omitempty"`
	Time       string    `json:"time,omitempty"` // Request-Time of a notification, Response-Time of an answer
	Signature  string    `json:"signature,omitempty"`
	Body       string    `json:"body,omitempty"`
	ReceivedAt time.Time `json:"received_at"`

	Private bool `json:"-"` // it names a card's holder or token, and is for a proof's file only
}

// Why a message has no signed body.
const (
	MissingUnanswered = "unanswered" // no answer came that Antom had signed
	MissingUnkept     = "not kept"   // the row is from before signatures were kept
	MissingSealed     = "sealed"     // with another key than the program has
)

// NewProof makes the proof of an order. Transitions are oldest first.
func NewProof(o Order, transitions []ProofTransition, messages []ProofMessage, now time.Time) Proof {
	p := Proof{
		Format: ProofFormat, Version: ProofVersion, MadeAt: now.UTC(), Transitions: transitions, Messages: messages,
		Order:    ProofOrder{ID: o.ID, Number: o.Number, Status: o.Status, Total: proofMoney(o.Total), CreatedAt: o.CreatedAt.UTC()},
		Payments: []ProofPayment{},
	}
	for _, payment := range o.Payments {
		shown := ProofPayment{
			RequestID: payment.RequestID, AntomID: payment.AntomID, Method: payment.Method, Status: payment.Status,
			Amount: proofMoney(payment.Amount), Confirmed: proofMoney(payment.Confirmed), Duplicate: payment.Duplicate, Operations: []ProofOperation{},
		}
		for _, op := range payment.Operations {
			shown.Operations = append(shown.Operations, ProofOperation{
				Kind: op.Kind, RequestID: op.RequestID, AntomID: op.AntomID, Status: op.Status, Amount: proofMoney(op.Amount),
			})
		}
		p.Payments = append(p.Payments, shown)
	}
	return p
}

func proofMoney(m Money) ProofMoney { return ProofMoney{Amount: m.Minor, Currency: m.Currency} }

// effective is what the payment is about.
func (p ProofPayment) effective() ProofMoney { return cmp.Or(p.Confirmed, p.Amount) }

// File is the proof as it is written, with its checksum. A proof has one form only.
func (p Proof) File() ([]byte, error) {
	p.SHA256 = ""
	text, err := p.encode()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	p.SHA256 = hex.EncodeToString(sum[:])
	return p.encode()
}

func (p Proof) encode() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(p); err != nil {
		return nil, fmt.Errorf("write proof: %w", err)
	}
	return text.Bytes(), nil
}

// ReadProof reads a file that File has written. damaged is true where a byte differs from
// what File writes of the same content.
func ReadProof(file []byte) (p Proof, damaged bool, err error) {
	var head struct {
		Format  string
		Version int
	}
	switch err := json.Unmarshal(file, &head); {
	case err != nil || head.Format != ProofFormat:
		return p, false, errors.Join(errors.New("not a file that the command proof has written"), err)
	case head.Version != ProofVersion:
		return p, false, fmt.Errorf("a proof of version %d; this program knows version %d", head.Version, ProofVersion)
	}
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return p, false, fmt.Errorf("read proof: %w", err)
	}
	same, err := p.File()
	return p, !bytes.Equal(same, file), err
}

// message finds a message by its id.
func (p Proof) message(id string) (ProofMessage, bool) {
	i := slices.IndexFunc(p.Messages, func(m ProofMessage) bool { return m.ID == id })
	if i < 0 {
		return ProofMessage{}, false
	}
	return p.Messages[i], true
}

func (p Proof) payment(requestID string) (ProofPayment, bool) {
	i := slices.IndexFunc(p.Payments, func(payment ProofPayment) bool { return payment.RequestID == requestID })
	if i < 0 {
		return ProofPayment{}, false
	}
	return p.Payments[i], true
}

func (p ProofPayment) operation(kind, requestID string) (ProofOperation, bool) {
	i := slices.IndexFunc(p.Operations, func(op ProofOperation) bool { return string(op.Kind) == kind && op.RequestID == requestID })
	if i < 0 {
		return ProofOperation{}, false
	}
	return p.Operations[i], true
}

// causedByAntom reports whether a cause names a message of Antom's.
func causedByAntom(cause string) bool {
	kind, _, _ := strings.Cut(cause, ":")
	switch CauseKind(kind) {
	case ByNotification, ByInquiry, ByResponse:
		return true
	}
	return false
}
