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
	Disputes                                []Dispute
	Taken                                   string // by disputes that were lost, or ""
	Actions                                 []Action
	Question                                string // why money cannot be returned, or ""
	Emails                                  []Email
	Deliveries                              []Delivery
	Timeline                                []TimelineEntry
	VerifyURL                               string
	ProofURL                                string // of the file; "": it is not for this person
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
	Over              bool // it has failed or was cancelled, and another attempt followed
	Amount            string
	Created           Moment
	Result            string // in words
	Facts             []Fact
	Card              []Fact
	Operations        []Operation
}

// Operation is a capture, refund or cancel.
type Operation struct {
	Kind, RequestID, Amount, Code, Result, Reason string
	Status                                        Status
	Created                                       Moment
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
	About              string // which attempt to pay, or how much, or ""
	Why                string // it has failed, or ""
	From, To           Status
	Cause              string // as the ledger names it
	CauseKind          string // of its text, below cause.
	ID                 string // of the entry in the page
	Evidence           []Fact
	Message            *SignedMessage // of Antom's, or nil
	Above              string         // the entry that shows the message already, or ""
}

// SignedMessage is a message of Antom's as it came.
type SignedMessage struct {
	ID        string
	Headers   []Fact // what its signature covers beside the body, and the signature
	Body      string // indented to be read, or ""
	Missing   string // why there is no body: a key below message.missing.
	Cut       bool   // the body goes on
	VerifyURL string // "": it has no signature to verify
}

// Proof is what a verification of an order's proof has found.
type Proof struct {
	Frame
	Number, OrderURL string
	VerifyURL        string // of the whole order, where this is about one message; or ""
	ProofURL         string // of the file; "": it is not for this person
	Holds            bool
	Keys             []ProofKey
	ClientIDs        string
	Wrong            int // of the transitions
	Transitions      []ProvedTransition
	Message          *SignedMessage // that the page is about, or nil: it is about all
	Problems         []string
	Unproven         []string
}

// ProofKey is a public key of Antom's.
type ProofKey struct{ Version, SHA256 string }

// ProvedTransition is a transition with what was found about it.
type ProvedTransition struct {
	URL                string // of its entry in the timeline
	At                 Moment
	Subject, RequestID string
	From, To           Status
	CauseKind          string
	Result             Status // a key below status.
	Note               string // more about the result, in English, or ""
	SignedAt           string
	KeyVersion         string
}

// Refused is a page about an action that is no longer possible.
type Refused struct {
	Frame
	Number, Why, OrderURL string
}
