package views

import (
	"net/url"

	"antom-checkout/static"
)

// Frame is what every page shows around its content.
type Frame struct {
	ShopName  string
	Logo      *Logo  // nil: our own mark
	AccentURL string // a style sheet with the merchant's colour in place of ours, or ""
	CartCount int
	Sandbox   bool             // the embedded sandbox takes the payments: say so on every page
	Languages []LanguageChoice // to choose from at the foot of the page; empty: no choice is shown
}

// Logo is the merchant's, in the size it is drawn in.
type Logo struct {
	URL           string
	Width, Height int
}

// mark reports whether the logo is a small sign that the shop's name goes with. A
// wide one says the name itself.
func (l *Logo) mark() bool { return l.Width < 2*l.Height }

// LanguageChoice is one of the languages a page may be read in.
type LanguageChoice struct {
	Code    string // as in the lang attribute: zh-Hans
	Name    string // what its readers call it, see LanguageName
	Href    string // where this page is to be had in it, or where the choice is made
	Current bool
}

// Amount is a sum of money, formatted for the page's language and bare for tests
// and scripts.
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

// CartView is the cart with the form that makes an order of it.
type CartView struct {
	Frame Frame
	Lines []Line
	Total Amount
	Form  OrderForm
	Error string   // a message key about the whole form, or ""
	Gone  []string // products of an order made anew that are no longer sold
}

// OrderForm holds what the buyer typed, and a message key per wrong field.
type OrderForm struct {
	FormID    string
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
	Category string // card, wallet, bank, qr, voucher or paylater: what it is grouped by
	Logo     string // an address under /static/, or ""
	Hint     string // a message key: what will happen next; {0} is the name, {1} the time
	Time     string // to pay, see Span
	Checked  bool
}

// Status is where an order stands, for the status element and its page.
type Status struct {
	Status      string // the order's status word
	Payment     string // the last attempt's status word as in the status JSON, or "": what the status script compares
	Title       string // a message key
	Message     string // a message key
	Final       bool
	Failed      bool   // the last attempt was declined or expired: offer to try again
	Unknown     bool   // Antom has not told how the last attempt stands: never say failed
	MayChange   bool   // an attempt is under way that the buyer may leave for another method
	Takes       string // a message key: how long this way to pay normally takes, or ""
	SinceSecond int    // seconds since the attempt was made; a spinner for the first five
}

// SDK is what the pay page tells its script of the Antom Web SDK.
type SDK struct {
	URL         string
	Integrity   string // "" when the operator pins none
	UI          string // how it shows itself: popup, inline or element
	Environment string
	Locale      string
}

// origin is where the SDK comes from, to be connected to while the page is read.
func (sdk *SDK) origin() string {
	u, err := url.Parse(sdk.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// CheckoutView is the hosted checkout page. Methods is empty when the order
// cannot be paid (any more).
type CheckoutView struct {
	Frame     Frame
	Token     string
	Number    string
	Lines     []Line
	Total     Amount
	Status    Status
	Methods   []Method
	Error     string   // a message key: the choice that was posted is wrong
	SDK       *SDK     // nil: forms and redirects only
	ExpiresAt string   // RFC 3339: until when the order may be paid, or "" to show no countdown
	Now       string   // RFC 3339: the shop's clock, or "" to trust the device's
	Was       Amount   // what the order cost before it was made anew at other prices; empty otherwise
	RenewURL  string   // where a form makes the same order anew, or "" when it cannot
	Receipt   *Receipt // of an order that is not to be paid, for its buyer; nil for everybody else
	CodeURL   string   // where the code of the attempt under way is, or "" when it has none
	ReturnURL string
	PayURL    string
	StatusURL string
	EventsURL string
}

// ContinueView is the interstitial page that leads the buyer on to the wallet,
// bank or card page.
type ContinueView struct {
	Frame      Frame
	MethodName string
	Total      Amount
	URL        string
	Post       bool // a form that posts Parameters instead of a link
	Parameters []Parameter
	ReturnURL  string
	BackURL    string
}

// Parameter is a hidden field of a form that leads the buyer on.
type Parameter struct{ Name, Value string }

// CodeView shows a code to scan, or a number to bring to a counter or to transfer
// to.
type CodeView struct {
	Frame      Frame
	Token      string
	MethodName string
	Message    string // a message key: what the buyer does with it
	OnPhone    bool   // a code on this screen cannot be scanned with this phone
	Total      Amount
	Codes      []Code
	Left       string // the time to pay, see Span; "" when there is no end
	Until      string // RFC 3339: its end
	Expires    string // the same, for browsers without scripts
	Now        string // RFC 3339: the shop's clock
	Status     Status
	DetailsURL string // Antom's page about this payment, or ""
	ReturnURL  string
	BackURL    string
	SelfURL    string // this page, for browsers without scripts to load again
	StatusURL  string
	EventsURL  string
}

// Code is drawn as a QR code or bar code, or shown as text.
type Code struct {
	Kind string // QRCODE, BARCODE or TEXT
	Text string
}

// ReturnView is the page Antom leads the buyer back to, the one that letters lead
// to, and the receipt.
type ReturnView struct {
	Frame          Frame
	Token          string
	Number         string
	Status         Status
	Receipt        *Receipt // nil for whoever knows the address only: number and status must do
	RetryURL       string   // the checkout page
	RenewURL       string   // where a form makes the same order anew, or "" when it cannot
	EmailURL       string   // where a form asks for a letter about the outcome, or "" when it is known
	EmailRequested bool     // it has been asked for
	StatusURL      string
	EventsURL      string
	SelfURL        string
}

// Receipt is what only the buyer may see of an order: lines, money, address.
type Receipt struct {
	Ordered    string // the day
	MethodName string // of the last attempt, or ""
	Lines      []Line
	Total      Amount
	Refunds    []Refund
	Address    []string // a line each, the name first
	Email      string
}

// Refund is one refund.
type Refund struct {
	Day    string
	Amount Amount
}

// EmailView is a letter to the buyer: texts, not keys.
type EmailView struct {
	ShopName string
	Number   string
	Subject  string
	Title    string
	Message  string
	Receipt  *Receipt // nil when the letter tells nothing but the link
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
	Sent   bool // the question has been taken
}

// EmailPreview is a letter in a file, as developers look at it.
type EmailPreview struct {
	Name    string // of the file
	To      string
	Subject string
	At      string
	Text    string
	HTML    string
}

// WaitView is shown when Antom has not answered: nothing is known yet, the same
// button goes on with the same attempt.
type WaitView struct {
	Frame     Frame
	Token     string
	Method    string // to post again
	Total     Amount
	Status    Status
	PayURL    string
	ReturnURL string
}

// ErrorView is a page for what went wrong: message keys, no internals. With Title
// or Message empty the page finds the keys by Code.
type ErrorView struct {
	Frame     Frame
	Code      int
	Title     string
	Message   string
	HomeURL   string
	Reference string // the request's id, by which the log tells more, or ""
}
