package checkout

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Search is the search for the payment of a notification that names none of the shop's.
// A refund that was made in Antom Dashboard has a request id of Antom's, and its
// notification names no payment: those that it may belong to are inquired, newest first,
// because Antom's answer lists a payment's refunds.
type Search struct {
	Notification Notification
	Status       SearchStatus
	Next         time.Time // when the search goes on; once it has ended: when it did
	Passes       int       // how often all candidates were inquired
	Inquired     int       // candidates in this pass
	Reached      string    // RequestID of the last of them; "" at the start of a pass
	Tries        int       // steps in a row that Antom did not answer
}

// SearchStatus is where a search stands. A search that finds its payment is removed.
type SearchStatus string

// The statuses of a search.
const (
	Searching   SearchStatus = "searching"
	SearchStray SearchStatus = "stray" // the notification is about no payment of the shop; the operator is to be told
	SearchTold  SearchStatus = "told"  // the operator was told
)

const (
	SearchStep     = 20               // candidates inquired in one go
	searchMost     = 500              // candidates in one pass
	searchPause    = 10 * time.Second // between two steps
	searchPasses   = 2
	searchInterval = time.Hour // between two passes: the payment may not have been known as paid before
)

// SearchedRefund is the refund whose payment is searched for by inquiries. ok is false
// where inquiries cannot find the payment.
func SearchedRefund(e Event) (refund OperationEvent, ok bool) {
	for _, op := range e.Operations {
		if op.Kind == Refund {
			return op, true
		}
	}
	return OperationEvent{}, false
}

// SearchProgress is what one step of a search has done without finding the payment.
type SearchProgress struct {
	Inquired   int    // candidates that Antom has answered about
	Reached    string // RequestID of the last of them
	Unanswered bool   // Antom has not answered about the next one
}

// After is the search after a step that has not found the payment. Candidates that
// Antom has not answered about come again, for as long as anything unanswered is polled.
func (s Search) After(step SearchProgress, r Rules) Search {
	s.Inquired += step.Inquired
	if step.Reached != "" {
		s.Reached = step.Reached
	}
	if step.Unanswered {
		s.Tries++
		s.Next = r.Now.Add(r.Schedule.Wait(s.Tries - 1))
		if r.Schedule.Elapsed(s.Tries) > pollLimit {
			s.Status = SearchStray
		}
		return s
	}
	s.Tries = 0
	if step.Inquired >= SearchStep && s.Inquired < searchMost {
		s.Next = r.Now.Add(searchPause)
		return s
	}
	s.Passes, s.Inquired, s.Reached = s.Passes+1, 0, ""
	s.Next = r.Now.Add(searchInterval)
	if s.Passes >= searchPasses {
		s.Status, s.Next = SearchStray, r.Now
	}
	return s
}

// Stray is a notification about no payment of the shop, as the operator is told of it.
type Stray struct {
	Type   string // Antom's notifyType
	About  Reference
	Amount Money // of a refund or capture, if it names one
	Failed bool  // what it reports did not take place
}

// NewStray tells of a notification.
func NewStray(r Received) Stray {
	stray := Stray{Type: r.Notification.Type, About: r.About, Amount: r.Event.Amount, Failed: r.Event.Outcome == OutcomeFailed}
	for _, op := range r.Event.Operations {
		stray.Amount, stray.Failed = op.Amount, op.Status == OperationFailed
	}
	return stray
}

// NewStrayEmail is the email to the operator about notifications that are about no
// payment of the shop.
func NewStrayEmail(searches []Search, strays []Stray) OperatorEmail {
	id := sha256.New()
	for _, s := range searches {
		id.Write([]byte(s.Notification.ID + " "))
	}
	return OperatorEmail{ID: hex.EncodeToString(id.Sum(nil)[:12]), Matter: MatterStray, Strays: strays}
}
