package desk

// Dispute is a dispute on the page of its order.
type Dispute struct {
	ID      string
	State   Status // open, defended, won, lost or closed
	Amount  string // or ""
	Reason  string // in words
	Meaning string // what its state means for the money
	Due     Moment // until when it is answered; empty unless it waits
	Left    string // how much time there is
	Urgent  bool
	Closed  string // why it takes no answer, or no defence, or ""
	Facts   []Fact

	DefendURL, AcceptURL, EvidenceURL string // "" where the person cannot, or the dispute does not allow it
}

// Defence is the page to defend a dispute with a document.
type Defence struct {
	Frame
	Number  string
	Dispute Dispute
	Advice  string // what the document should show
	FormURL string // of Antom's form
	Action  string
	BackURL string
	Hidden  []Hidden
	Wrong   string // why it was not done, or ""
	File    string // what is wrong with the document, or ""
	Sure    string // that it has to be confirmed, or ""
}
