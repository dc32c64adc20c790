package desk

import (
	"context"
	"time"

	"github.com/a-h/templ"
)

// Inbox is the page of what waits for a person.
type Inbox struct {
	Frame
	Entries []InboxEntry // oldest first
	Full    bool         // there is more than the page shows
	Wrong   string       // why something was not done, or ""
}

// InboxEntry is one matter.
type InboxEntry struct {
	Kind, Text           string
	About                string // an endpoint, a kind of email, a class of difference or a reason, or ""
	OrderID, Number, URL string // "" where it is about no order
	Amount               string
	Count                int
	Since, Until         Moment
	Left                 string // how much time there is
	Urgent               bool
	Difference           *Difference    // nil of other kinds
	Deliveries           []DeadDelivery // the newest
	Choices              []InboxChoice
}

// DeadDelivery is an event that an endpoint did not take.
type DeadDelivery struct {
	Event, Type, OrderURL string
	At                    Moment
	Action                string // where it is delivered again; "" for those who may not
}

// InboxChoice is what can be done, and what follows from it.
type InboxChoice struct {
	Name, Consequence string
	URL               string // of the page that does it, or ""
	Action            string // where a form does it at once, or ""; both "": another role does it
	Hidden            []Hidden
	Note              string // id of the note that the form asks for, or ""
}

// countdownTexts are the texts that the script counts in, each with # for the number.
func countdownTexts(ctx context.Context) templ.Attributes {
	attributes := templ.Attributes{}
	for _, unit := range []string{"none", "minute", "minutes", "hour", "hours", "days"} {
		attributes["data-"+unit] = Text(ctx, "inbox.left."+unit, "#")
	}
	return attributes
}

// TimeLeft says how much time there is, in the unit that a person counts it in. The script
// inbox.js does the same.
func TimeLeft(ctx context.Context, left time.Duration) string {
	switch minutes := int(left.Minutes()); {
	case left <= 0:
		return Text(ctx, "inbox.left.none")
	case minutes < 2:
		return Text(ctx, "inbox.left.minute")
	case minutes < 60:
		return Text(ctx, "inbox.left.minutes", minutes)
	case minutes < 2*60:
		return Text(ctx, "inbox.left.hour")
	case minutes < 48*60:
		return Text(ctx, "inbox.left.hours", minutes/60)
	default:
		return Text(ctx, "inbox.left.days", minutes/60/24)
	}
}
