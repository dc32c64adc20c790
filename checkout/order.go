package checkout

import (
	"slices"
	"strings"
	"time"
)

// Order is what a buyer has ordered, with every attempt to pay for it. Lines and
// total are frozen when it is placed.
type Order struct {
	ID      string // also Antom's referenceOrderId, the same through all attempts
	Number  string // what buyer and merchant call it
	Token   string // unguessable: its bearer may see and pay the order
	FormKey string // the same form, posted twice, is the same order
	Buyer   Buyer
	// BuyerReference is the same for all orders of one browser, and is Antom's
	// referenceBuyerId; "" in old orders, in one from outside until a browser begins to pay
	// it, and once the buyer's data were erased.
	BuyerReference string
	Lines          []OrderLine
	Total          Money
	Language       string // BCP 47, the buyer's when placing the order
	CreatedAt      time.Time
	ExpiresAt      time.Time // until when an unpaid order may be paid
	ErasedAt       time.Time // when the buyer's data were erased; zero if they were not
	Terms                    // what the merchant's system has set

	Status        OrderStatus
	Closed        OrderStatus // OrderExpired or OrderCancelled once the order takes no new attempt, else ""
	Review        Review      // why a person or an inquiry has to decide, else ""
	ReviewPayment string      // the payment that the review is about
	EverPaid      bool
	PaidAt        time.Time // when it was paid for the first time
	Stock         Stock
	Fulfillable   bool      // whether the goods are in stock, or reserved for this order; known inside Store.Update only
	LinkRefusal   ErrorCode // why its payment link has no use left for it, else ""; known inside Store.Update only
	Version       int64     // counts the changes; guards against lost updates
	Events        int       // how many events have told the merchant's systems of it

	Payments []Payment // oldest first
}

// Stock says whether an order's goods are free, reserved or taken.
type Stock string

// Goods are reserved while an attempt may still succeed and taken once it has; they
// are free again only when every attempt has ended without funds, and no tab that was
// left open can pay one.
const (
	StockFree     Stock = ""
	StockReserved Stock = "held"
	StockTaken    Stock = "taken"
)

// OrderLine is one product of an order, at the price of that moment.
type OrderLine struct {
	SKU      string `json:"sku,omitempty"`
	Name     string `json:"name,omitempty"`
	Image    string `json:"image,omitempty"`
	Quantity int    `json:"quantity"`
	Unit     Money  `json:"unit,omitzero"`
	Short    bool   `json:"-"` // fewer pieces are in stock than ordered; known when a cart is priced, not stored
	SoldOut  bool   `json:"-"` // and that is because none is in stock
}

// Total is the price of the line.
func (l OrderLine) Total() Money { return l.Unit.Times(l.Quantity) }

// Mode is how an attempt reaches Antom.
type Mode string

// The ways to pay of the design's section 3.
const (
	ModeSDK Mode = "sdk" // createPaymentSession, for Antom's Web SDK
	ModeAPI Mode = "api" // pay, leading to an address or a code
)

// Payment is one attempt to pay an order. Its RequestID is stored before the first
// call to Antom and is never used for another attempt.
type Payment struct {
	RequestID       string // Antom's paymentRequestId
	AntomID         string // Antom's paymentId, once known
	Method          string // Antom's code, e.g. CARD; "" until Antom names the method that the buyer chose in its element
	Mode            Mode
	ManualCapture   bool // the merchant captures a card payment; decided when the attempt begins
	Status          PaymentStatus
	Active          bool   // the attempt that is to pay the order, or has paid it; at most one per order
	Duplicate       bool   // the order does not need its funds: they are returned
	ResolvedOffline bool   // a duplicate that Antom does not return; the merchant has resolved it with the buyer
	Amount          Money  // what Antom was requested to collect
	Confirmed       Money  // what Antom holds instead, once an operator has accepted it; zero otherwise
	ResultCode      string // Antom's latest result code
	Choice          CardChoice
	ThreeDS         bool     // 3-D Secure was required of the card, not left to the bank
	Card            Card     // what Antom has reported about the card
	CardSaved       bool     // the card was saved, by the token that Antom has sent
	ShopFault       bool     // it failed because of the shop's settings, contract or code, and not because of the buyer
	Terminal        Terminal // what the buyer pays on
	ReturnURL       string   // where a native app is opened again; "" is the order's return page
	Body            []byte   // of the call that starts it, so that a repeat is the same request; nil once it has a result
	Incomplete      bool     // the body lacks what may not be stored: the payment is inquired, never repeated
	Action          Action   // how the buyer goes on
	CreatedAt       time.Time
	ExpiresAt       time.Time // when Antom closes the session or payment
	AuthEndsAt      time.Time // until when an authorised card can be captured
	NextPoll        time.Time // when the sweeper inquires; zero when no result is awaited
	Polls           int       // how often it has been polled
	Doubts          int       // messages that contradicted what was known; see Knowledge
	ReconcileAt     time.Time // when it is inquired once more if it is paid; zero if nothing has contradicted it
	EmailOnFailure  bool      // the buyer wants an email if it fails; emails about other results need no wish

	Operations []Operation // captures, refunds, cancels; oldest first
	Disputes   Disputes    // each with its last step
	DisputeAt  time.Time   // when something is due next about its disputes that wait for an answer; zero if none does
}

// OperationKind names what is done to a payment after it was made.
type OperationKind string

// The kinds of operations.
const (
	Capture OperationKind = "capture"
	Refund  OperationKind = "refund"
	Cancel  OperationKind = "cancel"
)

// Operation is a capture, refund or cancel. Its RequestID is stored before the call
// to Antom; that of an automatic capture is Antom's own.
type Operation struct {
	Kind        OperationKind
	RequestID   string
	AntomID     string
	Amount      Money
	Status      OperationStatus
	ResultCode  string
	Key         string // who ordered it, with their idempotency key; see Key.text; "" for Antom and its dashboard
	Reason      string // refund: why, for Antom and the merchant; "" if it was not said
	Misses      int    // refund: how many inquiries Antom has answered with not found
	CreatedAt   time.Time
	SubmittedAt time.Time // stored just before it was last sent to Antom
}

// Unfinished reports whether Antom's final result is still awaited.
func (op Operation) Unfinished() bool {
	return op.Status == OperationPending || op.Status == OperationProcessing
}

// hasFunds reports whether the order needs no other attempt: it was paid before, or
// its active attempt holds funds.
func (o *Order) hasFunds() bool {
	active := o.Active()
	return o.EverPaid || active != nil && active.FundsOrder()
}

// needsNoOther reports whether the order does not need an attempt that is not the
// active one: it has ended, has its funds, or has an active attempt.
func (o *Order) needsNoOther() bool { return o.Closed != "" || o.hasFunds() || o.Active() != nil }

// abandoned reports whether a payment is cancelled and no message contradicts that.
func (o *Order) abandoned(p Payment) bool {
	return p.Status == PaymentCancelled && !p.unfinished() && o.ReviewPayment != p.RequestID
}

// FundsOrder reports whether the payment is the active attempt and holds funds.
func (p *Payment) FundsOrder() bool { return p.Active && p.Status.HoldsFunds() }

// ActionType says how the buyer goes on after starting a payment.
type ActionType string

// The actions of the published contract.
const (
	ActionNone     ActionType = ""
	ActionSDK      ActionType = "sdk"      // hand SessionData to Antom's SDK
	ActionRedirect ActionType = "redirect" // lead the buyer to URL
	ActionCode     ActionType = "code"     // show Codes
	ActionDone     ActionType = "done"     // paid already
	ActionDeclined ActionType = "declined" // not paid; another try is possible
	ActionWait     ActionType = "wait"     // the result is not known yet; inquire again
	ActionClosed   ActionType = "closed"   // expired or cancelled
)

// Action is the next step of the buyer.
type Action struct {
	Type        ActionType `json:"type"`
	SessionData string     `json:"session_data,omitempty"` // passed on unchanged
	Element     bool       `json:"element,omitempty"`      // the session is for Antom's Payment Element
	URL         string     `json:"url,omitempty"`
	ApplinkURL  string     `json:"applink_url,omitempty"` // in an app: opens the wallet's app, by https
	SchemeURL   string     `json:"scheme_url,omitempty"`  // in an app: opens the wallet's app, by its own scheme
	Method      string     `json:"method,omitempty"`      // GET or POST
	Parameters  string     `json:"parameters,omitempty"`  // of a POST, as Antom gave them
	Codes       []Code     `json:"codes,omitempty"`
	ExpiresAt   time.Time  `json:"expires_at,omitzero"`
}

// Code is something to scan or to bring to a counter.
type Code struct {
	Type  string `json:"type"` // QRCODE or BARCODE
	Value string `json:"value"`
}

// Active is the active attempt, or nil.
func (o *Order) Active() *Payment {
	for i := range o.Payments {
		if o.Payments[i].Active {
			return &o.Payments[i]
		}
	}
	return nil
}

// Duplicate is a payment whose funds the order does not need and that are still to be
// returned, or nil.
func (o *Order) Duplicate() *Payment {
	for i := range o.Payments {
		if p := &o.Payments[i]; p.needsReversal() {
			return p
		}
	}
	return nil
}

// Last is the newest attempt, or nil.
func (o *Order) Last() *Payment {
	if len(o.Payments) == 0 {
		return nil
	}
	return &o.Payments[len(o.Payments)-1]
}

// Current is the attempt to show to a buyer: the active one, otherwise the newest.
func (o *Order) Current() *Payment {
	if active := o.Active(); active != nil {
		return active
	}
	return o.Last()
}

// Payment finds an attempt by its RequestID, or nil.
func (o *Order) Payment(requestID string) *Payment {
	for i := range o.Payments {
		if o.Payments[i].RequestID == requestID {
			return &o.Payments[i]
		}
	}
	return nil
}

// Final reports whether a buyer's page can stop waiting for the order to change. A
// card that the merchant captures is final for the buyer once it is authorised.
func (o *Order) Final() bool {
	switch o.Status {
	case OrderPaid, OrderCancelled, OrderExpired, OrderRefunded, OrderPartiallyRefunded:
		return true
	case OrderAuthorized:
		active := o.Active()
		return active != nil && active.ManualCapture
	}
	return false
}

// Renewable reports whether the order may be placed anew for the same buyer. One that came
// from elsewhere is placed anew there: the shop does not know its terms of today.
func (o *Order) Renewable() bool {
	return o.Source == SourceShop && o.Status == OrderExpired && !o.Erased()
}

// Payable reports whether the order's status allows an attempt to pay it.
func (o *Order) Payable() bool { return o.Status == OrderOpen || o.Status == OrderProcessing }

// Clone copies the order so deeply that changing the copy leaves o as it is.
func (o Order) Clone() Order {
	o.Terms = o.Terms.clone()
	o.Payments = slices.Clone(o.Payments)
	for i := range o.Payments {
		o.Payments[i].Operations = slices.Clone(o.Payments[i].Operations)
		o.Payments[i].Disputes = slices.Clone(o.Payments[i].Disputes)
	}
	return o
}

// Operation finds a capture, refund or cancel by its RequestID, or nil.
func (p *Payment) Operation(kind OperationKind, requestID string) *Operation {
	for i := range p.Operations {
		if p.Operations[i].Kind == kind && p.Operations[i].RequestID == requestID {
			return &p.Operations[i]
		}
	}
	return nil
}

// EffectiveAmount is the amount that every rule counts with: the requested one, or
// what Antom holds instead, once an operator has accepted that.
func (p *Payment) EffectiveAmount() Money {
	if p.Confirmed != (Money{}) {
		return p.Confirmed
	}
	return p.Amount
}

// Refunded is the sum of the refunds that have succeeded.
func (p *Payment) Refunded() Money {
	return p.refunds(func(op Operation) bool { return op.Status == OperationSuccess })
}

// Refunded is the sum of the refunds that have succeeded of what has paid the order. What
// was paid twice and returned is none of the order's money.
func Refunded(o Order) Money {
	sum := Money{Currency: o.Total.Currency}
	for _, p := range o.Payments {
		if refunded := p.Refunded(); !p.Duplicate && refunded.Currency == sum.Currency {
			sum = sum.Plus(refunded)
		}
	}
	return sum
}

// Refundable is what may still be refunded: the effective amount less the refunds
// that have succeeded or are unfinished.
func (p *Payment) Refundable() Money {
	requested := p.refunds(func(op Operation) bool { return op.Status != OperationFailed })
	return Money{Minor: p.EffectiveAmount().Minor - requested.Minor, Currency: p.EffectiveAmount().Currency}
}

func (p *Payment) refunds(counts func(Operation) bool) Money {
	sum := Money{Currency: p.EffectiveAmount().Currency}
	for _, op := range p.Operations {
		if op.Kind == Refund && counts(op) {
			sum = sum.Plus(op.Amount)
		}
	}
	return sum
}

// Cancelling reports whether a cancel of the attempt is unfinished: the buyer must not
// be sent to pay it meanwhile.
func (p *Payment) Cancelling() bool {
	return slices.ContainsFunc(p.Operations, func(op Operation) bool { return op.Kind == Cancel && op.Unfinished() })
}

// captureFailed reports whether a capture has failed and no other one has succeeded
// or is unfinished.
func (p *Payment) captureFailed() bool {
	failed := false
	for _, op := range p.Operations {
		if op.Kind == Capture {
			if op.Status != OperationFailed {
				return false
			}
			failed = true
		}
	}
	return failed
}

// unfinished reports whether the result of a capture, refund or cancel is awaited.
func (p *Payment) unfinished() bool { return slices.ContainsFunc(p.Operations, Operation.Unfinished) }

// FormKey joins a browser's session and a form's id, so that a form of another
// session cannot lead to this order.
func FormKey(session, formID string) string { return session + "." + formID }

// PlacedBy reports whether the order was placed by a form of this session.
func (o *Order) PlacedBy(session string) bool {
	return session != "" && strings.HasPrefix(o.FormKey, FormKey(session, ""))
}

// SamePrices reports whether o costs what old did, line by line.
func (o *Order) SamePrices(old Order) bool {
	was := map[string]Money{}
	for _, line := range old.Lines {
		was[line.SKU] = line.Unit
	}
	for _, line := range o.Lines {
		if was[line.SKU] != line.Unit {
			return false
		}
	}
	return o.Total == old.Total
}

// Repeatable reports whether the stored body may be sent again. One that lacks what
// may not be stored would be another request with the same id.
func (p *Payment) Repeatable() bool { return !p.Incomplete }
