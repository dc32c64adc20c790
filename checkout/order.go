package checkout

import (
	"slices"
	"strings"
	"time"
)

// Order is what a buyer wants and everything that has been tried to pay for it.
// Lines and total are frozen when it is placed.
type Order struct {
	ID        string // also Antom's referenceOrderId, the same through all attempts
	Number    string // what buyer and merchant call it
	Token     string // unguessable: who has it may see and pay the order
	FormKey   string // makes the same form, posted twice, the same order
	Buyer     Buyer
	Lines     []OrderLine
	Total     Money
	Language  string // BCP 47, the buyer's when placing the order
	CreatedAt time.Time
	ExpiresAt time.Time // until when an unpaid order may be paid

	Status        OrderStatus
	Closed        OrderStatus // OrderExpired or OrderCancelled once nothing may be paid any more, else ""
	Review        Review      // why a person or an inquiry has to look, else ""
	ReviewPayment string      // the payment whose contradiction raised it
	EverPaid      bool
	Stock         Stock
	Fulfillable   bool  // whether the goods are there, or held for this order; known inside Store.Update only
	Version       int64 // counts the changes; guards against lost updates

	Payments []Payment // oldest first
}

// Stock is what has been done about an order's goods.
type Stock string

// Goods are held while an attempt may still succeed and taken once it has; they
// go back only when every attempt is proven dead.
const (
	StockFree     Stock = ""
	StockReserved Stock = "held"
	StockTaken    Stock = "taken"
)

// OrderLine is one product of an order, at the price of that moment.
type OrderLine struct {
	SKU      string
	Name     string
	Image    string
	Quantity int
	Unit     Money
	Short    bool // fewer pieces are there than asked for; known when a cart is priced, not stored
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

// Payment is one attempt to pay an order. Its RequestID is stored before Antom
// hears of it and is not used for anything else.
type Payment struct {
	RequestID       string // Antom's paymentRequestId
	AntomID         string // Antom's paymentId, once known
	Method          string // Antom's code, e.g. CARD; "" until Antom says what the buyer chose in its element
	Mode            Mode
	Status          PaymentStatus
	Active          bool     // the order stands on it; at most one per order
	Duplicate       bool     // the order does not need its funds: they are returned
	ResolvedOffline bool     // a duplicate that Antom does not return; the merchant has settled it with the buyer
	Amount          Money    // what was asked for
	Confirmed       Money    // what Antom holds instead, once an operator has accepted it; zero otherwise
	ResultCode      string   // Antom's latest result code
	ShopFault       bool     // it failed because of the shop's settings, contract or code, and not because of the buyer
	Terminal        Terminal // what the buyer pays on
	ReturnURL       string   // where a native app is opened again; "" is the order's return page
	Body            []byte   // of the call that starts it, so that a repeat is the same request
	Incomplete      bool     // the body lacks what may not be stored: the payment is inquired, never repeated
	Action          Action   // how the buyer goes on
	CreatedAt       time.Time
	ExpiresAt       time.Time // when Antom closes the session or payment
	AuthEndsAt      time.Time // until when an authorised card can be captured
	NextPoll        time.Time // when the sweeper inquires; zero when nothing is still to come
	Polls           int       // how often it has been polled
	Doubts          int       // messages that contradicted what was known; see Knowledge
	EmailOnFailure  bool      // the buyer wants an email should it fail; all other ends are told anyway

	Operations []Operation // captures, refunds, cancels; oldest first
}

// OperationKind names what is done to a payment after it was made.
type OperationKind string

// The kinds of operations.
const (
	Capture OperationKind = "capture"
	Refund  OperationKind = "refund"
	Cancel  OperationKind = "cancel"
)

// Operation is a capture, refund or cancel. Its RequestID is stored before
// Antom hears of it; that of an automatic capture is Antom's own.
type Operation struct {
	Kind        OperationKind
	RequestID   string
	AntomID     string
	Amount      Money
	Status      OperationStatus
	ResultCode  string
	Key         string // who ordered it, with their idempotency key; see Key.text; "" for Antom and its dashboard
	Misses      int    // refund: how often Antom has said that it does not know it
	CreatedAt   time.Time
	SubmittedAt time.Time // when it was sent to Antom last, or was about to be
}

// Unfinished reports whether Antom's final word is still awaited.
func (op Operation) Unfinished() bool {
	return op.Status == OperationPending || op.Status == OperationProcessing
}

// hasFunds reports whether the order needs no other attempt: it was paid once, or a
// card is authorised for it.
func (o *Order) hasFunds() bool {
	active := o.Active()
	return o.EverPaid || active != nil && active.FundsOrder()
}

// needsNoOther reports whether the order does not need an attempt that is not the
// active one: it has ended, has its funds, or has an active attempt.
func (o *Order) needsNoOther() bool { return o.Closed != "" || o.hasFunds() || o.Active() != nil }

// abandoned reports whether a payment was given up and nothing contradicts that.
func (o *Order) abandoned(p Payment) bool {
	return p.Status == PaymentCancelled && !p.unfinished() && o.ReviewPayment != p.RequestID
}

// FundsOrder reports whether the order stands on the funds that the payment holds.
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
	ActionWait     ActionType = "wait"     // not known yet; ask again
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

// Active is the attempt the order stands on, or nil.
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

// Current is the attempt a buyer thinks of: the active one, otherwise the newest.
func (o *Order) Current() *Payment {
	if live := o.Active(); live != nil {
		return live
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

// Final reports whether waiting for a change of this order makes no sense for a
// buyer. An authorised card is as far as a buyer gets when the merchant captures
// by hand.
func (o *Order) Final(manualCapture bool) bool {
	switch o.Status {
	case OrderPaid, OrderCancelled, OrderExpired, OrderRefunded, OrderPartiallyRefunded:
		return true
	case OrderAuthorized:
		return manualCapture
	}
	return false
}

// Payable reports whether a new attempt may be thought of at all.
func (o *Order) Payable() bool { return o.Status == OrderOpen || o.Status == OrderProcessing }

// Clone copies the order so deeply that changing the copy leaves o as it is.
func (o Order) Clone() Order {
	o.Payments = slices.Clone(o.Payments)
	for i := range o.Payments {
		o.Payments[i].Operations = slices.Clone(o.Payments[i].Operations)
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

// Worth is what the payment is about: the amount asked for, or what an operator
// has found Antom to hold instead.
func (p *Payment) EffectiveAmount() Money {
	if p.Confirmed != (Money{}) {
		return p.Confirmed
	}
	return p.Amount
}

// Refunded is the money given back, without what is only asked for.
func (p *Payment) Refunded() Money {
	return p.refunds(func(op Operation) bool { return op.Status == OperationSuccess })
}

// Refundable is what may still be asked for: what the payment is worth without
// what was given back and what is on its way.
func (p *Payment) Refundable() Money {
	asked := p.refunds(func(op Operation) bool { return op.Status != OperationFailed })
	return Money{Minor: p.EffectiveAmount().Minor - asked.Minor, Currency: p.EffectiveAmount().Currency}
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

// Cancelling reports whether an attempt is being ended: a buyer must not be sent
// on into it.
func (p *Payment) Cancelling() bool {
	return slices.ContainsFunc(p.Operations, func(op Operation) bool { return op.Kind == Cancel && op.Unfinished() })
}

// captureFailed reports whether a capture was refused and none has succeeded or
// is under way.
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

// unfinished reports whether a capture, refund or cancel awaits its end.
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
