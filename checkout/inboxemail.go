package checkout

import (
	"context"
	"time"
)

// InboxEmailKind is why a person gets an email about the inbox.
type InboxEmailKind string

// The kinds of emails about the inbox.
const (
	InboxEmailNew    InboxEmailKind = "new"    // something waits since a moment ago
	InboxEmailEnds   InboxEmailKind = "ends"   // what waits cannot be decided for long
	InboxEmailDigest InboxEmailKind = "digest" // all that waits, once a day
)

// InboxEmail is an email to a person of the dashboard about what waits for them. Of buyers it
// holds nothing.
type InboxEmail struct {
	ID       string // the same whenever the same email is sent
	Kind     InboxEmailKind
	To       string // an address
	Language string
	Entries  []InboxEntry
	More     int // entries that the email does not list
	At       time.Time
}

// InboxMailer sends emails to the people of the dashboard.
type InboxMailer interface {
	MailInbox(context.Context, InboxEmail) error
}
