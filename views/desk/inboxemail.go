package desk

import (
	"context"
	"strings"
)

// InboxEmail is an email to a person about what waits for them.
type InboxEmail struct {
	ShopName             string
	Kind                 string // new, ends or digest
	Day                  string // of a digest
	Entries              []InboxEmailEntry
	More                 int // entries that it does not list
	InboxURL, AccountURL string
}

// InboxEmailEntry is one matter.
type InboxEmailEntry struct {
	Title               string // an order's number, or what it is about
	Amount, Text, About string
	Until, Left         string // "" without an end
}

// Subject is the email's subject.
func (e InboxEmail) Subject(ctx context.Context) string {
	n := len(e.Entries) + e.More
	about := Text(ctx, "inbox_email.matters", n)
	if n == 1 {
		about = e.Entries[0].Title
	}
	title := Text(ctx, "inbox_email."+e.Kind)
	if e.Day != "" {
		title += " " + e.Day
	}
	return strings.Join([]string{title, about, e.ShopName}, " · ")
}

// Text is the email as plain text.
func (e InboxEmail) Text(ctx context.Context) string {
	var b strings.Builder
	b.WriteString(Text(ctx, "inbox_email."+e.Kind+".text") + "\n")
	for _, one := range e.Entries {
		b.WriteString("\n" + strings.TrimSpace(one.Title+"  "+one.Amount) + "\n" + one.Text + "\n")
		if one.About != "" {
			b.WriteString(one.About + "\n")
		}
		if one.Until != "" {
			b.WriteString(Text(ctx, "inbox_email.until", one.Until, one.Left) + "\n")
		}
	}
	if e.More > 0 {
		b.WriteString("\n" + Text(ctx, "inbox_email.more", e.More) + "\n")
	}
	b.WriteString("\n" + Text(ctx, "inbox_email.decide") + "\n" + e.InboxURL + "\n")
	b.WriteString("\n" + Text(ctx, "inbox_email.why") + "\n" + e.AccountURL + "\n")
	return b.String()
}
