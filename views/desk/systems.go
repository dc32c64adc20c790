package desk

// Keys is the page of the keys of the merchant's programs.
type Keys struct {
	Frame
	Rows []KeyRow
	New  KeyForm
}

// KeyRow is one key.
type KeyRow struct {
	Name, Start   string // Start is what the key begins with
	Scopes        []string
	Created, Used Moment
	Revoked       Moment // empty while it is valid
	RevokeURL     string
}

// KeyForm makes a key.
type KeyForm struct {
	Action, Name, Wrong string
	WrongScopes         string
	Hidden              []Hidden
	Scopes              []Tick
}

// Tick is one of several boxes to tick.
type Tick struct {
	Value, Text string
	Chosen      bool
}

// Made shows a secret, once.
type Made struct {
	Frame
	Title, Text, Secret string
	Current             string // key of the page's entry in the navigation
	BackURL             string
}

// Endpoints is the page of the addresses that events are delivered to.
type Endpoints struct {
	Frame
	Rows      []EndpointRow
	New       EndpointForm
	EventsURL string
}

// EndpointRow is one endpoint.
type EndpointRow struct {
	URL, Address, Description string // Address: where events are delivered to
	Types                     []string
	Status                    Status
}

// EndpointForm makes or changes an endpoint.
type EndpointForm struct {
	Action string
	Fields []Field
	Types  []Tick
	Hidden []Hidden
	Button string
}

// Endpoint is the page of one endpoint.
type Endpoint struct {
	Frame
	Address, Off     string // Off: why it is off, below off., or ""
	Status           Status
	Created, Failing Moment
	Form             EndpointForm
	SwitchURL        string
	SwitchOn         bool // the switch turns it on
	TestURL          string
	RotateURL        string
	DeleteURL        string
	RedeliverURL     string
	ListURL          string
}

// Events is the list of events.
type Events struct {
	Frame
	Rows    []EventRow
	Page    Page
	ListURL string // of the endpoints
}

// EventRow is one event.
type EventRow struct {
	URL, Type, Order, OrderURL string
	At                         Moment
}

// Event is the page of one event.
type Event struct {
	Frame
	ID, Type, OrderURL, Body string
	At                       Moment
	Deliveries               []EventDelivery
	RedeliverURL             string
	Hidden                   []Hidden
	ListURL                  string
}

// EventDelivery is what was brought to one endpoint.
type EventDelivery struct {
	Address, EndpointURL string
	Status               Status
	Next                 Moment
	Tries                []Try
}

// Try is one try to deliver.
type Try struct {
	At           Moment
	Result, Took string // Result: the status of the answer, or why there was none
	Answer       string
}

// Links is the page of the payment links.
type Links struct {
	Frame
	Rows   []LinkRow
	Page   Page
	NewURL string // "" for those who may make none
}

// LinkRow is one payment link.
type LinkRow struct {
	URL, Name, Sells, Uses string
	Status                 Status
	Created                Moment
}

// NewLink is the form of a new payment link.
type NewLink struct {
	Frame
	Action, BackURL string
	Choices         bool // the buyer chooses the amount
	Name            []Field
	Price           []Field // of what has a price
	Range           []Field // of what the buyer chooses
	Terms           []Field
	Adjustable      bool
	Hidden          []Hidden
}

// PaymentLink is the page of one payment link.
type PaymentLink struct {
	Frame
	Name, Address, QRURL, HTML string
	Status                     Status
	Facts                      []LinkFact
	OrdersURL                  string
	Form                       *LinkForm // nil for those who may not change it
	ListURL                    string
}

// LinkFact is a value with the key of its label, below link.
type LinkFact struct{ Key, Value string }

// LinkForm changes a payment link.
type LinkForm struct {
	Action    string
	Fields    []Field
	SwitchURL string
	SwitchOn  bool
}
