package desk

// Inbox is the page of what waits for a person.
type Inbox struct {
	Frame
	Entries []InboxEntry // oldest first
	Full    bool         // there is more than the page shows
}

// InboxEntry is one matter.
type InboxEntry struct {
	Kind, Text           string
	About                string // an endpoint, a kind of email or a reason, or ""
	OrderID, Number, URL string // "" where it is about no order
	Amount               string
	Count                int
	Since, Until         Moment
	Left                 string // how much time there is
	Urgent               bool
	Choices              []InboxChoice
}

// InboxChoice is what can be done, and what follows from it.
type InboxChoice struct {
	Name, Consequence string
	URL               string // "" where it is done elsewhere, or by another role
}
