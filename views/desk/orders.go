package desk

// Moment is a time as people and as programs read it; empty for none.
type Moment struct{ Text, ISO string }

// Status is a status as a word, with its severity: good, wait, bad or plain.
type Status struct{ Key, Severity string }

// Orders is the list of orders.
type Orders struct {
	Frame
	Filter     OrderFilter
	Rows       []OrderRow
	Page       Page
	Unfinished bool   // older orders have not been searched yet: the next page does
	StreamURL  string // of a stream that says when orders have changed, or ""
	Exports    []Export
	Filtered   bool
	ClearURL   string // the list without a filter
	SearchURL  string
}

// OrderFilter is what the list's form holds.
type OrderFilter struct {
	Search, Status, Method, Currency, AmountFrom, AmountTo, From, To string
	Waiting                                                          bool
	Wrong                                                            map[string]bool // fields that cannot be read
	Statuses, Methods                                                []Option
}

// OrderRow is a row of the list.
type OrderRow struct {
	ID, URL, Number, Reference string
	Buyer                      string // name and email, or ""
	Method, Amount             string
	Status                     Status
	Waits                      bool // for a person
	Placed                     Moment
}

// Export is a file of what the list shows.
type Export struct{ Kind, URL string }

// Order is the page of an order.
type Order struct {
	Frame
	ID, Number, Reference, Source, Language string
	Status                                  Status
	Review                                  string // why it is under review, in words, or ""
	Erased                                  Moment
	Placed, Expires, Paid                   Moment
	Total, Refunded                         string
	Buyer                                   []Fact
	Metadata                                []Fact
	Lines                                   []Line
	Payments                                []Payment
	Actions                                 []Action
	Question                                string // why money cannot be returned, or ""
	Emails                                  []Email
	Deliveries                              []Delivery
	Timeline                                []TimelineEntry
	ListURL                                 string
}

// Fact is a value with its label. Lines of a value stand below each other.
type Fact struct {
	Key   string // of the label, below fact.
	Label string // instead of Key: a label that is data
	Lines []string
	Code  bool // it is an id or a code
}

// Line is one article of an order.
type Line struct{ Name, SKU, Quantity, Unit, Total string }

// Payment is an attempt to pay.
type Payment struct {
	RequestID, Method string
	Status            Status
	Active, Duplicate bool
	Amount            string
	Created           Moment
	Result            string // in words
	Facts             []Fact
	Card              []Fact
	Operations        []Operation
	Disputes          []Dispute
}

// Operation is a capture, refund or cancel.
type Operation struct {
	Kind, RequestID, Amount, Code, Result, Reason string
	Status                                        Status
	Created                                       Moment
}

// Dispute is a dispute of a payment with its last step.
type Dispute struct {
	ID, Step, Result string
	Due              Moment
}

// Action is what the person may order about the order.
type Action struct {
	Name, URL string // capture, refund, cancel or accept
	Danger    bool
}

// Email is an email about the order. Topic is that of the outbox.
type Email struct {
	Topic, Kind string
	Status      Status
	Attempts    int
	Created     Moment
}

// Delivery is an event that was brought to an endpoint, or was not.
type Delivery struct {
	Event, URL string
	Status     Status
	Attempts   int
	Created    Moment
}

// TimelineEntry is one change of status in the timeline.
type TimelineEntry struct {
	At                 Moment
	Subject, RequestID string
	From, To           Status
	Cause              string // as the ledger names it
	CauseKind          string // of its text, below cause.
	Evidence           []Fact
	Message            string // the raw signed message, or ""
	Sealed             bool   // the message is kept, and not shown
}

// Refused is a page about an action that is no longer possible.
type Refused struct {
	Frame
	Number, Why, OrderURL string
}
