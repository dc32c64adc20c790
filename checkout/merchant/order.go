package merchant

import (
	"time"

	"antom-checkout/checkout"
)

// Money is an amount in minor units, as the published contract writes it.
type Money struct {
	Amount   int64  `json:"amount" doc:"Minor units: 4200 is 42.00 SGD, and 4200 JPY"`
	Currency string `json:"currency" doc:"ISO 4217" example:"SGD"`
}

// NewMoney is m in the published form.
func NewMoney(m checkout.Money) Money { return Money{m.Minor, string(m.Currency)} }

// Order is an order as API and webhooks show it.
type Order struct {
	ID          string            `json:"id"`
	Number      string            `json:"number" doc:"What the buyer calls it"`
	Reference   string            `json:"reference,omitempty" doc:"The merchant's own number"`
	Status      string            `json:"status" enum:"open,processing,authorized,paid,partially_refunded,refunded,cancelled,expired,review"`
	Currency    string            `json:"currency"`
	Total       Money             `json:"total"`
	Lines       []Line            `json:"lines"`
	Buyer       *Buyer            `json:"buyer,omitempty" doc:"Absent until it is known, and once it was erased"`
	CheckoutURL string            `json:"checkout_url" doc:"Where the buyer pays; it opens the order, so treat it as a secret"`
	SuccessURL  string            `json:"success_url,omitempty"`
	CancelURL   string            `json:"cancel_url,omitempty"`
	CreatedAt   time.Time         `json:"created_at"`
	ExpiresAt   time.Time         `json:"expires_at" doc:"Until when it may be paid"`
	PaidAt      *time.Time        `json:"paid_at,omitempty" doc:"When it was paid for the first time"`
	Refunded    Money             `json:"refunded" doc:"The sum of the refunds that have succeeded"`
	Disputed    Money             `json:"disputed" doc:"What Antom has taken by disputes that were lost; it is no refund"`
	Review      string            `json:"review,omitempty" doc:"Why a person has to decide; set with the status review"`
	Metadata    map[string]string `json:"metadata"`
	PaymentLink string            `json:"payment_link,omitempty" doc:"Id of the payment link that it came by"`
	Payments    []Payment         `json:"payments" doc:"Every attempt to pay, oldest first"`
}

// Line is a line of an order.
type Line struct {
	SKU        string `json:"sku,omitempty"`
	Name       string `json:"name"`
	Quantity   int    `json:"quantity"`
	UnitAmount int64  `json:"unit_amount" doc:"Minor units of the order's currency"`
	ImageURL   string `json:"image_url,omitempty"`
}

// Buyer is who ordered.
type Buyer struct {
	Email   string   `json:"email,omitempty"`
	Name    string   `json:"name,omitempty"`
	Phone   string   `json:"phone,omitempty"`
	Address *Address `json:"address,omitempty"`
}

// Address is where the goods go.
type Address struct {
	Country    string `json:"country,omitempty" doc:"ISO 3166 alpha-2"`
	Region     string `json:"region,omitempty"`
	City       string `json:"city,omitempty"`
	Line1      string `json:"line1,omitempty"`
	Line2      string `json:"line2,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
}

// Payment is an attempt to pay.
type Payment struct {
	PaymentRequestID string      `json:"payment_request_id"`
	AntomPaymentID   string      `json:"antom_payment_id,omitempty"`
	Method           string      `json:"method" doc:"Antom's code; empty until the buyer has chosen inside Antom's element"`
	Mode             string      `json:"mode" enum:"sdk,api"`
	Status           string      `json:"status" enum:"created,unknown,processing,pending,authorized,paid,failed,cancelled,refunded"`
	Amount           Money       `json:"amount"`
	ResultCode       string      `json:"result_code,omitempty" doc:"Antom's latest"`
	Card             *Card       `json:"card,omitempty"`
	Captures         []Operation `json:"captures"`
	Refunds          []Operation `json:"refunds"`
	Cancels          []Operation `json:"cancels"`
	Disputes         []Dispute   `json:"disputes"`
	CreatedAt        time.Time   `json:"created_at"`
}

// Card is what Antom has reported about a card.
type Card struct {
	Brand   string `json:"brand,omitempty"`
	Last4   string `json:"last4,omitempty"`
	Expiry  string `json:"expiry,omitempty" doc:"MM/YY"`
	Funding string `json:"funding,omitempty"`
	Country string `json:"country,omitempty" doc:"Of the issuer, ISO 3166 alpha-2"`
	AVS     string `json:"avs,omitempty" doc:"Result of the address check, as the bank writes it"`
	CVV     string `json:"cvv,omitempty" doc:"Result of the check of the security code, as the bank writes it"`
	ThreeDS string `json:"three_ds,omitempty" doc:"How strongly the cardholder was authenticated" enum:"authenticated,attempted,data only,none"`
}

// Operation is a capture, refund or cancel.
type Operation struct {
	RequestID  string    `json:"request_id"`
	Status     string    `json:"status" enum:"pending,processing,success,failed"`
	Amount     Money     `json:"amount"`
	ResultCode string    `json:"result_code,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
}

// NewOrder is an order in the published form.
func (s *base) NewOrder(o checkout.Order) Order {
	order := Order{
		ID: o.ID, Number: o.Number, Reference: o.Reference, Status: string(o.Status), Currency: string(o.Total.Currency), Total: NewMoney(o.Total),
		Lines: make([]Line, 0, len(o.Lines)), Buyer: newBuyer(o.Buyer), SuccessURL: o.SuccessURL, CancelURL: o.CancelURL,
		CreatedAt: o.CreatedAt.UTC(), ExpiresAt: o.ExpiresAt.UTC(), Refunded: NewMoney(checkout.Refunded(o)), Disputed: NewMoney(checkout.TakenOfOrder(o)), Review: string(o.Review),
		Metadata: map[string]string{}, PaymentLink: o.Link, Payments: make([]Payment, 0, len(o.Payments)),
	}
	if o.Token != "" { // it is sealed with a key that the command line may not have
		order.CheckoutURL = s.cfg.PublicURL + "/checkout/" + o.Token
	}
	if !o.PaidAt.IsZero() {
		at := o.PaidAt.UTC()
		order.PaidAt = &at
	}
	for name, value := range o.Metadata {
		order.Metadata[name] = value
	}
	for _, l := range o.Lines {
		line := Line{SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitAmount: l.Unit.Minor}
		if o.Source != checkout.SourceShop && l.SKU == "" { // a catalogue's picture is a file of the shop
			line.ImageURL = l.Image
		}
		order.Lines = append(order.Lines, line)
	}
	for _, p := range o.Payments {
		order.Payments = append(order.Payments, newPayment(p))
	}
	return order
}

func newBuyer(b checkout.Buyer) *Buyer {
	if b == (checkout.Buyer{}) {
		return nil
	}
	buyer := Buyer{Email: b.Email, Name: b.Name, Phone: b.Phone}
	address := Address{Country: b.Country, Region: b.Region, City: b.City, Line1: b.Address1, Line2: b.Address2, PostalCode: b.PostalCode}
	if address != (Address{}) {
		buyer.Address = &address
	}
	return &buyer
}

func newPayment(p checkout.Payment) Payment {
	payment := Payment{
		PaymentRequestID: p.RequestID, AntomPaymentID: p.AntomID, Method: p.Method, Mode: string(p.Mode), Status: string(p.Status),
		Amount: NewMoney(p.EffectiveAmount()), ResultCode: p.ResultCode, Card: newCard(p.Card), CreatedAt: p.CreatedAt.UTC(),
		Captures: operations(p, checkout.Capture), Refunds: operations(p, checkout.Refund), Cancels: operations(p, checkout.Cancel),
		Disputes: make([]Dispute, 0, len(p.Disputes)),
	}
	for _, d := range p.Disputes {
		payment.Disputes = append(payment.Disputes, NewDispute(d))
	}
	return payment
}

func newCard(c checkout.Card) *Card {
	if c == (checkout.Card{}) {
		return nil
	}
	return &Card{c.Brand, c.LastFour, c.Expiry, c.Funding, c.Country, c.AVS, c.CVV, string(c.ThreeDS.Authentication())}
}

// operations are those of one kind.
func operations(p checkout.Payment, kind checkout.OperationKind) []Operation {
	of := []Operation{}
	for _, op := range p.Operations {
		if op.Kind == kind {
			of = append(of, Operation{op.RequestID, string(op.Status), NewMoney(op.Amount), op.ResultCode, op.CreatedAt.UTC()})
		}
	}
	return of
}
