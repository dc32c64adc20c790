package checkout

import "time"

// InboxKind is a kind of matter that waits for a person.
type InboxKind string

// The kinds, as published.
const (
	InboxLateMoney          InboxKind = "late_money"
	InboxWrongAmount        InboxKind = "wrong_amount"
	InboxWrongMethod        InboxKind = "wrong_method"
	InboxDoublePayment      InboxKind = "double_payment"
	InboxUnknownResult      InboxKind = "unknown_result"
	InboxContradiction      InboxKind = "contradiction"
	InboxAuthorizationEnded InboxKind = "authorization_ended"
	InboxCaptureFailed      InboxKind = "capture_failed"
	InboxCaptureDue         InboxKind = "capture_due"
	InboxDispute            InboxKind = "dispute"
	InboxDeadEmail          InboxKind = "dead_email"
	InboxDeadDelivery       InboxKind = "dead_delivery"
	InboxDifference         InboxKind = "difference" // of a reconciliation
)

// InboxChoice is what a person can do about a matter.
type InboxChoice string

// The choices. The first four are those of an order.
const (
	ChoiceCapture   InboxChoice = "capture"
	ChoiceRefund    InboxChoice = "refund"
	ChoiceCancel    InboxChoice = "cancel"
	ChoiceAccept    InboxChoice = "accept"
	ChoiceResend    InboxChoice = "resend"    // an email
	ChoiceDefend    InboxChoice = "defend"    // a dispute, with a document
	ChoiceGiveIn    InboxChoice = "give_in"   // accept a dispute
	ChoiceRedeliver InboxChoice = "redeliver" // events
	ChoiceShow      InboxChoice = "show"      // the order
	ChoiceInquire   InboxChoice = "inquire"   // Antom about the order's payments
	ChoiceResolve   InboxChoice = "resolve"   // with a note
)

// InboxEntry is one matter that waits for a person.
type InboxEntry struct {
	Kind    InboxKind
	Choices []InboxChoice
	Since   time.Time
	Until   time.Time // when the choice is gone; zero without an end
	Order   *Order    // nil where it is about no order
	Dispute *Dispute  // of InboxDispute
	About   string    // the topic of an email, the id of an endpoint, or the reason for a review

	Address    string            // of an endpoint
	Count      int               // how many events
	Deliveries []Delivery        // the newest of them
	Difference *ReportDifference // nil of other kinds
}

// ReportDifference is a difference with the name of the report that it was found in.
type ReportDifference struct {
	Difference
	File string // "" of an inquiry or a sum
}

// Matter names what people are told of once. What waits again is told of again. All differences of a
// report are one matter, as are those that inquiries have found in a day.
func (e InboxEntry) Matter() string {
	about, since := e.About, e.Since.UTC().Format(time.RFC3339Nano)
	switch {
	case e.Difference != nil && e.Difference.FileID != "":
		return string(e.Kind) + ":" + e.Difference.FileID
	case e.Difference != nil:
		return string(e.Kind) + "::" + e.Since.UTC().Format(time.DateOnly)
	case e.Dispute != nil:
		about = e.Order.ID + ":" + e.Dispute.ID
	case e.Order != nil:
		about = e.Order.ID + ":" + about
	}
	return string(e.Kind) + ":" + about + ":" + since
}

// inboxMatters are all kinds with their choices. A kind that follows from an order has a rule.
// Of several rules that hold for an order the first counts.
var inboxMatters = []struct {
	kind    InboxKind
	choices []InboxChoice
	holds   func(Order) bool // nil for a kind that does not follow from an order
}{
	{InboxLateMoney, choices(ChoiceAccept, ChoiceRefund), underReview(goodsGone)},
	{InboxWrongAmount, choices(ChoiceAccept, ChoiceRefund, ChoiceCancel), underReview(anotherAmount)},
	{InboxWrongMethod, choices(ChoiceAccept, ChoiceRefund, ChoiceCancel), underReview(anotherMethod)},
	{InboxDoublePayment, choices(ChoiceRefund, ChoiceAccept), underReview(cannotReverse, paidAgain)},
	{InboxUnknownResult, choices(ChoiceAccept, ChoiceCancel), underReview(unknownTooLong)},
	{InboxAuthorizationEnded, choices(ChoiceCapture, ChoiceCancel), underReview(authorizationEnded)},
	{InboxCaptureFailed, choices(ChoiceCapture, ChoiceCancel), func(o Order) bool {
		return o.Review == captureRefused || o.Review == "" && waitsForCapture(o) && o.Active().captureFailed()
	}},
	{InboxContradiction, choices(ChoiceAccept), func(o Order) bool { return o.Review != "" }},
	{InboxCaptureDue, choices(ChoiceCapture, ChoiceCancel), waitsForCapture},
	{InboxDispute, choices(ChoiceDefend, ChoiceGiveIn), nil},
	{InboxDeadEmail, choices(ChoiceResend), nil},
	{InboxDeadDelivery, choices(ChoiceRedeliver), nil},
	{InboxDifference, choices(ChoiceShow, ChoiceInquire, ChoiceResolve), nil},
}

func choices(all ...InboxChoice) []InboxChoice { return all }

func underReview(reasons ...Review) func(Order) bool {
	return func(o Order) bool {
		for _, reason := range reasons {
			if o.Review == reason {
				return true
			}
		}
		return false
	}
}

// waitsForCapture reports whether the merchant has to capture a card, and nothing is under way.
func waitsForCapture(o Order) bool {
	p := o.Active()
	return p != nil && p.Status == PaymentAuthorized && p.ManualCapture && !p.unfinished()
}

// InboxKinds lists all kinds.
func InboxKinds() []InboxKind {
	kinds := make([]InboxKind, 0, len(inboxMatters))
	for _, m := range inboxMatters {
		kinds = append(kinds, m.kind)
	}
	return kinds
}

// NewInboxEntry is an entry of a kind, with its choices.
func NewInboxEntry(kind InboxKind, since time.Time) InboxEntry {
	e := InboxEntry{Kind: kind, Since: since}
	for _, m := range inboxMatters {
		if m.kind == kind {
			e.Choices = m.choices
		}
	}
	return e
}

// DifferenceInInbox is the entry of a difference. o is the order that it is about, or nil; without
// one there is nothing to show and to inquire.
func DifferenceInInbox(d ReportDifference, o *Order) InboxEntry {
	e := NewInboxEntry(InboxDifference, d.OpenedAt)
	e.Order, e.Difference = o, &d
	if o == nil {
		e.Choices = choices(ChoiceResolve)
	}
	return e
}

// OrderInInbox is the matter of an order that waits for a person since a moment. ok is false
// where none does. Of its choices those remain that the order allows now.
func OrderInInbox(o Order, since time.Time, r Rules) (e InboxEntry, ok bool) {
	for _, m := range inboxMatters {
		if m.holds == nil || !m.holds(o) {
			continue
		}
		e = InboxEntry{Kind: m.kind, Since: since, Order: &o, About: string(o.Review)}
		for _, choice := range m.choices {
			if PossibleActions(o, r).Allow(choice) {
				e.Choices = append(e.Choices, choice)
			}
		}
		if p := o.Active(); p != nil && p.Status == PaymentAuthorized {
			e.Until = p.AuthEndsAt
		}
		return e, true
	}
	return InboxEntry{}, false
}

// DisputesInInbox are the disputes of an order that wait for the merchant's answer.
func DisputesInInbox(o Order, now time.Time) (entries []InboxEntry) {
	for _, p := range o.Payments {
		for _, d := range p.Disputes {
			if !d.Waits(now) {
				continue
			}
			e := NewInboxEntry(InboxDispute, d.Since)
			e.Order, e.Dispute, e.Until = &o, &d, d.Due
			if ObstacleTo(d, true, now) != "" {
				e.Choices = choices(ChoiceGiveIn)
			}
			entries = append(entries, e)
		}
	}
	return entries
}
