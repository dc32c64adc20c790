package merchant

import (
	"context"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// TimelineEntry is a change of status of an order, a payment or an operation.
type TimelineEntry struct {
	At               time.Time `json:"at"`
	Subject          string    `json:"subject" enum:"order,payment,capture,refund,cancel" doc:"What has changed"`
	PaymentRequestID string    `json:"payment_request_id,omitempty" doc:"Of a payment or operation; of an order, the payment that moved it"`
	RequestID        string    `json:"request_id,omitempty" doc:"Of a capture, refund or cancel"`
	From             string    `json:"from" doc:"Empty for what is new"`
	To               string    `json:"to"`
	Cause            string    `json:"cause" doc:"notification:ID, inquiry:ID, response:ID, admin:KEY, admin:OPERATOR/KEY, shopper:ID or sweeper"`
	Evidence         *Evidence `json:"evidence,omitempty" doc:"The message of Antom's that the change followed"`
}

// Evidence is a message of Antom's: a notification, or the answer to a call.
type Evidence struct {
	Kind       string    `json:"kind" enum:"notification,inquiry,response"`
	ID         string    `json:"id"`
	Type       string    `json:"type" doc:"Antom's notifyType, or the API that was called"`
	Result     string    `json:"result,omitempty" enum:"S,F,U,none" doc:"Of an answer; none where there was no answer"`
	Code       string    `json:"code,omitempty" doc:"Of an answer: Antom's result code"`
	Verified   bool      `json:"verified" doc:"Antom's signature was verified"`
	BodySHA256 string    `json:"body_sha256,omitempty" doc:"Of a notification: of its raw body, lower-case hex"`
	ReceivedAt time.Time `json:"received_at"`
}

// Timeline lists all changes of status of an order, oldest first. Errors: CodeNotFound.
func (s *base) Timeline(ctx context.Context, orderID string) ([]TimelineEntry, error) {
	entries, err := s.store.Timeline(ctx, orderID)
	if err == nil && len(entries) == 0 { // the first row comes with the order
		err = checkout.ErrNotFound
	}
	timeline := make([]TimelineEntry, 0, len(entries))
	for _, e := range entries {
		timeline = append(timeline, TimelineEntry{
			At: e.At.UTC(), Subject: string(e.Subject), PaymentRequestID: e.PaymentRequestID, RequestID: e.RequestID,
			From: e.From, To: e.To, Cause: e.Cause, Evidence: newEvidence(e),
		})
	}
	return timeline, err
}

func newEvidence(e checkout.TimelineEntry) *Evidence {
	switch {
	case e.Notification != nil: // only verified ones are stored
		n := e.Notification
		return &Evidence{Kind: "notification", ID: n.ID, Type: n.Type, Verified: true, BodySHA256: n.BodySHA256, ReceivedAt: n.ReceivedAt.UTC()}
	case e.Call != nil:
		kind, _, _ := strings.Cut(e.Cause, ":")
		c := e.Call
		return &Evidence{Kind: kind, ID: c.ID, Type: c.Endpoint, Result: c.Result, Code: c.Code, Verified: c.Verified, ReceivedAt: c.At.UTC()}
	}
	return nil
}

// Proof is what has happened to an order, with the messages that Antom has signed about
// it. Rows are read again until the order has not changed meanwhile. Errors: CodeNotFound.
func (s *base) Proof(ctx context.Context, orderID string) (checkout.Proof, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	for err == nil {
		var transitions []checkout.ProofTransition
		var messages []checkout.ProofMessage
		if transitions, messages, err = s.store.ProofRows(ctx, orderID); err != nil {
			break
		}
		version := o.Version
		if o, err = s.store.OrderByID(ctx, orderID); err == nil && o.Version == version {
			return checkout.NewProof(o, transitions, messages, s.cfg.Now()), nil
		}
	}
	return checkout.Proof{}, err
}
