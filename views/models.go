package views

import (
	"net/url"

	"antom-checkout/checkout"
	"antom-checkout/static"
)

// Frame is what every page shows around its content.
type Frame struct {
	ShopName  string
	Logo      *Logo  // nil: the default mark
	AccentURL string // a style sheet with the merchant's colour, or ""
	CartCount int
	Sandbox   bool             // test mode: every page says that no real money moves
	HomeURL   string           // where the shop's name leads; "" is the front page
	Languages []LanguageChoice // for the choice in the page's footer; empty: no choice is shown
}

// Logo is the merchant's logo in the size it is drawn.
type Logo struct {
	URL           string
	Width, Height int
}

// mark reports whether the logo is a small symbol that needs the shop's name beside
// it. A wide logo holds the name.
func (l *Logo) mark() bool { return l.Width < 2*l.Height }

// LanguageChoice is one of the languages a page may be read in.
type LanguageChoice struct {
	Code    string // as in the lang attribute: zh-Hans
	Name    string // in the language itself, see LanguageName
	Href    string // the page in this language, or the address that chooses it
	Current bool
}

// Amount is a sum of money, formatted for the language of the page, and plain for
// tests and scripts.
type Amount struct {
	Text     string // "SGD 42.00" as the language writes it
	Minor    string // "4200"
	Currency string // "SGD"
}

// Product is one article of the catalogue.
type Product struct {
	SKU         string
	Name        string
	Description string
	Image       string // an address under /static/, or ""
	Price       Amount
}

// CatalogView is the front page.
type CatalogView struct {
	Frame    Frame
	Products []Product
}

// ProductView is one product's page. Error is a message key, or "".
type ProductView struct {
	Frame    Frame
	Product  Product
	Quantity string // what the buyer typed, or "1"
	Error    string
}

// Line is a product in a cart or an order.
type Line struct {
	SKU      string
	Name     string
	Image    string
	Quantity string // what the buyer typed where it was wrong
	Unit     Amount
	Total    Amount
	Error    string // a message key, or ""
}

// CartView is the cart with the form that places an order.
type CartView struct {
	Frame Frame
	Lines []Line
	Total Amount
	Form  OrderForm
	Error string   // a message key about the whole form, or ""
	Gone  []string // products of a renewed order that are no longer sold
	// The order that this form has placed, where it cannot be corrected, or "". Error then
	// says why.
	OrderURL  string
	NoCookies bool // the browser keeps no cookies, so that the cart is lost
}

// OrderForm holds what the buyer typed, and a message key per wrong field.
type OrderForm struct {
	FormID    string
	Shown     string // the version of the lines beside the form
	Values    map[string]string
	Errors    map[string]string
	Countries []Option
}

// Option is an entry of a select element.
type Option struct{ Value, Text string }

// Method is a way to pay that the buyer may choose.
type Method struct {
	Code     string // CARD, ALIPAY_CN
	Name     string
	Category string // the group: card, wallet, bank, qr, voucher or paylater
	Logo     string // an address under /static/, or ""
	Hint     string // a message key: what happens next; {0} is the name, {1} the time
	Time     string // to pay, see Span
	Checked  bool
	Offer    CardOffer
}

// Status is the status of an order, for the status element and its page.
type Status struct {
	Status      string // the order's published status
	Payment     string // the last attempt's published status, or "": the status script compares it
	Title       string // a message key
	Message     string // a message key
	Final       bool
	Failed      bool   // the last attempt was declined or expired: offer to try again
	Unknown     bool   // the outcome of the last attempt is unknown: the page never says failed
	MayChange   bool   // the attempt under way may be replaced by another method
	Unpaid      bool   // Antom waits for the buyer to pay in a wallet: after a moment the page says so
	Takes       string // a message key: how long this way to pay normally takes, or ""
	SinceSecond int    // seconds since the attempt started; a spinner shows for the first five
}

// SDK is the settings of the Antom Web SDK on the pay page.
type SDK struct {
	URL       string
	Integrity string // "" when the operator pins none
	UI        string // how it is shown: popup, inline or element
}

// origin is the origin of the SDK, to which the browser connects early.
func (sdk *SDK) origin() string {
	u, err := url.Parse(sdk.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// CheckoutView is the hosted checkout page. Methods is empty when the order cannot
// be paid.
type CheckoutView struct {
	Frame     Frame
	Token     string
	Number    string
	Lines     []Line
	Total     Amount
	Status    Status
	Methods   []Method
	Continue  Continue          // the attempt under way, where its buyer can go on with it
	Cards     []SavedCard       // of the buyer, who alone sees them
	Saving    *Saving           // how another card may be saved; nil: for this reader it may not
	Error     string            // a message key: the choice that was posted is wrong
	Wrong     map[string]string // message keys of its wrong fields
	Exhausted bool              // the order takes no further attempt
	SDK       *SDK              // nil: forms and redirects only
	CardsHere bool              // a card is typed on a page of the shop
	ExpiresAt string            // RFC 3339: until when the order may be paid, or "" to show no countdown
	Now       string            // RFC 3339: the shop's clock, or "" to trust the device's
	Was       Amount            // the total before the order was renewed at other prices; empty otherwise
	RenewURL  string            // renews the order by a POST, or "" when that is impossible
	Receipt   *Receipt          // for the buyer of an order that cannot be paid; nil for other readers
	Buyer     *BuyerForm        // asks for what the order lacks, before anything can be paid; nil when it lacks nothing
	Leave     Leave             // the way back to the merchant's shop; zero for the shop's own orders
	Reference string            // the merchant's own number of the order, or ""
	CodeURL   string            // where the code of the attempt under way is, or "" when it has none
	ReturnURL string
	PayURL    string
	StatusURL string
	EventsURL string
}

// BuyerForm asks for the fields of the buyer that an order of the merchant's system lacks.
type BuyerForm struct {
	OrderForm
	URL    string
	Fields []string // by form name, from top to bottom
}

// Leave is the way back to the shop from which an order has come.
type Leave struct {
	URL     string // "" is the shop's own front page
	Forward bool   // the page goes there by itself, where scripts run
}

// SavedCard is a card that the buyer has saved.
type SavedCard struct {
	ID        string
	Name      string // "Visa •• 0768"
	Expiry    string // MM/YY, or ""
	Ended     bool   // it can no longer pay
	RemoveURL string // removes it by a POST
}

// Saving is the box that saves a card.
type Saving struct {
	Charges  string // what the merchant says of charges without the buyer, or ""
	FormAsks bool   // Antom's SDK asks as well, and the box is for a browser without it
	Ticked   bool   // by the buyer, on the page before
}

// CardView is the page where the buyer types a card: what was typed before, but for
// number and code, and a message key per wrong field.
type CardView struct {
	Frame  Frame
	Number string
	Lines  []Line
	Total  Amount
	Values map[string]string
	Errors map[string]string
	Error  string // a message key about the whole, or ""
	Offer  CardOffer
	Saving *Saving // nil: the card cannot be saved
	Brands Choice  // of a co-badged card; without options there is nothing to choose
	// Region is that of the card, whose own fields are shown. MayBeLocal says that the card
	// is not known, so that they may stay empty.
	Region     checkout.CardRegion
	MayBeLocal bool
	Countries  []Option
	PayURL     string
	FactsURL   string // answers what a card asks for
	BackURL    string
}

// ContinueView is the interstitial page that leads the buyer on to the wallet,
// bank or card page.
type ContinueView struct {
	Frame      Frame
	MethodName string
	Total      Amount
	URL        string
	ToBank     bool // to the bank of a card that was typed in the shop
	Post       bool // a form that posts Parameters instead of a link
	Parameters []Parameter
	ReturnURL  string
	BackURL    string
}

// Parameter is a hidden field of the form of a ContinueView.
type Parameter struct{ Name, Value string }

// CodeView shows a code to scan, or a number for a counter or a bank transfer.
type CodeView struct {
	Frame      Frame
	Token      string
	MethodName string
	Message    string // a message key: what the buyer does with it
	OnPhone    bool   // a code on this screen cannot be scanned with this phone
	Total      Amount
	Codes      []Code
	Left       string // the time to pay, see Span; "" without a limit
	Until      string // RFC 3339: the end of that time
	Expires    string // the same, for browsers without scripts
	Now        string // RFC 3339: the shop's clock
	Status     Status
	DetailsURL string // Antom's page about this payment, or ""
	ReturnURL  string
	BackURL    string
	SelfURL    string // this page, which browsers without scripts reload
	StatusURL  string
	EventsURL  string
}

// Code is drawn as a QR code or bar code, or shown as text.
type Code struct {
	Kind string // QRCODE, BARCODE or TEXT
	Text string
}

// Continue leads on to a payment that was begun and not paid.
type Continue struct {
	URL    string // takes the method by a POST; "" where no payment can be continued
	Method string // its code
	Name   string // of the method
}

// ReturnView is the page that Antom sends the buyer back to, the page that emails
// link to, and the receipt.
type ReturnView struct {
	Frame          Frame
	Token          string
	Number         string
	Status         Status
	Receipt        *Receipt // nil in a browser that did not place the order: it shows number and status only
	RetryURL       string   // the checkout page
	Continue       Continue // the payment that the buyer may go on with; zero for none
	RenewURL       string   // renews the order by a POST, or "" when that is impossible
	EmailURL       string   // requests an email about the outcome by a POST, or "" when the outcome is known
	EmailRequested bool     // the email has been requested
	Leave          Leave    // the way back to the merchant's shop; zero for the shop's own orders
	StatusURL      string
	EventsURL      string
	SelfURL        string
}

// Receipt is the part of an order that only its buyer may see: lines, money,
// address.
type Receipt struct {
	Ordered    string // the day
	MethodName string // of the last attempt, with its card where that is known; or ""
	Lines      []Line
	Total      Amount
	Instalment string // how the bank collects the total in parts, or ""
	Refunds    []Refund
	Address    []string // a line each, the name first
	About      string   // a message key: what the address is
	Email      string
}

// Refund is one refund.
type Refund struct {
	Day    string
	Amount Amount
}

// EmailView is an email to the buyer: texts, not keys.
type EmailView struct {
	ShopName string
	Number   string
	Subject  string
	Title    string
	Message  string
	Receipt  *Receipt // nil in the email that holds the link only
	Accent   *static.Accent
	URL      string // opens the order's page
}

// LookupView is the page that finds an order again: what was typed, and a message
// key per wrong field.
type LookupView struct {
	Frame  Frame
	Number string
	Email  string
	Errors map[string]string
	Sent   bool // the form was submitted
}

// EmailPreview is an email in a file, as developers read it.
type EmailPreview struct {
	Name    string // the file's name
	To      string
	Subject string
	At      string
	Text    string
	HTML    string
}

// WaitView is shown when Antom has not answered and the outcome is unknown. Its
// button continues the same attempt.
type WaitView struct {
	Frame     Frame
	Token     string
	Method    string // to post again
	Total     Amount
	Status    Status
	PayURL    string // "" where nothing can be posted again
	ReturnURL string
}

// ErrorView is an error page: message keys, no internals. If Title or Message is
// empty, the page finds the key by Code.
type ErrorView struct {
	Frame     Frame
	Code      int
	Title     string
	Message   string
	HomeURL   string
	Reference string // the request's id, which the log holds too, or ""
}
