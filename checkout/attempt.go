package checkout

import "time"

// Terminal is what the buyer pays on, by Antom's names (env.terminalType).
type Terminal string

// The terminals.
const (
	TerminalWeb Terminal = "WEB" // a browser on a computer
	TerminalWap Terminal = "WAP" // a browser on a phone
	TerminalApp Terminal = "APP" // a native app
)

// OS is the system of a phone, by Antom's names (env.osType).
type OS string

// The systems.
const (
	OSAndroid OS = "ANDROID"
	OSIOS     OS = "IOS"
)

// Device is what the buyer pays on, as far as a request shows it.
type Device struct {
	IP        string
	UserAgent string
	Accept    string
	Language  string
	Terminal  Terminal
	OS        OS // for every terminal but TerminalWeb
	DeviceFacts
}

// Attempt is a buyer's request to pay, before it is a stored Payment.
type Attempt struct {
	Method  string // "" with Element
	Mode    Mode
	Element bool // the buyer chooses among all methods inside Antom's Payment Element
	Device  Device
	Choice  CardChoice  // of MethodCard
	Entered EnteredCard // typed on the shop's own page; none in every mode but the server-to-server one
	// CardRegion is that of the entered card, and CardBrands those that Choice.Brand may be.
	CardRegion CardRegion
	CardBrands []string
	Buyer      string    // Order.BuyerReference of who asks; "" if it is not known
	Language   string    // BCP 47, of the page
	CardToken  CardToken // of the saved card that was chosen
	// NetworkTransactionID is that of the first payment of the card, of a charge without the buyer.
	NetworkTransactionID string
	ReturnURL            string   // where a native app is opened again; "" is the shop's return page
	Offered              []string // the methods that may be chosen, for the element
	// Installments says that a card payment may be split, for the element.
	Installments bool
	// The payment whose session Antom's SDK could not use, or "": another one is made.
	RefusedSession string
}

// Continues reports whether the attempt goes on with a stored payment instead of
// starting another: method, choice and mode are the same, Antom's session is still open and was
// not refused by the SDK, and the payment is not being cancelled.
func (want Attempt) Continues(p *Payment, now time.Time) bool {
	if p == nil || p.Cancelling() || p.closedAtAntom(now) || want.refused(p) {
		return false
	}
	if want.Entered.Given() && !undecided(p, now) {
		return false // it may be another card: none is kept to compare it with
	}
	// A buyer who asks for the element again, after choosing a method in it, wants to
	// choose anew.
	sameMethod := p.Method == want.Method && (want.Element || !p.Action.Element)
	return sameMethod && p.Choice == want.Choice && p.Mode == want.Mode && want.sameWayBack(p)
}

// maxAttempts is how many attempts an order takes. Buyers need a few; each one is a call
// to Antom and a row for good.
const maxAttempts = 50

// Exhausted reports whether the order has had all the attempts that it takes. The
// active one may go on.
func (o *Order) Exhausted() bool { return len(o.Payments) >= maxAttempts }

// sameWayBack reports whether a payment was begun where it is to go on: in a browser,
// or in the same app.
func (want Attempt) sameWayBack(p *Payment) bool {
	if want.Device.Terminal == TerminalApp {
		return p.Terminal == TerminalApp && p.ReturnURL == want.ReturnURL
	}
	return p.Terminal != TerminalApp
}

// refused reports whether the SDK could not use the payment's session.
func (want Attempt) refused(p *Payment) bool {
	return p.Action.Type == ActionSDK && p.RequestID == want.RefusedSession
}

// closedAtAntom reports whether Antom's session for the payment has ended.
func (p *Payment) closedAtAntom(now time.Time) bool {
	return p.Action.Type != ActionNone && !now.Before(p.ExpiresAt)
}
