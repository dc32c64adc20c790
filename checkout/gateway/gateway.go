// Package gateway translates between Antom's messages and the events, calls and
// findings of package checkout. Beside the verifier of notifications it is the only
// part of the shop that imports package antom: no other code reads a result code of
// Antom's.
//
// It decides nothing about orders and stores nothing.
//
//	g := gateway.New(gateway.Config{PublicURL: "https://shop.example"}, client)
//	event, call, found := g.Inquire(ctx, payment)
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// NotificationPath is where Antom's notifications arrive, below the public URL.
const NotificationPath = "/antom/notify"

// Client is what the Gateway calls of Antom; *antom.Client is one.
type Client interface {
	Consult(context.Context, *antom.ConsultRequest) (*antom.ConsultResponse, error)
	GetCardInfo(context.Context, *antom.CardInfoRequest) (*antom.CardInfoResponse, error)
	CreatePaymentSession(context.Context, *antom.PaymentSessionRequest) (*antom.PaymentSessionResponse, error)
	Pay(context.Context, *antom.PayRequest) (*antom.PayResponse, error)
	InquiryPayment(context.Context, *antom.InquiryPaymentRequest) (*antom.InquiryPaymentResponse, error)
	Cancel(context.Context, *antom.CancelRequest) (*antom.CancelResponse, error)
	Capture(context.Context, *antom.CaptureRequest) (*antom.CaptureResponse, error)
	Refund(context.Context, *antom.RefundRequest) (*antom.RefundResponse, error)
	InquiryRefund(context.Context, *antom.InquiryRefundRequest) (*antom.InquiryRefundResponse, error)
	AcceptDispute(context.Context, *antom.AcceptDisputeRequest) (*antom.AcceptDisputeResponse, error)
	SupplyDefenseDocument(context.Context, *antom.SupplyDefenseDocumentRequest) (*antom.SupplyDefenseDocumentResponse, error)
	DownloadDisputeEvidence(context.Context, *antom.DownloadDisputeEvidenceRequest) (*antom.DownloadDisputeEvidenceResponse, error)
}

// Config is what the requests to Antom hold beside the order.
type Config struct {
	PublicURL          string // base of the addresses that are sent to Antom, without a trailing slash
	SettlementCurrency checkout.Currency
	ThreeDS            checkout.ThreeDSPolicy
	Methods            []string // codes that may be offered; none: what Antom offers
	Now                func() time.Time
	NewID              func() string // ids of calls
	Log                *slog.Logger  // nil discards
}

// Gateway calls Antom. It is safe for concurrent use.
type Gateway struct {
	cfg    Config
	client Client
	now    func() time.Time
	log    *slog.Logger
}

// New makes a Gateway over a client.
func New(cfg Config, client Client) *Gateway {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.NewID == nil {
		cfg.NewID = checkout.NewIDs(cfg.Now).New
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Gateway{cfg: cfg, client: client, now: cfg.Now, log: cfg.Log}
}

// newCall is the record of a request with its answer, or with the error it ended in.
func (g *Gateway) newCall(endpoint, requestID, paymentRequestID string, answer antom.Envelope, err error) *checkout.Call {
	result := answer.Result
	c := &checkout.Call{
		ID: g.cfg.NewID(), Endpoint: endpoint, RequestID: requestID, PaymentRequestID: paymentRequestID,
		Result: string(result.Status), Code: string(result.Code), Verified: true, At: g.now(),
		Signed: signed(answer.Signed),
	}
	var failure *antom.Error
	if errors.As(err, &failure) && failure.Status == "" || result.Status == "" {
		c.Result, c.Code, c.Verified = "none", "", false
	}
	return c
}

func signed(m antom.Signed) checkout.Signed {
	return checkout.Signed{Signing: checkout.Signing{Path: m.Path, ClientID: m.ClientID, Time: m.Time, Signature: m.Signature}, Body: m.Body}
}

// outcomeFrom turns the result of a call that starts or ends something into an
// outcome: whatever is not Antom's verified S or F is unknown, never a failure.
func outcomeFrom(err error, onSuccess checkout.Outcome) (checkout.Outcome, string) {
	if err == nil {
		return onSuccess, ""
	}
	var failure *antom.Error
	if !errors.As(err, &failure) || failure.Unknown() {
		return checkout.OutcomeUnknown, codeOf(err)
	}
	if failure.Code == "REPEAT_REQ_INCONSISTENT" {
		// Antom has this id with another body. That does not say how the payment ended.
		return checkout.OutcomeUnknown, string(failure.Code)
	}
	return checkout.OutcomeFailed, string(failure.Code)
}

// ofAllSubmissions is what an answer says of all submissions of a request. A repeat that
// Antom refuses before processing it does not say how the first submission ended.
func ofAllSubmissions(err error, submittedBefore bool) error {
	var failure *antom.Error
	if submittedBefore && errors.As(err, &failure) && failure.AtTheGate() {
		return errors.New("the repeat was refused: " + failure.Error())
	}
	return err
}

func codeOf(err error) string {
	var failure *antom.Error
	if errors.As(err, &failure) {
		return string(failure.Code)
	}
	return ""
}

// answers reports whether an answer is about the id of the request. Antom's signature
// covers the answer only, so that the answer to another request would be valid as well.
func answers(asked, named string) bool { return named == "" || named == asked }

// antomAmount is an amount as Antom writes it. It cannot fail: prices, quantities and
// refunds were checked when they came in; they are bounded, and those in IDR end in 00.
func antomAmount(m checkout.Money) antom.Amount {
	amount, err := antom.NewAmount(string(m.Currency), m.Minor)
	if err != nil {
		panic("gateway: " + m.String() + ": " + err.Error())
	}
	return amount
}

func money(a antom.Amount) checkout.Money {
	return checkout.Money{Minor: a.Minor(), Currency: checkout.Currency(a.Currency())}
}
